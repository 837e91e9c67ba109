"""Write docs/reference/evaluation-results.md: every shipped card on the data folder, with intervals and bars.

Run it after a detector, a word list or a register changed: .venv/bin/python tools/write_evaluation_results.py [DATA]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evenhand.cli.views.evaluation.metrics import shown_bar, shown_interval, shown_share, shown_value
from evenhand.evaluation.card import BarResult
from evenhand.evaluation.outcome import CardResult, Measured, NoDetector
from evenhand.evaluation.task_form import TaskForm
from evenhand.workflows.evaluation.cards import data_folder, evaluate_cards, shipped_cards, task_forms
from evenhand.workflows.materials import SweepSettings

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "reference" / "evaluation-results.md"
GROUPS = 12
"""Groups of a breakdown that are shown for a missed bar: those with most rows."""
HEAD = """# Evaluation results

Written by `tools/write_evaluation_results.py`, which runs every shipped [card](evaluation-cards.md) on the shared part of the
labelled sets. Intervals are 95 %, exact for shares and by bootstrap for others. A bar is judged by the value, not by its
interval. Nothing here was measured on the held-out part. Where a shipped model was trained on the shared part, what it scores
there proves nothing: the bar is judged by cross-validation, which the tool of that model repeats.
"""


def results_page(results: Sequence[CardResult], forms: Mapping[str, TaskForm]) -> str:
    """The page for these results."""
    verdicts = [verdict_of(bar) for result in results for bar in result.bars]
    counted = f"{verdicts.count(True)} bars are met, {verdicts.count(False)} missed, {verdicts.count(None)} not measured."
    lines = [HEAD, counted, "", "| card | metric | value | 95 % interval | rows | bar | |", "|---|---|---:|---|---:|---|---|"]
    lines += [line for result in results for line in _rows(result, forms[result.card.task])]
    lines += ["", "## Bars that are missed", ""]
    lines += [line for result in results for line in _missed(result, forms[result.card.task])]
    lines += ["## What the metrics mean", ""]
    for name in sorted({result.card.task for result in results}):
        lines += [f"**{name}**: {forms[name].sentence}.", ""]
        lines += [f"- `{metric.name}`: {metric.sentence}" for metric in forms[name].metrics]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def verdict_of(result: BarResult) -> bool | None:
    """Whether a bar is met: by cross-validation where the card has that, else by what was measured."""
    known = result.bar.cross_validated
    return result.is_met if known is None or result.is_met is None else result.bar.is_met_by(known)


def _rows(result: CardResult, form: TaskForm) -> Iterator[str]:
    outcome, name = result.outcome, f"`{result.card.card_id}` {result.card.title}"
    if not isinstance(outcome, Measured):
        why = "no detector yet" if isinstance(outcome, NoDetector) else "not run: its files are not there"
        for bar in result.bars:
            asked = shown_bar(bar.bar, is_share=form.metric(bar.bar.metric).is_share)
            yield f"| {name} | {bar.bar.metric} | | | | {asked} | {why} |"
        if not result.bars:
            yield f"| {name} | | | | | | {why} |"
        return
    bars = {bar.bar.metric: bar for bar in result.bars}
    for nth, metric in enumerate(metric for metric in outcome.metrics if metric.value is not None):
        is_share, bar = form.metric(metric.name).is_share, bars.get(metric.name)
        asked = shown_bar(bar.bar, is_share=is_share) if bar else ""
        yield (f"| {name if nth == 0 else ''} | {metric.name} | {shown_value(metric.value, is_share=is_share)} "
               f"| {shown_interval(metric)} | {metric.n:,} | {asked} | {_said(bar) if bar else ''} |")


def _said(result: BarResult) -> str:
    """The last cell of a bar's row."""
    word = {True: "met", False: "**missed**", None: ""}[verdict_of(result)]
    known = result.bar.cross_validated
    return word if known is None else f"{word}: trained here, {shown_share(known)} cross-validated"


def _missed(result: CardResult, form: TaskForm) -> Iterator[str]:
    """A section for a card with bars that are missed: by how much, what is known of it, and which groups of rows fall short."""
    missed = [bar for bar in result.bars if verdict_of(bar) is False]
    if not missed or not isinstance(result.outcome, Measured):
        return
    yield from (f"### {result.card.title}", "", f"`evenhand evaluate {result.card.card_id}`", "")
    for bar in missed:
        is_share, metric, known = form.metric(bar.bar.metric).is_share, bar.metric, bar.bar.cross_validated
        value = shown_value(metric.value if metric and known is None else known, is_share=is_share)
        where = f" ({shown_interval(metric)})" if metric and known is None and metric.low is not None else (
            " cross-validated" if known is not None else "")
        yield f"- `{bar.bar.metric}` {value}{where}, bar {shown_bar(bar.bar, is_share=is_share)}"
    yield ""
    if result.card.missed:
        yield from (_linked(result.card.missed), "")
    yield from _groups(result.outcome, {bar.bar.metric: form.metric(bar.bar.metric).is_share for bar in missed
                                        if bar.bar.cross_validated is None})


def _groups(outcome: Measured, asked: Mapping[str, bool]) -> Iterator[str]:
    """A table for each breakdown of the metrics asked for."""
    for breakdown in outcome.breakdowns:
        found = [(row.value, metric) for row in breakdown.rows for metric in row.metrics
                 if metric.name in asked and metric.value is not None]
        if len({value for value, _ in found}) <= 1:
            continue
        largest = sorted(found, key=lambda one: -one[1].n)[:GROUPS]
        yield from (f"| {breakdown.by} | metric | value | rows |", "|---|---|---:|---:|")
        for value, metric in largest:
            yield f"| {value} | {metric.name} | {shown_value(metric.value, is_share=asked[metric.name])} | {metric.n:,} |"
        yield ""


def _linked(text: str) -> str:
    """The text with the numbers of decisions as links to them."""
    def link(found: re.Match[str]) -> str:
        [record] = (DOCS / "decisions").glob(f"{found[0]}-*.md")
        return f"[{found[0]}](../decisions/{record.name})"

    return re.sub(r"\b0\d{3}\b", link, text)


def main() -> None:
    """Run every shipped card and write the page."""
    folder = data_folder(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    results = evaluate_cards(shipped_cards(), SweepSettings(), data=folder,
                             on_card=lambda done, total, what: print(f"{done + 1} of {total}: {what}", flush=True))
    PAGE.write_text(results_page(results, task_forms()), encoding="utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
