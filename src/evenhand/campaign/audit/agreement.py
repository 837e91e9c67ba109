"""How far readers agree beyond chance: Cohen's kappa for two, Krippendorff's alpha for any number, with bootstrap intervals.

Both measure whether a policy's text is clear enough to be applied alike. They gate nothing on their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.campaign.chance import generator

CONFIDENCE = 0.95
"""Of the intervals, two-sided."""
N_DRAWS = 2_000

_NOTHING = 1e-12
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement beyond chance: 1 is perfect, 0 is chance. None where it is not defined: everybody always said the same."""

    value: float | None
    low: float | None
    high: float | None
    n_items: int
    """Items read by two or more."""


def cohen_kappa(first: NDArray[np.int64], second: NDArray[np.int64], *, n_values: int, seed: str) -> Agreement:
    """Cohen's kappa (1960) of two readers' words on the same items, each word a number below `n_values`.

    The interval draws the items again with replacement, which is one multinomial draw of the table of both words.

    >>> a, b = np.array([0] * 20 + [0] * 5 + [1] * 10 + [1] * 15), np.array([0] * 20 + [1] * 5 + [0] * 10 + [1] * 15)
    >>> round(cohen_kappa(a, b, n_values=2, seed="s").value, 3)
    0.4
    """
    n = len(first)
    counts = np.bincount(first * n_values + second, minlength=n_values**2).astype(np.float64)
    if n == 0:
        return Agreement(value=None, low=None, high=None, n_items=0)
    drawn = generator(seed, purpose="kappa").multinomial(n, counts / n, size=N_DRAWS).astype(np.float64)
    return _agreement(_kappa(counts[None, :], n_values)[0], _kappa(drawn, n_values), n_items=n)


def krippendorff_alpha(items: NDArray[np.int64], values: NDArray[np.int64], *, n_values: int, seed: str) -> Agreement:
    """Krippendorff's alpha for nominal values (2011): one row per reading, its item and its value below `n_values`.

    Any number of readers, any readings missing; an item read once says nothing about agreement. The interval draws the
    items again with replacement, as Zapf and others (2016) recommend.

    >>> items, values = np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([0, 0, 1, 1, 0, 0, 0, 1])
    >>> round(krippendorff_alpha(items, values, n_values=2, seed="s").value, 3)
    0.533
    """
    _, places = np.unique(items, return_inverse=True)
    n_items = int(places.max(initial=-1)) + 1
    per_item = np.bincount(places * n_values + values, minlength=n_items * n_values).reshape(n_items, n_values)
    per_item = per_item[per_item.sum(axis=1) >= 2]  # noqa: PLR2004  (a pair)
    n = len(per_item)
    if n == 0:
        return Agreement(value=None, low=None, high=None, n_items=0)
    patterns, counts = np.unique(per_item, axis=0, return_counts=True)
    drawn = generator(seed, purpose="alpha").multinomial(n, counts / n, size=N_DRAWS).astype(np.float64)
    return _agreement(_alpha(patterns, counts[None, :].astype(np.float64))[0], _alpha(patterns, drawn), n_items=n)


def _kappa(tables: _Floats, n_values: int) -> _Floats:
    """One kappa for each table of counts; NaN where chance alone explains everything."""
    shares = (tables / tables.sum(axis=1, keepdims=True)).reshape(-1, n_values, n_values)
    observed = np.trace(shares, axis1=1, axis2=2)
    expected = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
    return _beyond_chance(1.0 - observed, 1.0 - expected)


def _alpha(patterns: NDArray[np.int64], weights: _Floats) -> _Floats:
    """One alpha for each line of weights: how often each pattern of values on one item occurs."""
    n_readings = patterns.sum(axis=1)
    n_unlike = (n_readings**2 - (patterns**2).sum(axis=1)) / (n_readings - 1)
    totals = weights @ patterns
    n = totals.sum(axis=1)
    observed = (weights @ n_unlike) / n
    expected = (n**2 - (totals**2).sum(axis=1)) / (n * (n - 1))
    return _beyond_chance(observed, expected)


def _beyond_chance(observed: _Floats, expected: _Floats) -> _Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > _NOTHING, 1.0 - observed / expected, np.nan)


def _agreement(value: float, draws: _Floats, *, n_items: int) -> Agreement:
    known = draws[~np.isnan(draws)]
    if np.isnan(value) or not len(known):
        return Agreement(value=None, low=None, high=None, n_items=n_items)
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(known, [tail, 1.0 - tail])
    return Agreement(value=float(value), low=float(low), high=float(high), n_items=n_items)
