"""What writing a world says of its settings and its folder."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from error_texts import entered, error_texts

from evenhand.workflows.worlds import buckets
from evenhand.workflows.worlds.buckets import STARTS, Making, make_buckets
from evenhand.workflows.worlds.write import WorldSettings, workplace

Golden = Callable[[str, str], None]


def test_worlds_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("other", "notes"):
        Path(name).mkdir()
    Path("other/world.toml").write_text('job = "layout 1, scale 1/100, seed 7, 9 buckets"\n', encoding="utf-8")
    Path("notes/notes.txt").write_text("", encoding="utf-8")
    making = Making(into=Path("half"), scale=Fraction(1, 5000), seed=0, n_buckets=3)
    making.work.mkdir(parents=True)
    np.save(making.work / STARTS, np.arange(4, dtype=np.int64))
    monkeypatch.setattr(buckets, "share", lambda *_, **__: None)  # processes that were ended before they did anything
    with workplace(Path("busy"), job="x"):
        golden("errors/worlds/writing.txt", error_texts({
            "settings out of range": lambda: WorldSettings(scale=Fraction(5), n_buckets=0, seed=-1, processes=-1).checked(),
            "a file for a folder": lambda: entered(workplace(Path("notes/notes.txt"), job="x")),
            "a folder with something else": lambda: entered(workplace(Path("notes"), job="x")),
            "another world": lambda: entered(workplace(Path("other"), job="x")),
            "two at once": lambda: entered(workplace(Path("busy"), job="x")),
            "processes that ended early": lambda: make_buckets(making, processes=2, told=lambda _done, _total: None),
        }))
