"""Link matching: are known scam links found however they are written, and harmless ones left alone?

A host is tried three ways: as a link in a post, as a link to a page below it (`login.` before it), and written so that it
cannot be clicked, as those do who warn of it. A host that stands in the shipped lists tells nothing about unseen ones, so
recall is also given for hosts that do not.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import Metric, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.step import Query
from evenhand.signals.web.listed_links import LONG_LISTS
from evenhand.workflows.evaluation.bench import Bench, plain_hosts
from evenhand.workflows.evaluation.task import Task, TaskData

MOST_NAMED = 25
_LISTED = Query(name="asked_and_listed", inputs=("asked", LONG_LISTS), sentence="a host that stands in a list itself",
                sql=f"select distinct a.host from asked a join {LONG_LISTS} e on a.host = e.host")

FORM = TaskForm(
    name="link_matching", sentence="links, harmful and harmless, against the shipped lists",
    files=(TaskFile(role="links", sentence="a host or address in each row", is_repeated=True,
                    labels=("harmful", "harmless"), columns=(
        TaskColumn(name="host", sentence="the host or address, defanged or not"),
        TaskColumn(name="list", sentence="the list it is from, for the breakdown", is_required=False))),),
    metrics=(
        MetricForm(name="recall", sentence="harmful links in posts that are found"),
        MetricForm(name="recall_below", sentence="links to a page below a harmful host that are found"),
        MetricForm(name="recall_unlisted", sentence="of harmful hosts that do not stand in the shipped lists themselves, those "
                   "found (a host above may stand there)"),
        MetricForm(name="listed", sentence="harmful hosts that stand in the shipped lists themselves"),
        MetricForm(name="quoted_found", sentence="harmful hosts found where they are written only as a warning"),
        MetricForm(name="harmless_found", sentence="harmless links in posts that are found"),
        MetricForm(name="precision", sentence="of the links found, harmful ones")))


def measure(data: TaskData, bench: Bench) -> Measured:
    """The shares found each way, and per list."""
    links = data.table("links")
    hosts = plain_hosts(links["host"])
    label, of = links["label"].combine_chunks(), links["list"].combine_chunks()
    n = len(hosts)
    plain = _found(hosts, pc.binary_join_element_wise("https://", hosts, "/a", ""), bench)
    below = _found(hosts, pc.binary_join_element_wise("https://login.", hosts, "/a", ""), bench)
    quoted = _found(hosts, pc.binary_join_element_wise(
        "beware of", pc.replace_substring(hosts, ".", "[.]"), " "), bench)
    listed = _is_listed(hosts, bench)
    bad = pc.equal(label, "harmful")
    good = pc.invert(bad)
    unlisted = pc.and_not(bad, listed)
    n_bad, n_right, n_wrong = _n(bad), _n(pc.and_(bad, plain)), _n(pc.and_(good, plain))
    lists = [name for name in pc.unique(of).to_pylist() if name is not None]
    rows = tuple(BreakdownRow(value=name, metrics=_of_list(pc.equal(of, name), bad, plain)) for name in sorted(lists))
    missed = hosts.filter(pc.and_not(pc.and_(bad, listed), plain))
    wrong = hosts.filter(pc.and_(good, plain))
    return Measured(
        n=n, breakdowns=(Breakdown(by="list", rows=rows),) if rows else (),
        metrics=(share("recall", n_right, n=n_bad), share("recall_below", _n(pc.and_(bad, below)), n=n_bad),
                 share("recall_unlisted", _n(pc.and_(unlisted, plain)), n=_n(unlisted)),
                 share("listed", _n(pc.and_(bad, listed)), n=n_bad),
                 share("quoted_found", _n(pc.and_(bad, quoted)), n=n_bad),
                 share("harmless_found", n_wrong, n=n - n_bad), share("precision", n_right, n=n_right + n_wrong)),
        mistakes=tuple([f"harmless, found: {host}" for host in wrong.to_pylist()[:MOST_NAMED]]
                       + [f"listed, not found: {host}" for host in missed.to_pylist()[:MOST_NAMED]])[:MOST_NAMED],
        n_mistakes=len(missed) + len(wrong))


def _is_listed(hosts: pa.Array, bench: Bench) -> pa.Array:
    """For each host, whether it stands in a list itself."""
    listed = pc.is_in(hosts, value_set=pc.unique(bench.materials.registries["link_lists"]["host"]))
    if LONG_LISTS in bench.materials.bound:
        asked = bench.ask(_LISTED, asked=pa.table({"host": hosts}), **{LONG_LISTS: bench.materials.bound[LONG_LISTS]})
        listed = pc.or_(listed, pc.is_in(hosts, value_set=asked["host"]))
    return listed


def _found(hosts: pa.Array, texts: pa.Array, bench: Bench) -> pa.Array:
    """For each host, whether a post with this text is taken to link to a listed address."""
    ids = pa.array([str(number) for number in range(len(hosts))], pa.string())
    posts = pa.table({"post_id": ids, "account_id": ids, "text": texts})
    accounts = pa.table({"account_id": ids, "handle": ids})
    listed = bench.relations(["listed_links"], accounts=accounts, posts=posts)["listed_links"]
    return pc.is_in(ids, value_set=listed["account_id"].combine_chunks())


def _of_list(mask: pa.Array, bad: pa.Array, found: pa.Array) -> tuple[Metric, ...]:
    here, good = pc.and_(mask, bad), pc.and_not(mask, bad)
    return (share("recall", _n(pc.and_(here, found)), n=_n(here)),
            share("harmless_found", _n(pc.and_(good, found)), n=_n(good)))


def _n(mask: pa.Array) -> int:
    return int(pc.sum(pc.fill_null(mask, fill_value=False)).as_py() or 0)


TASK = Task(form=FORM, measure=measure)
