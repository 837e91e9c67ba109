"""What a command says of words that were mistyped or left out, and that it does nothing with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.cli.main import main

READING = (
    ("status",), ("status", "autumn"), ("halt", "autumn", "--by", "ben", "--why", "x"), ("demand", "list"), ("referral", "list"),
    ("demand", "agree", "W1", "--by", "ben"), ("referral", "decline", "R1", "--by", "ben", "--why", "x"),
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
