"""Explain one account: the same steps on a table with one row, every intermediate result kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.campaign.plan import Spared, judge
from evenhand.campaign.verdicts import verdicts
from evenhand.connectors.snapshot_folder import SnapshotFolder, completed
from evenhand.errors import DataError, Problem
from evenhand.model.decision import Decision
from evenhand.model.snapshot import TABLES
from evenhand.model.step import Step
from evenhand.ports import Engine, Source
from evenhand.workflows.deciding import cases
from evenhand.workflows.plan import Materials, judged_relations, terms_of
from evenhand.workflows.scan import Scan


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one step says about the account."""

    name: str
    sentence: str
    rows: pa.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that leads to the outcome for one account, in the order in which it was computed."""

    account: dict[str, object]
    """The account's row in the snapshot."""
    n_posts: int
    steps: tuple[StepResult, ...]
    """Steps with at least one row about the account."""
    outcomes: tuple[Decision | Spared, ...]
    """What follows, by the same judgement as in the plan; empty when nothing was found."""


def explain(snapshot: SnapshotFolder, materials: Materials, engine: Engine, *, account: str,
            work: Path | None = None) -> Explanation:
    """Why `account` (an id, or a handle) has the outcome it has.

    The account steps run on its rows alone. The platform steps compare it with what the sweep in `work` kept of all
    other accounts, so that the outcome is the plan's; without `work` the account stands alone.
    Raises `DataError` when there is no such account.
    """
    account_id, bucket = _find(snapshot, account)
    pipeline = materials.pipeline
    tables = {name: _rows_of(snapshot, name, bucket, account_id) for name in TABLES}
    engine.bind(materials.bound)
    near = engine.run(pipeline.account_steps, tables={name: tables[name] for name in pipeline.tables},
                      keep=[step.name for step in pipeline.account_steps])
    kept: dict[str, Source] = {name: _with_others(near.relations[name], work, name, account_id) for name in pipeline.kept}
    terms = terms_of(snapshot, materials)
    wide = engine.run(pipeline.platform_steps, tables=kept, keep=[step.name for step in pipeline.platform_steps])
    results = {**near.relations, **{name: _only(table, account_id) for name, table in wide.relations.items()}}
    swept = Scan(relations={name: results[name] for name in ("profiles", "found", "evidence", "guard_hits")},
                 counts=near.counts, key="", n_resumed=0)
    sweep = judged_relations(swept, terms=terms, engine=engine, strikes=materials.registries["strikes"])
    outcomes = tuple(judge(cases(sweep, terms=terms, seed=materials.seed), terms=terms))
    judged = verdicts(terms.policies, cut_off=terms.cut_off)
    results[judged.name] = sweep.verdicts
    steps: tuple[Step, ...] = (*pipeline.account_steps, *pipeline.platform_steps, judged)
    return Explanation(
        account=tables["accounts"].to_pylist()[0], n_posts=len(tables["posts"]), outcomes=outcomes,
        steps=tuple(StepResult(name=step.name, sentence=step.sentence, rows=results[step.name])
                    for step in steps if results[step.name].num_rows))


def _find(snapshot: SnapshotFolder, account: str) -> tuple[str, int]:
    """The account's id and bucket, by id or else by handle."""
    wanted = account.removeprefix("@")
    bucket = snapshot.bucket_of(account)
    if _rows_of(snapshot, "accounts", bucket, account).num_rows:
        return account, bucket
    found: list[tuple[str, int]] = []
    for number in range(snapshot.manifest.n_buckets):
        for path in snapshot.files("accounts", number):
            table = pq.read_table(path, columns=["account_id", "handle"], partitioning=None)
            hits = table.filter(pc.equal(pc.utf8_lower(table["handle"]), wanted.lower()))
            found.extend((account_id, number) for account_id in hits["account_id"].to_pylist())
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"`{account_id}`" for account_id, _ in sorted(found)[:5])
        raise DataError(Problem(what=f"{len(found)} accounts have the handle `{wanted}`", hint=f"name one by its id: {listed}"))
    raise DataError(Problem(what=f"no account `{account}` in the snapshot",
                            hint="give an account id as in the snapshot, such as `twitter:example`, or a handle"))


def _rows_of(snapshot: SnapshotFolder, name: str, bucket: int, account_id: str) -> pa.Table:
    parts = [completed(pq.read_table(path, filters=pc.field("account_id") == account_id, partitioning=None), name)
             for path in snapshot.files(name, bucket)]
    return pa.concat_tables(parts) if parts else TABLES[name].schema.empty_table()


def _with_others(own: pa.Table, work: Path | None, name: str, account_id: str) -> pa.Table:
    """The account's own rows and those that the sweep kept of all other accounts."""
    paths = sorted(work.glob(f"parts/bucket=*/{name}.parquet")) if work is not None else []
    others = [pq.read_table(path, filters=pc.field("account_id") != account_id, partitioning=None) for path in paths]
    return pa.concat_tables([own, *(table.cast(own.schema) for table in others)])


def _only(table: pa.Table, account_id: str) -> pa.Table:
    if "account_id" not in table.column_names:
        return table.slice(0, 0)
    return table.filter(pc.equal(table["account_id"], account_id))
