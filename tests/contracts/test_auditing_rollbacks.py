"""The audit of a rollback on SQLite and on PostgreSQL: what is drawn, what readers are shown, and what ends it."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from campaign_commands import PLATFORM, Campaigns, Terminal, filled
from effect_plans import NOON, effects, statements

from evenhand.campaign.lifecycle import replay
from evenhand.model.campaigns.effect_state import Act, EffectState, Order, Settlement, Term
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.stores.database import Database
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.releasing import ReleaseTable
from evenhand.stores.taken_back import taken_back
from evenhand.stores.undoing import UndoTable
from evenhand.workflows.effects.opening import open_state

pytestmark = pytest.mark.contract
PENALTIES = ("label", "delete_post", "suspend", "warn")
KINDS = {Act.IMPOSE: EventKind.EFFECT_IMPOSED, Act.UNDO: EventKind.EFFECT_UNDONE, Act.TELL: EventKind.STATEMENT_DELIVERED}


def worked(outbox: OutboxTable, campaign: str, *, but: frozenset[str] = frozenset()) -> None:
    """Everything that is due done, the orders with these keys refused by the platform."""

    def settled(order: Order) -> Settlement:
        state, kind = (EffectState.FAILED, EventKind.UNDO_FAILED) if order.key in but else (EffectState.DONE, KINDS[order.act])
        return Settlement(order=order, state=state, due_at=0, failures=0, reference="", why="", read_back="in_force",
                          event=Event(campaign_id=campaign, kind=kind, at=NOON, actor="evenhand", body={"key": order.key}))

    while orders := outbox.lease(campaign, owner="one", stages=(0,), term=Term(NOON, timedelta(minutes=1)), limit=100):
        outbox.settle(campaign, [settled(order) for order in orders], owner="one", at=NOON)


def test_a_store_keeps_the_turns_of_a_rollback_and_shows_what_it_did(database: Database) -> None:
    outbox, undo, release = OutboxTable(database), UndoTable(database), ReleaseTable(database)
    for campaign in ("autumn", "winter"):
        outbox.load(campaign, effects=effects(PENALTIES), statements=statements(PENALTIES))
        worked(outbox, campaign)
    before = release.in_force("autumn", undone_why="back")["decision_id"].to_pylist()
    undo.order("autumn", statements(PENALTIES[:1], word="Appeal"), why="an appeal", actor="bea", at=NOON)
    undo.order("autumn", statements(PENALTIES, word="Back").slice(1), why="back", actor="evenhand", at=NOON)
    assert len(undo.wholly_undone("autumn", why="back")) == 0
    worked(outbox, "autumn", but=frozenset({"key2:undo"}))
    assert undo.wholly_undone("autumn", why="back").to_pylist() == ["decision2", "decision3"], "a post is still deleted"
    assert release.in_force("autumn", undone_why="back")["decision_id"].to_pylist() == before[1:], "an appeal's is gone"
    assert release.in_force("autumn")["decision_id"].to_pylist() == ["decision1"]
    label, posts, suspended = taken_back(database, "autumn", ["decision2", "decision1", "decision0"])
    assert [effect.read_back for effect in posts.effects] == ["in_force", "in_force"]
    assert (label.told_at, posts.in_force_of_others) == (NOON, ("delete_post of winter", "delete_post of winter"))
    assert suspended.in_force_of_others == ("suspend of winter",)
    assert suspended.statement is not None
    assert "Back" in suspended.statement
    assert taken_back(database, "autumn", []) == taken_back(database, "winter", ["decision9"]) == []
    assert taken_back(database, "winter", ["decision0"])[0].not_told_because == "it is not delivered yet"


def test_a_rollback_is_read_and_ends(place: str, campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    if place == str(tmp_path / "campaign.db"):
        terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=30, is_applied=True)
    else:
        terminal = Terminal(tmp_path, capsys, monkeypatch, n=30)
        monkeypatch.setenv("EVENHAND_STATE", place)
        terminal.brought(is_applied=True)
    monkeypatch.setenv("EVENHAND_STATE", place)
    back = ("rollback", "autumn", *PLATFORM, "--by", "ben", "--json")
    first = terminal.done(*back, "--why", "a wrong list", "--confirm", "autumn:30").json
    assert (first["state"], first["undone"], first["waiting"]["items"]) == ("completed", 35, 30)
    terminal.done("audit", "rollback", "autumn", "--into", "one")
    for file in sorted(Path("one").glob("*.csv")):
        filled(file, lambda row: "right" if row["platform_says"].startswith("undone") and row["told"] else "wrong")
        terminal.done("audit", "verdicts", "autumn", str(file))
        with file.open(encoding="utf-8", newline="") as lines:
            assert next(csv.DictReader(lines))["reader"] in {"cem", "dee"}
    assert terminal.done(*back).json["state"] == "rolled_back"
    status = terminal.status()
    assert status["reconciles"] is True
    assert [(one["drawn"], one["right"], one["bound"]) for one in status["rollback"]] == [(30, 30, 1.0)]
    with open_state(place) as state:
        _, refused = replay([event for _, event in state.events.read("autumn")])
    assert refused == ()
