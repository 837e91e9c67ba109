"""A holdout from its draw to the report, through the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_commands import READERS, Terminal, filled
from small_snapshot import written_snapshot

SNAPSHOT = ("--snapshot", "snapshot")
WITHOUT = ("--without-golden", "the first one")


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = Terminal(tmp_path, capsys, monkeypatch, n=24)
    written_snapshot(tmp_path / "snapshot", n_planned=24, n_others=200)
    made.drafted()
    made.audited()
    return made


def say(row: Mapping[str, str]) -> str:
    """One account in ten breaks a rule."""
    return "wrong" if row["account_id"].endswith("7") else "right"


def read(terminal: Terminal, *more: str) -> None:
    """Both readings of every account."""
    for file in sorted(Path("holdout").glob("*.csv")):
        filled(file, say)
        terminal.done("audit", "holdout", "verdicts", "autumn", str(file), *SNAPSHOT, *more)


def test_what_was_missed_stands_in_the_report_with_its_interval(terminal: Terminal) -> None:
    drawn = terminal.done("audit", "holdout", "draw", "autumn", "--by", "ben", "--seed", "7", "--items", "80", *READERS,
                          *SNAPSHOT, "--json").json
    assert (drawn["n_items"], drawn["n_readings"], drawn["n_accounts"], drawn["n_unplanned"]) == (80, 160, 200, 200)
    rows = [row for file in drawn["files"] for row in csv.DictReader(Path(file).read_text(encoding="utf-8").splitlines())]
    assert {row["account_id"][0] for row in rows} == {"o"}, "no account of the plan is among them"
    assert {"reasons", "policy_id", "harm", "penalty"}.isdisjoint(rows[0]), "a reader sees no finding"
    assert rows[0]["posts"] == f"1 said by {rows[0]['account_id']} | 2 said by {rows[0]['account_id']}"
    assert terminal.refused("audit", "holdout", "conclude", "autumn", "--by", "ben", *WITHOUT, *SNAPSHOT) == "holdout_open"
    read(terminal)
    found = terminal.done("audit", "holdout", "conclude", "autumn", "--by", "ben", *WITHOUT, *SNAPSHOT, "--json").json
    n_missed = sum(say(row) == "wrong" for row in rows) // 2
    assert (found["n_read"], found["n_missed"], found["prevalence"]["estimate"]) == (80, n_missed, pytest.approx(n_missed / 80))
    assert found["prevalence"]["low"] < 0.1 < found["prevalence"]["high"]
    assert found["recall"]["low"] < 24 / (24 + 200 * n_missed / 80) < found["recall"]["high"]
    terminal.approved()
    terminal.applied("--until-done", "--at-once")
    assert terminal.status()["reconciles"] is True
    assert "holdout" in terminal.done("status", "autumn").out
    terminal.done("report", "--campaign", "autumn")
    document = json.loads(Path("autumn-report/report.json").read_text(encoding="utf-8"))
    [line] = document["tables"]["holdout"]
    assert (line["n_missed"], line["prevalence_high"]) == (n_missed, pytest.approx(found["prevalence"]["high"], abs=1e-6))
    assert document["totals"]["words of readers on the holdout"] == 160
    page = Path("autumn-report/report.html").read_text(encoding="utf-8")
    assert "What was missed" in page
    assert "no holdout was read" not in page
    with Path("autumn-report/holdout.csv").open(encoding="utf-8") as lines:
        assert next(csv.DictReader(lines))["n_read"] == "80"


def test_golden_accounts_measure_the_readers_and_stand_among_the_others(terminal: Terminal, tmp_path: Path) -> None:
    golden = tmp_path / "golden.parquet"
    ids = [f"a{number}" for number in range(20)]
    pq.write_table(pa.table({"account_id": ids, "is_right": [not one.endswith("7") for one in ids]}), golden)
    more = ("--golden", str(golden))
    drawn = terminal.done("audit", "holdout", "draw", "autumn", "--by", "ben", "--seed", "7", "--items", "40", *READERS,
                          *SNAPSHOT, *more, "--json").json
    assert (drawn["n_items"], drawn["n_golden"], drawn["n_readings"]) == (40, 20, 120)
    read(terminal, *more)
    assert terminal.run("audit", "holdout", "conclude", "autumn", "--by", "ben", *WITHOUT, *SNAPSHOT).code == 2
    found = terminal.done("audit", "holdout", "conclude", "autumn", "--by", "ben", *SNAPSHOT, *more, "--json").json
    assert found["has_golden"] is True
    assert found["n_read"] == 40, "golden accounts are no part of the holdout"


def test_a_third_person_speaks_where_two_disagree(terminal: Terminal) -> None:
    terminal.done("audit", "holdout", "draw", "autumn", "--by", "ben", "--seed", "7", "--items", "6", *READERS, *SNAPSHOT)
    for file in sorted(Path("holdout").glob("*.csv")):
        filled(file, lambda row: "wrong" if row["slot"] == "first" else "right")
        taken = terminal.done("audit", "holdout", "verdicts", "autumn", str(file), *SNAPSHOT, "--into", "third", "--json").json
    assert taken["disputed"] == 6
    third = [line for file in Path("third").glob("*.csv") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(third) == len(set(third)) == 6, "each dispute is handed out once, whatever came in one by one"
    assert terminal.refused("audit", "holdout", "conclude", "autumn", "--by", "ben", *WITHOUT, *SNAPSHOT) == "holdout_open"
    for file in sorted(Path("third").glob("*.csv")):
        filled(file, lambda _row: "cannot_decide")
        terminal.done("audit", "holdout", "verdicts", "autumn", str(file), *SNAPSHOT)
    found = terminal.done("audit", "holdout", "conclude", "autumn", "--by", "ben", *WITHOUT, *SNAPSHOT, "--json").json
    assert (found["n_missed"], found["n_undecided"], found["prevalence"]["low"]) == (0, 6, 0.0)


@pytest.mark.parametrize(("words", "code", "text"), [
    (("--by", "ana", *READERS, *SNAPSHOT), 4, "cannot draw its sample"),
    (("--by", "ben", "--reader", "ben=en", *SNAPSHOT), 2, "name three readers for a language that they have: `en`, `pt`"),
    (("--by", "ben", *READERS), 2, "name its folder with `--snapshot`"),
    (("--by", "ben", *READERS, "--snapshot", "other"), 2, "this is not the snapshot that the plan was made from")])
def test_what_it_refuses_says_why(words: tuple[str, ...], code: int, text: str, terminal: Terminal, tmp_path: Path) -> None:
    written_snapshot(tmp_path / "other", n_planned=1, n_others=1, fingerprint="other")
    ran = terminal.run("audit", "holdout", "draw", "autumn", "--seed", "7", *words)
    assert (ran.code, text in ran.err) == (code, True), ran


def test_a_campaign_without_one_says_so_in_words(terminal: Terminal) -> None:
    terminal.approved()
    terminal.applied("--until-done", "--at-once")
    terminal.done("report", "--campaign", "autumn")
    assert "no holdout was read" in Path("autumn-report/report.html").read_text(encoding="utf-8")
    assert json.loads(Path("autumn-report/report.json").read_text(encoding="utf-8"))["holdout"] is None
