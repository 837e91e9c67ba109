"""Text classification: is a text what a step of the sweep says it is?

Each text is one post. With the option `relation`, a text counts as found when that relation (of a signal or a detector) has a
row for its post, or, for relations about accounts, for its author. Without it, when its author would be penalised. Rows with
the same `author` are posts of one account.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import Metric, f1, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured, NoDetector
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData

MOST_NAMED = 25
LONGEST_SHOWN = 90
"""Characters of a text in the list of mistakes."""

FORM = TaskForm(
    name="text_classification", sentence="texts with a yes/no label",
    files=(TaskFile(role="texts", sentence="a text in each row", labels=("positive", "negative"), is_repeated=True, columns=(
        TaskColumn(name="text", sentence="the text"),
        TaskColumn(name="author", sentence="who wrote it", is_required=False),
        TaskColumn(name="author_name", sentence="the author's display name", is_required=False),
        TaskColumn(name="group", sentence="for the breakdown", is_required=False),
        TaskColumn(name="language", sentence="its language", is_required=False))),),
    options=(Key(name="relation", kind=Kind.TEXT, is_required=False, example='"lures"',
                 sentence="the relation in which a text's post or author must appear to count as found"),),
    metrics=(
        MetricForm(name="f1", sentence="the harmonic mean of precision and recall"),
        MetricForm(name="precision", sentence="of the texts found, positive ones"),
        MetricForm(name="recall", sentence="positive texts found"),
        MetricForm(name="negatives_found", sentence="negative texts found"),
        MetricForm(name="n_negatives_found", sentence="how many negative texts are found", is_share=False)))


def measure(data: TaskData, bench: Bench) -> Measured | NoDetector:
    """F1, precision and recall over all texts, per language and per group."""
    relation = data.card.text("relation")
    if relation and not bench.has(relation):
        return NoDetector(why=f"no step leaves the relation `{relation}`")
    texts = data.table("texts")
    ids = pa.array([str(number) for number in range(texts.num_rows)], pa.string())
    authors = pc.coalesce(texts["author"].combine_chunks(), ids)
    posts = pa.table({"post_id": ids, "account_id": authors, "text": texts["text"], "language": texts["language"]})
    named = pa.table({"account_id": authors, "display_name": texts["author_name"], "language": texts["language"]})
    accounts = named.group_by("account_id").aggregate([("display_name", "min"), ("language", "min")]).rename_columns(
        ["account_id", "display_name", "language"])
    found = _found(posts, accounts.append_column("handle", accounts["account_id"]), relation, bench)
    return _measured(texts, found, seed=data.seed)


def _found(posts: pa.Table, accounts: pa.Table, relation: str, bench: Bench) -> pa.Array:
    if not relation:
        decided = bench.decided(bench.swept(accounts=accounts, posts=posts))
        return pc.is_in(posts["account_id"].combine_chunks(), value_set=decided["account_id"].combine_chunks())
    rows = bench.relations([relation], accounts=accounts, posts=posts)[relation]
    by = "post_id" if "post_id" in rows.column_names else "account_id"
    return pc.is_in(posts[by].combine_chunks(), value_set=rows[by].drop_null().combine_chunks().cast(pa.string()))


def _measured(texts: pa.Table, found: pa.Array, *, seed: int) -> Measured:
    bad = pc.equal(texts["label"].combine_chunks(), "positive")
    breakdowns = []
    for column in ("language", "group"):
        values = [value for value in pc.unique(texts[column]).sort().to_pylist() if value is not None]
        masks = [pc.fill_null(pc.equal(texts[column].combine_chunks(), value), fill_value=False) for value in values]
        rows = tuple(BreakdownRow(value=value, metrics=_metrics(bad.filter(mask), found.filter(mask), seed=seed))
                     for value, mask in zip(values, masks, strict=True))
        breakdowns += [Breakdown(by=column, rows=rows)] if len(rows) > 1 else []
    wrong = pc.xor(bad, found)
    lines = sorted(f"{'missed' if is_bad else 'wrongly found'}: {' '.join(text.split())[:LONGEST_SHOWN]}"
                   for text, is_bad in zip(texts["text"].filter(wrong).to_pylist(), bad.filter(wrong).to_pylist(),
                                           strict=True))
    n_wrong = int(pc.sum(pc.and_not(found, bad)).as_py() or 0)
    return Measured(n=len(bad), breakdowns=tuple(breakdowns), mistakes=tuple(lines[:MOST_NAMED]), n_mistakes=len(lines),
                    metrics=(*_metrics(bad, found, seed=seed),
                             Metric(name="n_negatives_found", value=float(n_wrong), n=len(bad))))


def _metrics(bad: pa.Array, found: pa.Array, *, seed: int) -> tuple[Metric, ...]:
    def n(mask: pa.Array) -> int:
        return int(pc.sum(mask).as_py() or 0)

    n_right, n_wrong = n(pc.and_(bad, found)), n(pc.and_not(found, bad))
    n_bad, n_good = n(bad), len(bad) - n(bad)
    return (f1(n_right, n_wrong=n_wrong, n_missed=n_bad - n_right, n_left=n_good - n_wrong, seed=seed),
            share("precision", n_right, n=n_right + n_wrong), share("recall", n_right, n=n_bad),
            share("negatives_found", n_wrong, n=n_good))


TASK = Task(form=FORM, measure=measure)
