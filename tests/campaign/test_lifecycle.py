"""A campaign goes its way step by step; every refusal says what is wrong and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sample_events import UP_TO_APPROVED, UP_TO_COMPLETED, UP_TO_RUNNING, after, basis_json, event

from evenhand.campaign.lifecycle import advance, may_impose, replay
from evenhand.model.campaigns.campaign import Basis, Campaign, CampaignState
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal

K, S, C = EventKind, CampaignState, RefusalCode
SOLO = (event(K.DRAFTED, "ana", mode="solo", cooling_off_seconds=86_400),
        event(K.PLANNED, "ana", irreversible=[]), event(K.SAMPLE_DRAWN, "ana", n_readings=1),
        event(K.VERDICT_GIVEN, "ana"),
        event(K.AUDITED, "ana", hours=1, strata={"media/label/pt": "passed"}))
HALTED = (*UP_TO_RUNNING, event(K.HALTED, "evenhand", hours=5))
UNDONE = (*UP_TO_COMPLETED, event(K.ROLLBACK_STARTED, "ben", hours=7),
          event(K.ROLLBACK_STAGE_STARTED, "evenhand", hours=7), event(K.ROLLBACK_STAGE_FINISHED, "evenhand", hours=8))
HELD_OUT = (*UP_TO_APPROVED, event(K.HOLDOUT_DRAWN, "ben", hours=4))
CLOSINGS_LOWERED = (*UP_TO_APPROVED[:5], event(
    K.AUDITED, "evenhand", hours=1, strata={"media/close/en": "lowered"},
    checks=[{"stratum": "media/close/en", "penalty": "suspend"}]))
ALL_DROPPED = (*UP_TO_APPROVED[:5], event(K.AUDITED, "evenhand", hours=1, strata={"media/close/en": "dropped"}))

REFUSED: dict[RefusalCode, tuple[tuple[Event, ...], Event]] = {
    C.NOT_DRAFTED: ((), event(K.PLANNED, "ana")),
    C.ALREADY_DRAFTED: (UP_TO_APPROVED[:1], event(K.DRAFTED, "ben")),
    C.OTHER_CAMPAIGN: (UP_TO_APPROVED[:1], event(K.PLANNED, "ana", campaign_id="winter")),
    C.MALFORMED: (UP_TO_APPROVED[:1], Event(campaign_id="autumn", kind=K.SAMPLE_DRAWN, actor="ben", body={"n_items": -1},
                                            at=UP_TO_APPROVED[0].at)),
    C.WRONG_STATE: (UP_TO_APPROVED[:3], event(K.STARTED, "ben", hours=4)),
    C.BACKDATED: (UP_TO_APPROVED[:6], event(K.APPROVED, "ben", hours=0.5)),
    C.NOT_A_PERSON: (UP_TO_APPROVED[:7], event(K.APPROVED, "evenhand", hours=3)),
    C.COOLING_OFF_TOO_SHORT: ((), event(K.DRAFTED, "ana", mode="solo", cooling_off_seconds=3600)),
    C.SOLO_IRREVERSIBLE: (SOLO[:1], event(K.PLANNED, "ana", irreversible=["delete_post", "close"])),
    C.PROPOSER_DRAWS: (UP_TO_APPROVED[:2], event(K.SAMPLE_DRAWN, "ana")),
    C.PROPOSER_READS: (UP_TO_APPROVED[:3], event(K.VERDICT_GIVEN, "ana")),
    C.SAMPLE_TWICE: (UP_TO_APPROVED[:3], event(K.SAMPLE_DRAWN, "cem", seed="another")),
    C.NO_SAMPLE: (UP_TO_APPROVED[:2], event(K.AUDITED, "evenhand", hours=1)),
    C.READ_TWICE: (UP_TO_APPROVED[:4], event(K.VERDICT_GIVEN, "ben", slot="second")),
    C.AUDIT_OPEN: (UP_TO_APPROVED[:4], event(K.AUDITED, "evenhand", hours=1)),
    C.STALE: (UP_TO_APPROVED[:7], event(K.APPROVED, "ben", hours=3, basis=basis_json(
        digest="e" * 64, snapshot="snap-2", pack_digest="pack-2", code_version="0.5.0", seed="8"))),
    C.SAMPLED_BEFORE: (UP_TO_APPROVED[:6], event(K.PLANNED, "ana", hours=2)),
    C.OTHER_PLAN: (UP_TO_APPROVED[:2], event(K.SAMPLE_DRAWN, "ben", plan_digest="e" * 64)),
    C.PROPOSER_APPROVES: (UP_TO_APPROVED[:7], event(K.APPROVED, "ana", hours=3)),
    C.COOLING_OFF: (UP_TO_APPROVED[:7], event(K.APPROVED, "ben", hours=1.5)),
    C.APPROVED_TWICE: (UP_TO_APPROVED[:8], event(K.APPROVED, "ben", hours=3)),
    C.NOTHING_LEFT: (ALL_DROPPED, event(K.APPROVED, "ben", hours=3)),
    C.NOT_AN_APPROVER: (HALTED, event(K.RESUMED, "dee", hours=6)),
    C.RESUMED_TWICE: ((*HALTED, event(K.RESUMED, "ben", hours=6)), event(K.RESUMED, "ben", hours=6)),
    C.STAGE_ORDER: (UP_TO_RUNNING, event(K.STAGE_STARTED, "evenhand", hours=5, stage=2)),
    C.STAGE_OPEN: ((*UP_TO_RUNNING, event(K.STAGE_STARTED, "evenhand", hours=5)),
                   event(K.STAGE_STARTED, "evenhand", hours=6, stage=2)),
    C.STAGES_LEFT: (UP_TO_RUNNING, event(K.COMPLETED, "evenhand", hours=5)),
    C.NOT_LOWERED: (UP_TO_APPROVED[:6], event(K.STRATUM_LOWERED, "dee", hours=2, stratum="media/close/en", penalty="label")),
    C.NO_END: (CLOSINGS_LOWERED, event(K.STRATUM_LOWERED, "dee", hours=2, stratum="media/close/en", penalty="suspend")),
    C.PROPOSER_CONFIRMS: (UP_TO_RUNNING, event(K.DECISION_CONFIRMED, "ana", hours=5)),
    C.NOT_PROTECTED: (UP_TO_RUNNING, event(K.PROTECTED_DECIDED, "dee", hours=5)),
    C.PROPOSER_RELEASES: ((*UP_TO_RUNNING, event(K.PROTECTION_RECORDED, "dee", hours=5)),
                          event(K.PROTECTED_DECIDED, "ana", hours=5)),
    C.HOLDOUT_TWICE: (HELD_OUT, event(K.HOLDOUT_DRAWN, "cem", hours=5, seed="another")),
    C.NO_HOLDOUT: (UP_TO_APPROVED, event(K.HOLDOUT_READ, "ben", hours=4)),
    C.HOLDOUT_OPEN: ((*HELD_OUT, event(K.HOLDOUT_READ, "ben", hours=5)), event(K.HOLDOUT_CONCLUDED, "ben", hours=6)),
    C.CLOSING_WITHOUT_PERSON: (UP_TO_RUNNING, event(K.EFFECT_IMPOSED, "evenhand", hours=5, decision_id="d2")),
    C.STRATUM_UNKNOWN: (UP_TO_RUNNING, event(K.EFFECT_IMPOSED, "evenhand", hours=5, stratum="media/close/fr")),
    C.STRATUM_DROPPED: (UP_TO_RUNNING, event(K.EFFECT_IMPOSED, "evenhand", hours=5, stratum="scam/suspend/en",
                                             penalty="suspend")),
    C.HEAVIER_THAN_AUDITED: (UP_TO_RUNNING, event(K.EFFECT_IMPOSED, "evenhand", hours=5, stratum="media/label/pt",
                                                  penalty="suspend")),
    C.ROLLING_BACK: ((*HALTED, event(K.ROLLBACK_STARTED, "ben", hours=6)), event(K.RESUMED, "ben", hours=7)),
    C.NO_ROLLBACK: (HALTED, event(K.ROLLED_BACK, "evenhand", hours=6)),
    C.ROLLER_READS: (UNDONE, event(K.UNDO_READ, "ben", hours=9)),
    C.UNDO_UNREAD: (UNDONE, event(K.ROLLED_BACK, "evenhand", hours=9)),
    C.ROLLBACK_HALTED: ((*HALTED, event(K.ROLLBACK_STARTED, "ben", hours=6), event(K.HALTED, "dee", hours=7)),
                        event(K.ROLLED_BACK, "evenhand", hours=8)),
}


def refused(before: tuple[Event, ...], last: Event) -> Refusal:
    outcome = advance(after(*before) if before else None, last)
    assert isinstance(outcome, Refusal)
    return outcome


@pytest.mark.parametrize("code", REFUSED)
def test_every_refusal_has_its_words(code: RefusalCode, golden: Callable[[str, str], None]) -> None:
    refusal = refused(*REFUSED[code])
    assert refusal.code is code
    golden(f"refusals/{code}.txt", refusal.render() + "\n")


@pytest.mark.parametrize("code", REFUSED)
def test_refusals_follow_the_grammar_of_errors(code: RefusalCode) -> None:
    refusal = refused(*REFUSED[code])
    for text in (refusal.text, refusal.next_step):
        assert not text[0].isupper()
        assert not text.endswith(".")


@pytest.mark.parametrize("code", REFUSED)
def test_a_refused_event_changes_nothing(code: RefusalCode) -> None:
    before, last = REFUSED[code]
    campaign, refusals = replay((*before, last))
    assert campaign == (after(*before) if before else None)
    assert [event for event, _ in refusals] == [last]


def test_no_refusal_is_without_a_golden_file(root: Path) -> None:
    assert {path.stem for path in (root / "tests/golden/refusals").glob("*.txt")} == set(RefusalCode)


def test_the_way_from_draft_to_report() -> None:
    states = [campaign.state for n in range(1, len(UP_TO_COMPLETED) + 1) if (campaign := after(*UP_TO_COMPLETED[:n]))]
    assert list(dict.fromkeys(states)) == [S.DRAFT, S.PLANNED, S.AUDITED, S.APPROVED, S.RUNNING, S.COMPLETED]
    assert after(*UP_TO_COMPLETED, event(K.REPORTED, "evenhand", hours=7)).state is S.REPORTED


@pytest.mark.parametrize(("part", "words"), [
    ("snapshot", "the snapshot has"), ("pack_digest", "the policy pack has"), ("code_version", "the code version has"),
    ("seed", "the seed has"), ("registries_digest", "the registries have"), ("cut_off", "the cut-off has"),
    ("steps_digest", "the detectors, guards and word lists have"),
    ("supported", "the penalties that the platform supports have"),
    ("digest", "the ordered effects have"),
])
@pytest.mark.parametrize("kind", [K.APPROVED, K.STARTED, K.RESUMED])
def test_a_changed_part_makes_an_approval_stale_and_is_named(kind: EventKind, part: str, words: str) -> None:
    before = {K.APPROVED: UP_TO_APPROVED[:7], K.STARTED: UP_TO_APPROVED, K.RESUMED: HALTED}[kind]
    refusal = refused(before, event(kind, "ben", hours=9, basis=basis_json(**{part: "other"})))
    assert refusal.code is C.STALE
    assert words in refusal.text


def test_another_plan_needs_another_audit_and_other_approvals() -> None:
    again = after(*UP_TO_APPROVED, event(K.PLANNED, "dee", hours=4, basis=basis_json(digest="e" * 64)))
    assert (again.state, again.approvals, again.strata, again.sample_seed) == (S.PLANNED, (), None, None)
    assert len(again.confirmed) == 0
    assert again.proposers == {"ana", "dee"}


def test_the_last_second_of_the_cooling_off_is_too_early_and_the_next_is_not() -> None:
    assert refused(UP_TO_APPROVED[:7], event(K.APPROVED, "ben", hours=2 - 1 / 3600)).code is C.COOLING_OFF
    assert after(*UP_TO_APPROVED[:7], event(K.APPROVED, "ben", hours=2)).approvers == {"ben"}


def test_one_person_alone_may_do_what_can_be_taken_back_after_a_day() -> None:
    assert refused(SOLO, event(K.APPROVED, "ana", hours=24.9)).code is C.COOLING_OFF
    assert after(*SOLO, event(K.APPROVED, "ana", hours=25)).state is S.APPROVED


def test_anybody_halts_and_both_approvers_resume() -> None:
    halted = after(*UP_TO_RUNNING, event(K.HALTED, "a passer-by", hours=5))
    assert halted.state is S.HALTED
    one = advance(halted, event(K.RESUMED, "ben", hours=6))
    assert isinstance(one, Campaign)
    assert one.state is S.HALTED
    both = advance(one, event(K.RESUMED, "cem", hours=6))
    assert isinstance(both, Campaign)
    assert both.state is S.RUNNING


def test_a_second_halt_asks_both_approvers_again() -> None:
    again = after(*HALTED, event(K.RESUMED, "ben", hours=6), event(K.HALTED, "dee", hours=6))
    assert again.resumed_by == frozenset()
    assert len(again.halts) == 2


def test_a_halt_stops_new_effects_and_records_those_under_way() -> None:
    halted = after(*HALTED)
    effect = event(K.EFFECT_IMPOSED, "evenhand", hours=5)
    assert advance(halted, effect) == halted
    refusal = may_impose(halted, decision_id="d1", penalty=Penalty.CLOSE, stratum="media/close/en")
    assert refusal is not None
    assert refusal.code is C.WRONG_STATE
    assert may_impose(after(*UP_TO_RUNNING), decision_id="d1", penalty=Penalty.CLOSE, stratum="media/close/en") is None


def test_a_person_who_decides_against_a_closing_stops_it() -> None:
    before = (*UP_TO_RUNNING, event(K.DECISION_CONFIRMED, "cem", hours=5, confirmed=False))
    assert refused(before, event(K.EFFECT_IMPOSED, "evenhand", hours=5)).code is C.CLOSING_WITHOUT_PERSON


def test_nothing_goes_out_of_a_campaign_that_is_rolled_back() -> None:
    rolling = after(*UP_TO_RUNNING, event(K.ROLLBACK_STARTED, "ben", hours=6))
    assert rolling.state is S.HALTED
    refusal = may_impose(rolling, decision_id="d1", penalty=Penalty.CLOSE, stratum="media/close/en")
    assert refusal is not None
    assert refusal.code is C.ROLLING_BACK
    done = after(*UP_TO_COMPLETED, event(K.ROLLBACK_STARTED, "ben", hours=7), event(K.ROLLED_BACK, "evenhand", hours=8),
                 event(K.REPORTED, "evenhand", hours=9))
    assert (done.state, done.is_reported) == (S.ROLLED_BACK, True)


def test_a_rollback_goes_in_stages_and_says_what_of_its_samples_nobody_has_read() -> None:
    read, ended = event(K.UNDO_READ, "cem", hours=9), event(K.ROLLED_BACK, "evenhand", hours=10)
    following = event(K.ROLLBACK_STAGE_STARTED, "evenhand", hours=10, stage=2)
    assert refused(UNDONE[:-1], ended).code is C.STAGE_OPEN
    assert refused(UNDONE[:-1], event(K.ROLLBACK_STAGE_STARTED, "evenhand", hours=8)).code is C.STAGE_OPEN
    assert refused(UNDONE, event(K.ROLLBACK_STAGE_STARTED, "evenhand", hours=8)).code is C.STAGE_ORDER
    assert refused(UNDONE, event(K.ROLLBACK_STAGE_FINISHED, "evenhand", hours=8)).code is C.STAGE_ORDER
    assert refused(UNDONE[:-1], read).code is C.NO_ROLLBACK
    assert refused((*UNDONE, read), event(K.UNDO_READ, "dee", hours=9)).code is C.READ_TWICE
    assert refused(UNDONE, event(K.UNDO_READ, "ana", hours=9)).code is C.PROPOSER_READS
    assert refused(UNDONE, following).code is C.UNDO_UNREAD
    for last in (ended, following):
        assert after(*UNDONE, read, last).changed_at == last.at
    assert after(*UNDONE, event(K.ROLLED_BACK, "evenhand", hours=10, n_unread=1)).state is S.ROLLED_BACK
    assert after(*UNDONE, event(K.ROLLED_BACK, "evenhand", hours=10, n_unread=1), read).rollback is not None


def test_who_started_a_rollback_again_still_reads_what_was_drawn_before() -> None:
    again = (*UNDONE, event(K.HALTED, "dee", hours=8), event(K.ROLLBACK_STARTED, "cem", hours=9))
    assert after(*again, event(K.UNDO_READ, "cem", hours=9)).rollback is not None
    second = (*again, event(K.ROLLBACK_STAGE_STARTED, "evenhand", hours=9, stage=2, n_unread_before=1),
              event(K.ROLLBACK_STAGE_FINISHED, "evenhand", hours=9, stage=2))
    assert refused(second, event(K.UNDO_READ, "cem", hours=9, stage=2, item_id="u2")).code is C.ROLLER_READS


def test_a_halt_for_what_readers_say_tells_what_to_put_right() -> None:
    reasons: list[dict[str, Json]] = [{"check": "undone_items", "text": "3 of 5 undone accounts read as wrong (usual: 1 %)"}]
    refusal = refused((*UNDONE, event(K.HALTED, "evenhand", hours=8, reasons=reasons)),
                      event(K.ROLLED_BACK, "evenhand", hours=9))
    assert refusal.code is C.ROLLBACK_HALTED
    assert refusal.next_step.startswith("put right what its readers call wrong")


@pytest.mark.parametrize("before", [UP_TO_RUNNING, HALTED, UP_TO_COMPLETED])
def test_a_rollback_that_was_halted_goes_on_only_when_an_approver_starts_it_again(before: tuple[Event, ...]) -> None:
    rolling = (*before, event(K.ROLLBACK_STARTED, "ben", hours=7))
    again = event(K.ROLLBACK_STARTED, "cem", hours=9)
    assert refused(rolling, again).code is C.ROLLING_BACK
    halted = (*rolling, event(K.HALTED, "dee", hours=8))
    assert after(*halted).state is S.HALTED
    assert refused(halted, event(K.ROLLBACK_STARTED, "dee", hours=9)).code is C.NOT_AN_APPROVER
    assert refused(halted, event(K.ROLLED_BACK, "evenhand", hours=9)).code is C.ROLLBACK_HALTED
    assert after(*halted, again, event(K.ROLLED_BACK, "evenhand", hours=9)).state is S.ROLLED_BACK


def test_a_campaign_that_is_over_is_not_halted() -> None:
    assert refused(UP_TO_COMPLETED, event(K.HALTED, "dee", hours=7)).code is C.WRONG_STATE


def test_a_withdrawn_approval_takes_the_campaign_back() -> None:
    back = after(*UP_TO_APPROVED, event(K.APPROVAL_WITHDRAWN, "ben", hours=4))
    assert (back.state, back.approvers) == (S.AUDITED, {"cem"})


def test_a_part_of_an_item_is_read_once() -> None:
    refusal = refused(UP_TO_APPROVED[:4], event(K.VERDICT_GIVEN, "dee"))
    assert refusal.code is C.READ_TWICE
    assert "the first reading" in refusal.text


def test_the_basis_of_an_event_is_the_basis_of_the_plan() -> None:
    basis = Basis.from_json(basis_json(supported=""))
    assert basis == replace(basis, supported="")
    assert basis.changed(basis) == ()


@pytest.mark.parametrize("body", [{}, {"mode": "crowd", "cooling_off_seconds": "soon"}])
def test_all_mistakes_of_an_event_are_told_together(body: dict[str, Json]) -> None:
    refusal = refused((), Event(campaign_id="autumn", kind=K.DRAFTED, at=UP_TO_APPROVED[0].at, actor="ana", body=body))
    assert "`mode`" in refusal.text
    assert "`cooling_off_seconds`" in refusal.text
