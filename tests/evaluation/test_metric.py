"""Values come with the interval they deserve, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.evaluation.metric import Method, count, f1, mean, resampled, share


@pytest.mark.parametrize(("hits", "n", "low", "high"), [
    (0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0),
    (0, 31_996, 0.0, 0.000115)])
def test_a_share_has_the_published_exact_interval(hits: int, n: int, low: float, high: float) -> None:
    metric = share("recall", hits, n=n)
    assert (metric.low, metric.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))
    assert metric.method is Method.EXACT


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 99))
def test_f1_lies_inside_its_interval_and_is_the_harmonic_mean(
        right: int, wrong: int, missed: int, left: int, seed: int) -> None:
    metric = f1(right, n_wrong=wrong, n_missed=missed, n_left=left, seed=seed)
    if right + wrong + missed == 0:
        assert metric.value is None
        return
    assert metric.value == pytest.approx(2 * right / (2 * right + wrong + missed))
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low - 0.2 <= metric.value <= metric.high + 0.2
    assert 0.0 <= metric.low <= metric.high <= 1.0
    if right + wrong + missed > 300:
        assert metric.low <= metric.value <= metric.high
    assert metric == f1(right, n_wrong=wrong, n_missed=missed, n_left=left, seed=seed)


def test_drawing_counts_is_drawing_rows() -> None:
    rows = np.array([[1, 0, 0]] * 70 + [[0, 1, 0]] * 20 + [[0, 0, 1]] * 10 + [[0, 0, 0]] * 100)

    def of_rows(chosen: np.ndarray) -> np.ndarray:
        right, wrong, missed = rows[chosen].sum(axis=1).T
        return np.asarray(2 * right / (2 * right + wrong + missed))

    by_rows, by_counts = resampled("f1", of_rows, n=200, seed=1), f1(70, n_wrong=20, n_missed=10, n_left=100, seed=2)
    assert by_rows.value == by_counts.value
    assert by_rows.low == pytest.approx(by_counts.low, abs=0.01)
    assert by_rows.high == pytest.approx(by_counts.high, abs=0.01)


def test_the_bootstrap_of_a_share_is_near_the_exact_interval() -> None:
    values = np.array([1.0] * 80 + [0.0] * 20)
    drawn, exact = mean("p", values, seed=3), share("p", 80, n=100)
    assert drawn.value == exact.value
    assert drawn.low == pytest.approx(exact.low, abs=0.02)
    assert drawn.high == pytest.approx(exact.high, abs=0.02)
    assert drawn == mean("p", values, seed=3)
    assert drawn != mean("p", values, seed=4)


def test_many_rows_are_drawn_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.linspace(0.0, 1.0, 500)
    whole = mean("m", values, seed=0)
    monkeypatch.setattr("evenhand.evaluation.metric.VALUES_AT_ONCE", 500 * 7)
    assert mean("m", values, seed=0).value == whole.value
    assert mean("m", values, seed=0).low == pytest.approx(whole.low, abs=0.02)


def test_nothing_measured_is_no_value_and_not_zero() -> None:
    assert share("s", 0, n=0).value is None
    assert mean("m", np.array([]), seed=0).value is None
    assert resampled("r", lambda rows: rows.mean(axis=1), n=0, seed=0).value is None
    assert count("missed", 0, n=3).value == 0.0
