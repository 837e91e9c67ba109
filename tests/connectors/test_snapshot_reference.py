"""The reference page of the snapshot says what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

from evenhand.model.snapshot import TABLES

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = runpy.run_path(str(ROOT / "tools/write_reference.py"))


def test_the_page_is_what_the_tool_writes() -> None:
    page = (ROOT / "docs/reference/snapshot.md").read_text(encoding="utf-8")
    assert page == TOOL["snapshot_page"](), "run .venv/bin/python tools/write_reference.py"


def test_every_column_has_a_meaning_and_nothing_else_has() -> None:
    assert {table: list(columns) for table, columns in TOOL["MEANINGS"].items()} == {
        name: table.schema.names for name, table in TABLES.items()}
