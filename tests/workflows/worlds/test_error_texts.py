"""What writing a world says of its settings and its folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path

import pytest
from error_texts import entered, error_texts

from evenhand.workflows.buckets.crew import Crew
from evenhand.workflows.worlds.buckets import WORLD
from evenhand.workflows.worlds.write import WorldSettings, workplace

Golden = Callable[[str, str], None]


class Nothing:
    """Work that nobody comes to."""

    def begun(self) -> AbstractContextManager[Callable[[object, object], object]]:
        raise NotImplementedError


def _killed() -> object:
    with Crew(Nothing(), n_processes=1, called=WORLD) as crew:
        for process in crew._members.values():
            process.kill()
        return list(crew.do([1]))


def test_worlds_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("other", "notes"):
        Path(name).mkdir()
    Path("other/world.toml").write_text('job = "layout 1, scale 1/100, seed 7, 9 buckets"\n', encoding="utf-8")
    Path("notes/notes.txt").write_text("", encoding="utf-8")
    with workplace(Path("busy"), job="x"):
        golden("errors/worlds/writing.txt", error_texts({
            "settings out of range": lambda: WorldSettings(scale=Fraction(5), n_buckets=0, seed=-1, processes=-1).checked(),
            "a file for a folder": lambda: entered(workplace(Path("notes/notes.txt"), job="x")),
            "a folder with something else": lambda: entered(workplace(Path("notes"), job="x")),
            "another world": lambda: entered(workplace(Path("other"), job="x")),
            "two at once": lambda: entered(workplace(Path("busy"), job="x")),
            "a process that was killed": _killed,
        }))
