"""An ingested snapshot on disk: where its tables and buckets stand, and the manifest that says what it holds."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.connectors.files.embedded import query
from evenhand.connectors.files.source import first_line
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import Manifest

MANIFEST = "snapshot.json"
VERSION = 1
"""The version of the layout that this program reads and writes."""
MAX_BUCKETS = 1000
"""File names have three digits for the bucket."""
BUCKET_HASH = "(md5_number({account}) & 18446744073709551615::uhugeint)::ubigint"
"""SQL for the number whose remainder is the bucket: the first eight bytes of the id's MD5, little-endian."""


def bucket_of(account_id: str, *, n_buckets: int) -> int:
    """The bucket in which all rows of an account stand, on every machine and in every language.

    >>> bucket_of("42", n_buckets=8)
    1
    """
    digest = hashlib.md5(account_id.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "little") % n_buckets


def buckets_of(account_ids: pa.Array, *, n_buckets: int, database: duckdb.DuckDBPyConnection) -> NDArray[np.uint16]:
    """The bucket of each of many accounts."""
    if n_buckets == 1:
        return np.zeros(len(account_ids), np.uint16)
    found = query(database, f"select n, {BUCKET_HASH.format(account='id')} as hash from given", rows={"id": account_ids})
    buckets: NDArray[np.uint16] = (found.column("hash").to_numpy() % n_buckets).astype(np.uint16)
    return buckets


def bucket_path(folder: Path, table: str, bucket: int) -> Path:
    """The file of one bucket of a table."""
    return folder / table / f"bucket={bucket:03d}.parquet"


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes `snapshot.json`, whole or not at all. It is the last thing written: where it is, the snapshot is whole."""
    write_whole(folder / MANIFEST, json.dumps({
        "version": manifest.version, "cut_off": manifest.cut_off.isoformat(), "n_buckets": manifest.n_buckets,
        "rows": manifest.rows, "rejected": manifest.rejected, "fingerprint": manifest.fingerprint}, indent=2) + "\n")


def load_manifest(folder: Path) -> Manifest:
    """What the snapshot in a folder holds.

    Raises:
        DataError: the folder holds no ingested snapshot, or its manifest is damaged.
    """
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_bytes())
        manifest = Manifest(
            cut_off=datetime.fromisoformat(said["cut_off"]), n_buckets=int(said["n_buckets"]),
            rows={str(table): int(n) for table, n in said["rows"].items()},
            rejected={str(table): int(n) for table, n in said["rejected"].items()},
            fingerprint=str(said["fingerprint"]), version=int(said["version"]))
    except FileNotFoundError as error:
        raise DataError(Problem(what=f"`{folder}` holds no ingested snapshot", file=str(path),
                                hint="make one with `evenhand ingest SOURCE --into FOLDER`")) from error
    except OSError as error:
        raise DataError(Problem(what=f"the manifest cannot be read: {first_line(error)}", file=str(path),
                                hint="check its permissions, or ingest again")) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(Problem(what="the manifest is damaged", file=str(path),
                                hint="delete the folder and ingest again")) from error
    if not 1 <= manifest.n_buckets <= MAX_BUCKETS:
        raise DataError(Problem(what=f"the snapshot has {manifest.n_buckets:,} buckets, not 1 to {MAX_BUCKETS:,}",
                                file=str(path), hint="delete the folder and ingest again"))
    if manifest.version != VERSION:
        raise DataError(Problem(what=f"the snapshot has version {manifest.version}, this program reads version {VERSION}",
                                file=str(path), hint="ingest again with this program"))
    return manifest


def write_whole(path: Path, text: str) -> None:
    """Writes a small file so that it is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
