"""The scorecard of a world: bars first, then buckets, who was wrongly penalised, and where violators were missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from evenhand.cli.views.layout import QUIET, heading, number, quiet, table
from evenhand.evaluation.metric import Metric
from evenhand.evaluation.outcomes import Kind
from evenhand.evaluation.scorecard import BucketScore, RecallScore
from evenhand.model.harm import Harm
from evenhand.statements import visible
from evenhand.statements.messages import Messages
from evenhand.workflows.evaluation.world import WorldScore

MOST_NAMED = 10
MOST_ROWS = 30
"""Rows of a table by role, operator or language that are shown to people; the JSON has all."""
_KINDS = {Kind.HARD_NEGATIVE: "hard negatives", Kind.ORDINARY: "ordinary accounts", Kind.HOLDER: "genuine holders"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldView:
    """A plan beside the truth of a world.

    JSON: `world`, `scale`, `seed`, `accounts`, `plan` (its digest), `pack`; `bars` (`harm`, null for the hard negatives;
    `metric`, `at_least`, `at_most`, `value`, `is_met`, `has_detector`); `all` (`precision`, `recall`, `genuine_found`, by
    account); `buckets` (counts and metrics by harm, by main harm and by account), `confusions` (`planted`, `decided`,
    `is_true`, `accounts`), `wrong` (the first accounts wrongly penalised), `spared` (`kind`, `role`, `penalised`), `by_role`,
    `by_operator`, `by_language`, `posts`.
    """

    name: ClassVar[str] = "world_score"
    score: WorldScore
    messages: Messages

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # laid out for 100 columns
        """The bars, then the tables behind them."""
        card, plan = self.score.scorecard, self.score.plan
        scale = f" · scale {self.score.scale:g}" if self.score.scale is not None else ""
        return Group(
            quiet(f"world {self.score.world}{scale} · {card.n_accounts:,} accounts · plan {plan.digest[:12]} · {plan.pack}"),
            Text(), self._headline(), *self._bars(), *self._buckets(), *self._by_account(), *self._confusions(),
            *self._spared(), *self._wrong(),
            *self._recalls("How the name was made (an account counts under each of its operators)", card.by_operator),
            *self._recalls("Role", card.by_role), *self._languages(), *self._posts(), Text())

    def record(self) -> Mapping[str, object]:
        """Everything as values."""
        card, plan = self.score.scorecard, self.score.plan
        looked_for = self._looked_for()
        return {
            "world": str(self.score.world), "scale": self.score.scale, "seed": self.score.seed, "accounts": card.n_accounts,
            "plan": plan.digest, "pack": plan.pack,
            "bars": [{"harm": _name(bar.harm), **bar_record(bar.result), "has_detector": looked_for.get(bar.harm, True)}
                     for bar in card.bars],
            "all": {name: {"hits": one.hits, "n": one.n, "share": one.share, "low": one.low, "high": one.high}
                    for name, one in (("precision", card.counts.precision), ("recall", card.counts.recall),
                                      ("genuine_found", card.counts.genuine_found))},
            "buckets": [_bucket(bucket) for bucket in card.buckets],
            "confusions": [{"planted": str(one.planted), "decided": str(one.decided), "is_true": one.is_true,
                            "accounts": one.n_accounts} for one in card.confusions],
            "wrong": [{"account_id": one.account_id, "kind": str(one.kind), "role": one.role, "language": one.language,
                       "decided": str(one.decided)} for one in self.score.wrong],
            "spared": [{"kind": str(group.kind), "role": group.role, "penalised": metric_record(group.penalised)}
                       for group in card.spared],
            "by_role": [_recall(row) for row in card.by_role],
            "by_operator": [_recall(row) for row in card.by_operator],
            "by_language": [{"language": row.language, "precision": metric_record(row.precision),
                             "recall": metric_record(row.recall), "penalised": metric_record(row.penalised)}
                            for row in card.by_language],
            "posts": [metric_record(metric) for metric in card.posts]}

    def _headline(self) -> Text:
        card = self.score.scorecard
        looked_for = self._looked_for()
        met = [bar.result.is_met for bar in card.bars if looked_for.get(bar.harm, True)]
        without = [self._harm(bucket.harm) for bucket in card.buckets if not bucket.is_looked_for]
        return Text(f"{met.count(True)} of {len(met)} bars are met; {shown_counts(card.spared[0].penalised)} hard negatives "
                    "are penalised." + (f"\nNot looked for by this pack: {', '.join(without)}." if without else ""),
                    style="bold")

    def _looked_for(self) -> Mapping[Harm | None, bool]:
        return {bucket.harm: bucket.is_looked_for for bucket in self.score.scorecard.buckets}

    def _bars(self) -> Iterator[RenderableType]:
        looked_for = self._looked_for()
        grid = _grid("bar", ">value", "95 % interval", ">of", "asked", "")
        for bar in self.score.scorecard.bars:
            if not looked_for.get(bar.harm, True):
                continue
            metric = bar.result.metric
            what = f"{self._harm(bar.harm)}: {bar.result.bar.metric}" if bar.harm else "Hard negatives penalised"
            grid.add_row(what, *_measured(metric), f"{metric.n:,}" if metric else "", shown_bar(bar.result.bar, is_share=True),
                         verdict(bar.result.is_met))
        yield heading("Bars")
        yield grid

    def _buckets(self) -> Iterator[RenderableType]:
        grid = _grid("\nharm", ">\nplanted", ">\ndecided", ">\nright", ">also\nright", ">\nprecision", ">as other\ntrue harm",
                     ">\nrecall")
        main = _grid("harm", ">right", ">precision", ">recall", ">F1")
        for bucket in self.score.scorecard.buckets:
            grid.add_row(self._harm(bucket.harm), number(bucket.n_planted), number(bucket.n_decided), number(bucket.n_right),
                         number(bucket.n_also_right), shown_value(bucket.precision.value, is_share=True),
                         number(bucket.n_as_true_harm), shown_value(bucket.recall.value, is_share=True))
            main.add_row(self._harm(bucket.harm), number(bucket.n_right), *(
                shown_value(metric.value, is_share=True) for metric in (bucket.main_precision, bucket.main_recall, bucket.f1)))
        yield heading("By harm: a decision is right when its harm is true of the account, planted or not")
        yield grid
        yield heading("By main harm: a decision under another harm than the planted one is wrong")
        yield main

    def _by_account(self) -> Iterator[RenderableType]:
        grid = _grid("\nharm", ">of other\nharm", ">\nwrong", ">\nprecision", ">as other\nharm", ">\nmissed", ">\nrecall")
        for bucket in self.score.scorecard.buckets:
            grid.add_row(self._harm(bucket.harm), number(bucket.n_of_other_harm), number(bucket.n_wrong),
                         shown_value(bucket.account_precision.value, is_share=True), number(bucket.n_as_other_harm),
                         number(bucket.n_missed), shown_value(bucket.account_recall.value, is_share=True))
        counts = self.score.scorecard.counts
        yield heading("By account: a decision about a violator is right, whatever the harm")
        yield grid
        yield quiet(f"all harms: {counts.precision.hits:,} of {counts.precision.n:,} decided are violators; of the violators "
                    f"whose harm has a detector, {counts.recall.hits:,} of {counts.recall.n:,} are found")

    def _confusions(self) -> Iterator[RenderableType]:
        if not self.score.scorecard.confusions:
            return
        grid = _grid("planted as", "decided as", ">accounts", "")
        for one in self.score.scorecard.confusions[:MOST_ROWS]:
            grid.add_row(self._harm(one.planted), self._harm(one.decided), number(one.n_accounts),
                         "true of them as well" if one.is_true else "")
        yield heading("Decided under another harm than the planted one")
        yield grid

    def _wrong(self) -> Iterator[RenderableType]:
        if not self.score.wrong:
            return
        yield heading("Wrongly penalised, the first by id (`evenhand explain ACCOUNT --plan PLAN` says why)")
        yield from (Text(f"  {visible(one.account_id)}  {visible(one.role)}, {visible(one.language or 'no language')}: "
                         f"{self._harm(one.decided)}", no_wrap=True) for one in self.score.wrong[:MOST_NAMED])

    def _spared(self) -> Iterator[RenderableType]:
        grid = _grid("who", ">accounts", ">penalised", ">share", "95 % interval")
        for group in self.score.scorecard.spared[:MOST_ROWS]:
            name = f"  {group.role}" if group.role else _KINDS[group.kind]
            grid.add_row(Text(name, style="" if group.role else "bold"), number(group.penalised.n),
                         number(group.penalised.hits or 0), *_measured(group.penalised))
        yield heading("Who should be left alone")
        yield grid

    def _recalls(self, title: str, rows: Sequence[RecallScore]) -> Iterator[RenderableType]:
        if not rows:
            return
        grid = _grid("", ">planted", ">found", ">recall", "95 % interval", ">whatever the harm")
        for row in rows[:MOST_ROWS]:
            grid.add_row(visible(row.value), number(row.recall.n), number(row.recall.hits or 0), *_measured(row.recall),
                         shown_value(row.account_recall.value, is_share=True))
        yield heading(f"{title}: the least found first")
        yield grid
        if len(rows) > MOST_ROWS:
            yield quiet(f"and {len(rows) - MOST_ROWS} more; --json has all")

    def _languages(self) -> Iterator[RenderableType]:
        grid = _grid("language", ">precision", "95 % interval", ">recall", "95 % interval", ">planted", ">hard neg.")
        for row in self.score.scorecard.by_language[:MOST_ROWS]:
            grid.add_row(visible(row.language), *_measured(row.precision), *_measured(row.recall), number(row.recall.n),
                         shown_value(row.penalised.value, is_share=True))
        yield heading("Impersonation and scam links by language, and hard negatives penalised")
        yield grid

    def _posts(self) -> Iterator[RenderableType]:
        words = {"named_precision": "posts named in decisions that are violating", "named_recall":
                 "violating posts named in decisions", "deleted_precision": "posts to be deleted that are violating"}
        grid = _grid("", ">share", "95 % interval", ">")
        for metric in self.score.scorecard.posts:
            grid.add_row(words[metric.name], *_measured(metric), shown_counts(metric))
        yield heading("Posts")
        yield grid

    def _harm(self, harm: Harm | None) -> str:
        return self.messages.say(f"harm.{harm}.short") if harm else "No category"


def _grid(*columns: str) -> Table:
    """A table with these headings; one that starts with > is set to the right."""
    grid = table()
    for column in columns:
        if column.startswith(">"):
            grid.add_column(column[1:], justify="right", no_wrap=True)
        else:
            grid.add_column(column, no_wrap=True)
    return grid


def _measured(metric: Metric | None) -> tuple[Text, Text]:
    """The value, and its interval in a quieter voice."""
    if metric is None:
        return Text(""), Text("")
    return Text(shown_value(metric.value, is_share=True), style="bold"), Text(shown_interval(metric), style=QUIET)


def _name(harm: Harm | None) -> str | None:
    return str(harm) if harm is not None else None


def _bucket(bucket: BucketScore) -> Mapping[str, object]:
    return {
        "harm": _name(bucket.harm), "has_detector": bucket.is_looked_for, "planted": bucket.n_planted,
        "decided": bucket.n_decided, "right": bucket.n_right, "also_right": bucket.n_also_right,
        "as_other_harm": bucket.n_as_other_harm, "as_true_harm": bucket.n_as_true_harm, "missed": bucket.n_missed,
        "of_other_harm": bucket.n_of_other_harm, "wrong": bucket.n_wrong,
        "metrics": [metric_record(metric) for metric in (
            bucket.precision, bucket.recall, bucket.main_precision, bucket.main_recall, bucket.f1, bucket.account_precision,
            bucket.account_recall)]}


def _recall(row: RecallScore) -> Mapping[str, object]:
    return {"value": row.value, "metrics": [metric_record(row.recall), metric_record(row.account_recall)]}
