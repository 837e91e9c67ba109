"""Claim retrieval: which fact-check is this post about? Every post is a query, every fact-check a possible answer.

Fact-checks with the very same claim and title are one answer: nobody can tell them apart by their words.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import ConfigError
from evenhand.evaluation.metric import mean, share
from evenhand.evaluation.outcome import Measured, NoDetector
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.step import Query
from evenhand.policy.keys import Key, Kind
from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.search import Asked, SearchIndex
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData
from evenhand.workflows.sentence_models import MODEL_NAMES, sentence_model
from evenhand.workflows.signals import common_words

LOOKED_AT, RANKS = 20, 5
MOST_NAMED = 25
SHOWN = 90

FORM = TaskForm(
    name="claim_retrieval", sentence="posts that repeat a fact-checked claim: which fact-check is it?",
    files=(
        TaskFile(role="posts", sentence="a post in each row", columns=(
            TaskColumn(name="post_id", sentence="its id"), TaskColumn(name="text", sentence="its text"),
            TaskColumn(name="image_text", sentence="the text in its pictures", is_required=False))),
        TaskFile(role="fact_checks", sentence="a fact-check in each row", columns=(
            TaskColumn(name="fact_check_id", sentence="its id"), TaskColumn(name="claim", sentence="the claim"),
            TaskColumn(name="title", sentence="its title", is_required=False),
            TaskColumn(name="lead", sentence="its first paragraphs", is_required=False))),
        TaskFile(role="pairs", sentence="a post and the fact-check it is about", columns=(
            TaskColumn(name="post_id", sentence="the post"), TaskColumn(name="fact_check_id", sentence="the fact-check")))),
    options=(Key(name="model", kind=Kind.TEXT, choices=("none", *MODEL_NAMES), noun="model", example='"minilm"',
                 sentence="the sentence model that reads the candidates again"),),
    metrics=(MetricForm(name="p_at_1", sentence="posts whose first fact-check is a right one"),
             MetricForm(name="mrr_at_5", sentence="one over the place of the first right one, 0 after the fifth; the mean"),
             MetricForm(name="recall_at_20", sentence="posts with a right one among the first 20")))

_SAME = Query(
    name="same", inputs=("checks",), sentence="for each fact-check the first one with the same words",
    sql="""select fact_check_id, min(fact_check_id) over (partition by claim, coalesce(title, '')) as first_id from checks""")

_PLACES = Query(
    name="places", inputs=("queries", "found", "pairs", "same"), sentence="the place of each post's first right answer",
    sql="""
    with right_ones as (
        select f.row, min(f.place) as place from found f join queries q on f.row = q.row
        join pairs p on q.post_id = p.post_id
        join same one on f.fact_check_id = one.fact_check_id join same other on p.fact_check_id = other.fact_check_id
        where one.first_id = other.first_id group by f.row)
    select q.row, q.text, coalesce(r.place, 0) as place
    from queries q left join right_ones r on q.row = r.row
    where q.post_id in (select post_id from pairs) order by q.row""")


def measure(data: TaskData, bench: Bench) -> Measured | NoDetector:
    """P@1, MRR@5 and recall at 20 over the posts that have a right answer."""
    name = data.card.text("model")
    try:
        model = sentence_model(name) if name != "none" else None
    except ConfigError as error:
        return NoDetector(why=error.problems[0].what)
    posts = data.table("posts")
    texts, pictures = _column(posts, "text"), _column(posts, "image_text")
    queries = pa.table({"row": pa.array(np.arange(posts.num_rows)), "post_id": posts["post_id"].cast(pa.string()),
                        "text": texts})
    pairs = pa.table({name: data.table("pairs")[name].cast(pa.string()) for name in ("post_id", "fact_check_id")})
    checks = _checks(data)
    places = bench.ask(_PLACES, queries=queries, pairs=pairs, same=bench.ask(_SAME, checks=checks),
                       found=_found(Asked(texts=texts, pictures=pictures), checks, model))
    place = places["place"].to_numpy()
    wrong = places.filter(pc.not_equal(places["place"], 1))
    return Measured(
        n=len(place), n_mistakes=wrong.num_rows, metrics=(
            share("p_at_1", int((place == 1).sum()), n=len(place)),
            mean("mrr_at_5", np.where((place > 0) & (place <= RANKS), 1.0 / np.maximum(place, 1), 0.0), seed=data.seed),
            share("recall_at_20", int((place > 0).sum()), n=len(place))),
        mistakes=tuple(f"place {row['place'] or 'none'}: {row['text'][:SHOWN]}"
                       for row in wrong.slice(0, MOST_NAMED).to_pylist()))


def _column(table: pa.Table, name: str) -> pa.Array:
    """A column as texts, empty where there is none."""
    if name not in table.column_names:
        return pa.array([""] * table.num_rows, pa.string())
    return table[name].combine_chunks().cast(pa.string()).fill_null("")


def _checks(data: TaskData) -> pa.Table:
    """The fact-checks, their columns as texts."""
    checks = data.table("fact_checks")
    return pa.table({name: _column(checks, name) for name in ("fact_check_id", "claim", "title", "lead")})


def _found(asked: Asked, checks: pa.Table, model: SentenceModel | None) -> pa.Table:
    """The first fact-checks of each post, with their places from 1."""
    columns = {name: checks[name].combine_chunks() for name in checks.column_names}
    index = SearchIndex(columns["claim"], columns["title"], columns["lead"], common=common_words(), model=model)
    found = index.ranked(asked, n=LOOKED_AT)
    place = np.arange(len(found)) - np.searchsorted(found.row, found.row) + 1
    return pa.table({"row": found.row.astype(np.int64), "place": place,
                     "fact_check_id": columns["fact_check_id"].take(pa.array(found.claim))})


TASK = Task(form=FORM, measure=measure)
