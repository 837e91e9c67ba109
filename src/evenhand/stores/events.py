"""The events of campaigns: only ever added, numbered without gaps, read in their order."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects import postgresql, sqlite

from evenhand.errors import Overtaken, Problem
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.event_rows import EventRows
from evenhand.model.campaigns.instants import instant, microseconds
from evenhand.stores import bulk
from evenhand.stores.database import Database
from evenhand.stores.holding import hold_back
from evenhand.stores.schema import CAMPAIGNS, EVENTS, IS_STEP

COLUMNS = ("campaign_id", "sequence", "kind", "at", "actor", "body")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=dict).encode
PORTION = 10_000
"""Rows that are read in one go, so that a reader of millions needs little memory."""


class EventTable:
    """The events of all campaigns in one database. It is an `EventStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, events: Sequence[Event], *, expecting: int | None = None) -> int:
        """Add events of one campaign, all or none; the number of its last event. See `EventStore`."""
        if not events:
            raise ValueError("nothing to append: pass at least one event")
        with self._database.write() as connection:
            return append(connection, events, expecting=expecting)

    def last(self, campaign_id: str) -> int:
        """The number of the campaign's last event, 0 when it has none."""
        with self._database.read() as connection:
            return connection.scalar(
                select(CAMPAIGNS.c.n_events).where(CAMPAIGNS.c.campaign_id == campaign_id)) or 0

    def read(self, campaign_id: str, *, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The campaign's events with a number above `after`, each with its number, in order."""
        while True:
            query = (select(EVENTS).where(EVENTS.c.campaign_id == campaign_id, EVENTS.c.sequence > after)
                     .order_by(EVENTS.c.sequence).limit(PORTION))
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                yield row.sequence, _event(campaign_id, row)
            if len(rows) < PORTION:
                return
            after = rows[-1].sequence

    def rows(self, campaign_id: str, *, after: int = 0, limit: int = PORTION) -> EventRows:
        """At most `limit` of them as columns, in order, for whoever needs millions."""
        query = (select(EVENTS.c.kind, EVENTS.c.at, EVENTS.c.actor, EVENTS.c.body)
                 .where(EVENTS.c.campaign_id == campaign_id, EVENTS.c.sequence > after)
                 .order_by(EVENTS.c.sequence).limit(limit))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        kinds, times, actors, bodies = zip(*rows, strict=True) if rows else ((),) * 4
        known = {kind: EventKind(kind).value for kind in set(kinds)}
        return EventRows(campaign_ids=[campaign_id] * len(rows), times=times, actors=actors,
                         kinds=[known[kind] for kind in kinds],
                         bodies=json.loads(f"[{','.join(bodies)}]"))  # in one go: names are the same strings in all of them

    def steps(self, campaign_id: str, *, after: int = 0) -> tuple[list[tuple[int, Event]], int]:
        """The same without what only says what became of an effect or a statement: all that the campaign's state rests on.

        With them the number up to which there is nothing else, so that nobody looks through millions of others again.
        """
        with self._database.read() as connection:
            last = connection.scalar(select(CAMPAIGNS.c.n_events).where(CAMPAIGNS.c.campaign_id == campaign_id)) or 0
            rows = _rows(connection, campaign_id, after=after) if last > after else []
        return [(row.sequence, _event(campaign_id, row)) for row in rows], last

    def campaigns(self) -> tuple[str, ...]:
        """The ids of all campaigns that have an event."""
        with self._database.read() as connection:
            return tuple(connection.scalars(select(CAMPAIGNS.c.campaign_id).where(CAMPAIGNS.c.n_events > 0).order_by(
                CAMPAIGNS.c.campaign_id)))

    def decide(self, campaign_id: str, decide: Callable[[Iterator[tuple[int, Event]]], Sequence[Event]], *,
               after: int = 0, holding: Collection[str] = ()) -> int:
        """Append what `decide` makes of the campaign's steps so far, while nobody else can append; the last number.

        With the events what was let out of the decisions `holding`, and has not begun, is held back.

        It is given the steps with a number above `after`, those that the caller has not read. Whoever decides sees everything
        that was decided before: of two approvers one is second. When `decide` raises, nothing is kept.
        """
        with self._database.write() as connection:
            n_events = lock_campaign(connection, campaign_id)
            events = decide(_numbered(connection, campaign_id, after=after))
            hold_back(connection, campaign_id, holding)
            return append(connection, events) if events else n_events

    def counts(self, campaign_id: str, *, after: int = 0) -> dict[EventKind, int]:
        """How many events of each kind the campaign has, of those with a number above `after`."""
        query = (select(EVENTS.c.kind, func.count()).where(EVENTS.c.campaign_id == campaign_id, EVENTS.c.sequence > after)
                 .group_by(EVENTS.c.kind))
        with self._database.read() as connection:
            return {EventKind(kind): n for kind, n in connection.execute(query)}


BULK: Collection[EventKind] = frozenset({
    EventKind.EFFECT_IMPOSED, EventKind.EFFECT_FAILED, EventKind.EFFECT_SUPPRESSED, EventKind.EFFECT_UNDONE,
    EventKind.EFFECT_LIFTED, EventKind.UNDO_FAILED, EventKind.STATEMENT_DELIVERED, EventKind.STATEMENT_FAILED,
    EventKind.DECISION_REVERSED})
"""What became of single effects, statements and decisions: millions, none of which changes the campaign's state."""


def steps_in(connection: Connection, campaign_id: str) -> Iterator[Event]:
    """The campaign's steps as a transaction sees them, read when the first is asked for."""
    yield from (event for _, event in _numbered(connection, campaign_id, after=0))


def has_step(connection: Connection, campaign_id: str, *, after: int) -> bool:
    """Whether somebody took a step of the campaign with a number above `after`."""
    return connection.scalar(select(EVENTS.c.sequence).where(
        EVENTS.c.campaign_id == campaign_id, EVENTS.c.sequence > after, IS_STEP).limit(1)) is not None


def _numbered(connection: Connection, campaign_id: str, *, after: int) -> Iterator[tuple[int, Event]]:
    yield from ((row.sequence, _event(campaign_id, row)) for row in _rows(connection, campaign_id, after=after))


def _rows(connection: Connection, campaign_id: str, *, after: int) -> Sequence[Row[tuple[Any, ...]]]:
    return connection.execute(select(EVENTS).where(
        EVENTS.c.campaign_id == campaign_id, EVENTS.c.sequence > after, IS_STEP,
        EVENTS.c.kind.not_in(sorted(kind.value for kind in BULK))).order_by(EVENTS.c.sequence)).all()


def _event(campaign_id: str, row: Row[tuple[Any, ...]]) -> Event:
    return Event(campaign_id=campaign_id, kind=EventKind(row.kind), at=instant(row.at), actor=row.actor,
                 body=json.loads(row.body))


def lock_campaign(connection: Connection, campaign_id: str) -> int:
    """How many events the campaign has; nobody else appends to it, or settles its orders, until the transaction ends."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(CAMPAIGNS).values(campaign_id=campaign_id, n_events=0).on_conflict_do_nothing())
    query = select(CAMPAIGNS.c.n_events).where(CAMPAIGNS.c.campaign_id == campaign_id).with_for_update()
    return int(connection.execute(query).scalar_one())


def append(connection: Connection, events: Sequence[Event], *, expecting: int | None = None) -> int:
    """Add events of one campaign within a transaction that writes something else too; the number of the last one."""
    campaign_id = events[0].campaign_id
    if any(event.campaign_id != campaign_id for event in events):
        raise ValueError("events of several campaigns: append each campaign's own")
    before = lock_campaign(connection, campaign_id)
    if expecting is not None and expecting != before:
        raise Overtaken(Problem(what=f"campaign `{campaign_id}` has {before} events, {expecting} were expected",
                                hint="somebody acted meanwhile: read the campaign again and decide anew"))
    rows = [(campaign_id, number, event.kind.value, microseconds(event.at), event.actor,
             _encode(event.body))
            for number, event in enumerate(events, start=before + 1)]
    bulk.insert(connection, EVENTS, COLUMNS, rows)
    after = before + len(rows)
    connection.execute(CAMPAIGNS.update().where(CAMPAIGNS.c.campaign_id == campaign_id).values(n_events=after))
    return after
