"""The report of a campaign through the command line: files that agree with the status, and refusals in words."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from campaign_commands import PLATFORM, Campaigns, Terminal
from campaign_plans import written_plan


@pytest.fixture
def terminal(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return campaigns.begin(tmp_path, capsys, monkeypatch, n=30, is_applied=True)


def test_its_files_say_what_the_status_says(terminal: Terminal) -> None:
    shown = terminal.done("report", "--campaign", "autumn", "--json").json
    effects = terminal.status()["effects"]
    assert shown["sums"]["effects_imposed"] == effects["imposed"] == 35
    assert shown["sums"]["statements_delivered"] == effects["statements_delivered"] == 30
    assert set(shown["files"]) == {file.name for file in Path("autumn-report").iterdir()}
    document = json.loads(Path("autumn-report/report.json").read_text(encoding="utf-8"))
    assert document["sums"]["decided"] == 30
    assert document["rehearsal"] is True
    with Path("autumn-report/cells.csv").open(encoding="utf-8") as lines:
        assert sum(int(row["in_force"]) for row in csv.DictReader(lines)) == 30
    terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "a wrong list",
                  "--unread", "x", "--confirm", "autumn:30")
    back = terminal.done("report", "--campaign", "autumn", "--json").json
    assert (back["sums"]["taken_back"], back["sums"]["in_force"]) == (30, 0)


def test_the_final_report_is_on_record_and_equals_the_published_ledger(terminal: Terminal) -> None:
    assert terminal.done("report", "--campaign", "autumn", "--final", "ana", "--json").json["final"] is True
    digest = hashlib.sha256(Path("autumn-report/report.json").read_bytes()).hexdigest()
    assert terminal.status()["state"] == "reported"
    terminal.done("ledger", "keygen", "example.org/ledger")
    terminal.done("campaign", "publish", "autumn", "--into", "ledger", "--private", "private")
    assert terminal.done("report", "--campaign", "autumn", "--ledger", "ledger", "--json").json["ledger_compared"] is True
    entries = b"".join(file.read_bytes() for file in Path("ledger/tile/entries").rglob("*") if file.is_file())
    assert digest.encode() in entries


ORDERS = ("demand_id,authority,territory,received_on,kind,asks,legal_basis,order_id,targets\n"
          "d1,High Court,DE,2026-11-02,order,remove,Media Act 5,17/2026,https://example.org/app\n")


def test_the_registers_stand_beside_it_and_a_demand_is_told_apart(terminal: Terminal) -> None:
    Path("orders.csv").write_text(ORDERS, encoding="utf-8")
    terminal.done("demand", "import", "orders.csv", "--by", "eve")
    terminal.done("demand", "withhold", "d1", "--by", "eve", "--target", "https://example.org/app", "--account", "a3")
    terminal.done("report", "--campaign", "autumn")
    with Path("autumn-report/cells.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert sum(int(row["decided"]) for row in rows if row["source"] == "demand") == 1
    document = json.loads(Path("autumn-report/report.json").read_text(encoding="utf-8"))
    assert document["registers"]["demands"]["pending"] == 1
    page = Path("autumn-report/report.html").read_text(encoding="utf-8")
    assert "1 demand of an authority, 0 posts or accounts withheld in a territory" in page


def test_what_is_published_holds_no_free_text_of_a_person(terminal: Terminal) -> None:
    terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "Maria Lopez called",
                  "--unread", "x", "--confirm", "autumn:30")
    terminal.done("report", "--campaign", "autumn")
    for file in Path("autumn-report").iterdir():
        assert "Maria Lopez" not in file.read_text(encoding="utf-8"), file.name
    terminal.done("report", "--campaign", "autumn", "--internal", "--into", "own")
    assert "Maria Lopez called" in Path("own/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", ["other_plan", "changed_table", "internal_final", "prefix"])
def test_what_it_refuses_says_why(case: str, terminal: Terminal, golden: Callable[[str, str], None]) -> None:
    more: tuple[str, ...] = ()
    if case == "other_plan":
        written_plan(terminal.folder / "other", n=12)
    if case == "changed_table":
        Path("plan/effects.parquet").write_bytes(Path("plan/effects.parquet").read_bytes() + b"x")
    if case == "internal_final":
        more = ("--internal", "--final", "ana")
    if case == "prefix":
        more = ("--eu-statements", "eu", "--prefix", "x")
    ran = terminal.run("report", "other" if case == "other_plan" else "plan", "--campaign", "autumn", *more)
    assert ran.code == 2
    golden(f"report/mistakes/{case}.txt", re.sub(r"`[0-9a-f]{12}`", "`DIGEST`", ran.err.replace(str(terminal.folder), ".")))
    assert not Path("autumn-report").exists()
