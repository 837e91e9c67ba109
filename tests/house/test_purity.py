"""The core is given its files, its clock and its chance; it does not reach for them."""

from __future__ import annotations

import ast
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src/evenhand"
CORE = ("campaign", "appeals", "transparency", "detectors", "guards", "policy", "registers", "statements", "signals", "ledger",
        "world", "model", "ports.py", "errors.py")
SOURCES = sorted(file for room in CORE for file in (
    [PACKAGE / room] if room.endswith(".py") else (PACKAGE / room).rglob("*.py")) if file.exists())
CLOCK = {"now", "today", "utcnow"}
FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "read_table", "write_table", "mkdir", "unlink"}
SCREEN = {"print", "input"}
TEMPLATES_ARE_CODE = {"transparency/pages.py": {"read_text"}}
"""A page's templates stand beside the code that fills them, and are read as the code itself is."""
CHANCE = {"default_rng", "uuid1", "uuid4", "shuffle", "token_hex"}


def _reaches(text: str, allowed: Collection[str] = ()) -> list[str]:
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    names = ((call.lineno, call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", ""))
             for call in calls)
    return [f"line {line}: {name}()" for line, name in names
            if name in (CLOCK | FILES | SCREEN | CHANCE) - set(allowed)]


def test_the_core_reaches_for_nothing() -> None:
    names = {file.relative_to(PACKAGE).as_posix(): file for file in SOURCES}
    found = {name: reached for name, file in names.items()
             if (reached := _reaches(file.read_text(encoding="utf-8"), TEMPLATES_ARE_CODE.get(name, ())))}
    assert found == {}, "take it as an argument"
    assert len(names) > 300, "the rooms of the core have moved"


def test_a_clock_a_file_and_the_screen_are_seen() -> None:
    assert _reaches("datetime.now()\nPath('a').read_text()\nopen('a')\nprint(1)") == [
        "line 1: now()", "line 2: read_text()", "line 3: open()", "line 4: print()"]
