"""The precision of a stratum: what the readers said, corrected for what they get wrong, with a bound that holds.

The estimate is Rogan and Gladen's (1978). The bounds are melded: the exact confidence distributions of the share called
right (Clopper and Pearson 1934) and of the readers' sensitivity and specificity are put through that formula together, as
Bayer, Fay and Graubard (2022) do for prevalence with an imperfect assay. With perfect readers they are Clopper and Pearson's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.campaign.chance import generator
from evenhand.model.interval import clopper_pearson

CONFIDENCE = 0.95
"""Of each bound on its own, where nothing else is asked for."""
N_DRAWS = 20_000
"""Draws from the confidence distributions; the level of the bound then moves by a sixth of a percentage point at most."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """How the readers did on items whose truth is known and which they could not tell from others."""

    n_right: int
    """Golden items whose decision is right."""
    n_right_seen: int
    """… and that were read as right."""
    n_wrong: int
    """Golden items whose decision is wrong."""
    n_wrong_seen: int
    """… and that were not read as right."""

    def __post_init__(self) -> None:
        """Refuse impossible counts."""
        if not (0 <= self.n_right_seen <= self.n_right and 0 <= self.n_wrong_seen <= self.n_wrong):
            raise ValueError("of the golden items no more can be seen than there are")

    @property
    def sensitivity(self) -> float | None:
        """The share of right decisions read as right; None without such items."""
        return self.n_right_seen / self.n_right if self.n_right else None

    @property
    def specificity(self) -> float | None:
        """The share of wrong decisions not read as right; None without such items."""
        return self.n_wrong_seen / self.n_wrong if self.n_wrong else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """The share of a stratum's decisions that are right (0–1)."""

    estimate: float | None
    """Corrected for the readers' errors; None where nothing was read or the readers cannot tell right from wrong."""
    low: float
    """Not below this, with the confidence that was asked for."""
    high: float
    """Not above this, with the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of one stratum."""

    n_right: int
    """Items whose final verdict is right."""
    n_read: int
    n_decisions: int
    """Decisions of the stratum. Where all are read, no chance of the draw is left, only that of reading."""


def precision(reading: Reading, *, golden: Golden | None, seed: str, confidence: float = CONFIDENCE) -> Precision:
    """The precision of a stratum. Without `golden` the readers are taken to make no mistakes: somebody must waive that.

    Each bound on its own holds with `confidence`.

    >>> perfect = precision(Reading(n_right=59, n_read=59, n_decisions=5000), golden=None, seed="s")
    >>> perfect.estimate, round(perfect.low, 4)
    (1.0, 0.9505)
    >>> good = Golden(n_right=200, n_right_seen=198, n_wrong=200, n_wrong_seen=190)
    >>> corrected = precision(Reading(n_right=59, n_read=59, n_decisions=5000), golden=good, seed="s")
    >>> corrected.low < 1.0
    True
    """
    estimate = _rogan_gladen(reading, golden)
    if reading.n_read == 0:
        return Precision(estimate=None, low=0.0, high=1.0)
    is_whole = reading.n_read >= reading.n_decisions
    if golden is None:
        share = reading.n_right / reading.n_read
        exact = clopper_pearson(reading.n_right, n=reading.n_read, confidence=2 * confidence - 1)
        return Precision(estimate=estimate, low=share if is_whole else exact.low, high=share if is_whole else exact.high)
    if is_whole:
        return Precision(estimate=estimate, low=_whole(reading, golden, confidence, is_lower=True),
                         high=_whole(reading, golden, confidence, is_lower=False))
    draws = [_melded(reading, golden, seed=seed, is_lower=is_lower) for is_lower in (True, False)]
    return Precision(estimate=estimate, low=float(np.quantile(draws[0], 1 - confidence, method="lower")),
                     high=float(np.quantile(draws[1], confidence, method="higher")))


def _rogan_gladen(reading: Reading, golden: Golden | None) -> float | None:
    if reading.n_read == 0:
        return None
    share = reading.n_right / reading.n_read
    if golden is None:
        return share
    if golden.sensitivity is None or golden.specificity is None or golden.sensitivity + golden.specificity <= 1.0:
        return None
    corrected = (share + golden.specificity - 1.0) / (golden.sensitivity + golden.specificity - 1.0)
    return min(1.0, max(0.0, corrected))


def _melded(reading: Reading, golden: Golden, *, seed: str, is_lower: bool) -> _Floats:
    """Draws of the precision whose quantile is the melded bound for a sample out of many decisions."""
    chance = generator(seed, purpose="precision")
    share = confidence_draws(chance, reading.n_right, n=reading.n_read, is_lower=is_lower)
    sensitivity, false_share = _reader_draws(chance, golden, is_lower=is_lower)
    informative = sensitivity > false_share
    with np.errstate(divide="ignore", invalid="ignore"):
        corrected = np.clip((share - false_share) / (sensitivity - false_share), 0.0, 1.0)
    return np.asarray(np.where(informative, corrected, 0.0 if is_lower else 1.0))


def _whole(reading: Reading, golden: Golden, confidence: float, *, is_lower: bool) -> float:
    """The bound where every decision was read: the least (most) right ones under which the readers' words are no surprise."""
    low, high = 0, reading.n_read
    while low < high:
        middle = (low + high) // 2 if is_lower else (low + high + 1) // 2
        if _chance_of_words(middle, reading, golden, is_lower=is_lower) > 1 - confidence:
            low, high = (low, middle) if is_lower else (middle, high)
        else:
            low, high = (middle + 1, high) if is_lower else (low, middle - 1)
    return low / reading.n_read


def _chance_of_words(n_truly_right: int, reading: Reading, golden: Golden, *, is_lower: bool) -> float:
    """The chance of as many items called right, or more (fewer), over all that the readers' error shares may be."""
    rightly = beta_binomial(n_truly_right, *_shape(golden.n_right_seen, golden.n_right, is_lower=not is_lower))
    caught = beta_binomial(reading.n_read - n_truly_right, *_shape(golden.n_wrong_seen, golden.n_wrong, is_lower=is_lower))
    called = np.convolve(rightly, caught[::-1])
    return float(called[reading.n_right:].sum() if is_lower else called[:reading.n_right + 1].sum())


def beta_binomial(n: int, first: int, second: int) -> _Floats:
    """The chances of 0 to `n` hits when the share of hits has the beta distribution of these whole parameters.

    A parameter of 0 puts the share at that end.

    >>> [round(float(chance), 4) for chance in beta_binomial(2, 1, 1)]
    [0.3333, 0.3333, 0.3333]
    """
    chances = np.zeros(n + 1)
    if first == 0 or second == 0:
        chances[0 if first == 0 else n] = 1.0
        return chances
    logs = np.concatenate((np.zeros(1), np.cumsum(np.log(np.arange(1, n + first + second)))))
    hits = np.arange(n + 1)
    chances = np.exp(logs[n] - logs[hits] - logs[n - hits] + logs[hits + first - 1] + logs[n - hits + second - 1]
                     - logs[n + first + second - 1] + logs[first + second - 1] - logs[first - 1] - logs[second - 1])
    return np.asarray(chances / chances.sum())


def _reader_draws(chance: np.random.Generator, golden: Golden, *, is_lower: bool) -> tuple[_Floats, _Floats]:
    """The readers' sensitivity and the share of wrong decisions they call right, each at the end that is safe."""
    sensitivity = confidence_draws(chance, golden.n_right_seen, n=golden.n_right, is_lower=not is_lower)
    specificity = confidence_draws(chance, golden.n_wrong_seen, n=golden.n_wrong, is_lower=is_lower)
    return sensitivity, 1.0 - specificity


def confidence_draws(chance: np.random.Generator, hits: int, *, n: int, is_lower: bool) -> _Floats:
    """Draws of a share from its lower or upper exact confidence distribution: Clopper and Pearson's bounds at every level."""
    first, second = _shape(hits, n, is_lower=is_lower)
    if first == 0:
        return np.zeros(N_DRAWS)
    return np.ones(N_DRAWS) if second == 0 else chance.beta(first, second, size=N_DRAWS)


def _shape(hits: int, n: int, *, is_lower: bool) -> tuple[int, int]:
    """The parameters of the beta distribution whose quantiles are the lower (upper) exact bounds."""
    return (hits, n - hits + 1) if is_lower else (hits + 1, n - hits)
