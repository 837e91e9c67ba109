"""Promise: a condition says the same of every row as SQL, as a function over events, and over batches."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest
from condition_trees import conditions, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_conditions import ACCOUNTS, MEANINGS

from evenhand.model.condition import Condition
from evenhand.policy.compiled.batch import compile_batch
from evenhand.policy.compiled.event import compile_event
from evenhand.policy.compiled.event_automaton import IS_COMPILED
from evenhand.policy.language.condition import parse_condition


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set timezone = 'UTC'")
    yield connection
    connection.close()


def by_sql(engine: duckdb.DuckDBPyConnection, found: list[Condition], table: pa.Table) -> list[tuple[bool, ...]]:
    engine.register("given", table)
    return engine.execute(f"select {', '.join(condition.sql() for condition in found)} from given").fetchall()


def by_batch(found: list[Condition], table: pa.Table) -> list[tuple[bool, ...]]:
    held = compile_batch(found).holds(table)
    return list(zip(*(column.to_pylist() for column in held.columns), strict=True))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(conditions(), min_size=1, max_size=3), rows())
def test_sql_events_and_batches_agree(engine: duckdb.DuckDBPyConnection, found: list[Condition], table: pa.Table) -> None:
    expected = by_sql(engine, found, table)
    for with_reader in {False, IS_COMPILED}:
        compiled = compile_event(found, with_reader=with_reader)
        assert [compiled.holds(event) for event in table.to_pylist()] == expected
        assert compiled.holds_each(table.to_pylist()) == expected
    assert by_batch(found, table) == expected


def test_the_sample_conditions_agree(engine: duckdb.DuckDBPyConnection) -> None:
    found = [parse_condition(text) for text, _ in MEANINGS]
    expected = by_sql(engine, found, ACCOUNTS)
    for with_reader in {False, IS_COMPILED}:
        compiled = compile_event(found, with_reader=with_reader)
        assert [compiled.holds(event) for event in ACCOUNTS.to_pylist()] == expected
        assert compiled.holds_each(ACCOUNTS.to_pylist()) == expected
    assert by_batch(found, ACCOUNTS) == expected
