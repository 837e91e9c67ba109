"""Satire: are satire sites left alone, and fake outlets that imitate real ones not?

Each site is an account of its own that says nothing, then one that claims to be a news outlet, and then one that also says that
it is satire. What the detectors find and the guards do not spare counts as found.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import Metric, share
from evenhand.evaluation.outcome import Breakdown, BreakdownRow, Measured
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.workflows.evaluation.bench import Bench, accounts_on_the_web, plain_hosts
from evenhand.workflows.evaluation.task import Task, TaskData

MOST_NAMED = 25
PROFILES = {"silent": None, "news": "Breaking news", "disclosed": "Breaking news. Satire and parody, not affiliated."}
"""What the account of a site says of itself."""

FORM = TaskForm(
    name="satire_guard", sentence="satire sites, which should be left alone, beside fake outlets",
    files=(TaskFile(role="sites", sentence="a site in each row", labels=("satire", "fake", "genuine"), columns=(
        TaskColumn(name="host", sentence="the site's host"),)),),
    metrics=(
        MetricForm(name="satire_found", sentence="satire sites found that say nothing of themselves"),
        MetricForm(name="satire_found_disclosed", sentence="satire sites found that claim news and say that they are satire"),
        MetricForm(name="genuine_found", sentence="genuine sites found"),
        MetricForm(name="fake_found", sentence="fake sites found that claim to be news; most imitate nobody")))


def measure(data: TaskData, bench: Bench) -> Measured:
    """The share found of each kind, for each profile."""
    sites = data.table("sites")
    hosts, label = plain_hosts(sites["host"]), sites["label"].combine_chunks()
    found = {name: _found(hosts, bio, bench) for name, bio in PROFILES.items()}
    rows = tuple(BreakdownRow(value=name, metrics=(
        _share("satire_found", label, "satire", one), _share("genuine_found", label, "genuine", one),
        _share("fake_found", label, "fake", one))) for name, one in found.items())
    wrong = hosts.filter(pc.and_(pc.not_equal(label, "fake"), pc.or_(found["silent"], found["disclosed"])))
    return Measured(
        n=len(hosts), breakdowns=(Breakdown(by="profile", rows=rows),),
        metrics=(_share("satire_found", label, "satire", found["silent"]),
                 _share("satire_found_disclosed", label, "satire", found["disclosed"]),
                 _share("genuine_found", label, "genuine", found["silent"]),
                 _share("fake_found", label, "fake", found["news"])),
        mistakes=tuple(wrong.sort().to_pylist()[:MOST_NAMED]), n_mistakes=len(wrong))


def _found(hosts: pa.Array, bio: str | None, bench: Bench) -> pa.Array:
    accounts = accounts_on_the_web(hosts)
    says = pa.repeat(pa.scalar(bio, pa.string()), accounts.num_rows)
    swept = bench.swept(accounts=accounts.append_column("bio", says))
    hits = swept["guard_hits"]
    spared = hits.filter(pc.equal(hits["strength"], "spare"))["account_id"]
    found = pc.is_in(hosts, value_set=swept["found"]["account_id"].combine_chunks())
    return pc.and_not(found, pc.is_in(hosts, value_set=spared.combine_chunks()))


def _share(name: str, label: pa.Array, kind: str, found: pa.Array) -> Metric:
    mask = pc.equal(label, kind)
    return share(name, int(pc.sum(pc.and_(mask, found)).as_py() or 0), n=int(pc.sum(mask).as_py() or 0))


TASK = Task(form=FORM, measure=measure)
