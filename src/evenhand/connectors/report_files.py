"""Reports of users out of files, CSV, JSON lines, Parquet or Arrow: read as snapshots are, every row accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from evenhand.connectors.files.batch import Reader
from evenhand.connectors.files.check import check
from evenhand.connectors.files.mapping import ColumnRule, TableRule
from evenhand.connectors.files.rejects import REJECTS
from evenhand.connectors.files.source import SourceFile, files_at, place, reading
from evenhand.connectors.ingested.reading import open_file
from evenhand.errors import DataError, Problem
from evenhand.model.registers.intake import INTAKE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """What files of reports hold: rows read = rows kept + rejects."""

    reports: pa.Table
    """Rows as `INTAKE`."""
    rejects: pa.Table
    """Rows that were left out: file, row, line, reason, column, value."""
    digest: str
    """SHA-256 over what was kept, hexadecimal; the same reports give the same."""

    @property
    def n_read(self) -> int:
        """Rows in the files."""
        return int(self.reports.num_rows) + int(self.rejects.num_rows)


def read_reports(files: Sequence[Path], *, columns: Mapping[str, str], cut_off: datetime) -> ReportFiles:
    """All reports of `files`. `columns` says how ours are called there; nothing may be later than `cut_off`.

    Raises:
        DataError: a file cannot be read or lacks a column; a name in `columns` is none of ours.
    """
    ours = ", ".join(f"`{one}`" for one in INTAKE.schema.names)
    if unknown := [Problem(what=f"a report has no `{name}`", hint=f"it has {ours}")
                   for name in columns if name not in INTAKE.schema.names]:
        raise DataError(unknown)
    rule = TableRule(columns={name: ColumnRule(column=theirs) for name, theirs in columns.items()})
    kept: list[pa.RecordBatch] = []
    rejects: list[pa.Table] = []
    with duckdb.connect() as database:
        for path in files:
            found = files_at(place(path))
            if not found:
                raise DataError(Problem(what=f"`{path}` is not there", file=str(path), hint="check the path"))
            for file in found:
                reader = _opened(file, rule=rule, database=database)
                with reading(file.name, is_local=file.is_local):
                    for raw in reader.batches(reader.start) if reader is not None else ():
                        done = check(raw, table=INTAKE, rule=rule, cut_off=cut_off, file=file.name, database=database)
                        kept.append(done.kept.select(INTAKE.schema.names))
                        rejects.append(done.rejects)
    reports = pa.Table.from_batches(kept, schema=INTAKE.schema)
    return ReportFiles(reports=reports, digest=_digest(reports),
                       rejects=pa.concat_tables(rejects) if rejects else REJECTS.empty_table())


def _opened(file: SourceFile, *, rule: TableRule, database: duckdb.DuckDBPyConnection) -> Reader | None:
    """The opened file; a column that it lacks is told with what to write here, where no mapping file is read."""
    try:
        return open_file(file, table=INTAKE, rule=rule, database=database)
    except DataError as error:
        raise DataError([
            replace(one, hint="name it with `--column OURS=THEIRS`") if "snapshot.toml" in (one.hint or "") else one
            for one in error.problems]) from error


def _digest(reports: pa.Table) -> str:
    hashed = hashlib.sha256()
    for batch in reports.combine_chunks().to_batches():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        hashed.update(sink.getvalue())
    return hashed.hexdigest()
