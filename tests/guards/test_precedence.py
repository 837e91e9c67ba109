"""Who has borne a name for years is seen by a person, on both sides of the threshold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

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
