"""Write docs/reference/evaluation-results.md: every shipped card on the data folder, with intervals and bars.

The README's scorecard is written with it: the first bar of each card.

Run it after a detector, a word list or a register changed: .venv/bin/python tools/write_evaluation_results.py [DATA]. With
`--keep FOLDER` what a card measured lies in FOLDER and is not measured again, so that a run that was stopped goes on. After a
change of code the folder must be an empty one.
"""

from __future__ import annotations

import argparse
import pickle
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evenhand.cli.views.evaluation.metrics import shown_bar, shown_interval, shown_share, shown_value
from evenhand.errors import DataError
from evenhand.evaluation.card import BarResult, Card, judge_bars
from evenhand.evaluation.outcome import CardResult, Measured, NoDetector, Unusable
from evenhand.evaluation.task_form import TaskForm
from evenhand.workflows.evaluation.bench import open_bench
from evenhand.workflows.evaluation.cards import data_folder, evaluate_on, shipped_cards, task_forms
from evenhand.workflows.materials import SweepSettings

ROOT = Path(__file__).resolve().parents[1]
DOCS, README = ROOT / "docs", ROOT / "README.md"
MARKS = ("<!-- the scorecard: written by tools/write_evaluation_results.py -->\n", "<!-- end of the scorecard -->\n")
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


def scorecard(results: Sequence[CardResult], forms: Mapping[str, TaskForm]) -> str:
    """The README's table: a bar of each card, a missed one before those that are met, with the value it is judged by."""
    lines = ["| measured on real labelled sets | | value | 95 % interval | bar | |", "|---|---|---:|---|---|---|"]
    for result in results:
        for bar in sorted(result.bars, key=lambda bar: verdict_of(bar) is not False)[:1]:
            is_share, known = forms[result.card.task].metric(bar.bar.metric).is_share, bar.bar.cross_validated
            value = known if known is not None or bar.metric is None else bar.metric.value
            interval = "cross-validated" if known is not None else shown_interval(bar.metric) if bar.metric else ""
            lines.append(f"| {result.card.title} | {bar.bar.metric} | {shown_value(value, is_share=is_share)} | {interval} "
                         f"| {shown_bar(bar.bar, is_share=is_share)} | {'**missed**' if verdict_of(bar) is False else 'met'} |")
    return "\n".join(lines) + "\n"


def with_scorecard(readme: str, table: str) -> str:
    """The README with the table between its two marks."""
    before, _, rest = readme.partition(MARKS[0])
    return f"{before}{MARKS[0]}{table}{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def verdict_of(result: BarResult) -> bool | None:
    """Whether a bar is met: by cross-validation where the card has that, else by what was measured."""
    known = result.bar.cross_validated
    return result.is_met if known is None or result.is_met is None else result.bar.is_met_by(known)


def _rows(result: CardResult, form: TaskForm) -> Iterator[str]:
    outcome, name = result.outcome, f"`{result.card.card_id}` {result.card.title}"
    if not isinstance(outcome, Measured):
        why = "no detector yet" if isinstance(outcome, NoDetector) else (
            "not run: its files are not there" if outcome.missing else "not run")
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


def measured(cards: Sequence[Card], *, data: Path, keep: Path | None) -> Iterator[CardResult]:
    """The result of each card, from the folder `keep` where it lies there."""
    with open_bench(SweepSettings()) as bench:
        for nth, card in enumerate(cards):
            print(f"{nth + 1} of {len(cards)}: {card.card_id}", flush=True)
            file = keep / f"{card.card_id}.pickle" if keep else None
            if file is None or not file.exists():
                [result] = evaluate_on(bench, (card,), data=data)
                if isinstance(result.outcome, Unusable):
                    raise DataError(result.outcome.problems)
                if file is not None:
                    file.write_bytes(pickle.dumps(result))
            else:
                kept: CardResult = pickle.loads(file.read_bytes())  # noqa: S301  # what this tool wrote
                metrics = kept.outcome.metrics if isinstance(kept.outcome, Measured) else ()
                result = replace(kept, card=card, bars=judge_bars(card.bars, metrics))
            yield result


def main() -> None:
    """Run every shipped card and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the results of cards lie between runs")
    chosen = parser.parse_args()
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    results = tuple(measured(shipped_cards(), data=data_folder(chosen.data), keep=chosen.keep))
    PAGE.write_text(results_page(results, task_forms()), encoding="utf-8")
    README.write_text(with_scorecard(README.read_text(encoding="utf-8"), scorecard(results, task_forms())), encoding="utf-8")
    print(f"wrote {PAGE}")


if __name__ == "__main__":
    main()
