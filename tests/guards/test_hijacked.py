"""A victim is told from a scammer by the break with its own past, on both sides of every threshold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.hijacked import (
    GUARD,
    MAX_BURST_DAYS,
    MIN_AGE_DAYS,
    MIN_PAST_DAYS,
    MIN_POSTS_BEFORE,
    OLD_DAYS,
    SHORT_BURST_DAYS,
)
from evenhand.model.snapshot import ACCOUNTS, POSTS

BROKE_AT = datetime(2026, 10, 20, tzinfo=UTC)
LISTED = pa.schema([("account_id", pa.string()), ("post_id", pa.string())])


def hits(*, age: int = MIN_AGE_DAYS, n_before: int = MIN_POSTS_BEFORE, past: int = MIN_PAST_DAYS, burst: int = 0,
         in_profile: bool = False) -> list[dict[str, Any]]:
    """What the guard says of one account; all numbers are days but the posts before."""
    before = [BROKE_AT - timedelta(days=past) + timedelta(minutes=nth) for nth in range(n_before)]
    after = [BROKE_AT, BROKE_AT + timedelta(days=burst)]
    posts = [{"post_id": f"p{nth}", "account_id": "1", "created_at": at} for nth, at in enumerate([*before, *after])]
    listed = [{"account_id": "1", "post_id": f"p{nth}"} for nth in range(n_before, n_before + 2)]
    listed += [{"account_id": "1", "post_id": None}] if in_profile else []
    account = {"account_id": "1", "handle": "a", "created_at": BROKE_AT - timedelta(days=age)}
    with DuckDBEngine(threads=1) as engine:
        left = engine.run(GUARD.steps, keep=[GUARD.hits], tables={
            "profiles": pa.Table.from_pylist([account], schema=ACCOUNTS.schema),
            "dated_posts": pa.Table.from_pylist(posts, schema=POSTS.schema),
            "listed_content": pa.Table.from_pylist(listed, schema=LISTED)})
    rows: list[dict[str, Any]] = left.relations[GUARD.hits].to_pylist()
    return rows


def test_a_long_past_and_a_sudden_burst_spare_from_scam_and_bait_only() -> None:
    found = hits(burst=MAX_BURST_DAYS)
    assert {(hit["strength"], hit["harm"], hit["shown"]) for hit in found} == {
        ("spare", "scam", "2026-10-20"), ("spare", "deceptive_monetisation", "2026-10-20")}


@pytest.mark.parametrize("short", [
    {"age": MIN_AGE_DAYS - 1}, {"n_before": MIN_POSTS_BEFORE - 1}, {"past": MIN_PAST_DAYS - 1}, {"burst": MAX_BURST_DAYS + 1},
    {"in_profile": True}, {"n_before": 0}], ids=str)
def test_whatever_is_missing_of_that_spares_nobody(short: dict[str, int]) -> None:
    assert hits(**short) == []


OLD = {"age": OLD_DAYS, "n_before": 1, "past": 1, "burst": SHORT_BURST_DAYS}


def test_of_a_very_old_account_one_post_before_a_short_burst_is_past_enough() -> None:
    assert {(hit["harm"], hit["strength"]) for hit in hits(**OLD)} == {("scam", "spare"), ("deceptive_monetisation", "spare")}


@pytest.mark.parametrize("less", [
    {"age": OLD_DAYS - 1}, {"n_before": 0}, {"burst": SHORT_BURST_DAYS + 1}, {"in_profile": True}], ids=str)
def test_and_nothing_of_that_may_be_less(less: dict[str, int]) -> None:
    assert hits(**OLD | less) == []
