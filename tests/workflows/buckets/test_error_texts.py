"""What a sweep says of its folder, its disk and its processes."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from error_texts import entered, error_texts
from shipped_materials import small_materials
from small_snapshot import written_snapshot

from evenhand.workflows.buckets.crew import Crew
from evenhand.workflows.buckets.hands import BucketWork
from evenhand.workflows.buckets.machine import allowed_bytes, memory_bytes
from evenhand.workflows.buckets.parts import open_parts, writing
from evenhand.workflows.prepared import read_prepared

Golden = Callable[[str, str], None]


class Nothing:
    """Work that nobody comes to."""

    def begun(self) -> AbstractContextManager[Callable[[object, object], object]]:
        raise NotImplementedError


def _killed() -> object:
    with Crew(Nothing(), n_processes=1) as crew:
        for process in crew._members.values():
            process.kill()
        return list(crew.do([1]))


def _full(folder: Path) -> object:
    with writing(folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_sweeps_that_cannot_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("mine", encoding="utf-8")
    written_snapshot(Path("snapshot"), n_planned=1, n_others=1)
    work = BucketWork(materials=small_materials(), snapshot=Path("snapshot"), work=Path("work"), key="another",
                      engine_bytes=500_000_000)
    with open_parts(Path("busy"), key="x"):
        golden("errors/buckets/sweeping.txt", error_texts({
            "an amount of memory that is none": lambda: memory_bytes("-2GB"),
            "less memory than it takes": lambda: allowed_bytes("100MB"),
            "a folder with something else": lambda: entered(open_parts(Path("mine"), key="x")),
            "two at once": lambda: entered(open_parts(Path("busy"), key="x")),
            "a folder below a file": lambda: entered(open_parts(Path("mine/letter.txt/plan"), key="x")),
            "a full disk": lambda: _full(Path("plan")),
            "a process that was killed": _killed,
            "a snapshot that was changed meanwhile": lambda: entered(work.begun()),
            "prepared materials that went away": lambda: read_prepared(Path("gone.pickle")),
        }))
