"""Promise: nobody decides an appeal against what they took part in, and an appeal never makes it worse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.appeals.book import MACHINE, AppealBook, fold
from evenhand.appeals.filing import APPELLANT, file_appeal
from evenhand.appeals.ruling import decide_appeal, reverse_class
from evenhand.appeals.varying import LighterDecision, varied
from evenhand.model.appeal import AppealOutcome, Cause, Ruling
from evenhand.model.campaigns.audit import item_id
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.decision import Automation, Profile, StatementOfReasons
from evenhand.model.evidence import EvidenceFamily, Finding, Reason
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.statements.compose import Outcome, Rule, compose
from evenhand.statements.outcomes import Earlier
from evenhand.workflows.materials import load_messages

AT = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = ("ann", "bob", "cid", "dan", "eve")
DECISIONS = ("d1", "d2", "d3")
IMPOSED = [penalty for penalty in Penalty if penalty is not Penalty.NONE]
OF_ONE = (EventKind.VERDICT_GIVEN, EventKind.DECISION_CONFIRMED, EventKind.WAIVER_RECORDED)
OF_ALL = (EventKind.DRAFTED, EventKind.PLANNED, EventKind.AUDITED, EventKind.APPROVED, EventKind.STARTED, EventKind.RESUMED)

KINDS = (*OF_ALL, *OF_ONE, EventKind.STATEMENT_DELIVERED, EventKind.DECISION_REVERSED, EventKind.HALTED)
DRAWN = Event(campaign_id="c", kind=EventKind.SAMPLE_DRAWN, at=AT, actor=MACHINE, body={"plan_digest": "p", "seed": "s"})
COMPLETED = Event(campaign_id="c", kind=EventKind.COMPLETED, at=AT, actor=MACHINE, body={})

def _body(kind: EventKind, ids: list[str]) -> dict[str, Json]:
    """What an event of a kind says of decisions: verdicts name items of the sample, statements may name several at once."""
    if kind is EventKind.VERDICT_GIVEN:
        return {"item_id": item_id(ids[0], plan_digest="p", seed="s")}
    return {"decision_ids": ids} if len(ids) > 1 and kind not in OF_ONE else {"decision_id": ids[0]}


everything = st.builds(
    lambda kind, actor, ids: Event(campaign_id="c", kind=kind, at=AT, actor=actor,
                                   body=_body(kind, ids)),
    st.sampled_from(KINDS),
    st.sampled_from([*PEOPLE, MACHINE]), st.lists(st.sampled_from(DECISIONS), min_size=1, max_size=3, unique=True))


def _with_appeals(events: list[Event]) -> list[Event]:
    """The events, and an appeal against every decision that still stands."""
    events = [DRAWN, *events, COMPLETED]
    book, filed = fold(events), []
    for decision_id in DECISIONS:
        appeal = file_appeal(book, decision_id=decision_id, at=AT + timedelta(days=1), said="0")
        filed += [appeal] if isinstance(appeal, Event) else []
    return [*events, *filed]


def _ruling(appeal_id: str, by: str, outcome: AppealOutcome = AppealOutcome.UPHELD, **more: object) -> Ruling:
    return Ruling(appeal_id=appeal_id, outcome=outcome, by=by, at=AT + timedelta(days=9), because="looked at", **more)


@settings(max_examples=60)
@given(st.lists(everything, max_size=12))
def test_nobody_decides_what_they_took_part_in_and_everybody_else_may(events: list[Event]) -> None:
    book = fold(_with_appeals(events))
    for appeal in book.appeals.values():
        for person in (*PEOPLE, "zoe", MACHINE):
            named = {appeal.decision_id, item_id(appeal.decision_id, plan_digest="p", seed="s")}
            took_part = any(event.actor == person and (event.kind in OF_ALL or (
                event.kind in OF_ONE and named & set(event.body.values()))) for event in events)
            ruled = decide_appeal(book, _ruling(appeal.appeal_id, person), penalty=Penalty.LABEL)
            assert isinstance(ruled, Refusal) is (took_part or person == MACHINE)


@settings(max_examples=60)
@given(st.lists(everything, max_size=12), st.lists(st.integers(0, 15), max_size=3))
def test_folding_in_portions_gives_the_same_book(events: list[Event], cuts: list[int]) -> None:
    all_events = _with_appeals(events)
    book: AppealBook | None = None
    start = 0
    for cut in [*sorted(cuts), len(all_events)]:
        book = fold(all_events[start:cut], book=book)
        start = max(start, cut)
    assert book == fold(all_events)


@given(st.sampled_from(IMPOSED), st.sampled_from([None, *Penalty]), st.booleans())
def test_a_decision_is_varied_to_something_lighter_or_not_at_all(
        penalty: Penalty, instead: Penalty | None, has_end: bool) -> None:
    events = _with_appeals([])
    book = fold(events)
    ruling = _ruling(next(iter(book.appeals)), "zoe", AppealOutcome.VARIED, penalty=instead, until=AT if has_end else None)
    ruled = decide_appeal(book, ruling, penalty=penalty)
    allowed = instead is not None and Penalty.NONE < instead < penalty and (has_end or instead is not Penalty.SUSPEND)
    assert isinstance(ruled, tuple) is allowed


@pytest.mark.parametrize(("outcome", "kinds"), [
    (AppealOutcome.UPHELD, [EventKind.APPEAL_DECIDED]),
    (AppealOutcome.OVERTURNED, [EventKind.APPEAL_DECIDED, EventKind.DECISION_REVERSED])])
def test_only_what_was_wrong_is_undone(outcome: AppealOutcome, kinds: list[EventKind]) -> None:
    events = _with_appeals([])
    book = fold(events)
    appeal = next(iter(book.appeals.values()))
    ruled = decide_appeal(book, _ruling(appeal.appeal_id, "zoe", outcome), penalty=Penalty.CLOSE, undone=["undo-k"])
    assert isinstance(ruled, tuple)
    assert [event.kind for event in ruled] == kinds
    after = fold([*events, *ruled])
    assert (appeal.decision_id in after.reversed) is (outcome is AppealOutcome.OVERTURNED)
    assert after.appeals[appeal.appeal_id].decided_by == "zoe"
    assert after.n_overturned == (outcome is AppealOutcome.OVERTURNED)
    assert "zoe" in after.took_part(appeal.decision_id)


def test_a_class_is_undone_once_and_only_after_a_case_showed_the_mistake() -> None:
    events = _with_appeals([])
    appeal = next(iter(fold(events).appeals.values()))
    ruled = decide_appeal(fold(events), _ruling(appeal.appeal_id, "zoe", AppealOutcome.OVERTURNED), penalty=Penalty.LABEL)
    assert isinstance(ruled, tuple)
    book = fold([*events, *ruled])
    made = reverse_class(book, cause=Cause.parse("holder:media:x"), ruling=_ruling(appeal.appeal_id, "ann"),
                         decision_ids=["d1", "d2", "d9"])
    assert not isinstance(made, Refusal)
    undone = list(made)
    assert [event.body["decision_id"] for event in undone] == ["d2", "d9"]  # d1 was undone by the appeal
    again = reverse_class(fold(undone, book=book), cause=Cause.parse("holder:media:x"),
                          ruling=_ruling(appeal.appeal_id, "ann"), decision_ids=["d1", "d2", "d9"])
    assert not isinstance(again, Refusal)
    assert list(again) == []


def test_a_record_that_is_not_whole_is_not_folded() -> None:
    lost = Event(campaign_id="c", kind=EventKind.APPEAL_DECIDED, at=AT, actor="zoe",
                 body={"appeal_id": "x", "outcome": "upheld"})
    with pytest.raises(ValueError, match="without having been filed"):
        fold([lost])
    with pytest.raises(ValueError, match="an event of `other`"):
        fold([Event(campaign_id=name, kind=EventKind.DRAFTED, at=AT, actor="ann", body={}) for name in ("c", "other")])


def test_the_record_never_names_who_appealed() -> None:
    assert {event.actor for event in _with_appeals([]) if event.kind is EventKind.APPEAL_FILED} == {APPELLANT}


def _told(penalty: Penalty) -> tuple[Earlier, StatementOfReasons]:
    claim, name = (Reason(signal="claims_news", family=family, fact="f", where="bio", shown="News", expected="", source="")
                   for family in (EvidenceFamily.CLAIM, EvidenceFamily.IDENTITY))
    finding = Finding(account_id="a", harm=Harm.IMPERSONATION_MEDIA, detector="x/1", confidence=0.9, holder_id=None,
                      post_ids=("p1",), reasons=(claim, name))
    profile = Profile(account_id="a", handle="h", display_name="H", platform="p", language="en", followers=0, created_at=None)
    until = AT if penalty is Penalty.SUSPEND else None
    return Earlier(handle="h", language="en", penalty=penalty, decided_at=AT, post_ids=("p1",)), compose(
        load_messages("en"), profile=profile, finding=finding, rule=Rule(text="r", ground_url="u", territory=("FR",)),
        outcome=Outcome(penalty=penalty, until=until, automation=Automation.FULLY))


@pytest.mark.parametrize("penalty", IMPOSED)
@pytest.mark.parametrize("instead", IMPOSED)
def test_a_lighter_decision_has_a_statement_of_its_own(penalty: Penalty, instead: Penalty) -> None:
    until = AT + timedelta(days=7) if instead is Penalty.SUSPEND else None
    ruling = _ruling("x", "zoe", AppealOutcome.VARIED, penalty=instead, until=until)
    earlier, statement = _told(penalty)

    def made() -> LighterDecision:
        return varied("d1", earlier, ruling, statement=statement, harm=Harm.IMPERSONATION_MEDIA, messages=load_messages("en"))

    if instead >= penalty:
        with pytest.raises(ValueError, match="lighter penalty"):
            made()
        return
    lighter = made()
    assert (lighter.decision_id, lighter.penalty, lighter.until) == ("d1-varied", instead, until)
    assert lighter.statement.subject == load_messages("en").say(
        f"penalty.{instead}.subject", account="@h", until=f"{until:%Y-%m-%d}" if until else "")
    whole = compose(  # the statement that would have been composed for it in the first place
        load_messages("en"), rule=Rule(text="r", ground_url="u", territory=("FR",)),
        outcome=Outcome(penalty=instead, until=until, automation=Automation.PARTIALLY),
        profile=Profile(account_id="a", handle="h", display_name="H", platform="p", language="en", followers=0,
                        created_at=None),
        finding=Finding(account_id="a", harm=Harm.IMPERSONATION_MEDIA, detector="x/1", confidence=0.9, holder_id=None,
                        post_ids=("p1",), reasons=tuple(
                            Reason(signal="claims_news", family=family, fact="f", where="bio", shown="News", expected="",
                                   source="") for family in (EvidenceFamily.CLAIM, EvidenceFamily.IDENTITY))))
    assert lighter.statement == whole
    assert len(set(lighter.keys(earlier.post_ids))) == 1
