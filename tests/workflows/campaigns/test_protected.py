"""Protected accounts are slower and decided about by a person, never exempt; whatever reaches one without that halts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from campaign_commands import PLATFORM, Terminal
from sample_events import UP_TO_RUNNING, after, event

from evenhand.model.campaigns.event import Event, EventKind
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.campaigns.watching import heard
from evenhand.workflows.effects.opening import open_state

K = EventKind


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = Terminal(tmp_path, capsys, monkeypatch, n=24)
    made.drafted()
    made.audited()
    (tmp_path / "outlets.csv").write_text("account_id\na1\na2\na3\nelsewhere\n", encoding="utf-8")
    return made


def protected(terminal: Terminal, *more: str) -> None:
    terminal.done("campaign", "protect", "autumn", "--by", "dee", "--list", "outlets.csv", "--criteria", "news outlets", *more)


def test_each_waits_for_a_person_and_the_report_says_what_was_decided(terminal: Terminal) -> None:
    protected(terminal)
    terminal.approved()
    waiting = terminal.applied("--until-done", "--at-once")
    assert waiting["waiting"] == {"for a person's decision about a protected account": 4}, "one of them has two posts"
    words = ("campaign", "protected", "autumn", "--why", "read twice")
    assert terminal.refused(*words, "--by", "ana", "--decision", "d1") == "proposer_releases"
    assert terminal.refused(*words, "--by", "cem", "--decision", "d9") == "not_protected"
    terminal.done(*words, "--by", "cem", "--decision", "d1")
    terminal.done(*words, "--by", "cem", "--decision", "d2", "--no")
    terminal.done(*words, "--by", "cem", "--decision", "d3", "--no")
    assert terminal.applied("--until-done", "--at-once")["state"] == "completed"
    status = terminal.status()
    assert (status["effects"]["imposed"], status["effects"]["suppressed"]) == (25, 3)
    terminal.done("report", "--campaign", "autumn")
    document = json.loads(Path("autumn-report/report.json").read_text(encoding="utf-8"))
    assert document["protected"] == {"lists": [{"criteria": "news outlets", "listed": 4, "decisions": 3}], "decisions": 3,
                                     "imposed": 1, "not_imposed": 2, "waiting": 0}
    assert "Being on a list exempts nobody" in Path("autumn-report/report.html").read_text(encoding="utf-8")
    terminal.done("ledger", "keygen", "example.org/ledger")
    terminal.done("campaign", "publish", "autumn", "--into", "ledger", "--private", "private")
    entries = b"".join(file.read_bytes() for file in Path("ledger/tile/entries").rglob("*") if file.is_file())
    assert b'"criteria":"news outlets"' in entries
    assert not any(name in entries for name in (b'"d1"', b'"a1"', b"read twice"))


def test_an_effect_that_reaches_one_without_a_persons_word_halts_the_campaign(terminal: Terminal) -> None:
    protected(terminal)
    terminal.approved()
    terminal.applied("--until-done", "--at-once")
    with open_state("campaign.db") as state:  # somebody lets them out behind the campaign's back
        held = state.release.held("autumn", stage=1, limit=100)["order_id"].to_pylist()
        state.release.release("autumn", held, [0] * len(held))
    done = terminal.done("apply", "autumn", "--by", "ben", *PLATFORM, "--until-done", "--json").json
    assert done["state"] == "halted"
    [halt] = terminal.status()["halts"]
    assert [reason["check"] for reason in halt["reasons"]] == ["protected_list"]


def test_what_was_let_out_before_the_list_is_held_back(terminal: Terminal) -> None:
    terminal.approved()
    terminal.applied("--effects-per-hour", "5")
    with open_state("campaign.db") as state:  # all that is held goes out with the next call
        held = state.release.held("autumn", stage=1, limit=100)["order_id"].to_pylist()
        state.release.release("autumn", held, [0] * len(held))
        before = {one for one in ("d1", "d2", "d3") if one not in state.release.imposed_of("autumn", ["d1", "d2", "d3"],
                                                                                       since=datetime(2026, 1, 1, tzinfo=UTC))}
    protected(terminal)
    done = terminal.applied("--until-done", "--at-once")
    assert done["state"] == "running"
    with open_state("campaign.db") as state:
        after_it = state.release.imposed_of("autumn", before, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert after_it == []
    assert sum(done["waiting"].values()) == len(before) + ("d2" in before)


def test_a_list_that_names_nobody_is_refused(terminal: Terminal) -> None:
    for text in ("account_id\n", "account\na1\n"):
        Path("list.csv").write_text(text, encoding="utf-8")
        ran = terminal.run("campaign", "protect", "autumn", "--by", "dee", "--list", "list.csv", "--criteria", "x")
        assert (ran.code, "`account_id`" in ran.err) == (2, True), ran


def decided(number: int, hours: float) -> Event:
    return event(K.APPEAL_DECIDED, "eve", hours=hours, decision_id=f"d{number}", outcome="overturned")


def test_the_breaker_hears_the_appeals_of_earlier_stages_and_the_items_of_this_one() -> None:
    items = [event(K.VERDICT_GIVEN, "ben", hours=hours, item_id=f"s{hours}") for hours in (5, 7)]
    steps = (*UP_TO_RUNNING, event(K.STAGE_STARTED, "evenhand", hours=5), items[0], decided(1, 5),
             event(K.STAGE_FINISHED, "evenhand", hours=6), event(K.STAGE_STARTED, "evenhand", hours=6, stage=2),
             decided(2, 7), items[1])
    after(*steps)
    assert heard(steps) == [decided(1, 5), decided(2, 7), items[1]]
    unsure = event(K.VERDICT_GIVEN, "ben", hours=7, item_id="s8", verdict="cannot_decide")
    assert heard((*steps, unsure)) == heard(steps), "who cannot decide says neither that it is right nor that it is wrong"
    halted = (*steps, event(K.HALTED, "dee", hours=8), decided(3, 8), event(K.RESUMED, "ben", hours=9),
              event(K.RESUMED, "cem", hours=9), decided(4, 10))
    assert heard(halted) == [decided(4, 10)], "what the approvers looked at before they resumed is not held against it again"


def test_appeals_decided_in_several_stages_halt_it_together(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(tmp_path, capsys, monkeypatch, n=210)
    terminal.drafted()
    terminal.audited()
    terminal.approved()
    terminal.applied("--at-once")
    with open_state("campaign.db") as state:
        desk = desk_of(state, "autumn")
        hand = desk.hand("eve")
        lost = [hand.event(K.APPEAL_DECIDED, {"decision_id": f"d{number}", "outcome": "overturned"}) for number in range(12)]
        desk.take(*lost[:6], desk.hand("evenhand").event(K.STAGE_STARTED, {"stage": 2, "n_decisions": 10}), *lost[6:])
    assert terminal.done("apply", "autumn", "--by", "ben", *PLATFORM, "--at-once", "--json").json["state"] == "halted"
    assert "overturned_appeals" in {reason["check"] for reason in terminal.status()["halts"][0]["reasons"]}
