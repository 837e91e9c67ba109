"""Write docs/reference/evaluation-results.md: every shipped card on the data folder, with intervals and bars.

Run it after a detector, a word list or a register changed: .venv/bin/python tools/write_evaluation_results.py [DATA]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evenhand.cli.views.metrics import shown_bar, shown_interval, shown_value
from evenhand.evaluation.outcome import CardResult, Measured, NoDetector
from evenhand.evaluation.task_form import TaskForm
from evenhand.workflows.evaluation.cards import data_folder, evaluate_cards, shipped_cards, task_forms
from evenhand.workflows.materials import SweepSettings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "evaluation-results.md"
HEAD = """# Evaluation results

Written by `tools/write_evaluation_results.py`, which runs every shipped [card](evaluation-cards.md) on the shared part of the
labelled sets. Intervals are 95 %, exact for shares and by bootstrap for others. A bar is judged by the value, not by its
interval. Nothing here was measured on the held-out part.
"""


def results_page(results: Sequence[CardResult], forms: Mapping[str, TaskForm]) -> str:
    """The page for these results."""
    bars = [bar.is_met for result in results for bar in result.bars]
    lines = [HEAD, f"{bars.count(True)} bars are met, {bars.count(False)} are missed, {bars.count(None)} are not measured yet.",
             "", "| card | metric | value | 95 % interval | rows | bar | |", "|---|---|---:|---|---:|---|---|"]
    lines += [line for result in results for line in _rows(result, forms[result.card.task])]
    lines += ["", "## What the metrics mean", ""]
    for name in sorted({result.card.task for result in results}):
        lines += [f"**{name}**: {forms[name].sentence}.", ""]
        lines += [f"- `{metric.name}`: {metric.sentence}" for metric in forms[name].metrics]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _rows(result: CardResult, form: TaskForm) -> Iterator[str]:
    outcome = result.outcome
    if not isinstance(outcome, Measured):
        why = "no detector yet" if isinstance(outcome, NoDetector) else "not run: its files are not there"
        for bar in result.bars:
            asked = shown_bar(bar.bar, is_share=form.metric(bar.bar.metric).is_share)
            yield f"| {result.card.title} | {bar.bar.metric} | | | | {asked} | {why} |"
        if not result.bars:
            yield f"| {result.card.title} | | | | | | {why} |"
        return
    bars = {bar.bar.metric: bar for bar in result.bars}
    for nth, metric in enumerate(metric for metric in outcome.metrics if metric.value is not None):
        is_share, bar = form.metric(metric.name).is_share, bars.get(metric.name)
        word = {True: "met", False: "**missed**", None: ""}[bar.is_met if bar else None]
        asked = shown_bar(bar.bar, is_share=is_share) if bar else ""
        yield (f"| {result.card.title if nth == 0 else ''} | {metric.name} | {shown_value(metric.value, is_share=is_share)} "
               f"| {shown_interval(metric)} | {metric.n:,} | {asked} | {word} |")


def main() -> None:
    """Run every shipped card and write the page."""
    folder = data_folder(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    results = evaluate_cards(shipped_cards(), SweepSettings(), data=folder,
                             on_card=lambda done, total, what: print(f"{done + 1} of {total}: {what}", flush=True))
    PAGE.write_text(results_page(results, task_forms()), encoding="utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
