"""One function over batches: what it takes, in which form, and what it refuses."""

from __future__ import annotations

import pyarrow as pa
import pytest

from evenhand.errors import DataError
from evenhand.policy.compiled.batch import SLICE_ROWS, compile_batch
from evenhand.policy.compiled.event import compile_event
from evenhand.policy.language.condition import parse_condition

RULES = [parse_condition(text) for text in (
    "contains_any(bio, 'airdrop', 'x', '空投')", "followers > 2", "bio ilike '%a_r%'", "verified or bio is null")]
ROWS = [{"bio": "AIRDROP", "followers": 3, "verified": None}, {"bio": None, "followers": None, "verified": False},
        {"bio": "空投", "followers": 2, "verified": True}, {"bio": "", "followers": 9, "verified": False}]
HELD = [(True, True, True, False), (False, False, False, True), (True, False, False, True), (False, True, False, False)]


def held(rows: pa.RecordBatch | pa.Table) -> list[tuple[bool, ...]]:
    return list(zip(*(column.to_pylist() for column in compile_batch(RULES).holds(rows).columns), strict=True))


@pytest.mark.parametrize("text", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.string_view()],
                         ids=str)
@pytest.mark.parametrize("whole", [pa.int64(), pa.int32(), pa.uint8()], ids=str)
def test_columns_may_be_stored_in_any_way(text: pa.DataType, whole: pa.DataType) -> None:
    columns = {name: [row[name] for row in ROWS] for name in ROWS[0]}
    table = pa.table({"bio": pa.array(columns["bio"], pa.string()).cast(text), "verified": columns["verified"],
                      "followers": pa.array(columns["followers"], whole), "other": [[1]] * len(ROWS)})
    assert held(table) == HELD
    assert held(table.slice(1, 2)) == HELD[1:3]
    assert held(table.combine_chunks().to_batches()[0]) == HELD
    assert held(pa.concat_tables([table, table.slice(2)])) == HELD + HELD[2:]
    assert held(table.slice(0, 0)) == []


def test_more_rows_than_one_slice_keep_their_order() -> None:
    rows = pa.Table.from_pylist(ROWS)
    many = rows.take(pa.array([row % len(ROWS) for row in range(SLICE_ROWS + 5)]))
    assert held(many) == [HELD[row % len(ROWS)] for row in range(SLICE_ROWS + 5)]


def test_a_column_of_nothing_but_nulls_is_not_known() -> None:
    table = pa.table({name: pa.nulls(2) for name in ("bio", "followers", "verified")})
    assert held(table) == [(False, False, False, True)] * 2


def test_times_are_utc_in_every_unit() -> None:
    rule = [parse_condition("created_at = timestamp '2026-01-01 12:00:00'")]
    moment = 1_767_268_800
    for unit, scale in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        for zone in (None, "UTC", "America/New_York"):
            table = pa.table({"created_at": pa.array([moment * scale, moment * scale + 1, None], pa.timestamp(unit, zone))})
            held_here = compile_batch(rule).holds(table)["condition_0"].to_pylist()
            assert held_here[0], (unit, zone)
            assert held_here[1:] == [unit == "ns", False]  # engines keep microseconds


def test_everything_that_is_missing_or_wrong_is_told_together() -> None:
    with pytest.raises(DataError) as refused:
        compile_batch(RULES).holds(pa.table({"bio": [1], "followers": ["x"]}))
    assert [problem.what for problem in refused.value.problems] == [
        "`bio` of the batch is int64", "`followers` of the batch is string", "the batch has no column `verified`"]


def test_the_results_have_the_names_they_are_given() -> None:
    assert compile_batch(RULES[:2], names=["a", "b"]).holds(pa.Table.from_pylist(ROWS)).column_names == ["a", "b"]
    with pytest.raises(ValueError, match="a name of its own"):
        compile_batch(RULES[:2], names=["a", "a"])


@pytest.mark.parametrize("text", ["bio like '%'", "bio = 'x' and contains(bio, 'y')", "followers > 1"])
def test_no_conditions_and_no_rows_are_fine(text: str) -> None:
    assert compile_event([]).holds({}) == ()
    rule = [parse_condition(text)] if text != "bio like '%'" else []
    table = pa.table({"bio": pa.array([], pa.string()), "followers": pa.array([], pa.int64())})
    assert compile_batch(rule).holds(table).num_rows == 0
