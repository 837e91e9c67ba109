"""The registers from the command line: what is shown, what is refused, the same as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from evenhand.cli.main import main
from evenhand.cli.views.registers.left_out import ALL_ASK, NONE_ASKS, LeftOutView
from evenhand.cli.views.screen import Screen
from evenhand.errors import Problem
from evenhand.model.registers.left_out import LeftOut

Golden = Callable[[str, str], None]


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        shown = capsys.readouterr()
        return Ran(int(ended.value.code or 0), shown.out, shown.err)

    return command


def test_demands_from_import_to_declined(run: Callable[..., Ran], golden: Golden) -> None:
    Path("demands.csv").write_text(
        "demand_id,authority,territory,received_on,kind,legal_basis,targets\n"
        "d1,High Court,DE,2026-11-02,order,Media Act 5,https://example.org/app\nd2,Court,DE,never,order,x,y\n",
        encoding="utf-8")
    said = [run("demand", "import", "demands.csv", "--by", "ana").out]
    assert run("demand", "import", "demands.csv", "--by", "ana", "--column", "x").code == 2
    withhold = ("demand", "withhold", "d1", "--target", "https://example.org/app", "--account", "a", "--by", "ana")
    assert json.loads(run(*withhold, "--json").out)["facts"]["territory"] == ["DE"]
    refused = run("demand", "agree", "w1", "--by", "ana", "--json")
    assert (refused.code, json.loads(refused.err)["code"]) == (4, "proposer_agrees")
    said += [run("demand", "decline", "w1", "--why", "only a draft", "--by", "ben").out,
             run("demand", "carry-out", "--platform", "simulated:platform").out]
    shown = json.loads(run("demand", "list", "--json").out)
    assert [one["status"] for one in shown["withholdings"]] == ["declined"]
    assert run("demand", "publish", "--ledger", "ledger", "--private", "private").code == 2
    golden("registers/demand_commands.txt", "\n".join(said))


def test_who_runs_the_service_alone_agrees_alone_and_it_stays_on_record(run: Callable[..., Ran]) -> None:
    Path("demands.csv").write_text(
        "demand_id,authority,territory,received_on,kind,legal_basis,targets\n"
        "d1,High Court,DE,2026-11-02,order,Media Act 5,https://example.org/app|https://example.org/b\n", encoding="utf-8")
    run("demand", "import", "demands.csv", "--by", "ana")
    for target in ("https://example.org/app", "https://example.org/b"):
        assert run("demand", "withhold", "d1", "--target", target, "--account", "a", "--by", "ana").code == 0
    assert "by one person alone" in run("demand", "agree", "w1", "--by", "ana", "--alone").out
    assert "alone" not in run("demand", "agree", "w2", "--by", "ben", "--alone").out, "two persons are two, whatever they say"
    shown = json.loads(run("demand", "list", "--json").out)["withholdings"]
    assert [(one["status"], one["n_people"]) for one in shown] == [("agreed", 1), ("agreed", 2)]


def test_nobody_agrees_with_themselves_in_letters_of_another_script(run: Callable[..., Ran]) -> None:
    Path("referral.json").write_text(json.dumps({
        "ground": "fraud_with_victims", "channel": "platform", "recipient": "Other platform", "account_id": "a",
        "why": "It sells what is not there.", "shared": {"account_address": "https://social.example/@a"}}), encoding="utf-8")
    assert run("referral", "propose", "referral.json", "--by", "cop").code == 0
    again = run("referral", "approve", "r1", "referral.json", "--by", "сор")
    assert (again.code, "reads as `cop`" in again.err) == (2, True)
    assert run("referral", "approve", "r1", "referral.json", "--by", "ana").code == 0


def test_referrals_from_nothing_to_declined(run: Callable[..., Ran]) -> None:
    Path("referral.json").write_text(json.dumps({
        "ground": "fraud_with_victims", "channel": "platform", "recipient": "Other platform", "account_id": "a",
        "why": "Three people paid.", "shared": {"account_handle": "x", "link": "https://scam.example"}}), encoding="utf-8")
    facts = json.loads(run("referral", "propose", "referral.json", "--by", "ana", "--json").out)["facts"]
    assert facts["n_values"] == 2
    assert "content" not in facts
    refused = run("referral", "approve", "r1", "referral.json", "--by", "ana", "--json")
    assert (refused.code, json.loads(refused.err)["code"]) == (4, "proposer_approves")
    assert run("referral", "decline", "r1", "--why", "no victim found", "--by", "ben").code == 0
    assert json.loads(run("referral", "list", "--json").out)["counts"] == {
        "proposed": 0, "declined": 1, "approved": 0, "sent": 0}
    assert run("referral", "propose", "nothing.json", "--by", "ana").code == 2


def test_the_queue_as_json(run: Callable[..., Ran]) -> None:
    Path("reports.jsonl").write_text('{"report_id":"1","account_id":"x","reporter_id":"ann"}\nbroken\n', encoding="utf-8")
    shown = json.loads(run("intake", "reports.jsonl", "--state", "campaign.db", "--json").out)
    assert shown["counts"]["n_read"] == 2
    assert [row["account_id"] for row in shown["queue"]] == ["x"]
    assert [row["reason"] for row in shown["left_out"]] == ["broken_json"]
    assert run("status").code == 0


def test_records_that_were_left_out_are_told_with_their_place_and_what_follows() -> None:
    torn = Problem(what="the record has 2 fields, the header 5", file="r/holders.csv", line=4, hint="quote a field")
    strike = LeftOut(register="strikes", file="r/strikes.csv", n=1, problems=(Problem(what="`0` is less", line=2),))
    out, err = io.StringIO(), io.StringIO()
    shown = Screen(out=out, err=err)
    shown.warn(LeftOutView(left_out=(LeftOut(register="holders", file="r/holders.csv", n=1, problems=(torn,)), strike)))
    shown.warn(LeftOutView(left_out=(strike,)))
    assert out.getvalue() == ""
    assert err.getvalue().splitlines() == [
        "left out: the record has 2 fields, the header 5", "  --> r/holders.csv:4", "  = quote a field",
        "left out: `0` is less", "  --> r/strikes.csv:2",
        f"warning: 2 records of registers could not be used and are left out (1 of `holders`, 1 of `strikes`): {ALL_ASK}",
        "left out: `0` is less", "  --> r/strikes.csv:2",
        f"warning: 1 record of registers could not be used and is left out (1 of `strikes`): {NONE_ASKS}"]
    Screen(out=out, err=err, as_json=True).show(LeftOutView(left_out=(strike,)))
    assert json.loads(out.getvalue())["left_out"] == [{"register": "strikes", "file": "r/strikes.csv", "n": 1, "problems": [
        {"what": "`0` is less", "file": None, "line": 2, "column": None, "hint": None}]}]
