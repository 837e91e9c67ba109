"""Look-alike pairs: does each look-alike read as the genuine name or address it stands for?

Hosts are looked up in the shipped registers. Names (of packages, handles) are looked up in a register of the set's own
genuine names, since no shipped register holds them; the genuine names themselves are tried too and should not be found.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import Metric, count, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.step import Query
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import Bench, accounts_on_the_web, holders_named, plain_hosts
from evenhand.workflows.evaluation.task import Task, TaskData

MOST_NAMED = 25

FORM = TaskForm(
    name="lookalike_pairs", sentence="look-alikes with the genuine name that each stands for",
    files=(TaskFile(role="pairs", sentence="a look-alike and the genuine name in each row", labels=("lookalike",), columns=(
        TaskColumn(name="lookalike", sentence="the look-alike: a host, or a name"),
        TaskColumn(name="genuine", sentence="the genuine holder's name"),
        TaskColumn(name="kind", sentence="the kind of change, for the breakdown", is_required=False))),),
    options=(Key(name="are", kind=Kind.TEXT, choices=("hosts", "names"), noun="kind", example='"hosts"',
                 sentence="what the look-alikes are"),),
    metrics=(
        MetricForm(name="recall", sentence="look-alikes that read as some registered holder"),
        MetricForm(name="right_holder", sentence="look-alikes that read as the holder they stand for, of those "
                   "whose holder's name stands in a register"),
        MetricForm(name="missed", sentence="look-alikes that read as nobody", is_share=False),
        MetricForm(name="precision", sentence="of the look-alikes and genuine names found, look-alikes"),
        MetricForm(name="genuine_found", sentence="genuine names that read as another's look-alike")))

_READ = Query(
    name="read", inputs=("tried", "identity_evidence", "holder_names"), sentence="how each look-alike was read",
    sql="""
    select t.account_id, t.genuine, t.kind, count(i.account_id) > 0 as is_found,
           coalesce(bool_or(lower(n.name) = lower(t.genuine)), false) as is_right,
           lower(t.genuine) in (select lower(name) from holder_names) as is_known
    from tried t left join identity_evidence i on t.account_id = i.account_id
    left join holder_names n on i.holder_id = n.holder_id
    group by t.account_id, t.genuine, t.kind order by is_found, t.account_id, t.genuine""")

_GENUINE = Query(
    name="genuine_read", inputs=("genuine", "identity_evidence"), sentence="genuine names that read as another's",
    sql="""select count(distinct i.account_id) as n from identity_evidence i join genuine g on i.account_id = g.account_id
           where i.holder_id <> i.account_id""")


def measure(data: TaskData, bench: Bench) -> Measured:
    """The shares found and read right, for all and for each kind of change."""
    pairs = data.table("pairs")
    return _hosts(pairs, bench) if data.card.text("are") == "hosts" else _names(pairs, bench)


def _hosts(pairs: pa.Table, bench: Bench) -> Measured:
    hosts = plain_hosts(pairs["lookalike"])
    identity = bench.relations(["identity_evidence"], accounts=accounts_on_the_web(hosts))["identity_evidence"]
    known = bench.materials.registries["holder_names"]
    read = _read(pairs, hosts, identity, known, bench)
    lacking = pc.sum(pc.invert(pc.is_in(pc.utf8_lower(pairs["genuine"]), value_set=pc.utf8_lower(known["name"])))).as_py()
    notes = (f"{lacking} pairs stand for a name that no register holds",) if lacking else ()
    return _measured(read, genuine=None, notes=notes)


def _names(pairs: pa.Table, bench: Bench) -> Measured:
    ours = bench.knowing({"holders": holders_named(pairs["genuine"].combine_chunks())})
    names = pc.unique(pa.concat_arrays([pairs["lookalike"].combine_chunks(), pairs["genuine"].combine_chunks()]))
    accounts = pa.table({"account_id": names, "handle": names, "display_name": names})
    identity = ours.relations(["identity_evidence"], accounts=accounts)["identity_evidence"]
    read = _read(pairs, pairs["lookalike"].combine_chunks(), identity, ours.materials.registries["holder_names"], bench)
    genuine = pa.table({"account_id": pc.unique(pairs["genuine"])})
    n_found = bench.ask(_GENUINE, genuine=genuine, identity_evidence=identity)["n"][0].as_py()
    return _measured(read, genuine=share("genuine_found", n_found, n=genuine.num_rows), notes=())


def _read(pairs: pa.Table, ids: pa.Array, identity: pa.Table, names: pa.Table, bench: Bench) -> pa.Table:
    tried = pa.table({"account_id": ids, "genuine": pairs["genuine"], "kind": pairs["kind"]})
    return bench.ask(_READ, tried=tried, identity_evidence=identity, holder_names=names)


def _measured(read: pa.Table, *, genuine: Metric | None, notes: tuple[str, ...]) -> Measured:
    kinds = [kind for kind in pc.unique(read["kind"]).sort().to_pylist() if kind is not None]
    by_kind = tuple(BreakdownRow(value=kind, metrics=_shares(read.filter(pc.equal(read["kind"], kind)))) for kind in kinds)
    missed = read.filter(pc.or_(pc.invert(read["is_found"]), pc.and_(read["is_known"], pc.invert(read["is_right"]))))
    lines = [f"{row['account_id']} stands for {row['genuine']}: " + ("read as another" if row["is_found"] else "read as nobody")
             for row in missed.slice(0, MOST_NAMED).to_pylist()]
    n, n_found = read.num_rows, int(pc.sum(read["is_found"]).as_py() or 0)
    beside = (share("precision", n_found, n=n_found + (genuine.hits or 0)), genuine) if genuine is not None else ()
    return Measured(n=n, metrics=(*_shares(read), count("missed", n - n_found, n=n), *beside), notes=notes,
                    breakdowns=(Breakdown(by="kind", rows=by_kind),) if by_kind else (), mistakes=tuple(lines),
                    n_mistakes=missed.num_rows)


def _shares(read: pa.Table) -> tuple[Metric, ...]:
    return (share("recall", int(pc.sum(read["is_found"]).as_py() or 0), n=read.num_rows),
            share("right_holder", int(pc.sum(read["is_right"]).as_py() or 0), n=int(pc.sum(read["is_known"]).as_py() or 0)))


TASK = Task(form=FORM, measure=measure)
