"""Files, functions and rooms stay small enough to be read in one go."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src/evenhand"
SOURCES = sorted(PACKAGE.rglob("*.py"))

LINES_IN_A_FILE = 500
LINES_IN_NINE_FILES_OF_TEN = 300
LINES_IN_A_FUNCTION = 50
FILES_IN_A_ROOM = 20
DRAWERS = {"util", "utils", "misc", "common", "core", "helper", "helpers", "service", "services", "manager", "managers",
           "base", "shared", "lib", "stuff", "tools"}

type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


def _n_lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _functions(file: Path) -> Iterator[type_of_function]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, type_of_function):
            yield node


def _n_lines_without_docstring(function: type_of_function) -> int:
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = first.end_lineno - first.lineno + 1 if has_docstring and first.end_lineno else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def test_no_file_is_too_long() -> None:
    too_long = {str(file.relative_to(PACKAGE)): n for file in SOURCES if (n := _n_lines(file)) > LINES_IN_A_FILE}
    assert too_long == {}, "split it by what it is about"


def test_nine_files_of_ten_are_short() -> None:
    lengths = sorted(_n_lines(file) for file in SOURCES)
    assert statistics.quantiles(lengths, n=10)[-1] <= LINES_IN_NINE_FILES_OF_TEN


def test_no_function_is_too_long() -> None:
    too_long = {f"{file.relative_to(PACKAGE)}:{function.lineno}: {function.name}": n
                for file in SOURCES for function in _functions(file)
                if (n := _n_lines_without_docstring(function)) > LINES_IN_A_FUNCTION}
    assert too_long == {}, f"more than {LINES_IN_A_FUNCTION} lines without its docstring"


def test_no_room_holds_too_many_files() -> None:
    rooms = {file.parent for file in SOURCES}
    assert {room.name: n for room in rooms if (n := len(list(room.glob("*.py")))) > FILES_IN_A_ROOM} == {}


def test_no_room_or_file_is_a_drawer_for_anything() -> None:
    names = {part.removesuffix(".py").strip("_") for file in SOURCES for part in file.relative_to(PACKAGE).parts}
    assert sorted(names & DRAWERS) == [], "name it after the thing it defines"


def test_a_long_function_is_seen_and_its_docstring_is_free() -> None:
    def parsed(text: str) -> type_of_function:
        node = ast.parse(text).body[0]
        assert isinstance(node, ast.FunctionDef)
        return node

    body = "    x = 1\n" * LINES_IN_A_FUNCTION
    assert _n_lines_without_docstring(parsed("def f():\n" + body)) > LINES_IN_A_FUNCTION
    shorter = "    x = 1\n" * (LINES_IN_A_FUNCTION - 1)
    assert _n_lines_without_docstring(parsed('def f():\n    """Says.\n\n    More.\n    """\n' + shorter)) == 50
