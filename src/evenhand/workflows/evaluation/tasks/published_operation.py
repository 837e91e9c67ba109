"""Accounts that a platform published as one operation: how many are found among genuine ones, and how many of these?

Such sets hold one side only. The other side is made up here: genuine handles, drawn with replacement, opened at uniform
times over the year around the operation's median, so many a day. The result says what can be told from these accounts among
so much of a platform, and nothing about a platform that is larger.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.evaluation.metric import share
from evenhand.evaluation.outcome import Measured
from evenhand.evaluation.task_form import MetricForm, TaskColumn, TaskFile, TaskForm
from evenhand.model.harm import Harm
from evenhand.policy.keys import Key, Kind
from evenhand.workflows.evaluation.bench import Bench
from evenhand.workflows.evaluation.task import Task, TaskData
from evenhand.workflows.packs import shipped_pack

DAY_SECONDS, YEAR_DAYS = 86_400, 365
MOST_NAMED = 25

FORM = TaskForm(
    name="published_operation",
    sentence="accounts that a platform published as one operation, among genuine ones that are made up around them",
    files=(
        TaskFile(role="accounts", sentence="the accounts published", columns=(
            TaskColumn(name="handle", sentence="its handle"),
            TaskColumn(name="created_second", sentence="when it was opened, in seconds since 1970", type=pa.float64()))),
        TaskFile(role="posts", sentence="their posts", is_required=False, columns=(
            TaskColumn(name="handle", sentence="whose it is"), TaskColumn(name="text", sentence="its text"),
            TaskColumn(name="created_second", sentence="when it was published, in seconds since 1970", type=pa.float64()))),
        TaskFile(role="genuine", sentence="genuine handles", is_repeated=True, columns=(
            TaskColumn(name="handle", sentence="the handle; rows without one are passed over", is_required=False),))),
    options=(Key(name="genuine_a_day", kind=Kind.NUMBER, low=0, high=100_000, example="10",
                 sentence="genuine accounts opened a day"),),
    metrics=(MetricForm(name="recall", sentence="accounts of the operation found as an inauthentic network"),
             MetricForm(name="genuine_found", sentence="made-up genuine accounts found")))


def measure(data: TaskData, bench: Bench) -> Measured:
    """The shares found of both sides. What a guard spares does not count as found; what it asks a person about does."""
    published, posts = data.table("accounts"), data.table("posts")
    chance = np.random.default_rng(data.seed)
    opened = published["created_second"].to_numpy()
    n_genuine = int(str(data.card.options["genuine_a_day"])) * YEAR_DAYS
    half = YEAR_DAYS * DAY_SECONDS / 2
    genuine = data.table("genuine")["handle"].combine_chunks().drop_null()
    drawn = chance.integers(0, len(genuine), n_genuine)
    handles = pa.concat_arrays([published["handle"].combine_chunks(), genuine.take(pa.array(drawn))])
    times = np.concatenate([opened, float(np.median(opened)) + chance.uniform(-half, half, n_genuine)])
    ids = pa.concat_arrays([published["handle"].combine_chunks(),
                            pc.binary_join_element_wise("genuine", pa.array(np.arange(n_genuine)).cast(pa.string()), " ")])
    accounts = pa.table({"account_id": ids, "handle": handles, "created_at": _times(times)})
    written = pa.table({"post_id": pa.array(np.arange(posts.num_rows)).cast(pa.string()), "account_id": posts["handle"],
                        "text": posts["text"], "created_at": _times(posts["created_second"].to_numpy())})
    swept = bench.under(shipped_pack("coordination")).swept(accounts=accounts, posts=written)
    found = pc.is_in(ids, value_set=_found(swept))
    ours, theirs = found.slice(0, len(opened)), found.slice(len(opened))
    missed = published["handle"].combine_chunks().filter(pc.invert(ours))
    return Measured(
        n=len(opened), mistakes=tuple(missed.sort().to_pylist()[:MOST_NAMED]), n_mistakes=len(missed),
        metrics=(share("recall", int(pc.sum(ours).as_py() or 0), n=len(opened)),
                 share("genuine_found", int(pc.sum(theirs).as_py() or 0), n=n_genuine)))


def _found(swept: dict[str, pa.Table]) -> pa.Array:
    found, hits = swept["found"], swept["guard_hits"]
    networks = found.filter(pc.equal(found["harm"], Harm.INAUTHENTIC_NETWORK))["account_id"].combine_chunks()
    speaks = pc.and_(pc.equal(hits["strength"], "spare"),
                     pc.fill_null(pc.equal(hits["harm"], Harm.INAUTHENTIC_NETWORK), fill_value=True))
    return networks.filter(pc.invert(pc.is_in(networks, value_set=hits.filter(speaks)["account_id"].combine_chunks())))


def _times(seconds: np.ndarray) -> pa.Array:
    return pa.array((seconds * 1e6).astype(np.int64)).cast(pa.timestamp("us", "UTC"))


TASK = Task(form=FORM, measure=measure)
