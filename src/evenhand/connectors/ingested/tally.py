"""Counts what became of every row, and gathers all rejects into files that a person can open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from pyarrow import ipc

from evenhand.connectors.files.embedded import given
from evenhand.connectors.files.rejects import REJECTS
from evenhand.connectors.ingested.finish import FOUND, ROW_BITS, Placed
from evenhand.connectors.ingested.workplace import REJECTS_CSV, REJECTS_FOLDER
from evenhand.model.snapshot import TABLES

CSV_REJECTS = pa.schema([pa.field("table", pa.string()), *REJECTS])


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCount:
    """What became of the rows of one file: read = kept + rejected."""

    table: str
    file: str
    read: int
    kept: int
    rejected: int
    ignored_columns: tuple[str, ...] = ()
    """Columns that the contract does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How many rows of a table were rejected for the same reason."""

    table: str
    reason: str
    column: str | None
    rows: int
    example: str | None
    """One value or row that was rejected so."""


def gather_rejects(units: Mapping[str, Sequence[Placed]], *, late: Mapping[str, Sequence[Path]],
                   files: Mapping[str, Sequence[str]], into: Path,
                   database: duckdb.DuckDBPyConnection) -> tuple[Counter[tuple[str, str]], list[ReasonCount]]:
    """Writes `rejects/<table>.parquet` and `rejects.csv`, in the order of files and rows.

    `late` are the files of rows that were rejected because of other rows. Gives the number of rejects by table and
    file, and by table and reason.
    """
    by_file: Counter[tuple[str, str]] = Counter()
    reasons: dict[tuple[str, str, str | None], tuple[int, str | None]] = {}
    (into / REJECTS_FOLDER).mkdir(exist_ok=True)
    part = into / f"{REJECTS_CSV}.part"
    with pacsv.CSVWriter(str(part), CSV_REJECTS) as csv:
        for name in TABLES:
            path = into / REJECTS_FOLDER / f"{name}.parquet"
            with pq.ParquetWriter(f"{path}.part", REJECTS, compression="zstd") as out:
                rows = _sorted(units.get(name, ()), late.get(name, ()), files=files.get(name, ()), database=database)
                for batch in rows:
                    out.write_batch(batch)
                    csv.write_batch(pa.record_batch([pa.repeat(pa.scalar(name), len(batch)), *batch.columns],
                                                    schema=CSV_REJECTS))
                    _count(batch, table=name, by_file=by_file, reasons=reasons)
            Path(f"{path}.part").replace(path)
    part.replace(into / REJECTS_CSV)
    counts = [ReasonCount(table=table, reason=reason, column=column, rows=n, example=example)
              for (table, reason, column), (n, example) in reasons.items()]
    order = list(TABLES)
    return by_file, sorted(counts, key=lambda one: (order.index(one.table), -one.rows, one.reason, one.column or ""))


def _sorted(units: Sequence[Placed], late: Sequence[Path], *, files: Sequence[str],
            database: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
    """All rejects of a table in the order of files and rows."""

    def batches() -> Iterator[pa.RecordBatch]:
        for placed in units:
            if placed.unit.n_rejected:
                for batch in placed.unit.rejects().combine_chunks().to_batches():
                    place = (placed.file << ROW_BITS) + batch.column("row").to_numpy()
                    yield pa.record_batch([pa.array(place), *(batch.column(name) for name in FOUND.names[1:])],
                                          schema=FOUND)
        for path in late:
            with pa.memory_map(str(path)) as stored:
                opened = ipc.open_file(stored)
                yield from (opened.get_batch(i) for i in range(opened.num_record_batches))

    names = pa.array(files, pa.string())
    if not any(placed.unit.n_rejected for placed in units) and all(_is_empty(path) for path in late):
        return
    with given(database, pa.RecordBatchReader.from_batches(FOUND, batches())):
        for batch in database.sql("select * from given order by place").to_arrow_reader(100_000):
            place = batch.column("place").to_numpy()
            yield pa.record_batch([names.take(pa.array(place >> ROW_BITS)), pa.array(place & ((1 << ROW_BITS) - 1)),
                                   *batch.columns[1:]], schema=REJECTS)


def _is_empty(path: Path) -> bool:
    with pa.memory_map(str(path)) as stored:
        return bool(ipc.open_file(stored).num_record_batches == 0)


def _count(batch: pa.RecordBatch, *, table: str, by_file: Counter[tuple[str, str]],
           reasons: dict[tuple[str, str, str | None], tuple[int, str | None]]) -> None:
    rows = pa.Table.from_batches([batch])
    for found in rows.group_by("file").aggregate([([], "count_all")]).to_pylist():
        by_file[table, found["file"]] += found["count_all"]
    grouped = rows.group_by(["reason", "column"], use_threads=False)
    for found in grouped.aggregate([([], "count_all"), ("value", "first"), ("excerpt", "first")]).to_pylist():
        key = (table, found["reason"], found["column"])
        n, example = reasons.get(key, (0, None))
        reasons[key] = (n + found["count_all"], example or found["value_first"] or found["excerpt_first"])
