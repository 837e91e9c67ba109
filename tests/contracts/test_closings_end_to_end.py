"""A closing from a person's word to its day, through the command line, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from campaign_commands import PLATFORM, Campaigns, Terminal

from evenhand.appeals.deadline import closes_at
from evenhand.campaign.lifecycle import replay
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.workflows.campaigns.letting_out import NOT_CONFIRMED, WAITS_FOR_APPEAL, WAITS_FOR_DAY, WAITS_FOR_PERSON
from evenhand.workflows.closings.days import WAITS_TO_BE_UNTOLD
from evenhand.workflows.effects.opening import open_state

pytestmark = pytest.mark.contract
PLAN = {"n": 12, "penalties": ("label", "close"), "languages": ("en",)}
"""Six labels, and six closings: d1, d3, d5, d7, d9 and d11."""
WINDOW = timedelta(days=184)


@pytest.fixture
def terminal(place: str, campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A campaign with closings that is approved, in the database at `place`."""
    if place == str(tmp_path / "campaign.db"):
        ready = campaigns.begin(tmp_path, capsys, monkeypatch, **PLAN)
        monkeypatch.setenv("EVENHAND_STATE", place)
        return ready
    ready = Terminal(tmp_path, capsys, monkeypatch, **PLAN)
    monkeypatch.setenv("EVENHAND_STATE", place)
    ready.brought()
    return ready


def confirmed(terminal: Terminal, *numbers: int, word: bool = True) -> None:
    for number in numbers:
        terminal.done("campaign", "confirm", "autumn", "--by", "cem", "--decision", f"d{number}", *([] if word else ["--no"]))


def heard(terminal: Terminal, which: str, outcome: str, *more: str) -> Any:
    return terminal.done("appeal", "decide", "autumn", which, outcome, "--by", "eve", "--because", "I looked", *PLATFORM,
                         "--json", *more).json


def filed(terminal: Terminal, which: str, *more: str) -> str:
    return str(terminal.done("appeal", "file", "autumn", which, "--said", "it was not so", "--json", *more).json["appeal"])


def closed(tmp_path: Path) -> set[str]:
    """The accounts that are closed, by the platform's own word."""
    simulated = SimulatedPlatform(tmp_path / "platform")
    found = simulated._state.execute("select account_id from orders where act = 'impose' and penalty = 'close' and in_force")
    accounts = {account for (account,) in found}
    simulated.close()
    return accounts


def events(place: str) -> list[Event]:
    with open_state(place) as state:
        return [event for _, event in state.events.read("autumn")]


def told(place: str, number: int) -> list[str]:
    """Of what kind the statements are that were delivered about a decision, in their order."""
    return [str(event.body["statement_kind"]) for event in events(place)
            if event.kind is EventKind.STATEMENT_DELIVERED and event.body["decision_id"] == f"d{number}"]


def first(found: list[Event], kind: EventKind, number: int) -> datetime:
    """When the first event of a kind about a decision happened."""
    return next(event.at for event in found if event.kind is kind and event.body["decision_id"] == f"d{number}")


def day_of(place: str, number: int) -> datetime:
    """The day before which a closing does not happen: the window counts from the delivery."""
    return closes_at(first(events(place), EventKind.STATEMENT_DELIVERED, number), window=WINDOW)


def test_a_closing_is_told_can_be_appealed_against_and_happens_on_its_day(
        terminal: Terminal, tmp_path: Path, place: str) -> None:
    confirmed(terminal, 1)  # before the start: told once the campaign runs
    assert terminal.applied("--at-once")["stages"][0]["name"] == "canary"
    assert told(place, 1) == ["reasons"], "whatever stage is under way"
    confirmed(terminal, 3, 5, 7, 9)
    confirmed(terminal, 11, word=False)
    done = terminal.applied("--at-once", "--later", "25")  # so long may the canary be read
    assert (done["waiting"], terminal.status()["closings_announced"]) == ({WAITS_FOR_DAY: 5}, 5)
    assert datetime.fromisoformat(done["wait_until"]) == day_of(place, 1)
    day = day_of(place, 3)
    shown = terminal.done("appeal", "show", "autumn", filed(terminal, "d3"), "--json").json["statement"]
    assert re.fullmatch(rf"Your account @=handle3 will be closed, not before {day:%Y-%m-%d}", shown["subject"])
    assert f"If you appeal before {day:%Y-%m-%d}" in shown["appeal"]
    assert "A person has read the case" in shown["automation"]
    for number in (5, 7, 9):
        filed(terminal, f"a{number}", "--later", "24")
    assert terminal.refused("appeal", "file", "autumn", "d11", "--said", "no") == "not_imposed"
    assert heard(terminal, "d5", "overturn")["carried_out"]["told"] == 1
    varied = heard(terminal, "d7", "vary", "--to", "suspend", "--days", "30")
    assert varied["carried_out"]["imposed"] == 1
    assert "stays open" not in varied["told"]
    heard(terminal, "d9", "uphold")
    assert terminal.applied("--at-once")["waiting"] == {WAITS_FOR_DAY: 2, WAITS_FOR_APPEAL: 1}
    assert closed(tmp_path) == set()
    assert terminal.applied("--at-once", "--until-done")["waiting"] == {WAITS_FOR_APPEAL: 1}
    assert closed(tmp_path) == {"a1", "a9"}, "what is contested waits beyond its day"
    heard(terminal, "d3", "uphold")
    assert terminal.applied("--at-once", "--until-done")["state"] == "completed"
    _is_right(terminal, tmp_path, place)


def _is_right(terminal: Terminal, tmp_path: Path, place: str) -> None:
    """Who is closed was told before and once, and the outbox, the ledger and the report count the same."""
    assert closed(tmp_path) == {"a1", "a3", "a9"}
    found = events(place)
    assert replay(found)[1] == ()
    for number in (1, 3, 9):
        assert first(found, EventKind.EFFECT_IMPOSED, number) >= day_of(place, number)
    assert [told(place, number) for number in (1, 3, 5, 7, 9, 11)] == [
        ["reasons"], ["reasons", "appeal"], *[["reasons", "reinstatement"]] * 2, ["reasons", "appeal"], []]
    whys = {event.body["decision_id"]: event.body["why"] for event in found if event.kind is EventKind.EFFECT_SUPPRESSED}
    assert whys == {"d5": "the decision was overturned on appeal", "d7": "the decision was varied on appeal",
                    "d11": NOT_CONFIRMED}
    status = terminal.status()
    assert status["reconciles"] is True
    assert (status["closings_announced"], status["effects"]["imposed"], status["effects"]["suppressed"]) == (0, 10, 3)
    terminal.done("ledger", "keygen", "example.org/ledger")
    terminal.done("campaign", "publish", "autumn", "--into", "ledger", "--private", "private")
    terminal.done("verify", "ledger")
    terminal.done("report", "--campaign", "autumn", "--ledger", "ledger")


def test_a_rollback_tells_those_who_wait_for_a_closing_that_it_never_comes(
        terminal: Terminal, tmp_path: Path, place: str) -> None:
    terminal.applied("--at-once")
    confirmed(terminal, 1, 3)
    terminal.applied("--at-once")
    confirmed(terminal, 3, word=False)
    confirmed(terminal, 5, word=False)
    assert terminal.applied("--at-once", "--later", str(24 * 200))["waiting"] == {WAITS_TO_BE_UNTOLD: 1, WAITS_FOR_PERSON: 3}
    assert closed(tmp_path) == {"a1"}
    own = terminal.done("appeal", "overturn", "autumn", "d3", "--by", "cem", "--because", "read again", *PLATFORM,
                        "--json").json
    assert "Your account stays open." in own["told"]
    confirmed(terminal, 7)
    terminal.applied("--at-once")
    n = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--preview", "--json").json["accounts"]
    back = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "wrong",
                         "--unread", "x", "--confirm", f"autumn:{n}",
                         "--json").json
    assert (back["state"], closed(tmp_path)) == ("rolled_back", set())
    assert [told(place, number) for number in (1, 3, 5, 7, 9)] == [
        ["reasons", "reinstatement"], ["reasons", "reinstatement"], [], ["reasons", "reinstatement"], []]
    assert terminal.status()["reconciles"] is True
    with open_state(place) as state, state.database.read() as connection:
        bodies = dict(connection.exec_driver_sql(
            "select decision_id, body from statements where kind = 'reinstatement' and decision_id in ('d1', 'd7')").all())
    assert "Your account is open again" in json.loads(bodies["d1"])["text"]
    assert "Your account stays open." in json.loads(bodies["d7"])["text"]
    assert "strike" not in json.loads(bodies["d7"])["text"]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_class_reversal_takes_back_what_was_announced_and_tells_whom_it_told(
        terminal: Terminal, tmp_path: Path, place: str) -> None:
    terminal.applied("--at-once")
    confirmed(terminal, 1, 3, 5)
    terminal.applied("--at-once")
    terminal.done("report", "--campaign", "autumn")
    page = Path("autumn-report/report.html").read_text(encoding="utf-8")
    assert "3 closings were announced and wait for the end of the appeal window." in page
    late = filed(terminal, "d1", "--later", str(24 * 183))  # after six months, and before the day that the person was told
    heard(terminal, late, "overturn")
    terminal.done("appeal", "reverse", "autumn", "--cause", "rule:scam/links", "--by", "gil", "--because", "the rule was wrong",
                  "--yes", *PLATFORM, "--json")
    assert [told(place, number) for number in (1, 3, 5, 7)] == [["reasons", "reinstatement"]] * 3 + [[]]
    done = terminal.applied("--at-once", "--until-done", "--later", str(24 * 200))
    assert (done["state"], closed(tmp_path)) == ("completed", set())
    assert terminal.status()["reconciles"] is True
