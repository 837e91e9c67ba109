"""Reports are counted by hands and not like votes, weighed by how often a reporter was right, and only ever route."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.registers.intake import INTAKE
from evenhand.signals.reports import STEPS
from evenhand.signals.reports.hands import MIN_COHORT
from evenhand.signals.reports.reliability import PRIOR, REPORTERS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=900)
WORDS = "This person insults our nation and has to be removed from here at once"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Any:
    with DuckDBEngine(threads=1) as opened:
        yield opened


def report(reporter: str, account: str, *, hours: float = 0, **more: Any) -> Row:
    return {"account_id": account, "reporter_id": reporter, "created_at": NOON + timedelta(hours=hours),
            "reporter_created_at": LONG_AGO} | more


def table(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist([{"report_id": f"r{n}"} | row for n, row in enumerate(rows)], schema=INTAKE.schema)


def queue(engine: DuckDBEngine, rows: Sequence[Row]) -> dict[str, Row]:
    done = engine.run(STEPS, tables={"intake": table(rows)}, keep=("report_queue",))
    return {row["account_id"]: row for row in done.relations["report_queue"].to_pylist()}


def decided(reporter: str, right: int, wrong: int) -> list[Row]:
    return [report(reporter, f"old-{reporter}-{n}", upheld=n < right) for n in range(right + wrong)]


def test_the_same_reporter_about_the_same_account_is_one_voice(engine: DuckDBEngine) -> None:
    found = queue(engine, [report("ann", "x"), report("ann", "x", post_id="p", hours=9), report("bob", "x")])["x"]
    assert (found["n_reports"], found["n_reporters"], found["n_hands"]) == (3, 2, 2)
    once = queue(engine, [report("ann", "x"), report("bob", "x")])["x"]
    assert found["priority"] == once["priority"]


def test_a_report_that_was_handed_over_twice_counts_once(engine: DuckDBEngine) -> None:
    found = queue(engine, [report("ann", "x", report_id="r"), report("ann", "x", report_id="r")])["x"]
    assert found["n_reports"] == 1


def test_near_copies_of_the_same_words_are_one_hand(engine: DuckDBEngine) -> None:
    rows = [report(f"u{n}", "x", text=WORDS + "!" * (n % 3)) for n in range(MIN_COHORT)]
    found = queue(engine, [*rows, report("own", "x", text="He pretends to be our bank and asks me for my password")])
    assert (found["x"]["n_hands"], found["x"]["by_copies"]) == (2, True)
    fewer = queue(engine, rows[1:])["x"]
    assert (fewer["n_hands"], fewer["by_copies"]) == (1, False)


def test_the_same_words_about_other_accounts_are_no_copies(engine: DuckDBEngine) -> None:
    found = queue(engine, [report(f"u{n}", f"x{n}", text=WORDS) for n in range(6)])
    assert all(row["n_hands"] == 1 and not row["by_copies"] for row in found.values())


def test_reporters_who_report_the_same_accounts_on_the_same_days_are_one_hand(engine: DuckDBEngine) -> None:
    gang = [report(f"g{n}", target, hours=n / 10) for target in ("x", "y", "z") for n in range(MIN_COHORT)]
    found = queue(engine, [*gang, report("own", "x")])
    assert (found["x"]["n_reporters"], found["x"]["n_hands"], found["x"]["by_linked"]) == (MIN_COHORT + 1, 2, True)
    twice_only = queue(engine, [row for row in gang if row["account_id"] != "z"])
    assert all(row["n_hands"] == MIN_COHORT and not row["by_linked"] for row in twice_only.values())


def test_reporters_who_meet_on_other_days_are_not_tied(engine: DuckDBEngine) -> None:
    rows = [report(f"g{n}", target, hours=49 * n) for target in ("x", "y", "z") for n in range(MIN_COHORT)]
    assert all(row["n_hands"] == MIN_COHORT for row in queue(engine, rows).values())


def test_a_window_has_no_border_at_which_a_gang_is_missed(engine: DuckDBEngine) -> None:
    rows = [report(f"g{n}", target, hours=12 + (1 if n % 2 else -1)) for target in ("x", "y", "z") for n in range(6)]
    assert queue(engine, rows)["x"]["by_linked"]


def test_a_gang_larger_than_a_crowd_is_one_hand(engine: DuckDBEngine) -> None:
    rows = [report(f"g{n:03}", target) for target in ("x", "y", "z") for n in range(100)]
    assert queue(engine, rows)["x"]["n_hands"] == 1


def usual(n: int = 300) -> list[Row]:
    """What goes on every day: single reports by old accounts."""
    return [report(f"u{k}", f"a{k}", hours=k % 90) for k in range(n)]


def test_a_burst_of_new_accounts_is_one_hand_and_one_of_old_accounts_is_many(engine: DuckDBEngine) -> None:
    new = [report(f"n{k}", "x", reporter_created_at=NOON - timedelta(days=1)) for k in range(30)]
    old = [report(f"o{k}", "y") for k in range(30)]
    found = queue(engine, [*usual(), *new, *old])
    assert (found["x"]["n_hands"], found["x"]["by_new_accounts"]) == (1, True)
    assert (found["y"]["n_hands"], found["y"]["by_new_accounts"]) == (30, False)
    assert found["x"]["priority"] < found["y"]["priority"]


@pytest.mark.parametrize(("days", "is_new"), [(6.99, True), (7, False)])
def test_both_sides_of_what_a_new_account_is(engine: DuckDBEngine, days: float, is_new: bool) -> None:
    rows = [report(f"n{k}", "x", reporter_created_at=NOON - timedelta(days=days)) for k in range(30)]
    assert queue(engine, [*usual(), *rows])["x"]["by_new_accounts"] is is_new


def test_where_nearly_all_reporters_are_new_a_burst_of_them_is_no_surprise(engine: DuckDBEngine) -> None:
    young = NOON - timedelta(days=1)
    rows = [row | {"reporter_created_at": young, "created_at": NOON} for row in usual()]
    rows += [report(f"n{k}", "x", reporter_created_at=young) for k in range(30)]
    assert not queue(engine, rows)["x"]["by_new_accounts"]


def test_nameless_reports_together_weigh_as_one_reporter(engine: DuckDBEngine) -> None:
    found = queue(engine, [report("x", "a") | {"reporter_id": None} for _ in range(50)] + [report("ann", "b")])
    assert (found["a"]["n_reports"], found["a"]["n_hands"]) == (50, 1)
    assert found["a"]["priority"] == found["b"]["priority"]


def test_whoever_was_right_before_is_looked_at_first(engine: DuckDBEngine) -> None:
    rows = [*decided("right", 9, 1), *decided("wrong", 1, 9), report("right", "a"), report("wrong", "b"), report("new", "c")]
    found = queue(engine, rows)
    assert found["a"]["priority"] > found["c"]["priority"] > found["b"]["priority"]


def test_reports_that_were_decided_are_history_and_not_queued(engine: DuckDBEngine) -> None:
    assert queue(engine, decided("ann", 2, 2)) == {}


def test_without_any_history_a_report_is_even_odds(engine: DuckDBEngine) -> None:
    assert queue(engine, [report("ann", "x")])["x"]["priority"] == 0.5


@pytest.mark.parametrize(("mean", "weight"), [(0.3, 5.0), (0.6, 40.0)])
def test_the_prior_finds_the_rates_that_reports_were_made_with(engine: DuckDBEngine, mean: float, weight: float) -> None:
    chance = np.random.default_rng(5)
    rates = chance.beta(mean * weight, (1 - mean) * weight, 1_000)
    rows = [report(f"u{k}", f"t{n}", upheld=bool(right))
            for k, rate in enumerate(rates) for n, right in enumerate(chance.random(12) < rate)]
    rows_table = engine.run((STEPS[0], REPORTERS, PRIOR), tables={"intake": table(rows)}, keep=("report_prior",))
    [prior] = rows_table.relations["report_prior"].to_pylist()
    assert prior["mean"] == pytest.approx(mean, abs=0.03)
    assert prior["weight"] == pytest.approx(weight, rel=0.5)


who = st.sampled_from([f"u{n}" for n in range(6)])
made = st.lists(st.builds(
    lambda reporter, account, hours, text, young: report(
        reporter, account, hours=hours, text=text, reporter_created_at=NOON - timedelta(days=1) if young else LONG_AGO),
    who, st.sampled_from(["x", "y", "z"]), st.integers(0, 60), st.sampled_from([None, WORDS, WORDS.upper(), "other"]),
    st.booleans()), min_size=1, max_size=30)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=made)
def test_whatever_is_reported_every_account_stays_in_the_queue_and_hands_are_never_more_than_reporters(
        engine: DuckDBEngine, rows: list[Row]) -> None:
    found = queue(engine, rows)
    assert set(found) == {row["account_id"] for row in rows}
    assert sum(row["n_reports"] for row in found.values()) == len(rows)
    for name, row in found.items():
        reporters = {one["reporter_id"] for one in rows if one["account_id"] == name}
        assert 1 <= row["n_hands"] <= row["n_reporters"] == len(reporters)
        assert 0 < row["priority"] < 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=made, seed=st.integers(0, 9))
def test_the_order_of_the_rows_changes_nothing(engine: DuckDBEngine, rows: list[Row], seed: int) -> None:
    named = [{"report_id": f"r{n}"} | row for n, row in enumerate(rows)]
    mixed = [named[k] for k in np.random.default_rng(seed).permutation(len(named))]
    assert queue(engine, named) == queue(engine, mixed)
