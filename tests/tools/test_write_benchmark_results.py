"""The page of benchmark results is what the benchmarks print; what was not run again stays."""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / "write_benchmark_results.py"))


def test_each_part_is_a_benchmark_with_its_command_and_what_it_prints(tool: dict[str, Any], tmp_path: Path) -> None:
    page, asked = tmp_path / "page.md", list[str]()

    def run(words: Sequence[str]) -> str:
        assert (ROOT / "benchmarks" / words[0]).is_file()
        asked.append(" ".join(words))
        return f"the table of {words[0]}\n## no heading of ours\n"

    tool["main"]([], file=page, run=run)
    text = page.read_text(encoding="utf-8")
    assert len(asked) == len(tool["PARTS"])
    assert [command for command in asked if f"`python benchmarks/{command}`" not in text] == []
    assert text.count("the table of") == text.count("## no heading of ours") == len(asked)
    assert "Not measured yet" not in text


def test_what_is_not_run_again_stays_and_what_fails_changes_nothing(tool: dict[str, Any], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    tool["main"](["sql"], file=page, run=lambda _: "first\n## no heading of ours")
    tool["main"](["sweep", "--scale-1"], file=page, run=lambda words: f"second, {words[-1]}")
    text = page.read_text(encoding="utf-8")
    assert "\nfirst\n## no heading of ours\n```\n" in text
    assert "\nsecond, 1\n" in text
    assert text.count("Not measured yet") == 2

    def failing(_: Sequence[str]) -> str:
        raise SystemExit("the two sides differ")

    with pytest.raises(SystemExit):
        tool["main"](["sql"], file=page, run=failing)
    assert page.read_text(encoding="utf-8") == text
    with pytest.raises(SystemExit):
        tool["main"](["cards"], file=page, run=failing)
