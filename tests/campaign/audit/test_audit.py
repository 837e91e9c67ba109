"""An audit from the plan to its outcome: drawn, assigned, read, adjudicated, concluded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_events import UP_TO_APPROVED, after, event

from evenhand.campaign.audit.gates import cost, gate, sample_size, sample_size_with, sizes
from evenhand.campaign.audit.outcomes import AuditResult, Terms, conclude, golden_of
from evenhand.campaign.audit.precision import Golden
from evenhand.campaign.audit.readers import Assignment, assign
from evenhand.campaign.audit.resolve import Asked, Resolved, mistakes, resolve
from evenhand.errors import DataError
from evenhand.model.campaigns.audit import VERDICTS, Slot, StratumOutcome
from evenhand.model.campaigns.campaign import CampaignState
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal

READERS = {"ben": ("en", "pt"), "cem": ("en", "pt"), "dee": ("en", "pt"), "eli": ("en",)}
STRATA = pa.table({"policy_id": ["media"] * 5, "penalty": ["close", "suspend", "suspend", "label", "suspend"],
                   "language": ["en", "en", "pt", "en", "ar"],
                   "stratum": ["media/close/en", "media/suspend/en", "media/suspend/pt", "media/label/en", "media/suspend/ar"],
                   "n_decisions": [4_000, 900, 12, 700, 50]})
TERMS = Terms(irreversible=(), unread=("ar",), seed="s")


def sampled() -> pa.Table:
    sized = sizes(STRATA)
    rows = [(f"{stratum}#{n}", stratum, language) for stratum, language, many in zip(
        *(sized[name].to_pylist() for name in ("stratum", "language", "n_items")), strict=True) for n in range(many)]
    return pa.table([list(column) for column in zip(*rows, strict=True)], names=["item_id", "stratum", "language"])


def read(items: pa.Table, words: Callable[[str, str], str], *, readers: int = 2) -> tuple[Resolved, pa.Table]:
    """What `words` says for (item, slot), as verdicts by the people assigned."""
    assigned = assign(items, READERS, n_readers=readers)
    asked = pa.concat_tables([assigned.readings, assigned.adjudicators]).to_pylist()
    verdicts = pa.Table.from_pylist([{**row, "verdict": word, "rationale": None} for row in asked
                                     if (word := words(row["item_id"], row["slot"]))], schema=VERDICTS)
    agreed = pc.equal(verdicts["slot"], "adjudication")
    assert mistakes(verdicts.filter(pc.invert(agreed)), Asked(items=items, assignment=assigned)) == ()
    return resolve(items, verdicts, n_readers=readers), verdicts


def concluded(words: Callable[[str, str], str], *, golden: Golden | None = None) -> AuditResult:
    items = sampled()
    resolved, _ = read(items, words)
    result = conclude(resolved, strata=STRATA, items=items, golden=golden, terms=TERMS)
    assert isinstance(result, AuditResult)
    return result


def wrong_in(stratum: str, n: int) -> Callable[[str, str], str]:
    """Everybody says right but for the first `n` items of a stratum."""
    return lambda item, slot: "" if slot == Slot.ADJUDICATION else (
        "wrong" if item.split("#")[0] == stratum and int(item.split("#")[1]) < n else "right")


def test_sizes_follow_the_gates_and_small_strata_are_read_whole() -> None:
    sized = sizes(STRATA)
    assert sized["gate"].to_pylist() == [0.98, 0.95, 0.95, 0.95, 0.95]
    assert sized["n_items"].to_pylist() == [236, 93, 12, 93, 50]
    held = sizes(STRATA, irreversible=[Penalty.SUSPEND])
    assert held["n_items"].to_pylist() == [236, 236, 12, 93, 50]


@pytest.mark.parametrize(("share", "needed"), [(0.90, (29, 46, 61, 103)), (0.95, (59, 93, 124, 208)),
                                               (0.98, (149, 236, 313, 523)), (0.99, (299, 473, 628, 1_049))])
def test_the_published_sample_sizes_come_out(share: float, needed: tuple[int, ...]) -> None:
    assert tuple(sample_size(share, n_errors=n) for n in (0, 1, 2, 5)) == needed


def test_closing_needs_more_than_what_can_be_taken_back() -> None:
    assert {penalty: gate(penalty) for penalty in Penalty if gate(penalty) > 0.95} == {Penalty.CLOSE: 0.98}


def test_readers_at_92_percent_cannot_certify_closing_whatever_they_read() -> None:
    weak = Golden(n_right=50, n_right_seen=46, n_wrong=50, n_wrong_seen=46)
    assert sample_size_with(weak, 0.98) is None
    strong = Golden(n_right=500, n_right_seen=500, n_wrong=200, n_wrong_seen=196)
    needed = sample_size_with(strong, 0.98)
    assert needed is not None
    assert sample_size(0.98) <= needed <= 300


def test_the_cost_is_the_planning_example() -> None:
    # 7 policies × 5 languages × 3 penalties with 93 items each, read twice at a minute: about 325 hours
    sized = pa.table({"n_items": [93] * 105})
    found = cost(sized, n_golden=0, disagreement=0.0)
    assert (found.n_items, found.n_readings) == (9_765, 19_530)
    assert found.time == timedelta(hours=325.5)
    more = cost(sized, n_golden=400)
    assert (more.n_readings, more.n_adjudications) == (20_330, 1_016)
    assert cost(sized, n_golden=0, n_readers=1).time == timedelta(hours=162.75)


@pytest.mark.parametrize(("stratum", "n_wrong", "outcome"), [
    ("media/close/en", 1, StratumOutcome.PASSED), ("media/close/en", 2, StratumOutcome.LOWERED),
    ("media/close/en", 36, StratumOutcome.LOWERED), ("media/close/en", 38, StratumOutcome.DROPPED),
    ("media/suspend/en", 1, StratumOutcome.PASSED), ("media/suspend/en", 2, StratumOutcome.LOWERED),
    ("media/label/en", 1, StratumOutcome.PASSED), ("media/label/en", 2, StratumOutcome.DROPPED),
    ("media/suspend/pt", 0, StratumOutcome.PASSED), ("media/suspend/pt", 1, StratumOutcome.LOWERED),
    ("media/suspend/pt", 3, StratumOutcome.DROPPED),
])
def test_on_both_sides_of_every_gate(stratum: str, n_wrong: int, outcome: StratumOutcome) -> None:
    outcomes = concluded(wrong_in(stratum, n_wrong)).outcomes
    assert outcomes[stratum] is outcome
    others = {key: found for key, found in outcomes.items() if key not in {stratum, "media/suspend/ar"}}
    assert set(others.values()) == {StratumOutcome.PASSED}


def test_what_nobody_can_read_is_dropped_and_said(golden: Callable[[str, str], None]) -> None:
    result = concluded(wrong_in("media/suspend/en", 2))
    assert result.outcomes["media/suspend/ar"] is StratumOutcome.DROPPED
    label = concluded(wrong_in("media/label/en", 2))
    closing = concluded(wrong_in("media/close/en", 60))
    lines = [f"{line.stratum.key}: {line.outcome}: {line.why}" for found in (result, label, closing) for line in found.strata]
    golden("audit/outcomes.txt", "\n".join(lines) + "\n")


def test_the_outcomes_are_what_the_campaign_goes_on_with() -> None:
    outcomes = concluded(wrong_in("media/suspend/en", 2)).outcomes
    audited = event(EventKind.AUDITED, "evenhand", hours=1, strata={key: str(outcome) for key, outcome in outcomes.items()})
    campaign = after(*UP_TO_APPROVED[:5], audited)
    assert campaign.state is CampaignState.AUDITED
    assert campaign.strata == outcomes


def test_an_audit_is_not_concluded_from_a_part(golden: Callable[[str, str], None]) -> None:
    items = sampled()

    def words(item: str, slot: str) -> str:
        if slot == Slot.ADJUDICATION or (item.endswith("#7") and slot == Slot.SECOND):
            return ""
        return "wrong" if slot == Slot.SECOND and item.endswith("#3") else "right"

    resolved, _ = read(items, words)
    assert (resolved.n_missing - 2 * 50, resolved.n_disputed) == (4, 4)
    assert {name.split("#")[1] for name in resolved.disputed["item_id"].to_pylist()} == {"3"}
    refusal = conclude(resolved, strata=STRATA, items=items, golden=None, terms=TERMS)
    assert isinstance(refusal, Refusal)
    assert refusal.code is RefusalCode.AUDIT_OPEN
    golden("audit/open.txt", refusal.render() + "\n")


@pytest.mark.parametrize(("first", "second", "third", "final"), [
    ("right", "right", "", "right"), ("wrong", "wrong", "right", "wrong"), ("right", "wrong", "right", "right"),
    ("right", "wrong", "wrong", "wrong"), ("right", "cannot_decide", "cannot_decide", "cannot_decide"),
    ("cannot_decide", "cannot_decide", "", "cannot_decide"), ("right", "wrong", "", None), ("right", "", "right", None)])
def test_two_agree_or_a_third_decides(first: str, second: str, third: str, final: str | None) -> None:
    said = {Slot.FIRST: first, Slot.SECOND: second, Slot.ADJUDICATION: third}
    item = pa.table({"item_id": ["i#0"], "language": ["en"]})
    resolved, _ = read(item, lambda _, slot: said[Slot(slot)])
    assert resolved.table["final"].to_pylist() == [final]


def test_one_reader_alone_decides() -> None:
    item = pa.table({"item_id": ["i#0"], "language": ["en"]})
    resolved, _ = read(item, lambda *_: "wrong", readers=1)
    assert resolved.table["final"].to_pylist() == ["wrong"]


def test_cannot_decide_never_counts_for_the_decision() -> None:
    result = concluded(lambda item, slot: "" if slot == Slot.ADJUDICATION else (
        "cannot_decide" if item.startswith("media/label") else "right"))
    (label,) = [line for line in result.strata if line.stratum.penalty is Penalty.LABEL]
    assert label.reading.n_right == 0


def test_golden_items_measure_the_readers_by_their_final_word() -> None:
    items = pa.table({"item_id": [f"g#{n}" for n in range(8)], "language": ["en"] * 8})
    said = ["right", "right", "wrong", "cannot_decide", "wrong", "right", "cannot_decide", "wrong"]
    resolved, _ = read(items, lambda item, slot: "" if slot == Slot.ADJUDICATION else said[int(item[2:])])
    truths = pa.table({"item_id": items["item_id"], "is_right": [True] * 4 + [False] * 4})
    assert golden_of(resolved, truths) == Golden(n_right=4, n_right_seen=2, n_wrong=4, n_wrong_seen=3)


def test_disagreement_shows_in_kappa_and_alpha() -> None:
    chance = np.random.default_rng(2)
    result = concluded(lambda _, slot: "right" if slot == Slot.ADJUDICATION else str(chance.choice(["right", "wrong"])))
    assert result.kappa.value == pytest.approx(0.0, abs=0.15)
    assert result.alpha.value == pytest.approx(0.0, abs=0.15)
    agreed = concluded(wrong_in("media/close/en", 30))
    assert (agreed.kappa.value, agreed.alpha.value) == (1.0, 1.0)


def test_all_mistakes_of_a_set_of_verdicts_are_told_together(golden: Callable[[str, str], None]) -> None:
    items = pa.table({"item_id": ["i1", "i2"], "language": ["en", "en"]})
    readings = pa.table({"item_id": ["i1", "i1", "i2", "i2"], "slot": ["first", "second"] * 2,
                         "reader": ["ben", "cem", "cem", "dee"]})
    thirds = pa.table({"item_id": ["i1", "i2"], "slot": ["adjudication"] * 2, "reader": ["dee", "ben"]})
    rows = [("i1", "ben", "first"), ("i1", "ben", "second"), ("i1", "cem", "second"), ("i2", "eli", "first"),
            ("i3", "dee", "first"), ("i2", "ana", "adjudication"), ("i1", "ben", "adjudication"),
            ("i1", "dee", "adjudication"), ("i2", "Ben", "adjudication"), ("i1", "cem", "second")]
    verdicts = pa.table({"item_id": [row[0] for row in rows], "reader": [row[1] for row in rows],
                         "slot": [row[2] for row in rows], "verdict": ["right"] * 10}).append_column(
                             "rationale", pa.nulls(10, pa.string())).cast(VERDICTS)
    found = mistakes(verdicts, Asked(items=items, assignment=Assignment(readings=readings, adjudicators=thirds, unread=()),
                                     proposers=frozenset({"ana"})),
                     lines=pa.chunked_array([list(range(2, 12))]), file="verdicts.csv")
    golden("verdict_mistakes/as_a_set.txt", DataError(found).render() + "\n")


def test_one_mistaken_reader_is_told_once_for_each_kind(golden: Callable[[str, str], None]) -> None:
    items = pa.table({"item_id": [f"i{n}" for n in range(20)], "language": ["en"] * 20})
    assigned = assign(items, {"ben": ("en",), "cem": ("en",), "dee": ("en",)})
    own = [row for row in assigned.readings.to_pylist() if row["slot"] == Slot.FIRST]
    verdicts = pa.Table.from_pylist([*({**row, "reader": "eli", "verdict": "right"} for row in own),
                                     *({**row, "verdict": "right"} for row in own)], schema=VERDICTS)
    found = mistakes(verdicts, Asked(items=items, assignment=assigned), lines=pa.chunked_array([list(range(2, 42))]),
                     file="verdicts.csv")
    golden("verdict_mistakes/one_reader.txt", DataError(found).render() + "\n")


ITEMS = pa.table({"item_id": [f"i{n}" for n in range(6)], "language": ["en"] * 6})


@given(said=st.lists(st.tuples(st.sampled_from(ITEMS["item_id"].to_pylist()), st.sampled_from(list(Slot)), st.sampled_from(
    ["ben", "Ben", "cem", "dee", " dee", "eli", "ELI"]), st.sampled_from(["right", "wrong", "cannot_decide"])), max_size=8),
    n_before=st.integers(0, 12), honest=st.booleans())
@settings(max_examples=60)
def test_nobody_settles_an_item_that_they_read_themselves(said: list[tuple[str, Slot, str, str]], n_before: int,
                                                          honest: bool) -> None:
    assigned = assign(ITEMS, READERS)
    readings = assigned.readings.to_pylist()
    before = pa.Table.from_pylist([{**row, "verdict": "right" if row["slot"] == Slot.FIRST else "wrong"}
                                   for row in readings[:n_before]], schema=VERDICTS)
    rows = [{"item_id": item, "slot": str(slot), "reader": reader, "verdict": word} for item, slot, reader, word in said]
    if honest:  # otherwise hardly any set would be free of mistakes
        rows = [{**row, "verdict": word} for row, (_, _, _, word) in zip(
            [*readings[n_before:], *assigned.adjudicators.to_pylist()], said, strict=False)]
    verdicts = pa.Table.from_pylist(rows, schema=VERDICTS)
    if mistakes(verdicts, Asked(items=ITEMS, assignment=assigned, before=before)):
        return
    every = [*before.to_pylist(), *verdicts.to_pylist()]
    for row in every:
        if row["slot"] == Slot.ADJUDICATION:
            others = [one for one in every if one["item_id"] == row["item_id"] and one is not row]
            assert row["reader"].strip().lower() not in {one["reader"].strip().lower() for one in others}
            assert len({one["verdict"] for one in others}) == 2, "two have read it and disagree"


def test_the_third_person_who_was_asked_settles_what_two_see_differently() -> None:
    assigned = assign(ITEMS, READERS)
    first = [{**row, "verdict": "right" if row["slot"] == Slot.FIRST else "wrong"} for row in assigned.readings.to_pylist()]
    thirds = pa.Table.from_pylist([{**row, "verdict": "wrong"} for row in assigned.adjudicators.to_pylist()], schema=VERDICTS)
    before = pa.Table.from_pylist(first, schema=VERDICTS)
    assert mistakes(thirds, Asked(items=ITEMS, assignment=assigned, before=before)) == ()
    together = pa.concat_tables([before, thirds])
    assert mistakes(together, Asked(items=ITEMS, assignment=assigned)) == ()
    assert set(resolve(ITEMS, together).table["final"].to_pylist()) == {"wrong"}
    agreed = pa.Table.from_pylist([{**row, "verdict": "right"} for row in first], schema=VERDICTS)
    [told] = mistakes(thirds.slice(0, 1), Asked(items=ITEMS, assignment=assigned, before=agreed))
    assert "do not disagree" in told.what
