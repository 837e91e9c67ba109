"""Many files in processes of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")
pytest.importorskip("PIL", reason="the optional extra `media` is not installed")

from evenhand.connectors.media import batch
from evenhand.connectors.media.batch import MediaReaders
from evenhand.connectors.media.reading import Reading, Trouble, Wanted


def killed_by_poison(task: Sequence[Wanted]) -> list[Reading]:
    """Stands for a decoder that a file crashes: a real file of that kind would be a weapon."""
    for one in task:
        if "poison" in one.path:
            os.kill(os.getpid(), signal.SIGKILL)
    return [Reading(path=one.path, sha256="read") for one in task]


def test_files_are_read_in_their_order(captures: Path) -> None:
    names = [str(file.relative_to(captures)) for file in sorted(captures.glob("*/*.png"))] * 6
    with MediaReaders(captures, processes=2) as readers:
        readings = readers.read([Wanted(path=name) for name in names])
    assert [one.path for one in readings] == names
    assert {one.trouble for one in readings} == {None}


def test_a_file_that_kills_its_reader_costs_itself_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_read_some", killed_by_poison)
    monkeypatch.setattr(batch, "FILES_PER_TASK", 3)
    names = [f"{nth}.png" for nth in range(8)] + ["poison.png"] + [f"{nth}.png" for nth in range(9, 14)]
    with MediaReaders(tmp_path, processes=2) as readers:
        for _ in range(2):   # and the readers go on afterwards
            readings = readers.read([Wanted(path=name) for name in names])
            assert [one.path for one in readings] == names
            assert [one.path for one in readings if one.trouble is Trouble.STOPPED] == ["poison.png"]
            assert all(one.sha256 == "read" for one in readings if one.path != "poison.png")
