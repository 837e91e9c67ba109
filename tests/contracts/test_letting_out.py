"""Contract of letting effects out: what somebody else has let out, or settled, meanwhile stays as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from effect_plans import NOON, effects, statements
from sqlalchemy import select, update

from evenhand.model.campaigns.effect_state import Term
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.instants import HELD
from evenhand.stores.database import Database
from evenhand.stores.events import EventTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.releasing import ReleaseTable
from evenhand.stores.schema import OUTBOX

pytestmark = pytest.mark.contract


def test_only_what_is_still_held_is_let_out(database: Database) -> None:
    OutboxTable(database).load("autumn", effects=effects(), statements=statements())
    with database.write() as connection:
        connection.execute(update(OUTBOX).values(due_at=HELD))
        ids = list(connection.scalars(select(OUTBOX.c.order_id).order_by(OUTBOX.c.order_id)))
    release = ReleaseTable(database)
    assert release.release("autumn", ids[:2], [5, 6]) == 2
    assert release.release("autumn", ids, [7] * len(ids)) == len(ids) - 2
    with database.read() as connection:
        due = list(connection.scalars(select(OUTBOX.c.due_at).order_by(OUTBOX.c.order_id)))
    assert due == [5, 6, *[7] * (len(ids) - 2)]


def step(kind: EventKind = EventKind.DECISION_CONFIRMED) -> Event:
    return Event(campaign_id="autumn", kind=kind, at=NOON, actor="cem", body={"decision_id": "decision0", "confirmed": False})


def held(database: Database) -> tuple[OutboxTable, list[int]]:
    """An outbox in which everything is held, and the numbers of its orders."""
    outbox = OutboxTable(database)
    outbox.load("autumn", effects=effects(), statements=statements())
    with database.write() as connection:
        connection.execute(update(OUTBOX).values(due_at=HELD))
        return outbox, list(connection.scalars(select(OUTBOX.c.order_id).order_by(OUTBOX.c.order_id)))


def test_nothing_is_let_out_or_leased_after_a_step_that_whoever_asks_has_not_seen(database: Database) -> None:
    outbox, ids = held(database)
    release, events, term = ReleaseTable(database), EventTable(database), Term(NOON, timedelta(minutes=1))
    seen = events.append([step()])
    assert release.release("autumn", ids[:1], [0], seen=seen) == 1
    assert release.release("autumn", ids[1:2], [0], seen=seen - 1) is None
    events.append([step(EventKind.EFFECT_IMPOSED)])
    assert release.release("autumn", ids[1:2], [0], seen=seen) == 1, "what became of an effect is no step"
    now = events.append([step(EventKind.HALTED)])
    assert outbox.lease("autumn", owner="one", stages=(0,), term=term, limit=9, seen=seen) is None
    leased = outbox.lease("autumn", owner="one", stages=(0,), term=term, limit=9, seen=now)
    assert leased is not None
    assert [order.order_id for order in leased] == ids[:2]


def test_a_no_and_what_it_holds_are_written_at_once_or_not_at_all(database: Database) -> None:
    outbox, ids = held(database)
    release, events, term = ReleaseTable(database), EventTable(database), Term(NOON, timedelta(minutes=1))
    release.release("autumn", ids, [0] * len(ids))

    def fails(_steps: object) -> list[Event]:
        raise RuntimeError("something that `check` found")

    with pytest.raises(RuntimeError):
        events.decide("autumn", fails, holding=["decision0", "decision1"])
    assert release.n_held("autumn", stage=0) == 0
    events.decide("autumn", lambda _steps: [step()], holding=["decision0", "decision1"])
    leased = outbox.lease("autumn", owner="one", stages=(0,), term=term, limit=99)
    assert leased is not None
    assert {"decision0", "decision1"}.isdisjoint(order.decision_id for order in leased)
    assert release.n_held("autumn", stage=0) == len(ids) - len(leased) > 0
