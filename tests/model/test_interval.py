"""The interval is the exact one: known values, symmetry, and the definition by binomial tails."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.interval import clopper_pearson, lower_bound

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("errors", "bar", "least_n"), [
    (0, 0.90, 29), (1, 0.90, 46), (2, 0.90, 61), (5, 0.90, 103),
    (0, 0.95, 59), (1, 0.95, 93), (2, 0.95, 124), (5, 0.95, 208),
    (0, 0.99, 299), (1, 0.99, 473), (2, 0.99, 628), (5, 0.99, 1049),
])
def test_the_published_sample_sizes_for_a_precision_gate_come_out(errors: int, bar: float, least_n: int) -> None:
    # one-sided 95 % bounds, so one end of the two-sided interval at 90 %
    assert clopper_pearson(least_n - errors, n=least_n, confidence=0.90).low >= bar
    assert lower_bound(least_n - errors, n=least_n) == clopper_pearson(least_n - errors, n=least_n, confidence=0.90).low
    assert lower_bound(least_n - 1 - errors, n=least_n - 1) < bar


@pytest.mark.parametrize(("hits", "n", "low", "high"), [
    (0, 10, 0.0, 0.30849710781876083),       # 1 - 0.025 ** (1/10)
    (10, 10, 0.6915028921812392, 1.0),
    (0, 1, 0.0, 0.975),
    (1, 1, 0.025, 1.0),
    (5, 10, 0.187086, 0.812914),
])
def test_known_intervals(hits: int, n: int, low: float, high: float) -> None:
    interval = clopper_pearson(hits, n=n)
    assert interval.low == pytest.approx(low, abs=5e-7)
    assert interval.high == pytest.approx(high, abs=5e-7)


@pytest.mark.parametrize(("hits", "n", "low", "high"), [
    (81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0000, 0.1684), (1, 29, 0.0009, 0.1776),
])
def test_the_exact_intervals_of_newcombe_1998_come_out(hits: int, n: int, low: float, high: float) -> None:
    interval = clopper_pearson(hits, n=n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@given(COUNTS)
def test_the_ends_are_where_the_binomial_tails_are_two_and_a_half_percent(counts: tuple[int, int]) -> None:
    hits, n = counts
    interval = clopper_pearson(hits, n=n)
    if hits > 0:
        tail = sum(comb(n, k) * interval.low**k * (1 - interval.low) ** (n - k) for k in range(hits, n + 1))
        assert tail == pytest.approx(0.025, rel=1e-6)
    if hits < n:
        tail = sum(comb(n, k) * interval.high**k * (1 - interval.high) ** (n - k) for k in range(hits + 1))
        assert tail == pytest.approx(0.025, rel=1e-6)


@given(COUNTS)
def test_the_observed_share_lies_inside_and_the_interval_mirrors(counts: tuple[int, int]) -> None:
    hits, n = counts
    interval, mirrored = clopper_pearson(hits, n=n), clopper_pearson(n - hits, n=n)
    assert interval.share is not None
    assert interval.low <= interval.share <= interval.high
    assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-12)


def test_a_large_sample_is_still_exact() -> None:
    interval = clopper_pearson(996_000, n=997_000)
    assert interval.low == pytest.approx(0.998933, abs=1e-6)
    assert interval.high == pytest.approx(0.999058, abs=1e-6)


def test_nothing_observed_says_nothing() -> None:
    interval = clopper_pearson(0, n=0)
    assert (interval.low, interval.high, interval.share) == (0.0, 1.0, None)


@pytest.mark.parametrize(("hits", "n", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 0.0), (1, 5, 1.0)])
def test_impossible_counts_are_refused(hits: int, n: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="0 ≤ hits ≤ n"):
        clopper_pearson(hits, n=n, confidence=confidence)
