"""A listed address that several accounts push together is a second sign; one that they mentioned at odd times is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.detectors.scam import MIN_PUSHERS, PUSHED_TOGETHER
from evenhand.engines.duckdb import DuckDBEngine

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
LISTED = pa.schema([("account_id", pa.string()), ("host", pa.string()), ("post_id", pa.string())])
DATED = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("posted_at", pa.timestamp("us", "UTC"))])


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as opened:
        yield opened


def pushed(engine: DuckDBEngine, minutes: list[float | None], *, in_profile: int = 0) -> dict[str, int]:
    """Who is said to push the address together, and with how many others, when account N posts it at minute N.

    None is a post without a known time; `in_profile` accounts more hold the address in their profile.
    """
    posts = [(f"a{n}", f"p{n}", minute) for n, minute in enumerate(minutes)]
    listed = [{"account_id": account, "host": "scam.example", "post_id": post} for account, post, _ in posts]
    listed += [{"account_id": f"b{n}", "host": "scam.example", "post_id": None} for n in range(in_profile)]
    dated = [{"account_id": account, "post_id": post,
              "posted_at": NOON + timedelta(minutes=minute) if minute is not None else None} for account, post, minute in posts]
    rows = engine.run([PUSHED_TOGETHER], keep=["pushed_together"], tables={
        "listed_content": pa.Table.from_pylist(listed, schema=LISTED),
        "suspect_posts": pa.Table.from_pylist(dated, schema=DATED)}).relations["pushed_together"].to_pylist()
    assert {(row["family"], row["signal"], row["shown"]) for row in rows} <= {("network", "shared_listed_link", "scam.example")}
    return {row["account_id"]: int(row["expected"]) for row in rows}


def test_accounts_that_post_it_within_the_half_hour_push_it_together(engine: DuckDBEngine) -> None:
    assert pushed(engine, [0, 10, 29]) == {"a0": 2, "a1": 2, "a2": 2}


def test_too_few_do_not(engine: DuckDBEngine) -> None:
    assert pushed(engine, [0, 1]) == {}


def test_any_number_that_come_upon_it_at_odd_times_do_not(engine: DuckDBEngine) -> None:
    assert pushed(engine, [61.0 * n for n in range(50)]) == {}


def test_nor_do_posts_without_a_time(engine: DuckDBEngine) -> None:
    assert pushed(engine, [None] * 5) == {}


def test_profiles_that_hold_it_do_at_any_time(engine: DuckDBEngine) -> None:
    assert pushed(engine, [0], in_profile=3) == {"b0": 2, "b1": 2, "b2": 2}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.integers(0, 600).map(float), max_size=12))
def test_whoever_pushes_it_has_others_within_the_hour_however_many_there_are_on_the_platform(
        engine: DuckDBEngine, minutes: list[float]) -> None:
    found = pushed(engine, list(minutes))
    for n, minute in enumerate(minutes):
        assert found.get(f"a{n}", 0) <= sum(abs(other - minute) < 60 for other in minutes) - 1
        if any(start <= minute and sum(start <= other < start + 30 for other in minutes) >= MIN_PUSHERS
               for start in minutes if start > minute - 30):
            assert f"a{n}" in found
