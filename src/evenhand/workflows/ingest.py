"""Ingest: files that a platform hands over become a snapshot, every row kept or rejected with its reason."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from evenhand.connectors.files.discover import Source, discover
from evenhand.connectors.files.embedded import connect
from evenhand.connectors.files.source import writing
from evenhand.connectors.ingested.finish import Finished, Placed, find_duplicates, finish_bucket, needs_platform
from evenhand.connectors.ingested.reading import LAYOUT, Job, Step, open_all, spill_all
from evenhand.connectors.ingested.summary import IngestSummary, load_summary, refuse_too_many, save_summary
from evenhand.connectors.ingested.tally import FileCount, gather_rejects
from evenhand.connectors.ingested.workplace import WORK, Workplace, workplace
from evenhand.connectors.snapshot import MANIFEST, MAX_BUCKETS, load_manifest, save_manifest, write_whole
from evenhand.errors import ConfigError, DataError, Problem
from evenhand.model.snapshot import EARLIEST, LATER_COLUMNS, LATER_TABLES, TABLES, Manifest, Table

__all__ = ["IngestProgress", "IngestSettings", "IngestSummary", "Report", "earlier_cut_off", "ingest", "load_summary"]

BUCKET_BYTES = 256_000_000
"""A bucket should take about this much in memory, so that one fits beside the work on it."""
LEAST_MEMORY = 100_000_000
CUT_OFF = "cut-off"
"""The file beside unfinished work that names its cut-off."""
SPILL_BYTES = 10_000_000_000
"""Larger input is compressed between reading and writing, since disk is then dearer than time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings:
    """How to ingest. Nothing here changes what is kept but `max_reject_share`, which can only stop."""

    n_buckets: int | None = None
    """Parts that each hold all rows of their accounts, 1 to 1000; None to choose by the size of the input."""
    max_reject_share: float = 0.01
    """When more than this share (0 to 1) of a table's rows is rejected, the ingest stops with an error."""
    threads: int = 0
    """Threads that check and write; 0 for one per processor."""
    memory_bytes: int = 2_000_000_000
    """What sorting and joining may take in memory before it goes to disk, in all threads together."""

    def checked(self) -> IngestSettings:
        """The same settings.

        Raises:
            ConfigError: one of them is out of range.
        """
        problems = [Problem(what=what, hint=hint) for is_wrong, what, hint in (
            (self.n_buckets is not None and not 1 <= self.n_buckets <= MAX_BUCKETS,
             f"`n_buckets` is {self.n_buckets}, not 1 to {MAX_BUCKETS}", "leave it out to have it chosen by size"),
            (not 0 <= self.max_reject_share <= 1, f"`max_reject_share` is {self.max_reject_share}, not 0 to 1",
             "0.01 stops when more than one row in a hundred cannot be used"),
            (self.threads < 0, f"`threads` is {self.threads}, not 0 or more", "0 is one for each processor"),
            (self.memory_bytes < LEAST_MEMORY, f"`memory_bytes` is {self.memory_bytes:,}, not {LEAST_MEMORY:,} or more",
             "leave it out for two gigabytes"),
        ) if is_wrong]
        if problems:
            raise ConfigError(problems)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestProgress:
    """How far an ingest has come."""

    stage: str
    """`reading` (measured in stored bytes), then `comparing` (in tables), then `writing` (in buckets)."""
    what: str
    """The file, table or bucket in hand."""
    done: int
    total: int
    rows: int
    """Rows read so far."""


Report = Callable[[IngestProgress], None]


def ingest(source: str | Path, into: Path, *, cut_off: datetime, mapping: Path | None = None,
           settings: IngestSettings | None = None, progress: Report | None = None) -> IngestSummary:
    """What was read, kept and rejected; the snapshot stands in the folder `into`.

    `cut_off` is the time (with a zone) after which nothing may be in the snapshot. Stopped at any instant, the same
    call goes on where it was, and gives the same result.

    Raises:
        DataError: the source cannot be used, or too many of its rows; all that was found wrong at once.
        ConfigError: a setting is out of range.
        Unreachable: object storage did not answer.
    """
    settings = (settings or IngestSettings()).checked()
    if cut_off.tzinfo is None or cut_off <= EARLIEST:
        raise ConfigError(Problem(what=f"the cut-off `{cut_off.isoformat()}` has no zone or is before {EARLIEST.year}",
                                  hint="write it as in `2026-11-01T00:00:00Z`"))
    cut_off, report = cut_off.astimezone(UTC), progress or (lambda _: None)
    found = discover(source, mapping=mapping, without=into)
    n_buckets = settings.n_buckets or buckets_for(found)
    job = job_digest(found, cut_off=cut_off, n_buckets=n_buckets)
    if (into / MANIFEST).exists() and (summary := load_summary(into, job=job)):
        return summary
    threads = settings.threads or os.cpu_count() or 1
    with workplace(into, job=job) as place, closing(
            connect(threads=threads, memory_bytes=settings.memory_bytes, spill=place.spill)) as database:
        note_cut_off(place, cut_off)
        jobs, problems = open_all(found, cut_off=cut_off, n_buckets=n_buckets, work=place.work, database=database,
                                  compress=found.memory_bytes > SPILL_BYTES)
        if problems:
            raise DataError(problems)
        spill_all(jobs, cut_off=cut_off, threads=threads, database=database, report=_reading(found.n_bytes, report))
        units = placed_units(jobs)
        with writing(into):
            place.prepare()
            compare(units, place=place, database=database, report=report)
            finished = finish(units, n_buckets=n_buckets, place=place, threads=threads, database=database, report=report)
            rejected, reasons = gather_rejects(
                units, late={name: [tables[name].rejects for tables in finished] for name in TABLES},
                files={name: [job.file.name for job in jobs if job.table.name == name] for name in TABLES},
                into=into, database=database)
            files = count_files(jobs, rejected)
            manifest = sum_up(files, finished, cut_off=cut_off)
            summary = IngestSummary(manifest=manifest, files=files, reasons=tuple(reasons), ignored_files=found.ignored)
            refuse_too_many(summary, into=into, most=settings.max_reject_share)
            save_summary(into, summary, job=job)
            save_manifest(into, summary.manifest)
            place.clear()
    return summary


def note_cut_off(place: Workplace, cut_off: datetime) -> None:
    """Keeps the cut-off beside the unfinished work, for `earlier_cut_off`."""
    with writing(place.into):
        write_whole(place.work / CUT_OFF, cut_off.isoformat() + "\n")


def earlier_cut_off(into: Path) -> datetime | None:
    """The cut-off of the snapshot in a folder, finished or not; None if there is none.

    Who lets the cut-off default to the present asks here first, or a second run would not go on with the first one.
    """
    try:
        if (into / MANIFEST).exists():
            return load_manifest(into).cut_off
        return datetime.fromisoformat((into / WORK / CUT_OFF).read_text(encoding="utf-8").strip())
    except (DataError, OSError, ValueError):
        return None


def buckets_for(source: Source) -> int:
    """How many buckets the input should be split into, by its size."""
    return min(MAX_BUCKETS, max(1, -(-source.memory_bytes // BUCKET_BYTES)))


def job_digest(source: Source, *, cut_off: datetime, n_buckets: int) -> str:
    """Changes with everything that the result depends on: files, mapping, cut-off, number of buckets."""
    files = [[table, file.name, file.path, file.size, file.changed_ns]
             for table, files in source.files.items() for file in files]
    said = json.dumps([LAYOUT, files, source.mapping.digest, cut_off.isoformat(), n_buckets])
    return hashlib.sha256(said.encode()).hexdigest()


def placed_units(jobs: Sequence[Job]) -> dict[str, list[Placed]]:
    """All units of each table, each with the number of its file among the files of that table."""
    numbers = dict.fromkeys(TABLES, 0)
    placed: dict[str, list[Placed]] = {name: [] for name in TABLES}
    for job in jobs:
        name = job.table.name
        placed[name] += [Placed(unit=unit, file=numbers[name]) for unit in job.spill.units()]
        numbers[name] += 1
    return placed


def _reading(total: int, report: Report) -> Callable[[Step], None]:
    return lambda step: report(IngestProgress(stage="reading", what=step.job.file.name, done=step.done_bytes,
                                              total=total, rows=step.n_rows))


def compare(units: Mapping[str, Sequence[Placed]], *, place: Workplace, database: duckdb.DuckDBPyConnection,
            report: Report) -> None:
    """Finds ids that stand more than once on the whole platform, and notes them for the buckets."""
    across = [table for table in TABLES.values() if needs_platform(table)]
    for done, table in enumerate(across):
        path = place.finish / f"{table.name}.arrow"
        if not path.exists():
            report(IngestProgress(stage="comparing", what=table.name, done=done, total=len(across), rows=n_read(units)))
            find_duplicates(units[table.name], table=table, into=path, database=database)


def finish(units: Mapping[str, Sequence[Placed]], *, n_buckets: int, place: Workplace, threads: int,
           database: duckdb.DuckDBPyConnection, report: Report) -> list[dict[str, Finished]]:
    """All buckets written, several at a time."""

    def write(bucket: int) -> dict[str, Finished]:
        with database.cursor() as cursor:
            return finish_bucket(bucket, units=units, duplicates=place.finish, into=place.into, work=place.finish,
                                 database=cursor)

    finished = []
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for bucket, tables in enumerate(pool.map(write, range(n_buckets))):
            finished.append(tables)
            report(IngestProgress(stage="writing", what=f"bucket {bucket}", done=bucket + 1, total=n_buckets,
                                  rows=n_read(units)))
    return finished


def n_read(units: Mapping[str, Sequence[Placed]]) -> int:
    """How many rows were read."""
    return sum(placed.unit.n_read for some in units.values() for placed in some)


def fingerprint(finished: Sequence[Mapping[str, Finished]]) -> str:
    """A digest over all kept rows that is the same for every order of rows and number of buckets, as `sha256:…`."""
    said = {}
    for name, table in TABLES.items():
        parts = [tables[name] for tables in finished]
        if name in LATER_TABLES and not any(part.n_kept for part in parts):
            continue
        said[name] = {"columns": first_columns(table), "rows": sum(part.n_kept for part in parts),
                      "sums": [f"{sum(part.sums[i] for part in parts) % 2**128:032x}" for i in (0, 1)]}
    return "sha256:" + hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def first_columns(table: Table) -> list[str]:
    """The columns of the contract's first version."""
    return [name for name in table.schema.names if name not in LATER_COLUMNS.get(table.name, ())]


def count_files(jobs: Sequence[Job], rejected: Mapping[tuple[str, str], int]) -> tuple[FileCount, ...]:
    """What became of the rows of each file."""
    counts = []
    for job in jobs:
        read = sum(unit.n_read for unit in job.spill.units())
        gone = rejected.get((job.table.name, job.file.name), 0)
        counts.append(FileCount(table=job.table.name, file=job.file.name, read=read, kept=read - gone, rejected=gone,
                                ignored_columns=job.reader.ignored if job.reader else ()))
    return tuple(counts)


def sum_up(files: Sequence[FileCount], finished: Sequence[Mapping[str, Finished]], *, cut_off: datetime) -> Manifest:
    """The manifest. It is our bug if a row is neither kept nor rejected, and then there is none."""
    rows = {name: sum(tables[name].n_kept for tables in finished) for name in TABLES}
    for name, n_kept in rows.items():
        expected = sum(file.kept for file in files if file.table == name)
        if expected != n_kept:
            raise AssertionError(f"{name}: {n_kept} rows were written, {expected} should have been")
    return Manifest(cut_off=cut_off, n_buckets=len(finished), rows=rows, fingerprint=fingerprint(finished), rejected={
        name: sum(file.rejected for file in files if file.table == name) for name in TABLES})
