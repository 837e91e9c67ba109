"""A stratum that missed its gate is lowered: to what its bound carries, with a statement of its own, and counted as such."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from campaign_commands import PLATFORM, Terminal
from hypothesis import given
from hypothesis import strategies as st
from sample_events import UP_TO_APPROVED, after, event

from evenhand.campaign.audit.lowering import EVERY, lowered_to, own_gate
from evenhand.campaign.lifecycle import advance
from evenhand.campaign.lifecycle.effects import is_covered
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import EventKind
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.stores.database import open_database
from evenhand.stores.decisions import DecisionTable
from evenhand.workflows.campaigns.letting_out import REPLACED, WAITS_FOR_PERSON

K = EventKind
PENALTIES = st.sampled_from(sorted(EVERY, key=lambda one: one.rank))


@pytest.fixture
def make(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Terminal]:
    return lambda **plan: Terminal(tmp_path, capsys, monkeypatch, **plan)


def say(row: Mapping[str, str]) -> str:
    """Two of eighty closings are wrong."""
    return "wrong" if row["account_id"] in {"a1", "a3"} else "right"


@given(penalty=PENALTIES, bound=st.floats(0, 1), supported=st.sets(PENALTIES), irreversible=st.sets(PENALTIES))
def test_what_takes_its_place_is_lighter_supported_and_meets_its_own_gate(
        penalty: Penalty, bound: float, supported: set[Penalty], irreversible: set[Penalty]) -> None:
    found = lowered_to(penalty, bound=bound, irreversible=irreversible, supported=supported)
    if found is not None:
        assert found < penalty
        assert found in supported
        assert bound >= own_gate(found, irreversible=irreversible)
        between = [one for one in supported if found < one < penalty and one is not Penalty.DELETE_POST]
        assert all(bound < own_gate(one, irreversible=irreversible) for one in between), "the nearest one that may"


@given(audited=PENALTIES, offered=PENALTIES, lowered=PENALTIES, imposed=PENALTIES)
def test_a_lowered_stratum_is_never_heavier(audited: Penalty, offered: Penalty, lowered: Penalty, imposed: Penalty) -> None:
    stratum = f"media/{audited}/en"
    before = after(*UP_TO_APPROVED[:5], event(K.AUDITED, "evenhand", hours=1, strata={stratum: "lowered"}, checks=[
        {"stratum": stratum, "penalty": str(offered)}]))
    outcome = advance(before, event(K.STRATUM_LOWERED, "dee", hours=2, stratum=stratum, penalty=str(lowered),
                                    until="2026-12-01T00:00:00+00:00"))
    if isinstance(outcome, Refusal):
        assert lowered >= audited or lowered > offered
        campaign = before
    else:
        campaign = outcome
        assert lowered < audited
        assert lowered <= offered
    ceiling = campaign.lowered[stratum].penalty if stratum in campaign.lowered else min(audited, offered)
    if is_covered(campaign, decision_id="d", penalty=imposed, stratum=stratum) is None:
        assert imposed <= ceiling


def test_lowering_begins_the_approvals_anew() -> None:
    before = after(*UP_TO_APPROVED[:6], event(K.APPROVED, "ben", hours=3))
    lowered = advance(before, event(K.STRATUM_LOWERED, "dee", hours=4))
    assert isinstance(lowered, Campaign)
    assert (before.approvers, lowered.approvers) == ({"ben"}, frozenset())


def rows_of(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "campaign.db") as state:
        found = state.execute(query).fetchall()
    state.close()
    return found


def test_closings_that_miss_their_gate_become_suspensions(make: Callable[..., Terminal], tmp_path: Path) -> None:
    terminal = make(n=160, penalties=("label", "close"), languages=("en",))
    terminal.drafted()
    terminal.audited(say)
    status = terminal.status()
    assert status["strata"] == {"passed": 1, "lowered": 1, "dropped": 0}
    assert "1 strata may be lowered" in status["next_step"]
    terminal.done("audit", "lower", "autumn", "--by", "ben", "--days", "7")
    assert terminal.status()["lowered"] == {"scam/links/close/en": "suspend"}
    assert terminal.refused("audit", "lower", "autumn", "--by", "ben") == "not_lowered"
    terminal.approved()
    assert terminal.applied("--until-done", "--at-once")["waiting"] == {WAITS_FOR_PERSON: 80}, "as the closings would have"
    assert {row["penalty"] for row in terminal.confirmed()} == {"suspend"}, "what would be imposed"
    assert terminal.applied("--until-done", "--at-once")["state"] == "completed"
    status = terminal.status()
    assert status["reconciles"] is True
    assert (status["effects"]["imposed"], status["effects"]["suppressed"], status["effects"]["statements_delivered"]) == (
        160, 80, 160)
    ended = "from outbox where act = 'impose' and state = "
    assert rows_of(tmp_path, f"select why, count(*) {ended} 'suppressed' group by 1") == [(REPLACED, 80)]
    assert rows_of(tmp_path, f"select penalty, count(*) {ended} 'done' group by 1") == [("label", 80), ("suspend", 80)]
    with open_database(tmp_path / "campaign.db") as database:
        told = json.loads(DecisionTable(database).statement("autumn", "d1-lowered") or "")
    assert "suspend" in told["subject"].lower() or "pause" in told["subject"].lower()
    assert told["facts"] == ["one", "two"], "the facts are those of the plan's statement"
    before = rows_of(tmp_path, "select count(*) from outbox")
    assert terminal.applied("--at-once")["state"] == "completed"
    assert rows_of(tmp_path, "select count(*) from outbox") == before
    terminal.done("report", "--campaign", "autumn")
    document = json.loads(Path("autumn-report/report.json").read_text(encoding="utf-8"))
    assert (document["sums"]["decided"], document["sums"]["in_force"], document["sums"]["not_carried_out"]) == (240, 160, 80)
    with Path("autumn-report/audit.csv").open(encoding="utf-8") as lines:
        assert {row["stratum"]: row["lowered_to"] for row in csv.DictReader(lines)} == {
            "scam/links/close/en": "suspend", "scam/links/label/en": ""}
    assert "to suspend" in Path("autumn-report/report.html").read_text(encoding="utf-8")
    back = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "a wrong list",
                         "--unread", "x", "--confirm", "autumn:160",
                         "--json").json
    assert (back["undone"], back["failed"]) == (160, 0)
    assert terminal.status()["reconciles"] is True


def test_a_rollback_before_they_went_out_stops_both(make: Callable[..., Terminal], tmp_path: Path) -> None:
    terminal = make(n=160, penalties=("label", "close"), languages=("en",))
    terminal.drafted()
    terminal.audited(say)
    terminal.done("audit", "lower", "autumn", "--by", "ben")
    terminal.approved()
    terminal.applied("--effects-per-hour", "10")
    terminal.done("halt", "autumn", "--by", "dee", "--why", "a reporter called")
    n = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--preview", "--json").json["accounts"]
    back = terminal.done("rollback", "autumn", "--by", "ben", *PLATFORM, "--why", "wrong",
                         "--unread", "x", "--confirm", f"autumn:{n}",
                         "--json").json
    assert back["state"] == "rolled_back"
    left = "act = 'impose' and state not in ('undone', 'suppressed')"
    assert rows_of(tmp_path, f"select count(*) from outbox where {left}") == [(0,)]
    assert terminal.status()["reconciles"] is True


def test_an_appeal_against_a_lowered_decision_takes_it_back(make: Callable[..., Terminal], tmp_path: Path) -> None:
    terminal = make(n=160, penalties=("label", "close"), languages=("en",))
    terminal.drafted()
    terminal.audited(say)
    terminal.done("audit", "lower", "autumn", "--by", "ben")
    terminal.approved()
    terminal.applied("--until-done", "--at-once")
    terminal.confirmed()
    terminal.applied("--until-done", "--at-once")
    terminal.done("appeal", "file", "autumn", "a5", "--said", "it is me")
    decided = terminal.done("appeal", "decide", "autumn", "d5-lowered", "overturn", "--by", "eve", "--because",
                            "it is them", "--json").json
    assert decided["decision"] == "d5-lowered"
    terminal.done("appeal", "carry-out", "autumn", *PLATFORM)
    assert rows_of(tmp_path, "select state from outbox where decision_id = 'd5-lowered' and act = 'impose'") == [("undone",)]
    assert terminal.done("report", "--campaign", "autumn", "--json").json["sums"]["taken_back"] == 1
