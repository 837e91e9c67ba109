"""Name retrieval: of which registered holder is this a name? Names of one entity in many languages and scripts.

Against the shipped registers, every name is a query, and nearly all of them stand in a register: that measures reading, not
knowing. With `hidden = "language"`, all names in one language are hidden at a time, and those of them that stand nowhere else
are the queries: what is measured then is a name in a language that the register does not have.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import Metric, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.registry import HOLDERS
from evenhand.model.step import Query
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import AT, Bench
from evenhand.workflows.evaluation.task import Task, TaskData

MOST_NAMED = 25
FEW = 10
"""A language with fewer queries is not hidden by itself: its share would say nothing."""
GOOD = 0.9
"""The share of a language's names that a language at the bar reads right."""

FORM = TaskForm(
    name="name_retrieval", sentence="names in many languages: whose are they?",
    files=(TaskFile(role="names", sentence="a name of an entity in each row", columns=(
        TaskColumn(name="entity", sentence="the entity's id"),
        TaskColumn(name="name", sentence="one of its names"),
        TaskColumn(name="language", sentence="the name's language"))),),
    options=(Key(name="hidden", kind=Kind.TEXT, choices=("nothing", "language"), noun="choice", example='"language"',
                 sentence="`nothing`: the shipped registers as they are; `language`: one language after the other"),),
    metrics=(
        MetricForm(name="p_at_1", sentence="names whose strongest match is the entity, or one that bears that very name"),
        MetricForm(name="found", sentence="names with any match"),
        MetricForm(name="languages", sentence="languages with at least ten queries", is_share=False),
        MetricForm(name="languages_at_bar", sentence="of these, languages with nine in ten right", is_share=False)))

_RANKED = Query(
    name="ranked", inputs=("queries", "matches", "bearers"), sentence="the strongest match of each query and whose it is",
    sql="""
    with best as (
        select account_id, holder_id from (
            select account_id, holder_id, row_number() over (
                       partition by account_id order by similarity * weight desc, similarity desc, n_holders_sharing, holder_id
                   ) as place from matches where field = 'display_name')
        where place = 1),
    own as (select distinct q.account_id, b.holder_id from queries q join bearers b on q.entity = b.entity)
    select q.name, q.language, q.entity, b.holder_id is not null as is_found, o.holder_id is not null as is_right,
           b.holder_id as matched
    from queries q left join best b on q.account_id = b.account_id
    left join own o on b.account_id = o.account_id and b.holder_id = o.holder_id
    order by q.language, q.name, q.entity""")

_BEARERS = Query(
    name="bearers", inputs=("names", "holder_names"), sentence="holders that bear a name of the entity",
    sql="""select distinct n.entity, h.holder_id from names n join holder_names h on lower(n.name) = lower(h.name)""")


def measure(data: TaskData, bench: Bench) -> Measured:
    """P@1 over all queries and for each language."""
    names = data.table("names").select(["entity", "name", "language"])
    hidden = data.card.text("hidden") == "language"
    parts = [_ranked(queries, ours, names, bench) for queries, ours in (
        _by_language(names, bench) if hidden else iter([(names, bench)]))]
    ranked = pa.concat_tables(parts) if parts else _RANKED_EMPTY
    rows = tuple(BreakdownRow(value=language, metrics=_shares(ranked.filter(pc.equal(ranked["language"], language))))
                 for language in pc.unique(ranked["language"]).sort().to_pylist())
    enough = [row.metrics[0] for row in rows if row.metrics[0].n >= FEW]
    n_good = sum((metric.value or 0.0) >= GOOD for metric in enough)
    wrong = ranked.filter(pc.invert(ranked["is_right"]))
    return Measured(
        n=ranked.num_rows, breakdowns=(Breakdown(by="language", rows=tuple(sorted(rows, key=_size))),),
        metrics=(*_shares(ranked), Metric(name="languages", value=float(len(enough)), n=len(rows)),
                 Metric(name="languages_at_bar", value=float(n_good), n=len(enough))),
        n_mistakes=wrong.num_rows, mistakes=tuple(
            f"{row['language']}: {row['name']} ({row['entity']}) reads as {row['matched'] or 'nobody'}"
            for row in wrong.slice(0, MOST_NAMED).to_pylist()))


def _by_language(names: pa.Table, bench: Bench) -> Iterator[tuple[pa.Table, Bench]]:
    """For each language: its names that stand in no other, and a bench whose register lacks that language."""
    for language in pc.unique(names["language"]).sort().to_pylist():
        is_here = pc.equal(names["language"], language)
        rest, here = names.filter(pc.invert(is_here)), names.filter(is_here)
        known = pc.unique(pc.utf8_lower(rest["name"]))
        unseen = here.filter(pc.invert(pc.is_in(pc.utf8_lower(here["name"]), value_set=known)))
        has_others = pc.is_in(unseen["entity"], value_set=pc.unique(rest["entity"]))
        unseen = unseen.filter(has_others)
        if unseen.num_rows >= FEW:
            yield unseen, bench.knowing({"holders": _register(rest)})


def _register(names: pa.Table) -> pa.Table:
    """The entities as holders, with the names that are given."""
    grouped = names.group_by("entity").aggregate([("name", "list"), ("language", "list")]).sort_by("entity")
    return pa.Table.from_pylist([{
        "holder_id": row["entity"], "kind": "institution", "name": row["name_list"][0], "handles": [], "domains": [],
        "avatars": [], "source": "evaluation", "as_of": AT.date(), "names": [
            {"name": name, "language": language, "kind": "label"}
            for name, language in dict(zip(row["name_list"], row["language_list"], strict=True)).items()]}
        for row in grouped.to_pylist()], schema=HOLDERS)


def _ranked(queries: pa.Table, ours: Bench, names: pa.Table, bench: Bench) -> pa.Table:
    numbered = queries.append_column("account_id", pa.array([str(n) for n in range(queries.num_rows)], pa.string()))
    accounts = pa.table({"account_id": numbered["account_id"], "display_name": numbered["name"],
                         "handle": numbered["account_id"]})
    matches = ours.relations(["name_matches"], accounts=accounts)["name_matches"]
    bearers = bench.ask(_BEARERS, names=names, holder_names=ours.materials.registries["holder_names"])
    return bench.ask(_RANKED, queries=numbered, matches=matches, bearers=bearers)


_RANKED_EMPTY = pa.schema([("name", pa.string()), ("language", pa.string()), ("entity", pa.string()), ("is_found", pa.bool_()),
                           ("is_right", pa.bool_()), ("matched", pa.string())]).empty_table()


def _shares(ranked: pa.Table) -> tuple[Metric, ...]:
    n = ranked.num_rows
    return (share("p_at_1", int(pc.sum(ranked["is_right"]).as_py() or 0), n=n),
            share("found", int(pc.sum(ranked["is_found"]).as_py() or 0), n=n))


def _size(row: BreakdownRow) -> tuple[int, str]:
    return -row.metrics[0].n, row.value


TASK = Task(form=FORM, measure=measure)
