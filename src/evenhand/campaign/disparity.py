"""Disparity between slices: is one language, platform or policy hit wrongly more often than everybody else.

A campaign that treats all alike is stopped by this in at most `FALSE_ALARM` of all campaigns, although many slices are
compared and all of them again and again: the looks are set beforehand, each may spend a part of that chance, and the part is
shared out over the slices that could show anything at all (decision 0047).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

FALSE_ALARM = 0.0015
"""The chance that any slice is named in a campaign in which all are alike, over all slices and looks: what the breaker's other
tests leave of 1 %."""
FIRST_LOOK = 40
"""Outcomes at the first look. Each further look is at twice as many, so that a long campaign has few."""
LEAST_RATIO = 1.25
"""How many times as often a slice must be wrong than the others: the reciprocal of the four-fifths rule (EEOC 1978), so that a
large audit does not stop a campaign for a difference that nobody would feel."""
SLICED = pa.schema([
    pa.field("group", pa.string(), nullable=False), pa.field("is_error", pa.bool_(), nullable=False),
    pa.field("slices", pa.list_(pa.string()), nullable=False)])
"""Decisions that were looked at again, in the order in which the outcomes became known. Only those of one `group` are compared
with each other, such as the appeals of one stage: a slice with more appeals than others is not wrong more often for that.
`slices` are the names of those that the decision belongs to, such as `language pt` and `platform a`."""
_Floats = NDArray[np.float64]
_Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Decisions of one slice that were looked at again, and how many of them were wrong."""

    n: int
    n_errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disparity:
    """A slice beside all others."""

    name: str
    here: Slice
    elsewhere: Slice
    p: float
    """The chance that a campaign in which all are alike shows this or more, for any slice at any look."""
    ratio: float
    """How many times as often it is wrong: Mantel and Haenszel's (1959), over the groups."""

    @property
    def is_found(self) -> bool:
        """Whether it is wrong more often by more than chance, and by enough to matter."""
        return self.p <= FALSE_ALARM and self.ratio >= LEAST_RATIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One comparison of all slices."""

    n: int
    """Outcomes that it is at: the first so many."""
    slices: tuple[Disparity, ...]
    """The slices that could have shown something, the least likely first."""

    @property
    def found(self) -> tuple[Disparity, ...]:
        """Those that stop the campaign."""
        return tuple(one for one in self.slices if one.is_found)


def disparities(outcomes: pa.Table) -> tuple[Disparity, ...]:
    """The slices that are hit wrongly more often than all the others together, at the first look that shows any.

    >>> alike = [("items", place % 7 == 0, ["language en" if place % 4 else "language pt"]) for place in range(160)]
    >>> disparities(pa.table(dict(zip(SLICED.names, zip(*alike)))))
    ()
    >>> worse = [("items", place % 4 == 0, ["language en" if place % 4 else "language pt"]) for place in range(160)]
    >>> [one.name for one in disparities(pa.table(dict(zip(SLICED.names, zip(*worse)))))]
    ['language pt']
    """
    return next((look.found for look in looks(outcomes) if look.found), ())


def looks(outcomes: pa.Table) -> Iterator[Look]:
    """Every look that these outcomes (`SLICED`) allow, the earliest first.

    A look is at a number of outcomes that is set beforehand, so that nobody's asking more often, or earlier, changes anything.
    Fisher's test (1935), one-sided and over the groups: exact, the counts are small.
    """
    groups = outcomes["group"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    is_error = np.asarray(outcomes["is_error"].to_numpy(zero_copy_only=False), np.bool_)
    members: dict[str, list[int]] = {}
    for place, names in enumerate(outcomes["slices"].to_pylist()):
        for name in names:
            members.setdefault(name, []).append(place)
    places = {name: np.asarray(rows, np.int64) for name, rows in sorted(members.items())}
    for number in range(1, n_looks(outcomes.num_rows) + 1):
        n = FIRST_LOOK * 2 ** (number - 1)
        yield Look(n=n, slices=_compared(groups[:n], is_error[:n], places, share=1 / (number * (number + 1))))


def n_looks(n_outcomes: int) -> int:
    """How many looks so many outcomes allow.

    >>> [n_looks(n) for n in (0, 39, 40, 79, 80, 160)]
    [0, 0, 1, 1, 2, 3]
    """
    return (n_outcomes // FIRST_LOOK).bit_length()


def _compared(groups: _Counts, is_error: NDArray[np.bool_], places: dict[str, _Counts], *, share: float) -> tuple[
        Disparity, ...]:
    """The slices at one look, which may spend `share` of the chance of a false alarm.

    Bonferroni's correction over those slices that could reach the level at all (Tarone 1990).
    """
    n_groups = int(groups.max()) + 1
    whole, whole_errors = _per_group(groups, n_groups), _per_group(groups[is_error], n_groups)
    drawn: list[tuple[str, _Counts, _Counts, float, float]] = []
    for name, rows in places.items():
        mine = rows[rows < len(groups)]
        here, errors = _per_group(groups[mine], n_groups), _per_group(groups[mine][is_error[mine]], n_groups)
        chances = _chances(here, whole=whole, n_errors=whole_errors)
        p = float(chances[int(errors.sum()):].sum())
        drawn.append((name, here, errors, p, float(chances[np.flatnonzero(chances)[-1]])))
    n_able = _n_able([least for *_, least in drawn], level=FALSE_ALARM * share)
    found = [_beside(name, (here, errors), (whole, whole_errors), p=min(1.0, p * n_able / share))
             for name, here, errors, p, least in drawn if least * n_able <= FALSE_ALARM * share]
    return tuple(sorted(found, key=lambda one: (one.p, one.name)))


def _per_group(groups: _Counts, n_groups: int) -> _Counts:
    return np.bincount(groups, minlength=n_groups).astype(np.int64)


def _beside(name: str, mine: tuple[_Counts, _Counts], every: tuple[_Counts, _Counts], *, p: float) -> Disparity:
    """A slice beside all others: its decisions and errors by group, and those of all."""
    here, errors, whole, whole_errors = *mine, *every
    n = np.maximum(whole, 1)
    ours = float((errors * (whole - here) / n).sum())
    theirs = float(((whole_errors - errors) * here / n).sum())
    return Disparity(
        name=name, p=p, ratio=ours / theirs if theirs else (np.inf if ours else 1.0),
        here=Slice(n=int(here.sum()), n_errors=int(errors.sum())),
        elsewhere=Slice(n=int((whole - here).sum()), n_errors=int((whole_errors - errors).sum())))


def _n_able(least: list[float], *, level: float) -> int:
    """Over how many slices a level is shared out: those whose smallest possible chance lies within their own share of it."""
    return next((n for n in range(1, len(least) + 1) if sum(one * n <= level for one in least) <= n), 1)


def _chances(here: _Counts, *, whole: _Counts, n_errors: _Counts) -> _Floats:
    """The chance of each number of errors in a slice, if the errors of each group fall anywhere alike within it."""
    chances = np.ones(1)
    for n_here, n, wrong in zip(here.tolist(), whole.tolist(), n_errors.tolist(), strict=True):
        chances = np.convolve(chances, _hypergeometric(n_here, n=n, wrong=wrong))
    return np.asarray(chances, np.float64)


def _hypergeometric(n_here: int, *, n: int, wrong: int) -> _Floats:
    """The chance of 0, 1, … errors among `n_here` of `n` decisions of which so many are wrong."""
    logs = np.concatenate((np.zeros(1), np.cumsum(np.log(np.arange(1, n + 1)))))
    counts = np.arange(min(n_here, wrong) + 1)
    is_possible = wrong - counts <= n - n_here
    found = np.zeros(len(counts))
    able = counts[is_possible]
    found[is_possible] = np.exp(
        _log_choose(logs, n_here, able) + _log_choose(logs, n - n_here, wrong - able)
        - _log_choose(logs, n, np.asarray([wrong])))
    return found


def _log_choose(log_factorials: _Floats, whole: int, part: _Counts) -> _Floats:
    return np.asarray(log_factorials[whole] - log_factorials[part] - log_factorials[whole - part])
