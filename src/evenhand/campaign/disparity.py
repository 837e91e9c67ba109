"""Disparity between slices: is one language or group hit wrongly more often than everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FALSE_ALARM = 0.01
"""The chance that any slice is named when all are alike, over all slices together."""
LEAST_RATIO = 1.25
"""How many times as often a slice must be wrong than the others: the reciprocal of the four-fifths rule (EEOC 1978), so that a
large audit does not stop a campaign for a difference that nobody would feel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Decisions of one slice that were looked at again, and how many of them were wrong."""

    n: int
    n_errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disparity:
    """A slice that is wrong more often than the others, by more than chance explains."""

    name: str
    here: Slice
    elsewhere: Slice
    p: float
    """The chance of this or more if the slice were like the others, corrected for how many slices were compared."""


def disparities(slices: Mapping[str, Slice]) -> tuple[Disparity, ...]:
    """The slices that are hit wrongly more often than all the others together, worst first.

    Fisher's exact test (1935), one-sided: the counts are small and it needs no approximation. Holm's correction (1979) over
    all slices.

    >>> english = Slice(n=400, n_errors=8)
    >>> [found.name for found in disparities({"language en": english, "language ar": Slice(n=60, n_errors=12)})]
    ['language ar']
    >>> disparities({"language en": english, "language ar": Slice(n=60, n_errors=2)})
    ()
    """
    n, n_errors = sum(s.n for s in slices.values()), sum(s.n_errors for s in slices.values())
    compared = sorted(((_p(here, n=n, n_errors=n_errors), name, here) for name, here in slices.items()), key=lambda c: c[:2])
    found, least = [], 0.0
    for place, (p, name, here) in enumerate(compared):
        least = max(least, min(1.0, p * (len(compared) - place)))
        elsewhere = Slice(n=n - here.n, n_errors=n_errors - here.n_errors)
        if least > FALSE_ALARM:
            break
        if here.n_errors * elsewhere.n >= LEAST_RATIO * elsewhere.n_errors * here.n:
            found.append(Disparity(name=name, here=here, elsewhere=elsewhere, p=least))
    return tuple(found)


def _p(here: Slice, *, n: int, n_errors: int) -> float:
    """The chance that so many of all errors, or more, fall into this slice if they fall anywhere alike."""
    logs = np.concatenate((np.zeros(1), np.cumsum(np.log(np.arange(1, n + 1)))))
    most = min(here.n, n_errors)
    counts = np.arange(here.n_errors, most + 1)
    counts = counts[n_errors - counts <= n - here.n]

    terms = (_log_choose(logs, here.n, counts) + _log_choose(logs, n - here.n, n_errors - counts)
             - _log_choose(logs, n, np.asarray([n_errors])))
    return float(min(1.0, np.exp(terms).sum()))


def _log_choose(log_factorials: NDArray[np.float64], whole: int, part: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(log_factorials[whole] - log_factorials[part] - log_factorials[whole - part])
