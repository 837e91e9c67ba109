"""The bound holds although readers make mistakes, and is Clopper and Pearson's where they make none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.campaign.audit.precision import Golden, Reading, confidence_draws, precision
from evenhand.campaign.chance import generator
from evenhand.model.interval import clopper_pearson

GOOD = Golden(n_right=200, n_right_seen=196, n_wrong=100, n_wrong_seen=92)


def coverage(n_right: int, *, n_decisions: int, n_read: int, n: int) -> tuple[float, float]:
    """How often the lower and the upper bound hold, with readers of 0.95 and 0.90 measured on 60 golden items of each kind."""
    chance = np.random.default_rng(11)
    drawn = chance.hypergeometric(n_right, n_decisions - n_right, n_read, size=n)
    called = chance.binomial(drawn, 0.95) + chance.binomial(n_read - drawn, 0.10)
    seen, caught = chance.binomial(60, 0.95, size=n), chance.binomial(60, 0.90, size=n)
    found = [precision(Reading(n_right=int(called[i]), n_read=n_read, n_decisions=n_decisions), seed=str(i), golden=Golden(
        n_right=60, n_right_seen=int(seen[i]), n_wrong=60, n_wrong_seen=int(caught[i]))) for i in range(n)]
    truth = n_right / n_decisions
    return (float(np.mean([bounds.low <= truth + 1e-12 for bounds in found])),
            float(np.mean([bounds.high >= truth - 1e-12 for bounds in found])))


@pytest.mark.parametrize(("n_right", "n_decisions", "n_read"), [(9_500, 10_000, 93), (76, 80, 80)])
def test_the_bounds_hold_with_readers_who_make_mistakes(n_right: int, n_decisions: int, n_read: int) -> None:
    assert min(coverage(n_right, n_decisions=n_decisions, n_read=n_read, n=120)) >= 0.93


@pytest.mark.scale
@pytest.mark.parametrize(("n_right", "n_decisions", "n_read"), [
    (90_000, 100_000, 93), (95_000, 100_000, 93), (98_000, 100_000, 236), (950, 1_000, 236), (76, 80, 80)])
def test_the_bounds_hold_in_two_thousand_simulations(n_right: int, n_decisions: int, n_read: int) -> None:
    assert min(coverage(n_right, n_decisions=n_decisions, n_read=n_read, n=2_000)) >= 0.95


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_with_perfect_readers_it_is_the_exact_bound(counts: tuple[int, int]) -> None:
    n_right, n = counts
    found = precision(Reading(n_right=n_right, n_read=n, n_decisions=n + 1), golden=None, seed="s")
    exact = clopper_pearson(n_right, n=n, confidence=0.90)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    assert found.estimate == exact.share


def test_the_draws_have_the_exact_bounds_as_quantiles() -> None:
    draws = confidence_draws(generator("s", purpose="test"), 91, n=93, is_lower=True)
    assert np.quantile(draws, 0.05) == pytest.approx(clopper_pearson(91, n=93, confidence=0.90).low, abs=0.002)


def test_readers_measured_on_very_many_golden_items_without_a_mistake_change_nothing() -> None:
    sure = Golden(n_right=1_000_000, n_right_seen=1_000_000, n_wrong=1_000_000, n_wrong_seen=1_000_000)
    found = precision(Reading(n_right=92, n_read=93, n_decisions=5_000), golden=sure, seed="s")
    assert found.low == pytest.approx(clopper_pearson(92, n=93, confidence=0.90).low, abs=0.002)


def test_a_stratum_read_whole_by_perfect_readers_leaves_nothing_to_chance() -> None:
    found = precision(Reading(n_right=19, n_read=20, n_decisions=20), golden=None, seed="s")
    assert (found.low, found.estimate, found.high) == (0.95, 0.95, 0.95)


def test_the_estimate_is_rogan_and_gladens() -> None:
    found = precision(Reading(n_right=90, n_read=100, n_decisions=5_000), golden=GOOD, seed="s")
    assert found.estimate == pytest.approx((0.90 + 0.92 - 1) / (0.98 + 0.92 - 1))


@settings(max_examples=25)
@given(st.integers(60, 92))
def test_one_more_item_read_as_right_never_lowers_the_bound(n_right: int) -> None:
    fewer, more = (precision(Reading(n_right=n, n_read=93, n_decisions=5_000), golden=GOOD, seed="s").low
                   for n in (n_right, n_right + 1))
    assert more >= fewer - 0.003   # the draws are not the same ones


@pytest.mark.parametrize("golden", [
    Golden(n_right=0, n_right_seen=0, n_wrong=0, n_wrong_seen=0),
    Golden(n_right=50, n_right_seen=50, n_wrong=0, n_wrong_seen=0),
    Golden(n_right=40, n_right_seen=20, n_wrong=40, n_wrong_seen=20),
], ids=["none", "only right ones", "readers who guess"])
def test_readers_of_whom_nothing_is_known_certify_nothing(golden: Golden) -> None:
    found = precision(Reading(n_right=93, n_read=93, n_decisions=5_000), golden=golden, seed="s")
    assert found.low < 0.5
    assert found.estimate is None


def test_nothing_read_says_nothing() -> None:
    found = precision(Reading(n_right=0, n_read=0, n_decisions=5), golden=GOOD, seed="s")
    assert (found.estimate, found.low, found.high) == (None, 0.0, 1.0)


def test_the_same_seed_gives_the_same_bound() -> None:
    reading = Reading(n_right=90, n_read=93, n_decisions=5_000)
    assert precision(reading, golden=GOOD, seed="s") == precision(reading, golden=GOOD, seed="s")


def test_more_seen_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="no more can be seen"):
        Golden(n_right=1, n_right_seen=2, n_wrong=0, n_wrong_seen=0)
