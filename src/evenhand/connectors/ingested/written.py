"""Rows that need no checking, written straight into a snapshot as an ingest of them would, with the same fingerprint."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.files.embedded import given
from evenhand.connectors.ingested.finish import FEW_VALUES, ROW_GROUP, canonical
from evenhand.model.snapshot import Table


def write_rows(path: Path, rows: pa.Table, *, few: tuple[str, ...] = (), statistics: tuple[str, ...] = ()) -> None:
    """Writes a Parquet file so that it is there whole or not at all, even if two processes write it.

    `few` are columns whose values repeat, `statistics` those with the least and largest of each row group.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with pq.ParquetWriter(str(part), rows.schema, compression="zstd", compression_level=1, use_dictionary=list(few),
                          write_statistics=list(statistics)) as out:
        out.write_table(rows, row_group_size=ROW_GROUP)
    part.replace(path)


def write_bucket(path: Path, rows: pa.Table, *, table: Table) -> None:
    """Writes one bucket of a table of the snapshot. The rows are sorted by account and key."""
    few = tuple(name for name in FEW_VALUES if name in table.schema.names)
    write_rows(path, rows, few=few, statistics=tuple(dict.fromkeys((table.account, *table.key))))


def digest_sums(rows: pa.Table, *, table: Table, database: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The lower and upper halves of the digests of the rows, added up, as the fingerprint takes them."""
    if not len(rows):
        return 0, 0
    with given(database, rows):
        lower, upper = database.execute(f"""
            select sum((digest & 18446744073709551615::uhugeint)::ubigint), sum((digest >> 64)::ubigint)
            from (select md5_number({canonical(table)}) as digest from given)""").fetchall()[0]
    return int(lower), int(upper)
