"""A sample is drawn once, so that what would spoil it is said before, and its files can be written again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from campaign_commands import READERS, Terminal

Make = Callable[..., Terminal]


@pytest.fixture
def make(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Make:
    return lambda **plan: Terminal(tmp_path, capsys, monkeypatch, **plan)


def draw(*more: str) -> tuple[str, ...]:
    """The command that draws."""
    return ("audit", "draw", "autumn", "--by", "ben", "--seed", "2026-11-26", *more)


def test_a_file_in_the_way_costs_nothing_but_another_folder(make: Make) -> None:
    terminal = make(n=12)
    terminal.drafted()
    Path("readings").mkdir()
    Path("readings/ben.csv").write_text("somebody's words", encoding="utf-8")
    ran = terminal.run(*draw(*READERS))
    assert (ran.code, "there is a file for this reader already" in ran.err) == (2, True)
    terminal.done(*draw(*READERS, "--into", "again"))
    assert sorted(path.name for path in Path("again").iterdir()) == ["ben.csv", "cem.csv", "dee.csv"]
    other = ("audit", "draw", "autumn", "--by", "ben", "--seed", "another", *READERS, "--into", "x")
    assert terminal.refused(*other) == "sample_twice"


def test_who_proposed_the_plan_is_no_reader_of_it(make: Make) -> None:
    terminal = make(n=12)
    terminal.drafted()
    assert terminal.refused(*draw("--reader", "ana=en,pt", *READERS)) == "proposer_reads"
    assert terminal.status()["state"] == "planned"
    terminal.done(*draw(*READERS))


def test_a_language_that_nobody_reads_is_told_before_the_draw(make: Make) -> None:
    terminal = make(n=12)
    terminal.drafted()
    readers = ("--reader", "ben=en", "--reader", "cem=en", "--reader", "dee=en,pt")
    ran = terminal.run(*draw(*readers))
    assert (ran.code, "too few people read `pt`: it takes 3" in ran.err) == (2, True)
    assert not Path("readings").exists()
    terminal.done(*draw(*readers, "--leave-unread"))
