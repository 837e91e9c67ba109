"""The page of the world says what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

from evenhand.workflows.worlds.stage import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_page_is_what_the_tool_would_write() -> None:
    tool = runpy.run_path(str(ROOT / "tools/write_world_page.py"))
    assert tool["PAGE"].read_text(encoding="utf-8") == tool["page"](), "run tools/write_world_page.py"
    assert tuple(tool["LANGUAGE_NAMES"]) == LANGUAGES
