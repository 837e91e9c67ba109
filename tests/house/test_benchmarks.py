"""`make bench` runs every benchmark as it stands, one after the other: none may need to be told anything."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parents[2] / "benchmarks").glob("bench_*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_benchmark_runs_without_being_told_anything(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert [ast.unparse(node) for node in ast.walk(tree) if _is_needed(node)] == []
    chosen = {inner for node in ast.walk(tree) if isinstance(node, ast.IfExp) for inner in ast.walk(node.body)}
    assert [ast.unparse(node) for node in ast.walk(tree) if _is_word(node) and node not in chosen] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_benchmark_that_reads_labelled_sets_says_so_where_there_are_none(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "shared/data" not in text or ".is_dir()" in text


def _is_needed(node: ast.AST) -> bool:
    """Whether it declares an argument that has to be given."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument"):
        return False
    given = {word.arg: ast.unparse(word.value) for word in node.keywords}
    name = node.args[0].value if isinstance(node.args[0], ast.Constant) else "--"
    return given.get("required") == "True" or (not str(name).startswith("-") and given.get("nargs") not in {"'?'", "'*'"})


def _is_word(node: ast.AST) -> bool:
    """Whether it takes one of the words after the command."""
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == "sys.argv" and isinstance(node.slice, ast.Constant)
