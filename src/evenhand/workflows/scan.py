"""Sweep a snapshot: run the account steps bucket by bucket, then the platform steps once. Resumable at any instant."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand import __version__
from evenhand.campaign.pipeline import Pipeline
from evenhand.connectors.snapshot import write_whole
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import TABLES
from evenhand.ports import Engine, Source, StepCount

RESULTS = ("profiles", "found", "evidence", "guard_hits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a sweep is, in accounts; buckets are of equal size but for chance."""

    n_done: int
    n_total: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a sweep left: the result relations, and rows and seconds per step in the order of the pipeline."""

    relations: Mapping[str, pa.Table]
    counts: tuple[StepCount, ...]
    key: str
    n_resumed: int
    """Buckets that an earlier, interrupted run had already done."""


def scan(snapshot: SnapshotFolder, pipeline: Pipeline, engine: Engine, *, work: Path, registries_digest: str,
         on_progress: Callable[[Progress], None] | None = None) -> Scan:
    """Everything found in `snapshot` and every reason to spare, kept in `work` until the last step is done.

    `engine` must have the registries bound that `registries_digest` is about. The same command after an interruption
    continues at the bucket where it stopped; what a work folder holds of another snapshot, pack, registry or code version
    is removed first.
    """
    made_from = (snapshot.manifest.fingerprint, str(snapshot.manifest.n_buckets), pipeline.digest, registries_digest,
                 __version__)
    key = hashlib.sha256("\x1f".join(made_from).encode()).hexdigest()
    parts = _open_work(work, key)
    counts: defaultdict[str, int] = defaultdict(int)
    seconds: defaultdict[str, float] = defaultdict(float)
    n_done = n_resumed = 0
    n_total = snapshot.manifest.rows["accounts"]
    for bucket in range(snapshot.manifest.n_buckets):
        folder = parts / f"bucket={bucket:05d}"
        if folder.exists():
            n_resumed += 1
        else:
            tables: dict[str, Source] = {name: _table(snapshot, name, bucket) for name in pipeline.tables}
            outcome = engine.run(pipeline.account_steps, tables=tables, keep=pipeline.kept)
            _write_part(folder, outcome.relations, outcome.counts)
        for name, rows, spent in json.loads((folder / "counts.json").read_text()):
            counts[name] += rows
            seconds[name] += spent
        n_done = min(n_total, n_total * (bucket + 1) // snapshot.manifest.n_buckets)
        if on_progress is not None:
            on_progress(Progress(n_done=n_done, n_total=n_total, what=f"bucket {bucket + 1}"))
    if on_progress is not None:
        on_progress(Progress(n_done=n_total, n_total=n_total, what="comparing accounts"))
    kept: dict[str, Source] = {name: tuple(str(path) for path in sorted(parts.glob(f"bucket=*/{name}.parquet")))
                               for name in pipeline.kept}
    outcome = engine.run(pipeline.platform_steps, tables=kept, keep=[r for r in RESULTS if r != "profiles"])
    for step in outcome.counts:
        counts[step.name] += step.n_rows
        seconds[step.name] += step.seconds
    relations = {**outcome.relations, "profiles": _profiles(kept["profiles"], outcome.relations["found"])}
    ordered = [step.name for step in (*pipeline.account_steps, *pipeline.platform_steps)]
    return Scan(relations=relations, key=key, n_resumed=n_resumed, counts=tuple(
        StepCount(name=name, n_rows=counts[name], seconds=seconds[name]) for name in ordered))


def _open_work(work: Path, key: str) -> Path:
    """The folder for finished buckets, emptied when it belongs to another sweep."""
    stamp = work / "scan.json"
    if work.exists() and any(work.iterdir()) and not stamp.exists():
        raise DataError(Problem(what=f"`{work}` holds something else", hint="name an empty or a new folder"))
    parts = work / "parts"
    if stamp.exists() and _key_in(stamp) != key:
        shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True, exist_ok=True)
    if not stamp.exists() or _key_in(stamp) != key:
        write_whole(stamp, json.dumps({"key": key}) + "\n")
    return parts


def _key_in(stamp: Path) -> str | None:
    """The key of the sweep that a work folder belongs to; None when the stamp is damaged, which fits no sweep."""
    try:
        return str(json.loads(stamp.read_text(encoding="utf-8"))["key"])
    except (ValueError, KeyError, TypeError):
        return None


def _table(snapshot: SnapshotFolder, name: str, bucket: int) -> Source:
    files = snapshot.files(name, bucket)
    return files or TABLES[name].schema.empty_table()


def _write_part(folder: Path, relations: Mapping[str, pa.Table], counts: tuple[StepCount, ...]) -> None:
    """Write all of a bucket's results under another name and rename: a bucket is either done or not begun."""
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    for name, table in relations.items():
        pq.write_table(table, temporary / f"{name}.parquet", compression="zstd")
    (temporary / "counts.json").write_text(json.dumps([(c.name, c.n_rows, c.seconds) for c in counts]))
    temporary.rename(folder)


def _profiles(source: Source, found: pa.Table) -> pa.Table:
    """The profiles of those found, a file at a time: far more accounts may have been suspects."""
    ids = pc.field("account_id").isin(found["account_id"].unique())
    if isinstance(source, pa.Table):
        return source.filter(ids)
    return pa.concat_tables([pq.read_table(path, partitioning=None, filters=ids) for path in source])
