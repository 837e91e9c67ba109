"""An ingested snapshot is found again: its manifest, its files, and the bucket of every account."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.files.embedded import connect
from evenhand.connectors.snapshot import MANIFEST, bucket_of, bucket_path, buckets_of, load_manifest, save_manifest
from evenhand.errors import DataError
from evenhand.model.snapshot import Manifest

DATABASE = connect()
MANIFEST_OF_TWO = Manifest(cut_off=datetime(2026, 11, 1, tzinfo=UTC), n_buckets=4, rows={"accounts": 2, "posts": 0},
                           rejected={"accounts": 1, "posts": 0}, fingerprint="sha256:00")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=20), st.integers(1, 1000))
def test_the_bucket_of_one_account_is_its_bucket_among_many(ids: list[str], n_buckets: int) -> None:
    found = buckets_of(pa.array(ids, pa.string()), n_buckets=n_buckets, database=DATABASE)
    assert found.tolist() == [bucket_of(one, n_buckets=n_buckets) for one in ids]


def test_buckets_do_not_change_between_versions() -> None:
    assert [bucket_of(one, n_buckets=1000) for one in ("1", "42", "did:plc:abc", "ユーザー")] == [940, 793, 698, 209]


def test_accounts_spread_evenly_over_buckets() -> None:
    found = buckets_of(pa.array([str(i) for i in range(10_000)]), n_buckets=10, database=DATABASE).tolist()
    assert all(850 < found.count(bucket) < 1150 for bucket in range(10))


def test_a_manifest_is_read_as_it_was_saved(tmp_path: Path) -> None:
    save_manifest(tmp_path, MANIFEST_OF_TWO)
    assert load_manifest(tmp_path) == MANIFEST_OF_TWO
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]


def test_a_folder_without_a_manifest_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="evenhand ingest"):
        load_manifest(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", "[" * 100_000, '{"version": 1}', "\xff"])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match="damaged"):
        load_manifest(tmp_path)


@pytest.mark.parametrize("change", [{"version": 2}, {"n_buckets": 0}, {"n_buckets": 1001}])
def test_a_manifest_of_another_version_is_refused(tmp_path: Path, change: dict[str, int]) -> None:
    save_manifest(tmp_path, MANIFEST_OF_TWO)
    said = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    (tmp_path / MANIFEST).write_text(json.dumps({**said, **change}), encoding="utf-8")
    with pytest.raises(DataError, match="ingest again"):
        load_manifest(tmp_path)


def test_files_of_buckets_sort_by_their_number(tmp_path: Path) -> None:
    names = [bucket_path(tmp_path, "posts", bucket).name for bucket in (0, 9, 10, 999)]
    assert names == sorted(names) == ["bucket=000.parquet", "bucket=009.parquet", "bucket=010.parquet", "bucket=999.parquet"]
