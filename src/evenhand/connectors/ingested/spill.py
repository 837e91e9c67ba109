"""Spills checked rows to disk in units, each written whole or not at all, so that reading can stop at any instant.

A unit is some consecutive rows of one file. Its rows stand in one Arrow file with one batch per bucket.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import ipc

from evenhand.connectors.files.batch import Mark, RawBatch
from evenhand.connectors.files.check import PLACE, Checked
from evenhand.connectors.files.rejects import REJECTS
from evenhand.connectors.files.source import reading, writing
from evenhand.connectors.snapshot import buckets_of, write_whole
from evenhand.model.snapshot import Table

UNIT_BYTES = 64_000_000
"""A unit is closed when its values take more than this."""
ROWS, UNIT_REJECTS, UNIT, DONE = "rows.arrow", "rejects.arrow", "unit.json", "done.json"
_AS_IS = ipc.IpcWriteOptions(use_threads=False)
_COMPRESSED = ipc.IpcWriteOptions(compression="lz4", use_threads=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A finished unit on disk."""

    folder: Path
    n_kept: int
    n_rejected: int
    end: Mark | None
    """Where the next unit starts; None if this is the last one."""
    done_bytes: int
    """How much of the stored file had been read when the unit ended."""

    @property
    def n_read(self) -> int:
        """Rows of the file that the unit accounts for."""
        return self.n_kept + self.n_rejected

    def rows(self, bucket: int | None = None, *, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of one bucket, or of all buckets one after the other, all columns or some."""
        with pa.memory_map(str(self.folder / ROWS)) as stored:
            options = ipc.IpcReadOptions(use_threads=False)
            if columns is not None:
                names = ipc.open_file(stored).schema.names
                options = ipc.IpcReadOptions(use_threads=False, included_fields=[names.index(one) for one in columns])
            opened = ipc.open_file(stored, options=options)
            for i in range(opened.num_record_batches) if bucket is None else (bucket,):
                batch = opened.get_batch(i)
                yield batch if columns is None else batch.select(columns)

    def rejects(self) -> pa.Table:
        """The rows that were rejected while reading."""
        with pa.memory_map(str(self.folder / UNIT_REJECTS)) as stored:
            return ipc.open_file(stored).read_all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spill:
    """The units of one file, in its folder."""

    folder: Path
    table: Table
    n_buckets: int
    compress: bool = False
    """Whether to save disk at the price of a fifth of the whole time."""

    def units(self) -> list[Unit]:
        """The finished units from the first one on, without a gap."""
        found: list[Unit] = []
        while (path := self.folder / f"{len(found):06d}" / UNIT).exists():
            said = json.loads(path.read_bytes())
            found.append(Unit(folder=path.parent, n_kept=said["n_kept"], n_rejected=said["n_rejected"],
                              end=Mark(**said["end"]) if said["end"] else None, done_bytes=said["done_bytes"]))
        return found

    @property
    def is_done(self) -> bool:
        """Whether the whole file is spilled."""
        return (self.folder / DONE).exists()

    def close(self) -> None:
        """Notes that the whole file is spilled."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / DONE, "{}\n")

    def clear_after(self, n_units: int) -> None:
        """Removes what stands after the first units: parts, and units before which one is missing."""
        for path in self.folder.iterdir() if self.folder.exists() else ():
            if path.is_dir() and (path.suffix or int(path.name) >= n_units):
                shutil.rmtree(path)

    def write(self, number: int, batches: Sequence[RawBatch], *, name: str, check: Callable[[RawBatch], Checked],
              database: duckdb.DuckDBPyConnection) -> Unit:
        """Checks the batches of the file of that name and writes them as one unit.

        Raises:
            DataError: the values are damaged beyond telling rows apart, or the disk is full.
        """
        with reading(name):
            checked = [check(batch) for batch in batches]
        with writing(self.folder):
            return self._write(number, batches[-1], checked, database=database)

    def _write(self, number: int, last: RawBatch, checked: Sequence[Checked], *,
               database: duckdb.DuckDBPyConnection) -> Unit:
        rows = pa.Table.from_batches([one.kept for one in checked]).combine_chunks()
        rejects = pa.concat_tables([one.rejects for one in checked])
        part = self.folder / f"{number:06d}.part"
        part.mkdir(parents=True)
        self._write_rows(part / ROWS, rows, database=database)
        with ipc.new_file(str(part / UNIT_REJECTS), REJECTS, options=_COMPRESSED) as out:
            out.write_table(rejects)
        unit = Unit(folder=self.folder / f"{number:06d}", n_kept=len(rows), n_rejected=len(rejects), end=last.end,
                    done_bytes=last.done_bytes)
        said = {"n_kept": unit.n_kept, "n_rejected": unit.n_rejected, "end": asdict(last.end) if last.end else None,
                "done_bytes": unit.done_bytes}
        (part / UNIT).write_text(json.dumps(said), encoding="utf-8")
        part.rename(unit.folder)
        return unit

    def _write_rows(self, path: Path, rows: pa.Table, *, database: duckdb.DuckDBPyConnection) -> None:
        """The rows in one batch per bucket, in the order of the file within each."""
        ids = rows.column(self.table.account).combine_chunks() if len(rows) else pa.array([], pa.string())
        buckets = buckets_of(ids, n_buckets=self.n_buckets, database=database)
        if self.n_buckets > 1:
            rows = rows.take(pa.array(np.argsort(buckets, kind="stable")))
        ends = np.cumsum(np.bincount(buckets, minlength=self.n_buckets))
        whole = rows.to_batches()[0] if len(rows) else pa.RecordBatch.from_pylist([], schema=rows.schema)
        with ipc.new_file(str(path), rows.schema, options=_COMPRESSED if self.compress else _AS_IS) as out:
            for start, end in zip((0, *ends[:-1]), ends, strict=True):
                out.write_batch(whole.slice(start, end - start))


def units_of(batches: Iterator[RawBatch]) -> Iterator[list[RawBatch]]:
    """Batches gathered into units. A unit ends only where reading can go on."""
    unit: list[RawBatch] = []
    for batch in batches:
        unit.append(batch)
        if batch.end is not None and sum(one.nbytes for one in unit) > UNIT_BYTES:
            yield unit
            unit = []
    if unit:
        yield unit


def spilled_schema(table: Table) -> pa.Schema:
    """What a unit holds of a table: its columns, and the place of each row in its file."""
    return pa.schema([*table.schema, *PLACE])
