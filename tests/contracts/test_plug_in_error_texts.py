"""What a person reads whose plug-in is not one, or has the name of another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from error_texts import error_texts

from evenhand.plugins import detectors, guards


def test_plug_ins_that_cannot_be_used(
        golden: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(name: str, entry_points: str, code: str) -> None:
        """As a package of that name in site-packages."""
        folder = tmp_path / name
        (folder / f"{name}-1.0.dist-info").mkdir(parents=True)
        (folder / f"{name}-1.0.dist-info/METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (folder / f"{name}-1.0.dist-info/entry_points.txt").write_text(entry_points)
        (folder / f"{name}.py").write_text(code)
        monkeypatch.syspath_prepend(folder)

    installed("theirs", "[evenhand.detectors]\nspam = theirs:SPAM\n", "SPAM = 'detector'\n")
    installed("ours_again", "[evenhand.guards]\ncritics = ours_again:GUARD\n", "from evenhand.guards.criticism import GUARD\n")
    golden("errors/plugins.txt", error_texts({
        "no detector": detectors.__wrapped__,
        "a guard of another's name": guards.__wrapped__,
    }))
