"""One function over single events: what it takes, what it refuses, and that its source holds nothing foreign."""

from __future__ import annotations

import ast
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import DataError
from evenhand.model.condition import Condition, Subject
from evenhand.model.expression import Column, ColumnRef, IsNull, Type
from evenhand.policy.compiled.event import TOGETHER, EventFunction, compile_event
from evenhand.policy.compiled.event_automaton import IS_COMPILED
from evenhand.policy.compiled.event_pieces import LONGEST_JOINED, event_finder
from evenhand.policy.compiled.letters import lower
from evenhand.policy.language.condition import parse_condition

MANY = "contains_any(bio, 'airdrop', 'gift', 'skin', 'раздача', 'straße', 'σοφία', '空投', 'kelvin', 'i am', 'ωmega')"


READER = {"is used": False}


@pytest.fixture(params=["by Python", pytest.param("by the reader", marks=pytest.mark.skipif(
    not IS_COMPILED, reason="the reader of events is not compiled here: run tools/compile_reader.py"))], autouse=True)
def events_are_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READER, "is used", request.param == "by the reader")


def rules(*texts: str) -> EventFunction:
    return compile_event([parse_condition(text) for text in texts], with_reader=READER["is used"])


def test_it_gives_one_answer_for_each_condition() -> None:
    found = rules("followers > 10", "verified", "bio is null")
    assert found.holds({"followers": 11, "verified": True, "other": object()}) == (True, True, True)
    assert found.matching({"followers": 3, "bio": "x", "verified": True}) == (1,)
    assert [column.name for column in found.columns] == ["bio", "followers", "verified"]


def test_a_column_that_is_left_out_is_not_known() -> None:
    found = rules("not verified", "followers < 3 or followers >= 3", MANY, f"not {MANY}")
    assert found.holds({}) == found.holds(dict.fromkeys(("verified", "followers", "bio"))) == (False,) * 4


def test_any_mapping_will_do_and_is_not_changed() -> None:
    event: Any = defaultdict(int)
    assert rules("followers is null").holds(event) == (True,)
    assert rules("followers is null").holds_each([event]) == [(True,)]
    assert not event
    assert rules("followers = 3").holds(MappingProxyType({"followers": 3})) == (True,)


class Kind(StrEnum):
    MEDIA = "media"


@pytest.mark.parametrize(("text", "value"), [
    ("holder_kind = 'media'", Kind.MEDIA), ("followers = 12", 12.0), ("followers = 12", np.int32(12)),
    ("confidence = 1", 1), ("confidence = 0.5", np.float64(0.5)),
    ("created_at = timestamp '2026-01-01 12:00:00'", "2026-01-01T13:00:00+01:00"),
    ("created_at = timestamp '2026-01-01 12:00:00'", "2026-01-01T12:00:00Z"),
    ("created_at = timestamp '2026-01-01 12:00:00'", datetime(2026, 1, 1, 12)),  # noqa: DTZ001 - no zone is UTC
    ("created_at = timestamp '2026-01-01 12:00:00'", datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2)))),
    ("created_at = timestamp '2026-01-01 12:00:00.000001'", datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC)),
])
def test_a_value_of_a_class_of_its_own_counts_as_what_it_is(text: str, value: object) -> None:
    [column] = parse_condition(text).columns
    assert rules(text).holds({column: value}) == (True,)


@pytest.mark.parametrize(("column", "value"), [
    ("bio", 5), ("bio", b"x"), ("followers", "12"), ("followers", 1.5), ("followers", True), ("followers", 10**400),
    ("followers", float("nan")), ("confidence", "high"), ("confidence", True), ("confidence", 10**400), ("verified", 1),
    ("verified", "true"), ("created_at", "yesterday"), ("created_at", 5), ("created_at", date(2026, 1, 1)),
])
def test_a_value_of_another_type_is_refused(column: str, value: object) -> None:
    tests = {"bio": MANY, "followers": "followers + 1 > 0", "confidence": "confidence > 0", "verified": "verified",
             "created_at": "created_at > date '2026-01-01'"}
    with pytest.raises(DataError, match=f"`{column}` of an event is ") as refused:
        rules(tests[column]).holds({column: value})
    assert all(problem.hint for problem in refused.value.problems)


def test_all_values_that_are_wrong_are_told_together() -> None:
    with pytest.raises(DataError) as refused:
        rules("followers > 1 and verified and bio <> ''").holds({"followers": "1", "verified": 0, "bio": ["x"]})
    assert [problem.what for problem in refused.value.problems] == [
        "`bio` of an event is ['x']", "`followers` of an event is '1'", "`verified` of an event is 0"]


def test_the_source_holds_nothing_that_an_author_wrote() -> None:
    found = rules("bio = 'SECRET' and handle like '%\"]); import os #_x' and followers > 31337 "
                  "and created_at > date '2026-02-03'", MANY)
    assert not [node for node in ast.walk(ast.parse(found.source)) if isinstance(node, ast.Constant)
                and node.value not in (True, False, None, 0, 1, -1)]
    assert "SECRET" not in found.source
    assert "SECRET" in found.constants.values()
    assert found.holds({"bio": "SECRET", "handle": "x\"]); import os #yx", "followers": 31338,
                        "created_at": "2026-03-01"})[0]


def test_a_name_that_is_no_column_name_is_refused() -> None:
    column = Column(name="x = 1; import os", type=Type.TEXT, stored="varchar", table="accounts", sentence="")
    with pytest.raises(ValueError, match="is not a column's name"):
        compile_event([Condition(text="", subject=Subject.ACCOUNT, expression=IsNull(value=ColumnRef(column=column)))])


def test_two_columns_of_one_name_are_refused() -> None:
    other = Column(name="bio", type=Type.NUMBER, stored="bigint", table="accounts", sentence="")
    clash = Condition(text="", subject=Subject.ACCOUNT, expression=IsNull(value=ColumnRef(column=other)))
    with pytest.raises(ValueError, match="two different columns"):
        compile_event([parse_condition("bio = 'x'"), clash])


@pytest.mark.parametrize("text", [
    " and ".join(["verified"] * 1500), "+".join(["followers"] * 90) + " > 1",
    "case when " * 30 + "has_identity" + " then true end" * 30,
    "case " + " ".join(f"when followers = {n} then {n}" for n in range(600)) + " end > 500",
    "(" * 39 + "has_identity" + " or verified)" * 39, "not " * 90 + "has_identity",
    "coalesce(" + ", ".join(["followers"] * 500) + ") > 1",
])
def test_the_longest_and_deepest_conditions_compile(text: str) -> None:
    assert rules(text, MANY).holds({"has_identity": True, "verified": True, "followers": 550, "bio": "a gift"}) == (True, True)


@pytest.mark.parametrize(("bio", "is_found"), [
    ("AIRDROP", True), ("РАЗДАЧА", True), ("STRAẞE", True), ("strasse", False), ("ΣΟΦΊΑ", True), ("ςοφία", False),
    ("\u212aELVIN", True), ("S\u212aİN", True), ("\u2126MEGA", True), ("ı am", False), ("İ AM", True), ("空投", True),
    ("gif\x00t", False), ("\ud800 gift", True), ("gi\ud800ft", False),
])
def test_pieces_are_found_in_either_case(bio: str, is_found: bool) -> None:
    assert rules(MANY).holds({"bio": bio}) == (is_found,)
    assert rules(MANY).holds({"bio": bio + " " * LONGEST_JOINED}) == (is_found,)


PIECES = st.text(st.sampled_from("akiKİ\u212aσΣςßẞ空é"), min_size=1, max_size=3).map(lower)
TEXTS = st.text(st.sampled_from("aAkKiIİ\u212aσΣςßẞ空éÉ \x00"), max_size=12)


@given(st.lists(PIECES, min_size=1, max_size=5, unique=True), st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS), st.booleans())
def test_one_pass_finds_what_looking_one_by_one_finds(pieces: list[str], texts: tuple[str, str], others: tuple[str, str],
                                                      is_long: bool) -> None:
    texts = (texts[0] + "." * LONGEST_JOINED * is_long, texts[1])
    masks = [{n: 1 << (n + side * len(pieces)) for n in range(len(pieces))} for side in range(2)]
    expected = sum(masks[side][n] for side in range(2) for n, piece in enumerate(pieces) if piece in lower(texts[side]))
    finder = event_finder(pieces, masks)
    assert finder.find(texts) == expected
    assert finder.find_each([*others, *texts, *others]) == [finder.find(others), expected, finder.find(others)]


def test_threads_may_share_a_function() -> None:
    found = rules(MANY, "followers % 2 = 0")
    events = [{"bio": f"{'airdrop' if n % 3 == 0 else 'nothing'} {'x' * (n % 50)}", "followers": n} for n in range(3000)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(found.holds, events))
        parts = list(pool.map(found.holds_each, (events[:1500], events[1500:])))
    assert answers == [(n % 3 == 0, n % 2 == 0) for n in range(3000)] == [*parts[0], *parts[1]]


def test_many_events_are_answered_in_their_order_whatever_their_number() -> None:
    found = rules(MANY, f"not {MANY}", "followers > 3", f"lower(trim(bio)) = 'gift' or {MANY.replace('bio', 'trim(bio)')}",
                  "contains(handle, 'x')")
    events: list[dict[str, Any]] = [{"bio": bio, "followers": n, "handle": "X" if n % 7 else None} for n, bio in enumerate(
        [None, "gift", "Kelvin \u212aELVIN", "gif\x00t", "nothing", " GIFT ", "gift " * 30_000, "İ AM"] * (TOGETHER // 3))]
    expected = [found.holds(event) for event in events]
    assert found.holds_each(iter(events)) == found.holds_each(map(MappingProxyType, events)) == expected
    left_out = [{name: value for name, value in event.items() if value is not None} for event in events]
    assert found.holds_each(left_out) == [found.holds(event) for event in left_out] == expected
    assert found.holds_each([]) == []


def test_a_text_that_hangs_on_another_search_is_made_before_the_pass() -> None:
    found = rules(f"contains_any(case when {MANY} then handle else bio end, 'abc', 'skin')")
    events = [{"bio": "a gift", "handle": "ABC"}, {"bio": "no", "handle": "abc"}, {"bio": "a skin", "handle": "x"}]
    assert [*map(found.holds, events)] == found.holds_each(events) == [(True,), (False,), (False,)]


def test_a_value_of_another_type_among_many_events_is_refused() -> None:
    with pytest.raises(DataError, match="`followers` of an event is 'many'"):
        rules(MANY, "followers > 3").holds_each([{"followers": 5}, {"followers": "many"}, {"bio": 5}])
