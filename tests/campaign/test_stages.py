"""Stages cover every decision once; an hour never lets out more than its caps; nothing is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.campaign.stages import Admitted, Caps, Spent, admit, rollout_order, stages
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.snapshot import TIME

HOUR = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
QUEUE = pa.schema([("key", pa.string()), ("place", pa.int64()), ("language", pa.string()), ("reach", pa.int64()),
                   ("not_before", TIME)])
CAPS = Caps(effects=100, effects_per_language=50, reach=10_000, reach_per_language=5_000)
EFFECTS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["en", "pt", "ar"]), st.integers(0, 300),
                             st.sampled_from([None, HOUR - timedelta(days=1), HOUR, HOUR + timedelta(days=180)])),
                   max_size=30)


def queue(rows: list[tuple[int, str, int, datetime | None]]) -> pa.Table:
    return pa.table([[f"k{n}" for n in range(len(rows))], *([row[i] for row in rows] for i in range(4))], schema=QUEUE)


@pytest.mark.parametrize(("n", "expected"), [
    (1, [("canary", 1)]), (200, [("canary", 200)]), (201, [("canary", 200), ("rest", 1)]),
    (20_000, [("canary", 200), ("10 %", 1_800), ("rest", 18_000)]),
    (20_100, [("canary", 200), ("1 %", 1), ("10 %", 1_809), ("rest", 18_090)]),
    (200_001, [("canary", 201), ("1 %", 1_799), ("10 %", 18_000), ("rest", 180_001)]),
    (997_000, [("canary", 997), ("1 %", 8_973), ("10 %", 89_730), ("rest", 897_300)]),
    (0, []),
])
def test_the_canary_is_two_hundred_or_a_thousandth(n: int, expected: list[tuple[str, int]]) -> None:
    assert [(stage.name, stage.n_decisions) for stage in stages(n)] == expected


def test_closings_that_wait_have_a_canary_of_their_own() -> None:
    found = stages(30_000, n_waiting=5_000)
    assert [(stage.name, stage.first, stage.end) for stage in found] == [
        ("canary", 0, 200), ("1 %", 200, 250), ("10 %", 250, 2_500), ("rest", 2_500, 25_000),
        ("canary, after the appeal window", 25_000, 25_200), ("10 %, after the appeal window", 25_200, 25_500),
        ("rest, after the appeal window", 25_500, 30_000)]


@given(st.integers(0, 10_000_000), st.integers(0, 100))
def test_the_stages_cover_every_decision_once(n: int, percent_waiting: int) -> None:
    found = stages(n, n_waiting=n * percent_waiting // 100)
    assert sum(stage.n_decisions for stage in found) == n
    assert [stage.number for stage in found] == list(range(1, len(found) + 1))
    assert all(before.end == after.first for before, after in pairwise(found))


@settings(max_examples=60)
@given(EFFECTS, st.integers(1, 8), st.integers(1, 8), st.integers(1, 900), st.integers(1, 900))
def test_an_hour_stays_within_its_caps_and_loses_nothing(
        rows: list[tuple[int, str, int, datetime | None]], n: int, n_language: int, reach: int, reach_language: int) -> None:
    caps = Caps(effects=n, effects_per_language=n_language, reach=reach, reach_per_language=reach_language)
    before = Spent(effects=1, reach=50, effects_by_language={"en": 1}, reach_by_language={"en": 50})
    found = admit(queue(rows), caps=caps, spent=before, hour=HOUR, seed="s")
    if found.now.num_rows:
        assert before.effects + found.now.num_rows <= caps.effects
        assert before.reach + pc.sum(found.now["reach"]).as_py() <= caps.reach
    for language in ("en", "pt", "ar"):
        mine = found.now.filter(pc.equal(found.now["language"], language))
        if mine.num_rows:
            assert mine.num_rows + (language == "en") <= caps.effects_per_language
            assert pc.sum(mine["reach"]).as_py() + 50 * (language == "en") <= caps.reach_per_language
    keys = [key for table in (found.now, found.later, found.too_large) for key in table["key"].to_pylist()]
    assert sorted(keys) == sorted(queue(rows)["key"].to_pylist())
    assert all(HOUR <= at < HOUR + timedelta(hours=1) for at in found.now["send_at"].to_pylist())
    assert all(at is None or at <= HOUR for at in found.now["not_before"].to_pylist())


@settings(max_examples=40)
@given(EFFECTS)
def test_nothing_overtakes_within_its_language(rows: list[tuple[int, str, int, datetime | None]]) -> None:
    caps = Caps(effects=20, effects_per_language=3, reach=2_000, reach_per_language=500)
    found = admit(queue(rows), caps=caps, spent=Spent(), hour=HOUR, seed="s")
    for language in ("en", "pt", "ar"):
        sent = found.now.filter(pc.equal(found.now["language"], language))["place"].to_pylist()
        held = found.later.filter(pc.and_(pc.equal(found.later["language"], language),
                                          pc.not_equal(found.later["why"], "not_before")))["place"].to_pylist()
        assert not sent or not held or max(sent) <= min(held)
    moments = found.now["send_at"].to_pylist()
    assert moments == sorted(moments)
    assert len(set(zip(found.now["place"].to_pylist(), moments, strict=True))) == len(set(found.now["place"].to_pylist()))


@settings(max_examples=40)
@given(EFFECTS, st.randoms())
def test_the_order_of_the_queue_does_not_matter(rows: list[tuple[int, str, int, datetime | None]],
                                                 chance: Random) -> None:
    table = queue(rows)
    places = list(range(len(rows)))
    chance.shuffle(places)
    once = admit(table, caps=CAPS, spent=Spent(), hour=HOUR, seed="s")
    again = admit(table.take(pa.array(places, pa.int64())), caps=CAPS, spent=Spent(), hour=HOUR, seed="s")
    assert (once.now, once.later, once.too_large) == (again.now, again.later, again.too_large)


def whys(found: Admitted) -> list[str]:
    return list(found.later["why"].to_pylist())


def test_each_cap_holds_on_both_sides() -> None:
    rows = [(n, "en" if n % 2 else "pt", 100, None) for n in range(120)]
    found = admit(queue(rows), caps=CAPS, spent=Spent(), hour=HOUR, seed="s")
    assert found.now.num_rows == 100
    assert set(whys(found)) == {"cap_of_language"}
    tight = admit(queue(rows), caps=Caps(effects=10, effects_per_language=50, reach=999, reach_per_language=900),
                  spent=Spent(), hour=HOUR, seed="s")
    assert tight.now.num_rows == 9
    assert set(whys(tight)) == {"cap", "cap_of_language"}


def test_an_account_larger_than_a_cap_waits_for_a_person_and_holds_up_nobody() -> None:
    rows = [(0, "en", 5_000, None), (1, "en", 5_001, None), (2, "pt", 10, None)]
    found = admit(queue(rows), caps=CAPS, spent=Spent(), hour=HOUR, seed="s")
    assert found.now["key"].to_pylist() == ["k0", "k2"]
    assert found.too_large["key"].to_pylist() == ["k1"]


def test_moments_are_the_seeds_own_and_spread_over_the_hour() -> None:
    rows = [(n, "en", 1, None) for n in range(50)]
    once, again, other = (admit(queue(rows), caps=CAPS, spent=Spent(), hour=HOUR, seed=seed).now["send_at"]
                          for seed in ("a", "a", "b"))
    assert once == again
    assert once != other
    quarters = {(at - HOUR) // timedelta(minutes=15) for at in once.to_pylist()}
    assert quarters == {0, 1, 2, 3}


def test_a_cap_of_nothing_is_a_halt_and_is_refused() -> None:
    with pytest.raises(ValueError, match="halt it"):
        Caps(effects=0, effects_per_language=1, reach=1, reach_per_language=1)


def test_the_rollout_order_is_the_seeds_own_and_fair_to_every_language() -> None:
    ids = [f"d{n:05}" for n in range(4_000)]
    decisions = pa.table({"decision_id": ids, "policy_id": ["media"] * 4_000, "penalty": ["label"] * 4_000,
                          "automation": ["fully"] * 4_000, "platform": ["birdsite"] * 4_000,
                          "language": (["en"] * 3 + [None]) * 1_000, "followers": [None, 5] * 2_000})
    waits = [HOUR if n % 10 == 0 else None for n in range(4_000)]
    effects = pa.table({"decision_id": ids, "not_before": pa.array(waits, TIME)})
    with DuckDBEngine(threads=1) as engine:
        def order(table: pa.Table, seed: str) -> pa.Table:
            step = rollout_order(plan_digest="abc", seed=seed)
            found = engine.run([step], tables={"decisions": table, "effects": effects}, keep=[step.name])
            return found.relations[step.name].sort_by("place")
        once, backwards, other = order(decisions, "s"), order(decisions[::-1], "s"), order(decisions, "t")
    assert once == backwards
    assert once["decision_id"] != other["decision_id"]
    assert once["place"].to_pylist() == list(range(4_000))
    assert once["waits"].to_pylist() == [False] * 3_600 + [True] * 400
    share = pc.mean(pc.equal(once["language"][:400], "und").cast(pa.float64())).as_py()
    assert share == pytest.approx(0.25, abs=0.07)
