"""What reading media files says of a folder or a trust list that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from error_texts import command, error_texts
from small_snapshot import written_snapshot

from evenhand.workflows.media import of_snapshot

Golden = Callable[[str, str], None]


def test_media_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    written_snapshot(Path("snapshot"), n_planned=1, n_others=1)
    for name in ("media", "mine"):
        Path(name).mkdir()
    for name in ("letter.txt", "mine/letter.txt"):
        Path(name).write_text("no certificate", encoding="utf-8")
    Path("binary.pem").write_bytes(b"\xff\xfe")
    read = ("media", "snapshot", "--files")
    texts = {
        "pictures in a file": command("registry", "pictures", "letter.txt"),
        "a folder that is a file": command(*read, "letter.txt", "--into", "new"),
        "the snapshot itself": command(*read, "media", "--into", "snapshot"),
        "a folder with something else": command(*read, "media", "--into", "mine"),
        "a trust list that is no text": command(*read, "media", "--into", "new", "--trust", "binary.pem"),
        "a trust list without a certificate": command(*read, "media", "--into", "new", "--trust", "letter.txt")}
    golden("errors/media/reading.txt", error_texts(texts))
    monkeypatch.setattr(of_snapshot, "find_spec", lambda _: None)
    golden("errors/media/not_installed.txt", error_texts({"the extra for media": command(*read, "media", "--into", "new")}))
