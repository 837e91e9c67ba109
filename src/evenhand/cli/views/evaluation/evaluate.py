"""The scorecard of labelled sets: one line for every bar, and one card in full where only one was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evenhand.cli.views.evaluation.metrics import (
    bar_record,
    metric_record,
    shown_bar,
    shown_counts,
    shown_interval,
    shown_value,
    verdict,
)
from evenhand.cli.views.layout import QUIET, heading, quiet, table
from evenhand.evaluation.card import Bar
from evenhand.evaluation.metric import Metric
from evenhand.evaluation.outcome import Breakdown, CardResult, Measured, NoDetector, NotRun, Unusable
from evenhand.evaluation.task_form import TaskForm
from evenhand.statements import visible

MOST_ROWS = 24
"""Rows of a breakdown that are shown to people; the JSON has all."""
MOST_MISTAKES = 8
MOST_COLUMNS = 4
"""Metrics beside one another in a breakdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsView:
    """What came of each card.

    JSON: `data` (the folder), `bars` (`met`, `missed`, `not_measured`: how many), and `cards`, each with `id`, `title`,
    `task`, `licence`, `source`, `notes`, `outcome` (`measured`, `no_detector`, `not_run` or `unusable`), `why` (null when
    measured), `mistakes_in_files` (why it is unusable), `rows` judged, `metrics`, `bars`, `breakdowns`, `mistakes`,
    `n_mistakes`, `remarks`, `rejected` (records that could not be read), `n_rejected`, `left_out` (rows per unmapped label),
    `seconds`.
    """

    name: ClassVar[str] = "evaluation"
    results: tuple[CardResult, ...]
    forms: Mapping[str, TaskForm]
    data: str

    def human(self, width: int) -> RenderableType:
        """The table of all bars; with one card, the card in full."""
        if len(self.results) == 1:
            return Group(*self._card(self.results[0], width=width), Text())
        parts: list[RenderableType] = [quiet(f"labelled sets in {self.data}"), Text(), self._bars()]
        without = [result for result in self.results if not isinstance(result.outcome, Measured)]
        if without:
            parts.append(heading("Not measured"))
            for result in without:
                parts += [Text(f"  {result.card.card_id}: {_why(result)}"), *_mistakes_in_files(result)]
        n_rejected = sum(result.n_rejected for result in self.results)
        if n_rejected:
            parts.append(quiet(f"\nrecords that could not be read: {n_rejected:,}; one card alone, or --json, names them"))
        n_unusable = sum(isinstance(result.outcome, Unusable) for result in self.results)
        if n_unusable:
            parts.append(Text(f"\nsets that cannot be used: {n_unusable}; their bars count as not measured", style="bold red"))
        n_met, n_missed, n_open = self._counted()
        parts.append(Text(f"\nbars: {n_met} met, {n_missed} missed, {n_open} not measured", style="bold"))
        return Group(*parts, Text())

    def record(self) -> Mapping[str, object]:
        """Everything as values."""
        n_met, n_missed, n_open = self._counted()
        return {"data": self.data, "bars": {"met": n_met, "missed": n_missed, "not_measured": n_open},
                "cards": [_record(result) for result in self.results]}

    def _counted(self) -> tuple[int, int, int]:
        bars = [bar.is_met for result in self.results for bar in result.bars]
        return bars.count(True), bars.count(False), bars.count(None)

    def _bars(self) -> Table:
        grid = table()
        for name in ("card", "metric", "value", "95 % interval", "rows", "bar", ""):
            grid.add_column(name, justify="right" if name in {"value", "rows"} else "left", no_wrap=True)
        for result in self.results:
            form = self.forms[result.card.task]
            for nth, (metric_name, metric, bar, is_met) in enumerate(_lines(result)):
                is_share = form.metric(metric_name).is_share
                grid.add_row(result.card.card_id if nth == 0 else "", metric_name,
                             Text(shown_value(metric.value if metric else None, is_share=is_share), style="bold"),
                             Text(shown_interval(metric) if metric else "", style=QUIET),
                             f"{metric.n:,}" if metric else "", shown_bar(bar, is_share=is_share) if bar else "",
                             verdict(is_met) if bar else "")
        return grid

    def _card(self, result: CardResult, *, width: int) -> Iterator[RenderableType]:
        card, form = result.card, self.forms[result.card.task]
        yield Text(card.title, style="bold")
        yield quiet(f"{card.card_id} · {form.sentence} · {card.licence}")
        if card.notes:
            yield Text(card.notes, style=QUIET)
        yield Text()
        outcome = result.outcome
        if not isinstance(outcome, Measured):
            yield Text(_why(result))
            yield from _mistakes_in_files(result)
            yield from (Text(f"bar: {bar.bar.metric} {shown_bar(bar.bar, is_share=form.metric(bar.bar.metric).is_share)}")
                        for bar in result.bars)
            return
        yield self._metrics(result, outcome)
        yield from (Text(note) for note in outcome.notes)
        for breakdown in outcome.breakdowns:
            yield heading(f"By {breakdown.by}")
            yield self._breakdown(breakdown, form, width=width)
            if len(breakdown.rows) > MOST_ROWS:
                yield quiet(f"and {len(breakdown.rows) - MOST_ROWS} more; --json has all")
        if outcome.n_mistakes:
            yield heading(f"Mistakes ({outcome.n_mistakes:,})")
            yield from (Text("  " + visible(line), overflow="ellipsis", no_wrap=True)
                        for line in outcome.mistakes[:MOST_MISTAKES])
        yield from _read(result)

    def _metrics(self, result: CardResult, outcome: Measured) -> Table:
        form, grid = self.forms[result.card.task], table()
        bars = {bar.bar.metric: bar for bar in result.bars}
        for name in ("metric", "value", "95 % interval"):
            grid.add_column(name, justify="right" if name == "value" else "left", no_wrap=True)
        grid.add_column("", justify="right", no_wrap=True)
        for name in ("bar", ""):
            grid.add_column(name, justify="left", no_wrap=True)
        for metric in outcome.metrics:
            is_share, bar = form.metric(metric.name).is_share, bars.get(metric.name)
            grid.add_row(metric.name, Text(shown_value(metric.value, is_share=is_share), style="bold"),
                         Text(shown_interval(metric), style=QUIET), shown_counts(metric),
                         shown_bar(bar.bar, is_share=is_share) if bar else "", verdict(bar.is_met) if bar else "")
        return grid

    def _breakdown(self, breakdown: Breakdown, form: TaskForm, *, width: int) -> Table:
        grid = table()
        names = list(dict.fromkeys(metric.name for row in breakdown.rows for metric in row.metrics
                                   if metric.value is not None))[:MOST_COLUMNS]
        grid.add_column(breakdown.by, no_wrap=True, overflow="ellipsis", max_width=max(12, width - 24 * len(names)))
        for name in names:
            grid.add_column(name, justify="right", no_wrap=True)
            grid.add_column("rows", justify="right", no_wrap=True)
        for row in breakdown.rows[:MOST_ROWS]:
            measured = {metric.name: metric for metric in row.metrics}
            cells: list[Text] = []
            for name in names:
                metric = measured.get(name)
                cells += [Text(shown_value(metric.value if metric else None, is_share=form.metric(name).is_share)),
                          Text(f"{metric.n:,}" if metric else "", style=QUIET)]
            grid.add_row(visible(row.value), *cells)
        return grid


def _lines(result: CardResult) -> Iterator[tuple[str, Metric | None, Bar | None, bool | None]]:
    """One line per bar; for a card without bars, its first metric."""
    for bar in result.bars:
        yield bar.bar.metric, bar.metric, bar.bar, bar.is_met
    if not result.bars and isinstance(result.outcome, Measured) and result.outcome.metrics:
        first = result.outcome.metrics[0]
        yield first.name, first, None, None


def _why(result: CardResult) -> str:
    match result.outcome:
        case NotRun(missing=missing):
            return f"not run: {', '.join(missing)} is not there"
        case NoDetector(why=why):
            return f"no detector yet: {why}"
        case Unusable(problems=problems):
            return f"its files cannot be used: {len(problems):,} mistake{'' if len(problems) == 1 else 's'}"
        case _:
            return ""


def _mistakes_in_files(result: CardResult) -> Iterator[RenderableType]:
    """What is wrong with the files of a set that cannot be used, a line each."""
    if not isinstance(result.outcome, Unusable):
        return
    for problem in result.outcome.problems[:MOST_MISTAKES]:
        place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
        yield Text(f"    {visible(place)}: {visible(problem.what)}" + (f" ({visible(problem.hint)})" if problem.hint else ""))
    if len(result.outcome.problems) > MOST_MISTAKES:
        yield quiet(f"    and {len(result.outcome.problems) - MOST_MISTAKES:,} more; --json has all")


def _read(result: CardResult) -> Iterator[RenderableType]:
    if result.left_out:
        yield quiet("\nleft out, since the card does not map their label: "
                    + ", ".join(f"{n:,} × {label}" for label, n in result.left_out))
    if result.n_rejected:
        yield heading(f"Records that could not be read ({result.n_rejected:,})")
        yield from (Text(f"  {problem.file}:{problem.line}: {problem.what}") for problem in result.rejected[:MOST_MISTAKES])


def _record(result: CardResult) -> Mapping[str, object]:
    card, outcome = result.card, result.outcome
    measured = outcome if isinstance(outcome, Measured) else Measured(n=0, metrics=())
    kind = {Measured: "measured", NoDetector: "no_detector", NotRun: "not_run", Unusable: "unusable"}[type(outcome)]
    problems = outcome.problems if isinstance(outcome, Unusable) else ()
    return {
        "id": card.card_id, "title": card.title, "task": card.task, "licence": card.licence, "source": card.source,
        "notes": card.notes, "outcome": kind, "why": _why(result) or None, "rows": measured.n,
        "mistakes_in_files": [{"file": problem.file, "line": problem.line, "column": problem.column, "what": problem.what,
                               "hint": problem.hint} for problem in problems],
        "metrics": [metric_record(metric) for metric in measured.metrics],
        "bars": [bar_record(bar) for bar in result.bars],
        "breakdowns": [{"by": breakdown.by, "groups": [
            {"value": row.value, "metrics": [metric_record(metric) for metric in row.metrics]} for row in breakdown.rows]}
            for breakdown in measured.breakdowns],
        "mistakes": list(measured.mistakes), "n_mistakes": measured.n_mistakes, "remarks": list(measured.notes),
        "rejected": [{"file": problem.file, "line": problem.line, "what": problem.what} for problem in result.rejected],
        "n_rejected": result.n_rejected, "left_out": dict(result.left_out), "seconds": result.seconds}
