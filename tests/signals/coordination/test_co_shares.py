"""Pairs within a window: the join in slots gives exactly what comparing all with all gives."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.signals.coordination.co_shares import (
    CO_SHARES,
    CROWD,
    CROWDED_SLOTS,
    HUBS,
    LINK_WINDOW_SECONDS,
    MIN_TEXTS,
    MIN_TOGETHER,
    SHARED_OBJECTS,
    SLOTTED_SHARES,
    TEXT_WINDOW_SECONDS,
    TIES,
)

SCHEMA = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("object", pa.int64()), ("kind", pa.string()),
                    ("at_second", pa.int64()), ("n_posts", pa.int64()), ("place", pa.int64())])
STEPS = (SHARED_OBJECTS, SLOTTED_SHARES, CROWDED_SLOTS, CO_SHARES, TIES)
Share = tuple[int, int, int]
"""Account, object, second."""


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as one:
        yield one


def shares(rows: list[Share], kind: str = "link") -> pa.Table:
    places: dict[tuple[int, int], int] = {}
    table = []
    for n, (account, thing, second) in enumerate(rows):
        places[account, thing] = places.get((account, thing), 0) + 1
        table.append({"account_id": f"a{account:04d}", "post_id": f"p{n}", "object": thing, "kind": kind, "at_second": second,
                      "n_posts": 3, "place": places[account, thing]})
    return pa.Table.from_pylist(table, schema=SCHEMA)


def brute_force(rows: list[Share], window: int) -> set[tuple[str, ...]]:
    found = set()
    for n, (account, thing, second) in enumerate(rows):
        for m, (other, same, later) in enumerate(rows):
            if account < other and thing == same and abs(later - second) <= window:
                found.add((f"a{account:04d}", f"a{other:04d}", f"p{n}", f"p{m}"))
    return found


def pairs(engine: DuckDBEngine, table: pa.Table) -> list[tuple[str, ...]]:
    made = engine.run(STEPS, tables={"shares": table}, keep=["co_shares"]).relations["co_shares"]
    return [tuple(row) for row in zip(*(made[name].to_pylist() for name in (
        "account_id", "other_id", "post_id", "other_post_id")), strict=True)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(-400, 400)), max_size=24),
       kind=st.sampled_from(["link", "text"]))
def test_the_pairs_are_those_of_comparing_all_with_all(engine: DuckDBEngine, rows: list[Share], kind: str) -> None:
    found = pairs(engine, shares(rows, kind))
    assert len(found) == len(set(found)), "no pair twice"
    assert set(found) == brute_force(rows, LINK_WINDOW_SECONDS if kind == "link" else TEXT_WINDOW_SECONDS)


@pytest.mark.parametrize(("second", "n_pairs"), [(LINK_WINDOW_SECONDS, 1), (LINK_WINDOW_SECONDS + 1, 0)])
def test_the_window_ends_where_it_says(engine: DuckDBEngine, second: int, n_pairs: int) -> None:
    assert len(pairs(engine, shares([(1, 7, 0), (2, 7, second)]))) == n_pairs


def test_a_crowded_slot_costs_no_more_than_its_posts_allow(engine: DuckDBEngine) -> None:
    n = 40 * CROWD
    found = pairs(engine, shares([(account, 1, 5) for account in range(n)]))
    assert len(found) == HUBS * (n - HUBS) + HUBS * (HUBS - 1) // 2
    assert {one for one, *_ in found} == {f"a{hub:04d}" for hub in range(HUBS)}


def test_members_of_a_large_network_still_meet_in_crowded_slots(engine: DuckDBEngine) -> None:
    rows = [(account, thing, thing * 1000 + account % 30) for account in range(3 * CROWD) for thing in range(MIN_TOGETHER)]
    ties = engine.run(STEPS, tables={"shares": shares(rows)}, keep=["ties"]).relations["ties"]
    tied = set(ties["account_id"].to_pylist()) | set(ties["other_id"].to_pylist())
    assert len(tied) == 3 * CROWD


@pytest.mark.parametrize(("kind", "n_common", "n_ties"), [
    ("link", MIN_TOGETHER - 1, 0), ("link", MIN_TOGETHER, 1), ("text", MIN_TEXTS - 1, 0), ("text", MIN_TEXTS, 1)])
def test_accounts_are_tied_when_they_meet_often_enough(engine: DuckDBEngine, kind: str, n_common: int, n_ties: int) -> None:
    rows = [(account, thing, thing * 10_000) for account in (1, 2) for thing in range(n_common)]
    assert engine.run(STEPS, tables={"shares": shares(rows, kind)}, keep=["ties"]).relations["ties"].num_rows == n_ties


def test_one_post_with_a_text_and_a_link_is_one_common_post(engine: DuckDBEngine) -> None:
    rows = pa.concat_tables([shares([(1, 10, 0), (2, 10, 0)], "text"), shares([(1, 20, 0), (2, 20, 0)], "link")])
    assert engine.run(STEPS, tables={"shares": rows}, keep=["ties"]).relations["ties"].num_rows == 0


def test_what_is_a_small_part_of_both_accounts_posts_ties_nobody(engine: DuckDBEngine) -> None:
    table = shares([(account, thing, thing * 10_000) for account in (1, 2) for thing in range(MIN_TOGETHER)])
    often = table.set_column(5, "n_posts", pa.array([100] * table.num_rows, pa.int64()))
    assert engine.run(STEPS, tables={"shares": often}, keep=["ties"]).relations["ties"].num_rows == 0
