"""Metrics: a measured value with its interval and the counts behind it.

A share of independent rows has the exact interval of Clopper and Pearson. What is not one share (F1, a mean of ranks) has
a bootstrap interval: the rows are drawn again with replacement, the same draws for the same seed on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from evenhand.model.interval import clopper_pearson

CONFIDENCE = 0.95
"""Of every interval here, two-sided."""
N_DRAWS = 2_000
"""Bootstrap draws: the ends of a 95 % interval then move in the third digit only."""
VALUES_AT_ONCE = 4_000_000
"""Drawn values held in memory at a time (32 MB)."""


class Method(StrEnum):
    """Where an interval comes from."""

    EXACT = "exact"
    BOOTSTRAP = "bootstrap"
    NONE = "none"
    """A count or a ratio of times: there is no interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measured value. `value`, `low` and `high` are None where there was nothing to measure."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    hits: int | None = None
    """For a share: how many of `n`."""
    n: int
    """Rows that the value is measured on."""
    method: Method = Method.NONE


def share(name: str, hits: int, *, n: int) -> Metric:
    """`hits` of `n` with the exact interval.

    >>> metric = share("recall", 9, n=10)
    >>> metric.value, round(metric.low, 4), round(metric.high, 4)
    (0.9, 0.555, 0.9975)
    """
    if n == 0:
        return Metric(name=name, value=None, hits=hits, n=0)
    exact = clopper_pearson(hits, n=n, confidence=CONFIDENCE)
    return Metric(name=name, value=exact.share, low=exact.low, high=exact.high, hits=hits, n=n, method=Method.EXACT)


def count(name: str, value: float, *, n: int) -> Metric:
    """A plain number without an interval, such as how many were missed, or how many times faster.

    >>> count("missed", 1, n=14).value
    1.0
    """
    return Metric(name=name, value=float(value), n=n)


def mean(name: str, values: NDArray[np.float64], *, seed: int) -> Metric:
    """The mean of one value per row (0–1), such as reciprocal ranks, with a bootstrap interval.

    >>> round(mean("mrr", np.array([1.0, 0.5, 0.0, 0.5]), seed=0).value, 2)
    0.5
    """
    n = len(values)
    if n == 0:
        return Metric(name=name, value=None, n=0)
    draws = np.concatenate([values[chosen].mean(axis=1) for chosen in _drawn(n, seed=seed)])
    low, high = _ends(draws)
    return Metric(name=name, value=float(values.mean()), low=low, high=high, n=n, method=Method.BOOTSTRAP)


def f1(n_right: int, *, n_wrong: int, n_missed: int, n_left: int = 0, seed: int, name: str = "f1") -> Metric:
    """The harmonic mean of precision and recall, with a bootstrap interval.

    Drawing rows again is the same as drawing how many of them are right, wrong, missed and rightly left: one multinomial
    draw each time, however many rows there are.

    >>> round(f1(90, n_wrong=10, n_missed=10, seed=0).value, 3)
    0.9
    """
    n = n_right + n_wrong + n_missed + n_left
    value = _f1(np.array([[n_right, n_wrong, n_missed]], np.float64))[0]
    if n == 0 or np.isnan(value):
        return Metric(name=name, value=None, n=n)
    shares = np.array([n_right, n_wrong, n_missed, n_left]) / n
    drawn = np.random.default_rng(seed).multinomial(n, shares, size=N_DRAWS)[:, :3].astype(np.float64)
    draws = _f1(drawn)
    low, high = _ends(draws[~np.isnan(draws)])
    return Metric(name=name, value=float(value), low=low, high=high, n=n, method=Method.BOOTSTRAP)


def resampled(name: str, statistic: Callable[[NDArray[np.int64]], NDArray[np.float64]], *, n: int, seed: int) -> Metric:
    """Any statistic of `n` rows with a bootstrap interval.

    `statistic` takes row numbers, one draw per line of the array, and returns one value per draw, in whole-array arithmetic.

    >>> values = np.array([0.0, 1.0, 1.0, 1.0])
    >>> resampled("mean", lambda rows: values[rows].mean(axis=1), n=4, seed=0).value
    0.75
    """
    if n == 0:
        return Metric(name=name, value=None, n=0)
    value = float(statistic(np.arange(n, dtype=np.int64)[None, :])[0])
    draws = np.concatenate([statistic(chosen) for chosen in _drawn(n, seed=seed)])
    low, high = _ends(draws[~np.isnan(draws)])
    return Metric(name=name, value=value, low=low, high=high, n=n, method=Method.BOOTSTRAP)


def _drawn(n: int, *, seed: int) -> Iterator[NDArray[np.int64]]:
    """`N_DRAWS` draws of `n` row numbers each, a block at a time, so that memory stays bounded."""
    generator = np.random.default_rng(seed)
    at_once = max(1, VALUES_AT_ONCE // n)
    for start in range(0, N_DRAWS, at_once):
        yield generator.integers(0, n, size=(min(at_once, N_DRAWS - start), n), dtype=np.int64)


def _f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    right, wrong, missed = counts.T
    with np.errstate(invalid="ignore"):
        return np.asarray(2 * right / (2 * right + wrong + missed))


def _ends(draws: NDArray[np.float64]) -> tuple[float, float]:
    if not len(draws):
        return 0.0, 1.0
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail])
    return float(low), float(high)
