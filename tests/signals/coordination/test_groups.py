"""What a group has in common, judged against chance; registrations in bursts; follows in lockstep."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.signals.coordination import cohorts, lockstep
from evenhand.signals.coordination.common_traits import alike_shares, group_openings, group_templates
from evenhand.signals.coordination.surprise import MIN_PURITY, MIN_SURPRISE, is_surprising, surprise

REGISTRATIONS = pa.schema([*((name, pa.string()) for name in ("account_id", "platform", "stem", "shape", "tail")),
                           ("has_digits", pa.bool_()), ("created_hour", pa.int64())])
FOLLOWED = pa.schema([*((name, pa.string()) for name in ("account_id", "followed_id")), ("at_second", pa.int64()),
                      ("slot", pa.int64())])


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as one:
        yield one


def registrations(hours: list[int], shapes: list[str]) -> pa.Table:
    return pa.Table.from_pylist([{"account_id": f"a{n}", "platform": "x", "shape": shape, "has_digits": "999" in shape,
                                  "created_hour": hour} for n, (hour, shape) in enumerate(zip(hours, shapes, strict=True))],
                                schema=REGISTRATIONS)


def found(engine: DuckDBEngine, table: pa.Table) -> set[str]:
    made = engine.run(cohorts.STEPS, tables={"registrations": table}, keep=["cohorts"]).relations["cohorts"]
    return {row["account_id"] for row in made.to_pylist() if row["is_template"]}


def test_surprise_is_the_chernoff_bound(engine: DuckDBEngine) -> None:
    table = pa.table({"n": [10.0, 10.0], "e": [1.0, 10.0]})
    step = cohorts.Query(name="s", inputs=("t",), sentence="", sql=f"select n, {surprise('n', 'e')} as s from t order by e")
    one, none = engine.run([step], tables={"t": table}, keep=["s"]).relations["s"]["s"].to_pylist()
    assert one == pytest.approx(10 * math.log(10) - 9)
    assert none == 0


@given(n=st.integers(1, 500), expected=st.floats(0.001, 500))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_chance_explains_is_never_surprising(engine: DuckDBEngine, n: int, expected: float) -> None:
    step = cohorts.Query(name="s", inputs=("t",), sentence="", sql=f"select {is_surprising('n', 'e')} as yes from t")
    [yes] = engine.run([step], tables={"t": pa.table({"n": [float(n)], "e": [expected]})}, keep=["s"]).relations["s"][
        "yes"].to_pylist()
    if yes:
        assert expected <= n * (1 - MIN_PURITY) * (1 + 1e-9)
        assert n * math.log(n / expected) - (n - expected) >= MIN_SURPRISE - 1e-9


def test_a_burst_of_handles_of_one_make_is_found_and_its_neighbours_are_not(engine: DuckDBEngine) -> None:
    usual_hours = [hour for day in range(60) for hour in (day * 24 + 3, day * 24 + 9)]
    usual = [("AaAa", "a", "a_a", "Aa99", "a.a")[n % 5] for n in range(len(usual_hours))]
    burst = [30 * 24 + 9] * 12
    table = registrations(usual_hours + burst, usual + ["AaAa9999"] * 12)
    assert found(engine, table) == {f"a{n}" for n in range(len(usual), len(usual) + 12)}


def test_many_people_who_join_in_one_hour_are_not_found(engine: DuckDBEngine) -> None:
    shapes = ["a", "Aa", "AaAa", "a99", "a_a", "a.a", "Aa9", "AaA"] * 12
    assert found(engine, registrations([5000] * len(shapes), shapes)) == set()


def test_a_register_that_knows_only_the_day_is_not_a_burst_every_midnight(engine: DuckDBEngine) -> None:
    hours = [day * 24 for day in range(200) for _ in range(6)]
    assert found(engine, registrations(hours, ["Aa9999"] * len(hours))) == set()


@given(members=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9000)), min_size=1, max_size=12),
       others=st.lists(st.integers(0, 9000), max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_openings_are_counted_as_by_hand(engine: DuckDBEngine, members: list[tuple[int, int]], others: list[int]) -> None:
    hours = [hour for _, hour in members] + others
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for group, hour in members:
        groups[group].append(hour)
    table = pa.table({"group_id": [str(group) for group, _ in members], "account_id": [f"a{n}" for n in range(len(members))],
                      "n_members": [float(len(groups[group])) for group, _ in members]})
    made = engine.run([group_openings("g")], tables={"g": table, "registrations": registrations(hours, ["a"] * len(hours))},
                      keep=["g_openings"]).relations["g_openings"]
    for row in made.to_pylist():
        group, hour = members[int(row["account_id"][1:])]
        near = [other for other in groups[group] if abs(other - hour) <= row["near_hours"]]
        assert row["n_near"] == len(near)
        everybody = sum(abs(other - hour) <= row["near_hours"] for other in hours)
        assert row["by_chance"] == pytest.approx(
            len(groups[group]) * (everybody - len(near) + 0.2) / (len(hours) - len(groups[group]) + 20))


def test_a_make_that_everybody_has_is_nothing_in_common(engine: DuckDBEngine) -> None:
    n = 200
    group = pa.table({"group_id": ["g"] * 8, "account_id": [f"a{nth}" for nth in range(8)], "n_members": [8.0] * 8})
    steps = [alike_shares(), group_templates("g")]
    common = registrations([0] * n, ["a999"] * n)
    rare = registrations([0] * n, ["a999"] * 8 + ["Aa"] * (n - 8))
    made = [engine.run(steps, tables={"g": group, "registrations": table}, keep=["g_templates"]).relations[
        "g_templates"].num_rows for table in (common, rare)]
    assert made == [0, 8]


def followed(rows: list[tuple[int, int, int]]) -> pa.Table:
    return pa.Table.from_pylist([
        {"account_id": f"a{account:03d}", "followed_id": f"t{target}", "at_second": slot * 3600 + account, "slot": slot}
        for account, target, slot in rows], schema=FOLLOWED)


def members(engine: DuckDBEngine, rows: list[tuple[int, int, int]]) -> set[str]:
    steps = lockstep.STEPS[2:]
    made = engine.run(steps, tables={"followed": followed(rows)}, keep=["followers"]).relations["followers"]
    return set(made["account_id"].to_pylist())


def test_lockstep_is_found_among_followers_of_the_same_accounts(engine: DuckDBEngine) -> None:
    ring = [(account, target, target * 50) for account in range(12) for target in range(4)]
    fans = [(100 + fan, 0, 0) for fan in range(9)] + [(200 + fan, fan % 4, fan * 7) for fan in range(60)]
    assert members(engine, ring + fans) == {f"a{account:03d}" for account in range(12)}


@pytest.mark.parametrize(("n_accounts", "n_targets", "is_found"), [
    (lockstep.MIN_LOCKSTEP, lockstep.MIN_FOLLOWED, True), (lockstep.MIN_LOCKSTEP - 1, lockstep.MIN_FOLLOWED, False),
    (lockstep.MIN_LOCKSTEP, lockstep.MIN_FOLLOWED - 1, False)])
def test_both_sides_of_each_boundary(engine: DuckDBEngine, n_accounts: int, n_targets: int, *, is_found: bool) -> None:
    rows = [(account, target, target * 50) for account in range(n_accounts) for target in range(n_targets)]
    assert bool(members(engine, rows)) is is_found


@given(rows=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 4), st.integers(0, 2)), max_size=80, unique=True))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_who_is_found_followed_enough_accounts_each_with_enough_others(engine: DuckDBEngine,
                                                                       rows: list[tuple[int, int, int]]) -> None:
    bursts: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for account, target, slot in rows:
        bursts[target, slot].add(account)
    for account_id in members(engine, rows):
        account = int(account_id[1:])
        crowded = {target for (target, _), who in bursts.items() if account in who and len(who) >= lockstep.MIN_LOCKSTEP}
        assert len(crowded) >= lockstep.MIN_FOLLOWED
