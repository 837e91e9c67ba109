"""Connected groups, held against a search from node to node."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.signals.coordination.components import components, connected

N = 12
edges = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=20)


def by_search(pairs: list[tuple[int, int]]) -> list[int]:
    first = list(range(N))
    for start in range(N):
        reached, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            near = {b for a, b in pairs if a == node} | {a for a, b in pairs if b == node}
            waiting.extend(near - reached)
            reached |= near
        first[start] = min(reached)
    return first


@given(edges)
def test_groups_are_what_a_search_finds(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    assert components(N, one, other).tolist() == by_search(pairs)


def test_a_long_chain_is_one_group() -> None:
    n = 5000
    order = np.random.default_rng(3).permutation(n)
    assert set(components(n, order[:-1], order[1:]).tolist()) == {0}


def test_groups_are_named_by_their_first_member_whatever_the_order() -> None:
    ties = pa.table({"account_id": ["m", "b", "x"], "other_id": ["b", "z", "y"]})
    steps = connected("groups", ties="ties", sentence="a member")
    with DuckDBEngine(threads=1) as engine:
        made = [engine.run(steps, tables={"ties": table}, keep=["groups"]).relations["groups"].to_pylist()
                for table in (ties, ties.take([2, 0, 1]))]
    assert made[0] == made[1]
    assert {(row["group_id"], row["account_id"]) for row in made[0]} == {
        ("b", "b"), ("b", "m"), ("b", "z"), ("x", "x"), ("x", "y")}


def test_without_ties_there_are_no_groups() -> None:
    ties = pa.table({"account_id": pa.array([], pa.string()), "other_id": pa.array([], pa.string())})
    with DuckDBEngine(threads=1) as engine:
        made = engine.run(connected("groups", ties="ties", sentence="a member"), tables={"ties": ties}, keep=["groups"])
    assert made.relations["groups"].num_rows == 0
