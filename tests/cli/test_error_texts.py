"""What the command line says of words that do not fit together, before it does anything."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from campaign_commands import PLATFORM, Campaigns
from error_texts import command, error_texts

Golden = Callable[[str, str], None]


def test_words_that_do_not_fit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(" \n"))
    for name in ("plan", "demo"):
        Path(name).mkdir()
    for name in ("demo/notes.txt", "file.csv"):
        Path(name).write_text("", encoding="utf-8")
    golden("errors/cli/words.txt", error_texts({
        "a scale that is no number": command("world", "--scale", "small"),
        "an amount of memory that is none": command("plan", "snapshot", "--memory", "much"),
        "two questions at once": command("verify", "ledger", "--since", "file.csv", "--entry", "0"),
        "options about one entry without one": command(
            "verify", "ledger", "--disclosures", "file.csv", "--proof-into", "proof"),
        "nothing to erase": command("ledger", "erase", "--private", "private"),
        "a column without its name": command(
            "registry", "import", "file.csv", "--source", "us", "--as-of", "2026-11-01", "--column", "name"),
        "columns without their names": command(
            "demand", "import", "file.csv", "--by", "ben", "--column", "kind", "--column", "=x"),
        "a demo where something else is": command("demo", "--into", "demo"),
        "an appeal without words": command("appeal", "file", "autumn", "d0", "--said", "-"),
        "a plan for cards": command("evaluate", "satire", "--plan", "plan"),
        "nothing that says how good readers are": command("audit", "conclude", "autumn", "--by", "ben"),
        "the same of a holdout": command("audit", "holdout", "conclude", "autumn", "--by", "ben"),
        "a live look at all campaigns": command("status", "--live"),
        "no decision to confirm": command("campaign", "confirm", "autumn", "--by", "ben"),
        "readers without languages": command(
            "audit", "draw", "autumn", "--by", "ben", "--seed", "1", "--reader", "ben", "--reader", "=en"),
    }))
    assert not Path("campaign.db").exists(), "nothing is begun by words that do not fit"


def test_a_campaign_that_was_not_confirmed(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                           monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=30)
    apply = ("apply", "autumn", "--by", "ben", *PLATFORM)
    golden("errors/cli/unconfirmed.txt", error_texts({
        "nobody is there to confirm": command(*apply),
        "another number of accounts": command(*apply, "--confirm", "autumn:3000"),
    }))
    monkeypatch.delenv("EVENHAND_EVIDENCE_KEY")
    golden("errors/cli/without_key.txt", error_texts({
        "an appeal decided on the platform": command(
            "appeal", "decide", "autumn", "A1", "overturn", "--by", "eve", "--because", "wrong", *PLATFORM),
        "a campaign carried out": command(*apply, "--confirm", f"autumn:{terminal.n_accounts}"),
    }))
