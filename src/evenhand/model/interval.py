"""Exact bounds of a share: Clopper-Pearson's, from the incomplete beta function, and the hypergeometric out of few."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, lgamma, log, log1p

_TINY = 1e-300
_MAX_TERMS = 5_000
_PRECISION = 1e-14
_PARTS = 10**9
"""A confidence in parts of a whole number, since these chances are larger than a float holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """`hits` of `n`, and the shares (0–1) between which the true share lies with the stated confidence."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The share observed; None when nothing was observed."""
        return self.hits / self.n if self.n else None


def clopper_pearson(hits: int, *, n: int, confidence: float = 0.95) -> Interval:
    """The exact two-sided interval for `hits` successes in `n` trials (Clopper and Pearson 1934).

    A one-sided bound at 95 % is one end of the two-sided interval at 90 % (`lower_bound`). Raises `ValueError`
    for impossible counts.

    >>> round(clopper_pearson(59, n=59, confidence=0.90).low, 4)
    0.9505
    """
    if not 0 <= hits <= n or not 0.0 < confidence < 1.0:
        raise ValueError("an interval needs 0 ≤ hits ≤ n and a confidence between 0 and 1")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if hits == 0 else _beta_quantile(tail, a=float(hits), b=float(n - hits + 1))
    high = 1.0 if hits == n else _beta_quantile(1.0 - tail, a=float(hits + 1), b=float(n - hits))
    return Interval(hits=hits, n=n, low=low, high=high)


def lower_bound(hits: int, *, n: int, confidence: float = 0.95) -> float:
    """The exact one-sided lower bound of a share: with the stated confidence the true share is not below it.

    >>> round(lower_bound(59, n=59), 4), round(lower_bound(58, n=59), 4)
    (0.9505, 0.9221)
    """
    return clopper_pearson(hits, n=n, confidence=2.0 * confidence - 1.0).low


def finite_lower_bound(hits: int, *, n: int, of: int, confidence: float = 0.95) -> float:
    """The exact one-sided lower bound of a share of `of` things, of which `n` were drawn without putting any back.

    The least share under which `hits` or more among the `n` would still come up with a chance above 1 - `confidence`
    (hypergeometric, in whole numbers). Where all are drawn it is the share itself. Raises `ValueError` for impossible counts.

    >>> finite_lower_bound(72, n=72, of=200), finite_lower_bound(71, n=72, of=200)
    (0.97, 0.95)
    >>> finite_lower_bound(9, n=10, of=10), round(finite_lower_bound(59, n=59, of=10**6), 4)
    (0.9, 0.9505)
    """
    if not 0 <= hits <= n <= of or not of or not 0.0 < confidence < 1.0:
        raise ValueError("a bound needs 0 ≤ hits ≤ n ≤ of, something to draw from, and a confidence between 0 and 1")
    least, most, rare = hits, of - (n - hits), round((1.0 - confidence) * _PARTS) * comb(of, n)
    while hits and least < most:
        middle = (least + most) // 2
        as_many = sum(comb(middle, found) * comb(of - middle, n - found) for found in range(hits, min(n, middle) + 1))
        least, most = (least, middle) if as_many * _PARTS > rare else (middle + 1, most)
    return least / of if hits else 0.0


def _beta_quantile(p: float, *, a: float, b: float) -> float:
    """The x at which the regularised incomplete beta function reaches `p`, by bisection to the last bit."""
    low, high = 0.0, 1.0
    while True:
        middle = (low + high) / 2.0
        if middle in (low, high):
            return middle
        if _beta_share(middle, a=a, b=b) < p:
            low = middle
        else:
            high = middle


def _beta_share(x: float, *, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _beta_share(1.0 - x, a=b, b=a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return front * _continued_fraction(x, a=a, b=b) / a


def _continued_fraction(x: float, *, a: float, b: float) -> float:
    """Lentz's method for the continued fraction of I_x(a, b) (DLMF 8.17.22)."""
    c, d = 1.0, 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _MAX_TERMS):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1.0 / _away_from_zero(1.0 + term * d)
            c = _away_from_zero(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < _PRECISION:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
