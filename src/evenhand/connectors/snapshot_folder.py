"""An ingested snapshot as the sweep reads it: the manifest, and the files of one table in one bucket."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.snapshot import bucket_of, bucket_path, load_manifest
from evenhand.model.snapshot import LATER_COLUMNS, TABLES
from evenhand.ports import Source


class SnapshotFolder:
    """An ingested snapshot in `path`. Raises `DataError` when the folder holds none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = load_manifest(path)

    def files(self, table: str, bucket: int) -> tuple[str, ...]:
        """The Parquet files with a bucket's rows of `table`; none when the snapshot has no row of that table.

        A file that ought to be there is named even when it is gone, so that its reader says so.
        """
        return (str(bucket_path(self.path, table, bucket)),) if self.manifest.rows.get(table, 0) else ()

    def source(self, table: str, buckets: Iterable[int]) -> Source:
        """The rows of `table` in `buckets`: their files, or a table where there are none or where these lack later columns."""
        files = tuple(path for bucket in buckets for path in self.files(table, bucket))
        if not files:
            return TABLES[table].schema.empty_table()
        if table not in LATER_COLUMNS or not Path(files[0]).exists() or all(_is_current(file, table) for file in files):
            return files
        return pa.concat_tables([completed(pq.read_table(file, partitioning=None), table) for file in files])

    def read_ahead(self, tables: Iterable[str], bucket: int) -> None:
        """Ask the system to fetch a bucket's files from disk while another bucket is worked on."""
        for path in (path for name in tables for path in self.files(name, bucket) if Path(path).exists()):
            with Path(path).open("rb") as file:
                if hasattr(os, "posix_fadvise"):
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)

    def bucket_of(self, account_id: str) -> int:
        """The bucket in which all rows of an account stand."""
        return bucket_of(account_id, n_buckets=self.manifest.n_buckets)


def _is_current(file: str, table: str) -> bool:
    return set(LATER_COLUMNS[table]) <= set(pq.read_schema(file).names)


def completed(rows: pa.Table, table: str) -> pa.Table:
    """The rows with the columns that came later in the contract, empty where an older snapshot lacks them."""
    schema = TABLES[table].schema
    for name in LATER_COLUMNS.get(table, ()):
        if name not in rows.column_names:
            rows = rows.append_column(schema.field(name), pa.nulls(len(rows), schema.field(name).type))
    return rows
