"""A command reads what it was given before it makes a database for it: what fails leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.stores.database import open_database

THREAT = {"ground": "threat_to_life", "channel": "police", "recipient": "State police", "account_id": "a17",
          "why": "A post names a school, a day and a weapon.", "shared": {"post_text": "Tomorrow at noon"}}
ORDER = ("demand_id,authority,territory,received_on,kind,asks,legal_basis,order_id,targets\n"
         "d1,High Court,DE,2026-11-02,order,remove,Media Act 5,17/2026,https://example.org/app\n")


@pytest.mark.parametrize("words", [
    ("referral", "propose", "broken", "--by", "ana"), ("referral", "propose", "referral.json", "--by", "Ana "),
    ("demand", "import", "broken", "--by", "ana"), ("demand", "import", "order.csv", "--column", "authority=x", "--by", "ana"),
    ("demand", "import", "order.csv", "--by", ""), ("intake", "broken"),
    ("campaign", "draft", "autumn", "--by", "ana", "--plan", "broken"), ("campaign", "draft", "autumn", "--by", " "),
    ("campaign", "draft", "../autumn", "--by", "ana"), ("campaign", "draft", "", "--by", "ana"),
    ("campaign", "draft", "autumn", "--by", "ana", "--later", "5"), ("campaign", "draft", "demands", "--by", "ana")])
def test_nothing_is_left_of_a_command_that_could_not_read_what_it_was_given(
        words: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken").write_text("neither a table nor a plan", encoding="utf-8")
    Path("referral.json").write_text(json.dumps(THREAT), encoding="utf-8")
    Path("order.csv").write_text(ORDER, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SystemExit) as ended:
        main([*words, "--state", "state.db"])
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_the_same_commands_make_one_where_everything_can_be_read(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("referral.json").write_text(json.dumps(THREAT), encoding="utf-8")
    Path("order.csv").write_text(ORDER, encoding="utf-8")
    for number, words in enumerate((("referral", "propose", "referral.json"), ("demand", "import", "order.csv"),
                                    ("campaign", "draft", "autumn"))):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--by", "ana", "--state", f"{number}.db"])
        assert ended.value.code == 0, capsys.readouterr().err
        open_database(f"{number}.db", create=False).close()


@pytest.mark.parametrize("number", ["nan", "inf", "1e12", "1e300", "-1"])
@pytest.mark.parametrize("words", [
    ("campaign", "draft", "autumn", "--rehearsal", "--by", "ana", "--later"), ("status", "autumn", "--live", "--every"),
    ("campaign", "draft", "autumn", "--by", "ana", "--cooling-off"), ("approve", "autumn", "--by", "ben", "--later"),
    ("ingest", "x", "--into", "y", "--cut-off", "2026-11-01", "--max-reject-share")])
def test_a_number_that_is_none_or_beyond_the_calendar_is_a_mistake_and_no_bug(
        words: Sequence[str], number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([*words, number])
    assert ended.value.code == 2
    assert "Invalid value" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
