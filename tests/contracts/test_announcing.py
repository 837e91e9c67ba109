"""Contract of announcing closings: told once, held while an appeal is open, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from effect_plans import NOON, effects, statements
from sqlalchemy import select, update

from evenhand.model.appeal import Consequences
from evenhand.model.campaigns.effect_state import Act, EffectState, Order, Settlement, Term, Told
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.instants import HELD
from evenhand.stores.announcing import AnnouncementTable
from evenhand.stores.database import Database
from evenhand.stores.events import EventTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.releasing import ReleaseTable
from evenhand.stores.schema import OUTBOX
from evenhand.stores.undoing import UndoTable

pytestmark = pytest.mark.contract
CLOSINGS = ("close", "close", "label")
IDS = ["decision0", "decision1", "decision2"]


@pytest.fixture
def announcing(database: Database) -> AnnouncementTable:
    """Two closings and a label, none of them let out."""
    OutboxTable(database).load("autumn", effects=effects(CLOSINGS), statements=statements(CLOSINGS))
    with database.write() as connection:
        connection.execute(update(OUTBOX).values(due_at=HELD))
    return AnnouncementTable(database)


def words(text: str = "It will be closed", *, n: int = 2) -> pa.Table:
    return statements(CLOSINGS, word=text).slice(0, n)


def leased(database: Database, *, at: datetime = NOON, owner: str = "one") -> list[Order]:
    found = OutboxTable(database).lease("autumn", owner=owner, stages=(0,), term=Term(at, timedelta(minutes=1)), limit=100)
    assert found is not None
    return found


def settled(database: Database, orders: list[Order], state: EffectState = EffectState.DONE, *, owner: str = "one") -> None:
    OutboxTable(database).settle("autumn", [Settlement(order=order, state=state, due_at=0, failures=0, reference="", why="w",
                                                       read_back="") for order in orders], owner=owner, at=NOON)


def rows(database: Database, **where: str) -> dict[str, str]:
    query = select(OUTBOX.c.key, OUTBOX.c.state).where(*(OUTBOX.c[name] == value for name, value in where.items()))
    with database.read() as connection:
        return dict(connection.execute(query).all())


def step(kind: EventKind = EventKind.DECISION_CONFIRMED) -> Event:
    return Event(campaign_id="autumn", kind=kind, at=NOON, actor="cem", body={"decision_id": "decision0"})


def ruled(database: Database, **follows: tuple[str, ...]) -> None:
    UndoTable(database).rule("autumn", lambda _steps, _undone: Consequences(
        events=(step(EventKind.APPEAL_FILED),), actor="cem", at=NOON, **follows), about=[])


def test_a_closing_is_announced_once_and_only_a_closing(database: Database, announcing: AnnouncementTable) -> None:
    assert announcing.to_announce("autumn", IDS)["decision_id"].to_pylist() == ["decision0", "decision1"]
    assert announcing.announce("autumn", words(n=3), seen=0) == 2
    assert announcing.announce("autumn", words("Later"), seen=0) == 0
    assert announcing.told("autumn", IDS) == {one: Told(EffectState.QUEUED, None) for one in IDS[:2]}
    told = leased(database)
    assert {order.key for order in told} == {"decision0:reasons", "decision1:reasons"}
    assert json.loads(OutboxTable(database).statements(told)["decision1:reasons"])["subject"].startswith("Later"), (
        "what nobody has begun to tell is told in the newest words")
    assert announcing.to_announce("autumn", IDS).num_rows == 0
    assert announcing.announce("autumn", words("Too late"), seen=0) == 0
    assert json.loads(OutboxTable(database).statements(told)["decision1:reasons"])["subject"].startswith("Later")
    assert announcing.is_under_way("autumn", stages={0})
    settled(database, told)
    assert not announcing.is_under_way("autumn", stages={0})
    assert announcing.told("autumn", IDS) == {one: Told(EffectState.DONE, NOON) for one in IDS[:2]}
    assert announcing.n_announced("autumn") == 2
    assert set(rows(database, act="impose").values()) == {"queued"}, "nothing is closed yet"


def test_nothing_is_announced_on_a_word_that_somebody_may_have_taken_back(
        database: Database, announcing: AnnouncementTable) -> None:
    seen = EventTable(database).append([step()])
    EventTable(database).append([step()])
    assert announcing.announce("autumn", words(), seen=seen) is None
    assert rows(database, act="tell") == {}
    EventTable(database).append([step(EventKind.EFFECT_FAILED)])
    assert announcing.announce("autumn", words(), seen=seen + 1) == 2, "what became of an effect is no step"


def test_what_nobody_has_begun_to_tell_can_be_taken_back(database: Database, announcing: AnnouncementTable) -> None:
    announcing.announce("autumn", words(), seen=0)
    assert announcing.withdraw("autumn", ["decision0"]) == 1
    begun = leased(database)
    assert [order.key for order in begun] == ["decision1:reasons"]
    assert announcing.withdraw("autumn", IDS) == 0
    assert announcing.to_announce("autumn", IDS)["decision_id"].to_pylist() == ["decision0"]


def test_the_statement_of_an_effect_that_is_done_is_never_taken_back(database: Database, announcing: AnnouncementTable) -> None:
    with database.write() as connection:
        connection.execute(update(OUTBOX).values(due_at=0))
    settled(database, leased(database))
    assert announcing.withdraw("autumn", IDS) == 0
    assert set(rows(database, act="tell")) == {f"{one}:reasons" for one in IDS}


def test_a_closing_that_was_announced_gets_no_second_statement(database: Database, announcing: AnnouncementTable) -> None:
    announcing.announce("autumn", words(), seen=0)
    settled(database, leased(database))
    held = ReleaseTable(database).held("autumn", stage=0, limit=9)["order_id"].to_pylist()
    assert ReleaseTable(database).release("autumn", held, [0] * len(held)) == 3
    settled(database, leased(database))
    assert rows(database, act="impose") == {f"key{number}": "done" for number in range(3)}
    assert rows(database, act="tell") == {"decision0:reasons": "done", "decision1:reasons": "done",
                                          "decision2:reasons": "queued"}


def test_an_open_appeal_holds_a_closing_whatever_others_have_read(database: Database, announcing: AnnouncementTable) -> None:
    release = ReleaseTable(database)
    held = release.held("autumn", stage=0, limit=9)["order_id"].to_pylist()
    ruled(database, contested=("decision0", "decision2"))
    assert announcing.to_announce("autumn", IDS)["decision_id"].to_pylist() == ["decision1"]
    assert release.held("autumn", stage=0, limit=9)["order_id"].to_pylist() == held, "it still waits"
    assert release.release("autumn", held, [0] * 3) == 2, "a label is not held for an appeal"
    assert release.stage("autumn", 0).n_held == 1
    assert {order.key for order in leased(database)} == {"key1", "key2"}
    ruled(database, freed=("decision0",))
    assert release.release("autumn", held, [0] * 3) == 1


def test_what_was_let_out_and_has_not_begun_is_held_for_an_appeal(database: Database, announcing: AnnouncementTable) -> None:
    assert announcing.told("autumn", IDS) == {}
    with database.write() as connection:
        connection.execute(update(OUTBOX).values(due_at=5))
    ruled(database, contested=("decision0",))
    assert {order.key for order in leased(database)} == {"key1", "key2"}
    ruled(database, contested=("decision1",))
    assert rows(database, act="impose")["key1"] == "in_flight", "what is under way cannot be held any more"
    ruled(database, freed=("decision1",))


def undone(database: Database, n: int = 2) -> None:
    UndoTable(database).order("autumn", statements(CLOSINGS, word="Not").slice(0, n), why="a mistake", actor="bea", at=NOON)


def test_who_was_told_of_a_closing_that_is_reversed_is_told_so_and_nobody_else(
        database: Database, announcing: AnnouncementTable) -> None:
    announcing.announce("autumn", words(n=1), seen=0)
    settled(database, leased(database))
    announcing.announce("autumn", words(), seen=0)
    undone(database)
    assert rows(database, act="impose") == {"key0": "suppressed", "key1": "suppressed", "key2": "queued"}
    assert rows(database, act="tell") == {"decision0:reasons": "done", "decision0:reinstatement": "queued"}, (
        "what nobody began to tell is told to nobody")
    undone(database)
    told = leased(database)
    assert [order.key for order in told] == ["decision0:reinstatement"]
    assert json.loads(OutboxTable(database).statements(told)["decision0:reinstatement"])["subject"].startswith("Not")


def test_who_is_being_told_of_a_closing_is_told_of_its_end_afterwards(
        database: Database, announcing: AnnouncementTable) -> None:
    announcing.announce("autumn", words(n=1), seen=0)
    under_way = leased(database)
    undone(database)
    assert leased(database, owner="two") == [], "first the one, then the other"
    settled(database, under_way)
    (back,) = leased(database, owner="two")
    assert (back.key, back.act) == ("decision0:reinstatement", Act.TELL)


def test_each_appeal_that_changed_nothing_is_told_in_its_own_words(database: Database, announcing: AnnouncementTable) -> None:
    """Who appealed before the reasons came, and again with them at hand, hears of both outcomes."""
    outbox, undo = OutboxTable(database), UndoTable(database)
    for text in ("First", "Second", "Third"):
        told = statements(CLOSINGS, word=text).slice(0, 1)
        undo.rule("autumn", lambda _steps, _undone, told=told: Consequences(
            events=(step(EventKind.APPEAL_DECIDED),), actor="zoe", at=NOON, told=told), about=[])
    assert rows(database, act="tell") == {f"decision0:{kind}": "queued" for kind in ("appeal", "appeal-2", "appeal-3")}
    found = outbox.lease("autumn", owner="one", stages=(0,), term=Term(NOON, timedelta(minutes=1)), limit=9)
    assert found is not None
    bodies = outbox.statements(found)
    assert [json.loads(bodies[key])["subject"].split(",")[0] for key in sorted(bodies)] == ["First", "Second", "Third"]
