"""A snapshot's media files read into a new snapshot."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("PIL", reason="the optional extra `media` is not installed")
pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")

from evenhand.connectors.snapshot import MANIFEST
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import ConfigError, DataError
from evenhand.model.snapshot import LATER_COLUMNS, MEDIA
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.media import of_snapshot
from evenhand.workflows.media.of_snapshot import MediaSettings, MediaSummary, read_media_files

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
ROWS: tuple[dict[str, Any], ...] = (
    {"media_id": "1", "account_id": "a", "path": "generators/NovelAI__novelai1_cropped.png"},
    {"media_id": "2", "account_id": "b", "path": "pdq/misc-images__wee.jpg", "digital_source_type": "digitalCapture"},
    {"media_id": "3", "account_id": "a", "path": "pdq/misc-images__wee.jpg", "pdq": "f" * 64},
    {"media_id": "4", "account_id": "b", "path": "c2pa/C.jpg"},
    {"media_id": "5", "account_id": "b", "path": "gone.png", "pdq": "0" * 64, "generator": "given"},
    {"media_id": "6", "account_id": "a"},
    {"media_id": "7", "account_id": "a", "path": "pdq/misc-images__small.jpg", "sha256": "0" * 64},
)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    (source / "accounts.jsonl").write_text('{"account_id":"a","handle":"a"}\n{"account_id":"b","handle":"b"}\n')
    (source / "media.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    ingest(source, tmp_path / "snapshot", cut_off=CUT_OFF, settings=IngestSettings(n_buckets=3))
    return tmp_path / "snapshot"


@pytest.fixture
def captures(root: Path) -> Path:
    return root / "tests/captures/media"


def read(snapshot: Path, captures: Path, into: Path) -> MediaSummary:
    return read_media_files(snapshot, into, MediaSettings(files=captures, processes=1))


def media(folder: Path) -> dict[str, dict[str, Any]]:
    snapshot = SnapshotFolder(folder)
    parts = [pq.read_table(file, partitioning=None) for bucket in range(snapshot.manifest.n_buckets)
             for file in snapshot.files("media", bucket)]
    return {row["media_id"]: row for row in pa.concat_tables(parts).to_pylist()}


def test_empty_columns_are_filled_and_given_ones_stay(snapshot: Path, captures: Path, tmp_path: Path) -> None:
    summary = read(snapshot, captures, tmp_path / "into")
    rows = media(tmp_path / "into")
    assert (rows["1"]["ai_mark"], rows["1"]["generator"], rows["1"]["provenance"]) == ("png_text", "NovelAI", "none")
    wee = "6227401f601ff4ccafcc9fad4b0d95d371a2eb7265a3285234d228ca94deeb2d"
    assert (rows["2"]["pdq"], rows["2"]["pdq_quality"], rows["2"]["digital_source_type"]) == (wee, 100, "digitalCapture")
    assert (rows["3"]["pdq"], rows["3"]["pdq_quality"], rows["3"]["sha256"]) == ("f" * 64, None, rows["2"]["sha256"])
    assert (rows["4"]["provenance"], rows["4"]["digital_source_type"]) == ("intact", "algorithmicMedia")
    assert {**ROWS[4], **{name: None for name in MEDIA.schema.names if name not in ROWS[4]}} == rows["5"]
    assert rows["6"]["provenance"] is None
    assert (rows["7"]["pdq"], rows["7"]["sha256"]) == (None, "0" * 64)
    assert summary.reasons == {"changed": 1, "missing": 1}
    assert [json.loads(line)["path"] for line in (tmp_path / "into/media_problems.jsonl").read_text().splitlines()] == [
        problem.path for problem in summary.problems]


def test_the_old_snapshot_stays_and_the_new_one_has_a_fingerprint_of_its_own(
        snapshot: Path, captures: Path, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in snapshot.rglob("*") if file.is_file()}
    old = SnapshotFolder(snapshot).manifest
    prints = {read(snapshot, captures, tmp_path / name).manifest.fingerprint for name in ("one", "two")}
    assert {file: file.read_bytes() for file in snapshot.rglob("*") if file.is_file()} == before
    assert len(prints) == 1
    assert old.fingerprint not in prints
    assert SnapshotFolder(tmp_path / "one").manifest.rows == old.rows
    accounts = [pq.read_table(SnapshotFolder(tmp_path / "one").files("accounts", bucket)[0], partitioning=None)
                for bucket in range(3)]
    assert sum(table.num_rows for table in accounts) == 2


def test_a_reading_that_was_stopped_leaves_no_snapshot_and_can_begin_again(
        snapshot: Path, captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as stopped:
        stopped.setattr(of_snapshot, "save_manifest", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            read(snapshot, captures, tmp_path / "into")
    assert not (tmp_path / "into" / MANIFEST).exists()
    assert read(snapshot, captures, tmp_path / "into").n_rows == len(ROWS)


def test_a_folder_with_something_else_is_left_alone(snapshot: Path, captures: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("mine")
    for into in (tmp_path / "mine", snapshot):
        with pytest.raises(DataError):
            read(snapshot, captures, into)
    assert (tmp_path / "mine/letter.txt").read_text() == "mine"


def test_a_trust_list_without_a_certificate_is_refused(snapshot: Path, captures: Path, tmp_path: Path) -> None:
    (tmp_path / "list.pem").write_text("nothing")
    with pytest.raises(ConfigError, match="holds no certificate"):
        read_media_files(snapshot, tmp_path / "into", MediaSettings(files=captures, trust=tmp_path / "list.pem"))


def test_without_the_extra_the_next_step_is_told(snapshot: Path, captures: Path, tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_snapshot, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"evenhand\[media\]"):
        read(snapshot, captures, tmp_path / "into")


def test_a_snapshot_from_before_the_later_columns_loads(snapshot: Path, captures: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(snapshot, old)
    for file in (old / "media").glob("*.parquet"):
        pq.write_table(pq.read_table(file, partitioning=None).drop_columns(list(LATER_COLUMNS["media"])), file)
    folder = SnapshotFolder(old)
    sources = [folder.source("media", [bucket]) for bucket in range(3)]
    tables = [source for source in sources if isinstance(source, pa.Table)]
    assert len(tables) == 3
    assert all(table.schema.equals(MEDIA.schema) for table in tables)
    assert all(isinstance(SnapshotFolder(snapshot).source("media", [bucket]), tuple) for bucket in range(3))
    assert read(old, captures, tmp_path / "into").reasons == {"changed": 1, "missing": 1}
    assert media(tmp_path / "into")["1"]["ai_mark"] == "png_text"
