"""Sweep a snapshot: run the account steps bucket by bucket, then the platform steps once. Resumable at any instant."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from evenhand import __version__
from evenhand.campaign.pipeline import Pipeline
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.model.step import Query, Scope
from evenhand.ports import Engine, Source, StepCount
from evenhand.workflows.buckets.parts import Parts, open_parts
from evenhand.workflows.deciding import Deciders

RESULTS = ("profiles", "found", "evidence", "guard_hits")
PROFILES_FOUND = Query(
    name="profiles_found", scope=Scope.PLATFORM, inputs=("profiles", "found"),
    sentence="the profile of an account that was found",
    sql="select p.* from profiles p where p.account_id in (select f.account_id from found f)")
"""Far more accounts may have been suspects. A semi-join: a filter of Arrow makes its table of the ids anew for each file."""
ACCOUNTS_AT_ONCE = 250_000
"""Accounts that the account steps take at once. Some forty steps cost a third of a second however few rows they see, so
buckets are taken together until they hold about so many accounts; more would only cost memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a sweep is, in accounts: of all of them, whose buckets are of equal size but for chance, then of those found."""

    n_done: int
    n_total: int
    what: str
    n_before: int = 0
    """How much of `n_done` an earlier run had done."""


OnProgress = Callable[[Progress], None]
WorkOn = Callable[[Parts, str, Sequence[range]], Iterable[range]]
"""Does the runs of buckets it is given, of the sweep with the key it is given, into those parts, and says of each when it is
done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Who does the buckets, who decides, and who is told how far it is."""

    work_on: WorkOn | None = None
    """None: the sweep's own engine, one bucket after the other."""
    decide: Deciders | None = None
    """None: the sweep's own process."""
    on_progress: OnProgress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a sweep left: the result relations, and rows and seconds per step in the order of the pipeline."""

    relations: Mapping[str, pa.Table]
    counts: tuple[StepCount, ...]
    key: str
    n_resumed: int
    """Buckets that an earlier, interrupted run had already done."""


def scan(snapshot: SnapshotFolder, pipeline: Pipeline, engine: Engine, *, work: Path, registries_digest: str,
         hands: Hands | None = None) -> Scan:
    """Everything found in `snapshot` and every reason to spare, kept in `work` until the last step is done.

    `engine` must have the registries bound that `registries_digest` is about. It does the buckets one after the other,
    unless `hands` names others. The same command after an interruption continues with the buckets that are not
    done; what a work folder holds of another snapshot, pack, registry or code version is removed first.
    """
    key = sweep_key(snapshot, pipeline, registries_digest=registries_digest)
    n_buckets, n_total = snapshot.manifest.n_buckets, snapshot.manifest.rows["accounts"]
    hands = hands or Hands()
    with open_parts(work, key=f"{key} by {ACCOUNTS_AT_ONCE}", kept=pipeline.kept) as parts:
        runs = bucket_runs(snapshot)
        left = [run for run in runs if not parts.is_done(run)]
        n_resumed = n_done = n_buckets - sum(map(len, left))
        n_before = n_total * n_resumed // n_buckets

        def say(n_done: int, what: str) -> None:
            if hands.on_progress is not None:
                hands.on_progress(Progress(n_done=n_total * n_done // n_buckets, n_total=n_total, what=what, n_before=n_before))

        say(n_done, "starting")
        done = (hands.work_on(parts, key, left) if hands.work_on is not None and left
                else (do_buckets(run, snapshot, pipeline, engine, parts) for run in left))
        for run in done:
            n_done += len(run)
            say(n_done, f"buckets {run.start + 1} to {run.stop}" if len(run) > 1 else f"bucket {run.stop}")
        say(n_buckets, "comparing accounts")
        return _compared(pipeline, engine, parts, runs=runs, key=key, n_resumed=n_resumed)


def bucket_runs(snapshot: SnapshotFolder) -> tuple[range, ...]:
    """The snapshot's buckets in runs that the account steps take at once: the same for everybody who sweeps it."""
    n_buckets, n_accounts = snapshot.manifest.n_buckets, snapshot.manifest.rows["accounts"]
    length = max(1, min(n_buckets, ACCOUNTS_AT_ONCE * n_buckets // max(1, n_accounts)))
    return tuple(range(start, min(start + length, n_buckets)) for start in range(0, n_buckets, length))


def sweep_key(snapshot: SnapshotFolder, pipeline: Pipeline, *, registries_digest: str) -> str:
    """SHA-256 over all that a sweep's parts depend on: snapshot, buckets, steps, registers and code version."""
    made_from = (snapshot.manifest.fingerprint, str(snapshot.manifest.n_buckets), pipeline.digest, registries_digest,
                 __version__)
    return hashlib.sha256("\x1f".join(made_from).encode()).hexdigest()


def do_buckets(run: range, snapshot: SnapshotFolder, pipeline: Pipeline, engine: Engine, parts: Parts) -> range:
    """Run the account steps over a run of buckets and write what they leave; the run."""
    tables: dict[str, Source] = {name: snapshot.source(name, run) for name in pipeline.tables}
    parts.write(run, engine.run(pipeline.account_steps, tables=tables, keep=pipeline.kept))
    return run


def _compared(pipeline: Pipeline, engine: Engine, parts: Parts, *, runs: Sequence[range], key: str, n_resumed: int) -> Scan:
    """The platform steps over all that was kept, and the counts of all steps."""
    kept: dict[str, Source] = {name: parts.files(name, runs) for name in pipeline.kept}
    outcome = engine.run((*pipeline.platform_steps, PROFILES_FOUND), tables=kept,
                         keep=[*(name for name in RESULTS if name != "profiles"), PROFILES_FOUND.name])
    counts: defaultdict[str, int] = defaultdict(int)
    seconds: defaultdict[str, float] = defaultdict(float)
    for step in (*(step for run in runs for step in parts.counts(run)), *outcome.counts):
        counts[step.name] += step.n_rows
        seconds[step.name] += step.seconds
    ordered = [step.name for step in (*pipeline.account_steps, *pipeline.platform_steps)]
    relations = dict(outcome.relations)
    relations["profiles"] = relations.pop(PROFILES_FOUND.name)
    return Scan(relations=relations, key=key, n_resumed=n_resumed, counts=tuple(
        StepCount(name=name, n_rows=counts[name], seconds=seconds[name]) for name in ordered))
