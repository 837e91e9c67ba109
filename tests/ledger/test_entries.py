"""Many entries made at once are, to the byte, those that would be made one by one."""

from __future__ import annotations

import json
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import CountedSalts, event

from evenhand.ledger.canonical import canonical
from evenhand.ledger.entries import entries_of
from evenhand.ledger.entry import base64url, base64url_each, entry_of
from evenhand.ledger.published_fields import PARTS
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.campaigns.event_rows import EventRows

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["%s", '"', "\\", "\x1f", "\x7f", "é€𝄞"])
plain = (st.none() | st.booleans() | st.integers(-2**53 + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
         | texts)
values: st.SearchStrategy[Json] = plain | st.lists(plain, max_size=2) | st.dictionaries(texts, plain, max_size=2)
names = st.sampled_from(["key", "account_id", "post_id", "penalty", "stage", "attempts", "n_items", "n_%s", "committed", "%d",
                         *sorted(PARTS)[:2], "\ue000", "𝄞"]) | texts


@st.composite
def many(draw: st.DrawFn) -> list[Event]:
    """Events of a few sets of names, among which the same kinds of values return."""
    shapes = draw(st.lists(st.lists(names, max_size=5, unique=True), min_size=1, max_size=2))
    kinds = draw(st.sampled_from([plain, texts, values]))
    return draw(st.lists(st.sampled_from(shapes).flatmap(lambda shape: st.builds(
        Event, campaign_id=st.sampled_from(["a", 'b"%s']), kind=st.sampled_from(EventKind),
        at=st.datetimes(timezones=st.just(UTC)), actor=st.sampled_from(["evenhand", "evenhand", "ana"]),
        body=st.fixed_dictionaries(dict.fromkeys(shape, kinds)))), max_size=8))


@settings(max_examples=80)
@given(many())
def test_many_entries_at_once_are_those_made_one_by_one(events: list[Event]) -> None:
    salts = CountedSalts()
    alone = [entry_of(one, salts) for one in events]
    together = entries_of(EventRows.of(events), CountedSalts())
    assert together.texts == [one.text for one in alone]
    assert together.opens == [b",".join(some.opened for some in one.disclosures) for one in alone]
    assert all(canonical(json.loads(text)) == text for text in together.texts)


@pytest.mark.parametrize("wrong", [2**53 + 1, float("inf"), "\ud800", {1: "a key that is no text"}])
def test_what_json_cannot_hold_is_refused_among_many_too(wrong: Json) -> None:
    for name in ("position", "account_id"):
        with pytest.raises(ValueError):  # noqa: PT011  (the words are `entry_of`'s, and tested there)
            entries_of(EventRows.of([event(1), event(2, body={"account_id": "a", name: wrong})]), CountedSalts())


@given(st.integers(0, 40).flatmap(lambda size: st.lists(st.binary(min_size=size, max_size=size), max_size=5)))
def test_values_of_one_length_are_encoded_at_once_as_each_alone(values: list[bytes]) -> None:
    assert base64url_each(values) == [base64url(one) for one in values]


@given(st.lists(st.builds(event, st.integers(0, 9)), max_size=3))
def test_events_are_the_same_as_columns(events: list[Event]) -> None:
    rows = EventRows.of(events)
    assert [rows.event(number) for number in range(len(rows))] == events
