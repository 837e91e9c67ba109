"""An ingested snapshot as the sweep reads it: the manifest, and the files of one table in one bucket."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from evenhand.connectors.snapshot import bucket_of, bucket_path, load_manifest


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

    def read_ahead(self, tables: Iterable[str], bucket: int) -> None:
        """Ask the system to fetch a bucket's files from disk while another bucket is worked on."""
        for path in (path for name in tables for path in self.files(name, bucket) if Path(path).exists()):
            with Path(path).open("rb") as file:
                if hasattr(os, "posix_fadvise"):
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)

    def bucket_of(self, account_id: str) -> int:
        """The bucket in which all rows of an account stand."""
        return bucket_of(account_id, n_buckets=self.manifest.n_buckets)
