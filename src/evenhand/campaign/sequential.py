"""Sequential tests with exact error rates: has the share of errors jumped, asked after every single observation.

Wald's test (1945) decides by the likelihood ratio of the bad share against the usual one, between two lines that hold only
roughly for counts this small. Here the line is worked out exactly: by dynamic programming over how many observations and
errors there can be, it is set after each observation so that the chance of a false alarm up to then stays within what may be
spent by then (Lan and DeMets 1983). Several streams of observations can speak together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One kind of observation: the share of errors when all is well, and the share that must stop a campaign (0–1)."""

    usual: float
    bad: float
    horizon: int
    """The most observations of one window."""

    @property
    def weights(self) -> tuple[float, float]:
        """The log likelihood ratio of one observation without and with an error."""
        return log((1 - self.bad) / (1 - self.usual)), log(self.bad / self.usual)

    @property
    def information(self) -> float:
        """What one observation is expected to say when things are bad."""
        right, wrong = self.weights
        return (1 - self.bad) * right + self.bad * wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialTest:
    """A test over one or two streams; hashable, so that its lines are worked out once."""

    streams: tuple[Stream, ...]
    false_alarm: float
    """The chance of a halt in a window in which every stream has its usual share (0–1)."""
    patience: float
    """How little of `false_alarm` is spent early: the share spent is the share of information to this power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where a test halted: after which observation, counted from 0, and what it had seen in its window."""

    observation: int
    n_errors: tuple[int, ...]
    n_observed: tuple[int, ...]


def first_crossing(test: SequentialTest, kinds: Sequence[int], errors: Sequence[bool]) -> Crossing | None:
    """The first halt in a sequence of observations: of which stream each is, and whether it was an error."""
    for places in _windows(test, kinds):
        order = [kinds[place] for place in places]
        steps = np.asarray([errors[place] for place in places], np.bool_)
        crossed = np.flatnonzero(ratios(test, order, steps[None, :])[0] >= lines(test, order) - _CLOSE)
        if len(crossed):
            end = int(crossed[0]) + 1
            seen = np.asarray(order[:end])
            return Crossing(observation=places[end - 1], n_observed=tuple(
                int((seen == number).sum()) for number in range(len(test.streams))), n_errors=tuple(
                int(steps[:end][seen == number].sum()) for number in range(len(test.streams))))
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Where the present window of a sequence of observations stands."""

    n_observed: tuple[int, ...]
    n_errors: tuple[int, ...]
    ratio: float
    """The log likelihood ratio so far."""
    line: float
    """The one at which it halts; infinite while nothing can halt it."""

    def halting_errors(self, stream: Stream) -> float:
        """How many errors among as many observations of one stream alone halt; infinite while none do."""
        right, wrong = stream.weights
        return float(np.ceil((self.line - self.n_observed[0] * right) / (wrong - right) - _CLOSE))


def window(test: SequentialTest, kinds: Sequence[int], errors: Sequence[bool]) -> Window:
    """The present window of a sequence of observations: of which stream each is, and whether it was an error."""
    places = (_windows(test, kinds) or [[]])[-1]
    order = [kinds[place] for place in places]
    steps = np.asarray([errors[place] for place in places], np.bool_)
    seen = np.asarray(order, np.int64)
    numbers = range(len(test.streams))
    return Window(
        n_observed=tuple(int((seen == number).sum()) for number in numbers),
        n_errors=tuple(int(steps[seen == number].sum()) for number in numbers),
        ratio=float(ratios(test, order, steps[None, :])[0][-1]) if order else 0.0,
        line=float(lines(test, order)[-1]) if order else float("inf"))


def ratios(test: SequentialTest, order: Sequence[int], errors: NDArray[np.bool_]) -> _Floats:
    """The log likelihood ratio after each observation, one line for each sequence of errors."""
    weights = np.asarray([stream.weights for stream in test.streams])[np.asarray(order, np.int64)]
    return np.cumsum(np.where(errors, weights[:, 1], weights[:, 0]), axis=1)


def lines(test: SequentialTest, order: Sequence[int]) -> _Floats:
    """The log likelihood ratio from which on the test halts, after each observation; infinite where nothing can halt it.

    `order` says of which stream each observation is; it may not depend on what the observations say.
    """
    return _walk(test, tuple(order), tuple(stream.usual for stream in test.streams))[0]


def halting_chance(test: SequentialTest, order: Sequence[int], shares: Sequence[float]) -> _Floats:
    """The exact chance of having halted after each observation, if the streams' true shares of errors are `shares`.

    >>> appeals = Stream(usual=0.25, bad=0.50, horizon=40)
    >>> test = SequentialTest(streams=(appeals,), false_alarm=0.01, patience=3.0)
    >>> round(float(halting_chance(test, [0] * 40, [0.25])[-1]), 4), round(float(halting_chance(test, [0] * 40, [0.5])[-1]), 4)
    (0.0089, 0.822)
    """
    return _walk(test, tuple(order), tuple(shares))[1]


def _windows(test: SequentialTest, kinds: Sequence[int]) -> list[list[int]]:
    """The places of the observations of each window: it ends when the first stream is through its horizon.

    What another stream says beyond its own horizon in the same window is left out: the line is set for no more.
    """
    windows: list[list[int]] = [[]]
    counts = [0] * len(test.streams)
    for place, kind in enumerate(kinds):
        counts[kind] += 1
        if counts[kind] <= test.streams[kind].horizon:
            windows[-1].append(place)
        if kind == 0 and counts[0] == test.streams[0].horizon:
            windows.append([])
            counts = [0] * len(test.streams)
    return [places for places in windows if places]


@lru_cache(maxsize=256)
def _walk(test: SequentialTest, order: tuple[int, ...], shares: tuple[float, ...]) -> tuple[_Floats, _Floats]:
    """The lines, and the chance of having halted, after each observation of `order`."""
    n_each = [order.count(number) for number in range(len(test.streams))]
    shape = tuple(n + 1 for n in n_each)
    usual, true = np.zeros(shape), np.zeros(shape)
    usual.flat[0] = true.flat[0] = 1.0
    whole = sum(stream.horizon * stream.information for stream in test.streams)
    errors = np.indices(shape)
    so_far, spent, halted = [0] * len(test.streams), 0.0, 0.0
    found, chances = np.full(len(order), np.inf), np.empty(len(order))
    for step, kind in enumerate(order):
        so_far[kind] += 1
        usual = _observed(usual, kind, test.streams[kind].usual)
        true = _observed(true, kind, shares[kind])
        information = sum(n * stream.information for n, stream in zip(so_far, test.streams, strict=True)) / whole
        ratio = sum((counts * stream.weights[1] + (n - counts) * stream.weights[0]
                     for counts, n, stream in zip(errors, so_far, test.streams, strict=True)), np.zeros(shape))
        found[step] = _line(usual, ratio, allowed=test.false_alarm * min(1.0, information)**test.patience - spent)
        over = ratio >= found[step] - _CLOSE
        spent, halted = spent + float(usual[over].sum()), halted + float(true[over].sum())
        usual[over] = true[over] = 0.0
        chances[step] = halted
    return found, chances


def _observed(chance: _Floats, axis: int, share: float) -> _Floats:
    """The chances of all counts after one more observation of a stream."""
    moved = np.roll(chance, 1, axis=axis)
    first = [slice(None)] * chance.ndim
    first[axis] = slice(0, 1)
    moved[tuple(first)] = 0.0
    return chance * (1 - share) + moved * share


def _line(usual: _Floats, ratio: _Floats, *, allowed: float) -> float:
    """The lowest ratio from which on what is still possible may halt, within what is allowed."""
    possible = usual > 0.0
    levels, places = np.unique(np.round(ratio[possible], 9), return_inverse=True)
    above = np.cumsum(np.bincount(places, weights=usual[possible], minlength=len(levels))[::-1])[::-1]
    good = np.flatnonzero(above <= allowed)
    return float(levels[good[0]]) if len(good) else float("inf")
