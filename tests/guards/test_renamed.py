"""A renamed account of long standing and reach is a victim, on both sides of every threshold; a new spelling is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.renamed import GUARD, HARMS, MIN_AGE_DAYS, MIN_FOLLOWERS
from evenhand.model.plan import SPARED
from evenhand.model.snapshot import ACCOUNTS, POSTS
from evenhand.signals.names.history import history, name_history
from evenhand.workflows.victims.of_plan import victims_of

LAST = datetime(2026, 10, 20, tzinfo=UTC)


def hits(engine: DuckDBEngine, before: list[str] | None, *, age: int | None = MIN_AGE_DAYS, posts: int = 1,
         followers: int | None = MIN_FOLLOWERS, name: str = "The Senate Office") -> list[dict[str, Any]]:
    account = {"account_id": "1", "handle": "senate_office", "display_name": name, "followers": followers,
               "created_at": None if age is None else LAST - timedelta(days=age), "previous_names": before}
    accounts = pa.Table.from_pylist([account], schema=ACCOUNTS.schema)
    written = pa.Table.from_pylist([{"post_id": "p", "account_id": "1", "created_at": LAST}] * posts, schema=POSTS.schema)
    left = engine.run((*name_history(), *GUARD.steps), keep=[GUARD.hits], tables={
        "accounts": accounts, "profiles": accounts, "dated_posts": written, "suspect_ids": pa.table({"account_id": ["1"]})})
    rows: list[dict[str, Any]] = left.relations[GUARD.hits].to_pylist()
    return rows


@pytest.fixture(scope="module")
def engine() -> Any:
    with DuckDBEngine(threads=1) as opened:
        yield opened


def test_another_name_over_a_large_old_account_spares_from_posing_only(engine: DuckDBEngine) -> None:
    found = hits(engine, ["Cat pictures daily"])
    assert {hit["harm"] for hit in found} == {str(harm) for harm in HARMS}
    assert {(hit["strength"], hit["shown"], hit["source"]) for hit in found} == {("spare", "Cat pictures daily", "10000")}


@pytest.mark.parametrize("missing", [
    {"before": None}, {"before": ["Cat pictures daily"], "age": MIN_AGE_DAYS - 1},
    {"before": ["Cat pictures daily"], "followers": MIN_FOLLOWERS - 1}, {"before": ["Cat pictures daily"], "followers": None},
    {"before": ["The Senate Offices"]}, {"before": ["senate.office"]},
    {"before": ["Cat pictures daily", "ＳＥＮＡＴＥ office"]}], ids=str)
def test_whatever_is_missing_of_that_spares_nobody(engine: DuckDBEngine, missing: dict[str, Any]) -> None:
    assert hits(engine, **missing) == []


@pytest.mark.parametrize("unknown", [{"posts": 0}, {"age": None}, {"posts": 0, "age": 1}], ids=str)
def test_where_its_age_cannot_be_told_a_person_looks(engine: DuckDBEngine, unknown: dict[str, Any]) -> None:
    found = hits(engine, ["Cat pictures daily"], **unknown)
    assert {hit["harm"] for hit in found} == {str(harm) for harm in HARMS}
    assert {(hit["strength"], hit["expected"]) for hit in found} == {("ask", "age_unknown")}
    assert hits(engine, ["The Senate Offices"], **unknown) == []
    assert hits(engine, ["Cat pictures daily"], followers=MIN_FOLLOWERS - 1, **unknown) == []


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=3), max_size=4), st.text(max_size=12))
def test_every_account_with_a_past_has_one_row_and_its_likeness_is_a_share(pasts: list[list[str]], name: str) -> None:
    batch = pa.record_batch({"account_id": [str(nth) for nth in range(len(pasts))], "display_name": pa.array(
        [name] * len(pasts), pa.string()), "handle": pa.array(["h"] * len(pasts), pa.string()),
        "previous_names": pa.array(pasts, pa.list_(pa.string()))})
    rows = history(batch).to_pylist()
    assert [row["account_id"] for row in rows] == batch.column("account_id").to_pylist()
    assert all(0 <= row["likeness"] <= 1 and row["shown"] in pasts[int(row["account_id"])] for row in rows)


def test_victims_are_listed_once_with_all_that_was_done_in_their_name(tmp_path: Path) -> None:
    hit = {"guard": "renamed", "strength": "spare", "fact": "it was called “Cats”", "where": "display_name", "shown": "Cats"}
    other = {"guard": "criticism", "strength": "spare", "fact": "it criticises", "where": "bio", "shown": "critic"}
    row = {"handle": "h", "display_name": "D", "platform": "x", "language": "en", "why": "spared", "reasons": []}
    pq.write_table(pa.Table.from_pylist([
        row | {"account_id": "2", "harm": "impersonation_media", "guards": [other, hit]},
        row | {"account_id": "2", "harm": "impersonation_official", "guards": [hit]},
        row | {"account_id": "1", "harm": "scam", "guards": [hit | {"guard": "hijacked", "fact": "since June"}]},
        row | {"account_id": "3", "harm": "scam", "guards": [hit | {"strength": "ask"}]},
        row | {"account_id": "4", "harm": "scam", "guards": [other]},
        row | {"account_id": "5", "harm": "scam", "guards": None}], schema=SPARED), tmp_path / "spared.parquet")

    found = victims_of(tmp_path)

    assert [(one.account_id, one.guard, one.harms) for one in found] == [
        ("1", "hijacked", ("scam",)), ("2", "renamed", ("impersonation_media", "impersonation_official"))]
    assert found[1].facts == ("it was called “Cats”",)
