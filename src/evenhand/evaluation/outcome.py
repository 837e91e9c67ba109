"""What came of a card: a measurement, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from evenhand.errors import Problem
from evenhand.evaluation.card import BarResult, Card
from evenhand.evaluation.metric import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownRow:
    """The metrics of one group, such as one language."""

    value: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """The metrics once more for each group. `by` says what the groups are, such as `language`."""

    by: str
    rows: tuple[BreakdownRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a task measured."""

    n: int
    """Rows judged."""
    metrics: tuple[Metric, ...]
    breakdowns: tuple[Breakdown, ...] = ()
    mistakes: tuple[str, ...] = ()
    """The first rows that came out wrong, in the order of their text, one line each."""
    n_mistakes: int = 0
    notes: tuple[str, ...] = ()
    """What a reader must know about this measurement, such as how many rows of it a register already holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDetector:
    """There is a set and a bar, and nothing yet that could be measured on it."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRun:
    """The set's files are not in the data folder."""

    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """The set's files are there and cannot be used, so that nothing was measured."""

    problems: tuple[Problem, ...]
    """What is wrong with them; never empty."""


Outcome: TypeAlias = Measured | NoDetector | NotRun | Unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class CardResult:
    """One card and what came of it."""

    card: Card
    outcome: Outcome
    bars: tuple[BarResult, ...] = ()
    rejected: tuple[Problem, ...] = ()
    """A problem for each record that could not be read."""
    n_rejected: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    """Values of label columns that the card does not map, with their number of rows."""
    seconds: float | None = None
