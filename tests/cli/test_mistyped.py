"""What a command says of words that were mistyped or left out, and that it does nothing with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from evenhand.cli import main as command_line
from evenhand.cli.main import main

READING = (
    ("status",), ("status", "autumn"), ("halt", "autumn", "--by", "ben", "--why", "x"), ("demand", "list"),
    ("referral", "list"), ("demand", "agree", "W1", "--by", "ben"),
    ("referral", "decline", "R1", "--by", "ben", "--why", "x"),
    ("appeal", "list", "autumn"), ("appeal", "records", "--into", "registers"), ("state", "backup", "copy.db"),
    ("state", "migrate"), ("campaign", "publish", "autumn", "--into", "ledger", "--private", "private"))
"""Commands that begin nothing."""


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a command with a mistake says, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2, words
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_command_that_begins_nothing_makes_no_database(words: tuple[str, ...], said: Callable[..., str], tmp_path: Path,
                                                         golden: Callable[[str, str], None]) -> None:
    golden("mistyped/no_database.txt", said(*words, "--state", "typo.db"))
    assert list(tmp_path.iterdir()) == []


TEXTS = {
    "halt": ("halt", "autumn", "--by", "ben", "--why", " "), "draw": ("audit", "draw", "autumn", "--by", "ben", "--seed", "",
                                                                     "--reader", "ben=en"),
    "decide": ("appeal", "decide", "autumn", "A1", "uphold", "--by", "ben", "--because", ""),
    "reverse": ("appeal", "reverse", "autumn", "--by", "ben", "--cause", "rule:media", "--yes")}
"""Commands with a text that is empty or left out, though it goes on record."""


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_goes_on_record_is_not_empty(name: str, said: Callable[..., str], tmp_path: Path, golden: Callable[
        [str, str], None]) -> None:
    (tmp_path / "plan").mkdir()
    golden(f"mistyped/{name}.txt", said(*TEXTS[name]))
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_bug_names_its_place_and_nobody(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command("status")
    def broken() -> None:
        raise RuntimeError("insert into statements values ('account 7: you claimed to be a doctor')")

    monkeypatch.setattr(command_line.evenhand, "commands", {"broken": broken})
    with pytest.raises(SystemExit) as ended:
        main(["broken"])
    said = capsys.readouterr().err
    assert (ended.value.code, "RuntimeError in evenhand/cli/" in said, "doctor" in said) == (1, True, False), said
    monkeypatch.setenv("EVENHAND_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="doctor"):
        main(["broken"])
