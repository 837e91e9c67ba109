"""Text classification: is a text what a step of the sweep says it is?

Each text is one post. With the option `relation`, a text counts as found when that relation (of a signal or a detector) has a
row for its post, or, for relations about accounts, for its author. Without it, when its author would be penalised. Rows with
the same `author` are posts of one account, and rows with the same `passage` are the lines of one post, so that a step that
reads sentences sees what stands beside each. A relation with a column `line` then tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import ConfigError
from evenhand.evaluation.metric import Metric, f1, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured, NoDetector
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData
from evenhand.workflows.sentence_models import MODEL_NAMES, sentence_model
from evenhand.workflows.signals import reading_steps

MOST_NAMED = 25
LONGEST_SHOWN = 90
"""Characters of a text in the list of mistakes."""

FORM = TaskForm(
    name="text_classification", sentence="texts with a yes/no label",
    files=(TaskFile(role="texts", sentence="a text in each row", labels=("positive", "negative"), is_repeated=True, columns=(
        TaskColumn(name="text", sentence="the text"),
        TaskColumn(name="author", sentence="who wrote it", is_required=False),
        TaskColumn(name="author_name", sentence="the author's display name", is_required=False),
        TaskColumn(name="passage", sentence="the id of the longer text that it is a line of", is_required=False),
        TaskColumn(name="place", sentence="where it stands there: a text whose last number says so", is_required=False),
        TaskColumn(name="group", sentence="for the breakdown", is_required=False),
        TaskColumn(name="language", sentence="its language", is_required=False))),),
    options=(Key(name="relation", kind=Kind.TEXT, is_required=False, example='"lures"',
                 sentence="the relation in which a text's post or author must appear to count as found"),
             Key(name="model", kind=Kind.TEXT, is_required=False, choices=("none", *MODEL_NAMES), noun="model",
                 example='"minilm"', sentence="the sentence model that reads beside the words, where it is installed")),
    metrics=(
        MetricForm(name="f1", sentence="the harmonic mean of precision and recall"),
        MetricForm(name="precision", sentence="of the texts found, positive ones"),
        MetricForm(name="recall", sentence="positive texts found"),
        MetricForm(name="negatives_found", sentence="negative texts found"),
        MetricForm(name="n_negatives_found", sentence="how many negative texts are found", is_share=False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posts:
    """The texts as posts: which one each text is in, and which line of it."""

    table: pa.Table
    post_id: pa.Array
    line: pa.Array


def measure(data: TaskData, bench: Bench) -> Measured | NoDetector:
    """F1, precision and recall over all texts, per language and per group."""
    relation = data.card.text("relation")
    if relation and not bench.has(relation):
        return NoDetector(why=f"no step leaves the relation `{relation}`")
    texts = data.table("texts")
    bench, notes = _reading(bench, data.card.text("model", "none"))
    posts = _posts(texts)
    named = posts.table.select(["account_id", "author_name", "language"])
    accounts = named.group_by("account_id").aggregate([("author_name", "min"), ("language", "min")]).rename_columns(
        ["account_id", "display_name", "language"])
    found = _found(posts, accounts.append_column("handle", accounts["account_id"]), relation, bench)
    return replace(_measured(texts, found, seed=data.seed), notes=notes)


def _reading(bench: Bench, name: str) -> tuple[Bench, tuple[str, ...]]:
    """The bench with the sentence model of that name where it is installed, and what a reader must know where it is not."""
    if name == "none":
        return bench, ()
    try:
        steps = reading_steps(sentence_model(name))
    except ConfigError as error:
        return bench, (f"read by words alone: {error.problems[0].what}",)
    return replace(bench, steps={**bench.steps, **{step.name: step for step in steps}}), ()


def _posts(texts: pa.Table) -> _Posts:
    """One post for each text that is in no passage, and one for each passage."""
    ids = pa.array([str(number) for number in range(texts.num_rows)], pa.string())
    passage = texts["passage"].combine_chunks()
    numbers = pc.extract_regex(texts["place"].combine_chunks().cast(pa.string()), r"(?P<last>[0-9]{1,9})[^0-9]*$")
    place = pc.struct_field(numbers, "last").cast(pa.int64()).fill_null(0)
    post_id = pc.coalesce(passage, ids)
    order = pc.sort_indices(pa.table({"post": post_id, "place": place, "row": pa.array(np.arange(len(ids)))}), sort_keys=[
        ("post", "ascending"), ("place", "ascending"), ("row", "ascending")])
    ordered = post_id.take(order)
    is_first = np.concatenate(([True], pc.not_equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False)))[:len(ids)]
    line = np.empty(len(ids), np.int64)
    line[order.to_numpy()] = np.arange(len(ids)) - np.maximum.accumulate(np.where(is_first, np.arange(len(ids)), 0))
    text = pc.if_else(pc.is_valid(passage), pc.replace_substring_regex(texts["text"].combine_chunks(), r"\s+", " "),
                      texts["text"].combine_chunks())
    rows = pa.table({"post_id": post_id, "text": text, "account_id": pc.coalesce(texts["author"].combine_chunks(), post_id),
                     "author_name": texts["author_name"], "language": texts["language"]}).take(order)
    posts = rows.group_by("post_id", use_threads=False).aggregate(
        [("text", "list"), *((name, "min") for name in ("account_id", "author_name", "language"))])
    return _Posts(post_id=post_id, line=pa.array(line), table=pa.table({
        "post_id": posts["post_id"], "text": pc.binary_join(posts["text_list"], "\n"),
        **{name: posts[f"{name}_min"] for name in ("account_id", "author_name", "language")}}))


def _found(posts: _Posts, accounts: pa.Table, relation: str, bench: Bench) -> pa.Array:
    """Whether each text is found."""
    table = posts.table.drop_columns(["author_name"])
    authors = table["account_id"].take(pc.index_in(posts.post_id, value_set=table["post_id"].combine_chunks()))
    if not relation:
        decided = bench.decided(bench.swept(accounts=accounts, posts=table))
        return pc.is_in(authors.combine_chunks(), value_set=decided["account_id"].combine_chunks())
    rows = bench.relations([relation], accounts=accounts, posts=table)[relation]
    if "line" in rows.column_names:
        return pc.is_in(_lines(posts.post_id, posts.line), value_set=_lines(rows["post_id"], rows["line"]))
    own, by = (posts.post_id, "post_id") if "post_id" in rows.column_names else (authors.combine_chunks(), "account_id")
    return pc.is_in(own, value_set=rows[by].drop_null().combine_chunks().cast(pa.string()))


def _lines(post_id: pa.Array | pa.ChunkedArray, line: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A name for each line of each post."""
    named = pc.binary_join_element_wise(line.cast(pa.string()), post_id.cast(pa.string()), " ")
    return named.combine_chunks() if isinstance(named, pa.ChunkedArray) else named


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
