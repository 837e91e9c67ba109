"""Who has borne a name for years is seen by a person, on both sides of the threshold; a pair is judged the same both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.precedence import GUARD, LONG_STANDING_DAYS
from evenhand.model.snapshot import ACCOUNTS, POSTS
from evenhand.signals.names.history import name_history

LAST = datetime(2026, 10, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine() -> Any:
    with DuckDBEngine(threads=1) as opened:
        yield opened


def asked(engine: DuckDBEngine, *, age: int | None = LONG_STANDING_DAYS, signal: str = "name_reads_as",
          before: list[str] | None = None, proof: str | None = None) -> list[tuple[str, str]]:
    account = {"account_id": "1", "handle": "elpaisuy", "display_name": "El País", "previous_names": before,
               "created_at": None if age is None else LAST - timedelta(days=age)}
    accounts = pa.Table.from_pylist([account], schema=ACCOUNTS.schema)
    proofs = pa.Table.from_pylist([{"account_id": "1", "holder_id": "h", "proof": proof}] if proof else [], schema=pa.schema(
        [(column, pa.string()) for column in ("account_id", "holder_id", "proof")]))
    left = engine.run((*name_history(), *GUARD.steps), keep=[GUARD.hits], tables={
        "accounts": accounts, "profiles": accounts, "candidates": accounts, "suspect_ids": pa.table({"account_id": ["1"]}),
        "dated_posts": pa.Table.from_pylist([{"post_id": "p", "account_id": "1", "created_at": LAST}], schema=POSTS.schema),
        "identity_evidence": pa.table({"account_id": ["1"], "holder_id": ["h"], "signal": [signal]}), "proofs": proofs})
    return [(row["strength"], row["shown"]) for row in left.relations[GUARD.hits].to_pylist()]


def test_a_name_borne_for_years_asks_a_person(engine: DuckDBEngine) -> None:
    assert asked(engine) == [("ask", "2023-10-21")]
    assert asked(engine, signal="address_other_suffix") == [("ask", "2023-10-21")]
    assert asked(engine, before=["El Pais"]) == [("ask", "2023-10-21")]


@pytest.mark.parametrize("missing", [
    {"age": LONG_STANDING_DAYS - 1}, {"age": None}, {"signal": "name_lookalike_characters"}, {"before": ["Cat pictures daily"]},
    {"proof": "registered_handle"}], ids=str)
def test_whatever_is_missing_of_that_says_nothing(engine: DuckDBEngine, missing: dict[str, Any]) -> None:
    assert asked(engine, **missing) == []


CONTENDERS = st.tuples(st.none() | st.integers(1, LONG_STANDING_DAYS - 1), st.booleans())
"""Days since the account was opened, if known, and whether a register names its handle."""


def asked_of(engine: DuckDBEngine, first: tuple[int | None, bool], second: tuple[int | None, bool]) -> list[str]:
    """Which of two accounts that read as one holder the guard has a person look at."""
    pair = {"first": first, "second": second}
    accounts = pa.Table.from_pylist([
        {"account_id": name, "handle": name, "display_name": "El País",
         "created_at": None if days is None else LAST - timedelta(days=days)} for name, (days, _) in pair.items()],
        schema=ACCOUNTS.schema)
    proofs = pa.Table.from_pylist(
        [{"account_id": name, "holder_id": "h", "proof": "registered_handle"} for name, (_, proven) in pair.items() if proven],
        schema=pa.schema([(column, pa.string()) for column in ("account_id", "holder_id", "proof")]))
    posts = [{"post_id": name, "account_id": name, "created_at": LAST} for name in pair]
    left = engine.run((*name_history(), *GUARD.steps), keep=[GUARD.hits], tables={
        "accounts": accounts, "profiles": accounts, "candidates": accounts, "suspect_ids": accounts.select(["account_id"]),
        "dated_posts": pa.Table.from_pylist(posts, schema=POSTS.schema), "proofs": proofs, "identity_evidence": pa.table({
            "account_id": list(pair), "holder_id": ["h"] * 2, "signal": ["name_reads_as"] * 2})})
    return sorted({row["account_id"] for row in left.relations[GUARD.hits].to_pylist()})


@settings(max_examples=20, deadline=None)
@given(first=CONTENDERS, second=CONTENDERS)
def test_a_pair_is_judged_the_same_whichever_comes_first(
        engine: DuckDBEngine, first: tuple[int | None, bool], second: tuple[int | None, bool]) -> None:
    other = {"first": "second", "second": "first"}
    assert asked_of(engine, first, second) == sorted(other[name] for name in asked_of(engine, second, first))
    assert not {name for name, (_, proven) in {"first": first, "second": second}.items() if proven} & set(
        asked_of(engine, first, second)), "a proven account is spared by its proof and needs no person"


@pytest.mark.parametrize(("first", "second", "who"), [
    ((400, False), (30, False), ["first"]), ((30, False), (400, False), ["second"]), ((30, False), (30, False), []),
    ((400, True), (30, False), []), ((30, True), (400, False), ["second"]), ((None, False), (30, False), [])])
def test_the_older_of_two_or_the_one_older_than_the_proven_is_seen_by_a_person(
        engine: DuckDBEngine, first: tuple[int | None, bool], second: tuple[int | None, bool], who: list[str]) -> None:
    assert asked_of(engine, first, second) == who
