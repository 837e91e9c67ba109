"""What a person reads when an ingest stops: in a folder that is not its own, for lack of room, or with too many rejects."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from error_texts import error_texts

from evenhand.connectors.ingested.workplace import LOCK, WORK
from evenhand.connectors.snapshot import MANIFEST, load_manifest
from evenhand.workflows import ingest as ingesting
from evenhand.workflows.ingest import IngestSettings, ingest

if TYPE_CHECKING:
    from collections.abc import Iterator

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
HEADER = "account_id,handle,followers,created_at\n"
GOOD = HEADER + "1,a,5,2020-01-01\n"
Golden = Callable[[str, str], None]


class Exports:
    """A folder with exports, ingested one after the other into folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ingested(self, name: str, content: str | bytes, *, mapping: str | None = None, into: Path | None = None,
                 **settings: Any) -> object:
        source = self.folder / name
        source.mkdir()
        (source / "accounts.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        if mapping is not None:
            (source / "snapshot.toml").write_text(mapping)
        return ingest(source, into or self.folder / f"{name}-snapshot", cut_off=CUT_OFF,
                      settings=IngestSettings(threads=1, **settings))


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    return Exports(tmp_path)


def test_exports_of_which_too_little_is_left(golden: Golden, exports: Exports, tmp_path: Path) -> None:
    golden("errors/connectors/ingested/rejected.txt", error_texts({
        "a header and no more": lambda: exports.ingested("empty", HEADER),
        "values of another type": lambda: exports.ingested("typed", HEADER + "1,a,many,2020-01-01\n2,b,5,2020-01-01\n"),
        "times as numbers": lambda: exports.ingested("numbers", HEADER + "1,a,5,1577836800\n"),
        "times after the cut-off": lambda: exports.ingested("late", HEADER + "1,a,5,2027-01-01\n"),
        "another encoding": lambda: exports.ingested("latin", HEADER.encode() + b"1,\xe4,5,2020-01-01\n"),
        "nothing but rejects, all of them allowed": lambda: exports.ingested(
            "odd", HEADER + "1,a,many,2020-01-01\n", max_reject_share=1.0),
        "a time format that is none": lambda: exports.ingested(
            "format", GOOD, mapping='[accounts.columns]\ncreated_at = { column = "created_at", format = "%Q" }\n'),
    }, hide={str(tmp_path): "/exports"}))


@contextmanager
def locked(into: Path) -> Iterator[None]:
    """As another ingest into the folder would hold it."""
    (into / WORK).mkdir(parents=True)
    handle = os.open(into / WORK / LOCK, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def test_folders_into_which_nothing_is_ingested(golden: Golden, exports: Exports, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter-1.odt").write_text("x")
    exports.ingested("first", GOOD)

    def while_another_does() -> object:
        with locked(tmp_path / "busy"):
            return exports.ingested("second", GOOD, into=tmp_path / "busy")

    golden("errors/connectors/ingested/folders.txt", error_texts({
        "a file": lambda: exports.ingested("third", GOOD, into=tmp_path / "file"),
        "somebody's thesis": lambda: exports.ingested("fourth", GOOD, into=tmp_path / "thesis"),
        "a snapshot of something else": lambda: exports.ingested("fifth", GOOD, into=tmp_path / "first-snapshot"),
        "another ingest is at work": while_another_does,
        "a folder below a file": lambda: exports.ingested("sixth", GOOD, into=tmp_path / "file" / "snapshot"),
    }, hide={str(tmp_path): "/exports"}))


def test_machines_that_are_too_small(golden: Golden, exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = tmp_path / "full"
    (full / WORK).mkdir(parents=True)
    (full / WORK / LOCK).touch()
    (full / f"{MANIFEST}.part").symlink_to("/dev/full")

    def with_little_memory() -> object:
        with monkeypatch.context() as here:
            here.setattr(ingesting, "LEAST_MEMORY", 0)
            return exports.ingested("large", GOOD, memory_bytes=1_000_000)

    text = error_texts({
        "no room on the disk": lambda: exports.ingested("roomy", GOOD, into=full),
        "too little memory": with_little_memory,
    }, hide={str(tmp_path): "/exports"})
    golden("errors/connectors/ingested/machines.txt", re.sub(r"\([^()]* used\)", "(… used)", text))


def manifest(folder: Path, text: str) -> object:
    folder.mkdir()
    (folder / MANIFEST).write_text(text)
    return load_manifest(folder)


def test_snapshots_that_are_none(golden: Golden, tmp_path: Path) -> None:
    sound = ('{"version": 1, "cut_off": "2026-11-01T00:00:00+00:00", "n_buckets": 4, "rows": {}, "rejected": {}, '
             '"fingerprint": "sha256:0"}')
    (tmp_path / "folder" / MANIFEST).mkdir(parents=True)
    golden("errors/connectors/ingested/snapshots.txt", error_texts({
        "nothing is there": lambda: load_manifest(tmp_path / "nowhere"),
        "a folder in its place": lambda: load_manifest(tmp_path / "folder"),
        "half of it": lambda: manifest(tmp_path / "half", sound[:50]),
        "of a later version": lambda: manifest(tmp_path / "later", sound.replace('"version": 1', '"version": 7')),
        "without buckets": lambda: manifest(tmp_path / "none", sound.replace('"n_buckets": 4', '"n_buckets": 0')),
    }, hide={str(tmp_path): "/exports"}))
