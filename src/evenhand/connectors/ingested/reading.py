"""Opens the files of a source whatever their format, and spills all of them, several units at a time."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from evenhand.connectors.files.arrow import open_arrow
from evenhand.connectors.files.batch import Mark, RawBatch, Reader
from evenhand.connectors.files.check import check
from evenhand.connectors.files.csv import open_csv
from evenhand.connectors.files.discover import Source
from evenhand.connectors.files.jsonl import open_jsonl
from evenhand.connectors.files.mapping import TableRule
from evenhand.connectors.files.parquet import open_parquet
from evenhand.connectors.files.parse import is_time_format
from evenhand.connectors.files.source import Format, SourceFile, reading
from evenhand.connectors.ingested.spill import Spill, Unit, units_of
from evenhand.errors import EvenhandError, Problem
from evenhand.model.snapshot import TABLES, Table

LAYOUT = 1
"""Changes when spilled units of an older program can no longer be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file of one table, opened, and where its rows are spilled."""

    table: Table
    file: SourceFile
    rule: TableRule
    reader: Reader | None
    """None if the file is empty."""
    spill: Spill


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far the reading of all files has come."""

    job: Job
    done_bytes: int
    """Stored bytes of all files that have been read."""
    n_rows: int
    """Rows of all files that have been read."""


def open_file(file: SourceFile, *, table: Table, rule: TableRule, database: duckdb.DuckDBPyConnection) -> Reader | None:
    """The opened file, or None if it is empty.

    Raises:
        DataError: the file is damaged, or does not have what the table needs.
    """
    with reading(file.name, is_local=file.is_local):
        kind = rule.format or file.format
        if kind == Format.CSV:
            return open_csv(file, table=table, rule=rule)
        if kind == Format.JSONL:
            return open_jsonl(file, table=table, rule=rule, database=database)
        if kind == Format.PARQUET:
            return open_parquet(file, table=table, rule=rule)
        return open_arrow(file, table=table, rule=rule)


def open_all(source: Source, *, cut_off: datetime, n_buckets: int, work: Path, compress: bool,
             database: duckdb.DuckDBPyConnection) -> tuple[list[Job], list[Problem]]:
    """Every file opened, in the order of tables and names, and what is wrong with those that cannot be."""
    jobs: list[Job] = []
    problems: list[Problem] = []
    for name, table in TABLES.items():
        rule = source.mapping.of(name)
        problems += _format_problems(table, rule=rule, database=database)
        for file in source.files.get(name, ()):
            key = unit_key(file, table=name, rule=rule, cut_off=cut_off, n_buckets=n_buckets)
            try:
                reader = open_file(file, table=table, rule=rule, database=database)
            except EvenhandError as error:
                problems.extend(error.problems)
                continue
            jobs.append(Job(table=table, file=file, rule=rule, reader=reader,
                            spill=Spill(folder=work / f"{name}-{key}", table=table, n_buckets=n_buckets, compress=compress)))
    return jobs, problems


def _format_problems(table: Table, *, rule: TableRule, database: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Time formats of the mapping that are none."""
    return [Problem(what=f"`{spelling}` of `{table.name}.{column}` is no time format",
                    hint="write a strptime format, such as `%d.%m.%Y %H:%M`")
            for column, one in rule.columns.items()
            if (spelling := one.time_format) is not None and not is_time_format(spelling, database=database)]


def unit_key(file: SourceFile, *, table: str, rule: TableRule, cut_off: datetime, n_buckets: int) -> str:
    """A name for the spilled rows of a file that changes with everything they depend on."""
    said = [LAYOUT, table, file.name, file.path, file.size, file.changed_ns, repr(rule), cut_off.isoformat(), n_buckets]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def spill_all(jobs: Sequence[Job], *, cut_off: datetime, threads: int, database: duckdb.DuckDBPyConnection,
              report: Callable[[Step], None]) -> None:
    """Spills every file, from where an earlier run stopped.

    This thread reads while `threads` others check and write, so that at most `threads` + 2 units are in memory.
    """
    done_bytes = n_rows = 0
    waiting: deque[tuple[Job, int, Future[Unit]]] = deque()
    read_through: list[Job] = []

    def settle(most: int) -> None:
        nonlocal n_rows
        while len(waiting) > most:
            job, before, future = waiting.popleft()
            unit = future.result()
            n_rows += unit.n_read
            report(Step(job=job, done_bytes=before + unit.done_bytes, n_rows=n_rows))
            for finished in [one for one in read_through if all(one is not busy for busy, _, _ in waiting)]:
                finished.spill.close()
                read_through.remove(finished)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        try:
            for job in jobs:
                n_rows += sum(unit.n_read for unit in job.spill.units())
                for write in _writes(job, cut_off=cut_off, database=database):
                    settle(threads)
                    waiting.append((job, done_bytes, pool.submit(write)))
                read_through.append(job)
                done_bytes += job.file.size
            settle(0)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    for job in read_through:
        job.spill.close()


def _writes(job: Job, *, cut_off: datetime, database: duckdb.DuckDBPyConnection) -> Iterator[Callable[[], Unit]]:
    """One call for each unit that is still to be written."""
    done = job.spill.units()
    if job.reader is None or job.spill.is_done or (done and done[-1].end is None):
        return
    job.spill.clear_after(len(done))
    start = done[-1].end if done and done[-1].end else job.reader.start
    for number, batches in enumerate(_units(job, start), start=len(done)):
        yield partial(_write, job, number, batches, cut_off=cut_off, database=database)


def _units(job: Job, start: Mark) -> Iterator[list[RawBatch]]:
    with reading(job.file.name, is_local=job.file.is_local):
        yield from units_of(job.reader.batches(start) if job.reader else iter(()))


def _write(job: Job, number: int, batches: list[RawBatch], *, cut_off: datetime,
           database: duckdb.DuckDBPyConnection) -> Unit:
    checks = partial(check, table=job.table, rule=job.rule, cut_off=cut_off, file=job.file.name, database=database)
    return job.spill.write(number, batches, name=job.file.name, check=checks, database=database.cursor())
