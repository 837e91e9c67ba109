"""Evaluation cards: what a labelled set is, how a task reads it, and the bar it has to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evenhand.evaluation.metric import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """One file of a card: where it stands in the data folder, and what its columns and labels are called there."""

    role: str
    path: str
    columns: Mapping[str, str]
    """The task's name of a column → the file's."""
    constants: Mapping[str, str]
    """A column that has one value for every row of the file."""
    labels: Mapping[str, tuple[str, ...]]
    """The task's name of a label → the values that mean it in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a metric has to reach: at least or at most a value."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    cross_validated: float | None = None
    """What cross-validation on the shared part of the set measured, where a shipped model was trained on that part. The bar is
    judged by what is measured on the data at hand all the same."""

    def is_met(self, metric: Metric | None) -> bool | None:
        """True when the value measured reaches the bar; None when nothing was measured.

        >>> Bar(metric="recall", at_least=0.8).is_met(Metric(name="recall", value=0.8, n=5))
        True
        """
        return None if metric is None or metric.value is None else self.is_met_by(metric.value)

    def is_met_by(self, value: float) -> bool:
        """True when the value reaches the bar."""
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class BarResult:
    """A bar, what was measured, and whether it is met (None: nothing was measured)."""

    bar: Bar
    metric: Metric | None
    is_met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One labelled set with its task."""

    card_id: str
    title: str
    task: str
    licence: str
    source: str
    notes: str
    files: tuple[CardFile, ...]
    bars: tuple[Bar, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    missed: str = ""
    """What is known of its bars that are missed: the errors, what was tried, and the numbers of the decisions that say more."""
    file: str = ""
    """The card's own file, for messages."""

    def texts(self, option: str) -> tuple[str, ...]:
        """An option that is a list of texts; empty when it is not given."""
        value = self.options.get(option, ())
        return value if isinstance(value, tuple) else ()

    def text(self, option: str, default: str = "") -> str:
        """An option that is a text; `default` when it is not given."""
        value = self.options.get(option, default)
        return value if isinstance(value, str) else default

    def number(self, option: str, default: int) -> int:
        """An option that is a whole number; `default` when it is not given."""
        value = self.options.get(option, default)
        return value if isinstance(value, int) else default


def judge_bars(bars: tuple[Bar, ...], metrics: tuple[Metric, ...]) -> tuple[BarResult, ...]:
    """Each bar with what was measured for it."""
    measured = {metric.name: metric for metric in metrics}
    return tuple(BarResult(bar=bar, metric=measured.get(bar.metric), is_met=bar.is_met(measured.get(bar.metric)))
                 for bar in bars)
