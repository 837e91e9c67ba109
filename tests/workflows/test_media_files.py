"""Pictures as a register of holders names them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

pytest.importorskip("PIL", reason="the optional extra `media` is not installed")
pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")

from evenhand.connectors.registries.checks import PICTURE
from evenhand.errors import ConfigError
from evenhand.workflows.media.of_folder import pictures_in


def test_each_picture_is_named_or_told_why_not(root: Path, tmp_path: Path) -> None:
    captures = root / "tests/captures/media"
    (tmp_path / "deep").mkdir()
    shutil.copy(captures / "pdq/misc-images__wee.jpg", tmp_path / "deep/logo of us.jpg")
    shutil.copy(captures / "pdq/misc-images__small.jpg", tmp_path / "plain.jpg")
    (tmp_path / "notes.txt").write_text("notes")
    logo, notes, plain = pictures_in(tmp_path)
    assert logo.avatar == "6227401f601ff4ccafcc9fad4b0d95d371a2eb7265a3285234d228ca94deeb2d deep/logo of us.jpg"
    assert logo.is_usable
    assert re.match(PICTURE, logo.avatar)
    assert (notes.avatar, plain.is_usable) == ("", False)
    assert "unknown_format" in notes.why
    assert "quality is 0" in plain.why


def test_a_link_that_leads_nowhere_is_told_like_any_other_file(tmp_path: Path) -> None:
    (tmp_path / "gone.png").symlink_to("nowhere.png")
    [gone] = pictures_in(tmp_path)
    assert (gone.path, gone.is_usable, gone.why.partition(":")[0]) == ("gone.png", False, "missing")


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a folder"):
        pictures_in(tmp_path / "none")
