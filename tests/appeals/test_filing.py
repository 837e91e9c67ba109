"""Promise: for at least six months after its statement was delivered, every decision can be appealed against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.appeals.book import AppealBook, fold
from evenhand.appeals.deadline import closes_at
from evenhand.appeals.filing import file_appeal
from evenhand.appeals.ruling import decide_appeal, overturn, reverse_class
from evenhand.campaign.lifecycle.facts import mistakes
from evenhand.model.appeal import AppealOutcome, Cause, Ruling
from evenhand.model.campaigns.audit import item_id
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = timedelta(hours=1)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.sampled_from(  # noqa: DTZ001  # bounds are naive
    [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))]))


def event(kind: EventKind, *, at: datetime = AT, actor: str = "evenhand", **body: Json) -> Event:
    return Event(campaign_id="c", kind=kind, at=at, actor=actor, body=body)


def delivered(at: datetime = AT) -> Event:
    return event(EventKind.STATEMENT_DELIVERED, at=at, decision_id="d")


@given(instants, st.integers(0, 600))
def test_the_window_is_six_months_or_longer(at: datetime, days: int) -> None:
    closed_at = closes_at(at, window=timedelta(days=days))
    months_later = (at.month - 1 + 6) % 12 + 1
    assert closed_at - at > timedelta(days=181)
    assert closed_at - at > timedelta(days=days)
    last_day = closes_at(at) - timedelta(days=1)
    assert last_day.month == months_later
    assert last_day.day == at.day or (closes_at(at).day == 1 and last_day.day < at.day)


@pytest.mark.parametrize(("at", "closed_on"), [
    (datetime(2026, 8, 31, tzinfo=UTC), "2027-03-01"), (datetime(2027, 8, 31, tzinfo=UTC), "2028-03-01"),
    (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2027-07-01"), (datetime(2026, 1, 1, tzinfo=UTC), "2026-07-02")])
def test_the_last_day_is_that_of_the_same_number_or_the_months_last(at: datetime, closed_on: str) -> None:
    assert closes_at(at).date().isoformat() == closed_on


@given(instants, st.integers(-3, 3))
def test_an_appeal_is_taken_until_the_very_instant_at_which_the_window_closes(at: datetime, seconds: int) -> None:
    book = fold([delivered(at)])
    when = closes_at(at.astimezone(UTC)) + timedelta(seconds=seconds)
    filed = file_appeal(book, decision_id="d", at=when, said="0" * 64)
    assert isinstance(filed, Event) is (seconds < 0)


@given(instants)
def test_without_a_delivered_statement_no_appeal_is_too_late(at: datetime) -> None:
    assert isinstance(file_appeal(fold([event(EventKind.DRAFTED, actor="ann")]), decision_id="d", at=at, said="0"), Event)


@given(st.integers(1, 4), st.integers(-3, 3))
def test_what_was_appealed_and_decided_before_the_statement_came_uses_up_nothing(n_before: int, seconds: int) -> None:
    """The right begins with the delivered statement; whoever appeals from that instant on does so once."""
    told_at, events = AT + timedelta(days=30), [event(EventKind.DRAFTED, at=AT, actor="ann")]

    def appeal_and_uphold(filed_at: datetime) -> bool:
        filed = file_appeal(fold(events), decision_id="d", at=filed_at, said="0" * 64)
        if isinstance(filed, Refusal):
            assert filed.code == "decided_already"
            return False
        ruling = _ruling(by=f"reader {len(events)}", appeal_id=filed.body["appeal_id"], at=max(filed_at, told_at) + LATER)
        decided = decide_appeal(fold([*events, filed]), ruling, penalty=Penalty.SUSPEND)
        assert isinstance(decided, tuple)
        events.extend([filed, *decided])
        return True

    filings = [AT + timedelta(days=day) for day in range(1, n_before + 1)] + [told_at + timedelta(seconds=seconds)]
    assert all(appeal_and_uphold(filed_at) for filed_at in filings)
    events.append(delivered(told_at))
    assert appeal_and_uphold(told_at + timedelta(days=1)) is (seconds < 0)
    assert appeal_and_uphold(told_at + timedelta(days=2)) is False


def _filed(*before: Event) -> Event:
    filed = file_appeal(fold([delivered(), *before]), decision_id="d", at=AT + timedelta(days=2), said="0" * 64)
    assert isinstance(filed, Event)
    return filed


def _ruling(by: str = "zoe", outcome: AppealOutcome = AppealOutcome.UPHELD, **change: object) -> Ruling:
    values: dict[str, object] = {"appeal_id": _filed().body["appeal_id"], "outcome": outcome, "by": by,
                                 "at": AT + timedelta(days=5), "because": "it is a parody"}
    return Ruling(**(values | change))


def _book(*more: Event) -> AppealBook:
    return fold([
        event(EventKind.DRAFTED, actor="ann"), event(EventKind.SAMPLE_DRAWN, actor="eve", plan_digest="p", seed="s"),
        event(EventKind.VERDICT_GIVEN, actor="eve", item_id=item_id("d", plan_digest="p", seed="s")),
        event(EventKind.APPROVED, actor="bob"),
        event(EventKind.DECISION_CONFIRMED, actor="cid", decision_id="d", confirmed=True),
        delivered(), _filed(), *more])


def _decided(outcome: AppealOutcome) -> tuple[Event, ...]:
    decided = decide_appeal(_book(), _ruling(outcome=outcome), penalty=Penalty.SUSPEND)
    assert isinstance(decided, tuple)
    return decided


REFUSED: dict[str, Callable[[], object]] = {
    "no_campaign": lambda: file_appeal(AppealBook(), decision_id="d", at=AT, said="0"),
    "reversed": lambda: file_appeal(_book(*_decided(AppealOutcome.OVERTURNED)), decision_id="d", at=AT, said="0"),
    "open_already": lambda: file_appeal(_book(), decision_id="d", at=AT, said="0"),
    "decided_already": lambda: file_appeal(_book(*_decided(AppealOutcome.UPHELD)), decision_id="d", at=AT, said="0"),
    "too_late": lambda: file_appeal(fold([delivered()]), decision_id="d", at=AT + timedelta(days=190), said="0"),
    "says_nothing": lambda: file_appeal(fold([delivered()]), decision_id="d", at=AT, said=" "),
    "unknown": lambda: decide_appeal(AppealBook(), _ruling(), penalty=Penalty.WARN),
    "ruled_twice": lambda: decide_appeal(_book(*_decided(AppealOutcome.UPHELD)), _ruling(), penalty=Penalty.WARN),
    "took_part": lambda: decide_appeal(_book(), _ruling("bob"), penalty=Penalty.WARN),
    "read_it_blind": lambda: decide_appeal(_book(), _ruling("eve"), penalty=Penalty.WARN),
    "decided_its_closing": lambda: decide_appeal(_book(), _ruling("cid"), penalty=Penalty.WARN),
    "before_filing": lambda: decide_appeal(_book(), _ruling(at=AT), penalty=Penalty.WARN),
    "no_person": lambda: decide_appeal(_book(), _ruling("evenhand"), penalty=Penalty.WARN),
    "no_reason": lambda: decide_appeal(_book(), _ruling(because=" "), penalty=Penalty.WARN),
    "not_varied": lambda: decide_appeal(_book(), _ruling(penalty=Penalty.WARN), penalty=Penalty.CLOSE),
    "no_penalty": lambda: decide_appeal(_book(), _ruling(outcome=AppealOutcome.VARIED), penalty=Penalty.CLOSE),
    "not_lighter": lambda: decide_appeal(_book(), _ruling(outcome=AppealOutcome.VARIED, penalty=Penalty.CLOSE),
                                         penalty=Penalty.LABEL),
    "no_end": lambda: decide_appeal(_book(), _ruling(outcome=AppealOutcome.VARIED, penalty=Penalty.SUSPEND),
                                    penalty=Penalty.CLOSE),
    "overturn_reversed": lambda: overturn(_book(*_decided(AppealOutcome.OVERTURNED)), decision_id="d", ruling=_ruling()),
    "overturn_appeal_open": lambda: overturn(_book(), decision_id="d", ruling=_ruling()),
    "overturn_no_reason": lambda: overturn(_book(), decision_id="e", ruling=_ruling(because="")),
    "no_case": lambda: reverse_class(_book(), cause=Cause.parse("rule:scam-links"), ruling=_ruling(), decision_ids=["d"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_says_what_why_and_what_to_do(name: str, golden: Callable[[str, str], None]) -> None:
    refusal = REFUSED[name]()
    assert isinstance(refusal, Refusal)
    golden(f"appeals/refused_{name}.txt", f"{refusal.code}\n{refusal.render()}\n")


def test_a_refusal_that_explains_nothing_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="what to do next"):
        Refusal(code="x", text="y", next_step="")


def test_the_life_of_a_campaign_takes_every_event_that_appeals_make() -> None:
    made = [_filed(), *(one for outcome in (AppealOutcome.UPHELD, AppealOutcome.OVERTURNED) for one in _decided(outcome))]
    varied = decide_appeal(_book(), _ruling(outcome=AppealOutcome.VARIED, penalty=Penalty.LABEL), penalty=Penalty.CLOSE)
    assert isinstance(varied, tuple)
    overturned = _decided(AppealOutcome.OVERTURNED)
    of_class = reverse_class(_book(*overturned), cause=Cause.parse("rule:x"), ruling=_ruling(), decision_ids=["e"])
    assert not isinstance(of_class, Refusal)
    for one in (*made, *varied, *of_class):
        assert mistakes(one) == ()
