"""Orders to undo: what reversed decisions become in the outbox, exactly and no more, and what else follows from a ruling."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa
from sqlalchemy import Connection, Row, case, delete, func, select, update

from evenhand.model.appeal import APPEALS_STAGE, Consequences
from evenhand.model.campaigns.effect_state import NOTHING_UNDONE, TOO_LATE, Act, EffectState, UndoOrdered
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.instants import CONTESTED, HELD, microseconds
from evenhand.model.penalty import Penalty
from evenhand.stores import bulk
from evenhand.stores.database import Database
from evenhand.stores.events import append, lock_campaign, steps_in
from evenhand.stores.outbox import FOLLOWING_COLUMNS, REASONS, REINSTATEMENT, UNDO_END
from evenhand.stores.records import remember, withdraw
from evenhand.stores.schema import OUTBOX, STATEMENTS

PORTION = 5_000
UPHELD = "appeal"
"""The kind of statement that tells that an appeal changed nothing."""
Judge = Callable[[Iterator[Event], frozenset[str]], Consequences]
"""Makes the consequences of the campaign's steps so far and of those decisions in question that are undone already."""


class UndoTable:
    """Takes back the effects of decisions, in the same database as the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def order(self, campaign_id: str, statements: pa.Table, *, why: str, actor: str, at: datetime) -> UndoOrdered:
        """Order the undoing of every effect of the decisions in `statements`, their statements of reinstatement.

        The table has the columns `decision_id`, `account_id`, `language` and `body`; each text is queued once the effect is
        undone. What has not begun is suppressed at once, with an event; what is under way is undone when it is done. Whoever
        was told of a closing that had not begun is told at once that it never will. The same order again changes nothing.
        """
        total = NOTHING_UNDONE
        for batch in statements.to_batches(max_chunksize=PORTION):
            with self._database.write() as connection:
                lock_campaign(connection, campaign_id)
                done = _ordered(connection, _Order(campaign_id, why, actor, at), pa.Table.from_batches([batch]))
            total = total.and_more(done.total)
        return total

    def wholly_undone(self, campaign_id: str, *, why: str) -> pa.Array:
        """The decisions of which every effect that was to be undone for this reason is, by id."""
        is_left = case((OUTBOX.c.state == EffectState.DONE.value, 0), else_=1)
        query = (select(OUTBOX.c.decision_id).where(
            OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.UNDO.value, OUTBOX.c.unwanted == why)
            .group_by(OUTBOX.c.decision_id).having(func.sum(is_left) == 0).order_by(OUTBOX.c.decision_id))
        with self._database.read() as connection:
            return pa.array(connection.scalars(query), pa.string())

    def rule(self, campaign_id: str, judge: Judge, *, about: Collection[str]) -> UndoOrdered:
        """Write down what `judge` makes of the campaign, while nobody else can act in it: all of it or nothing.

        `about` are the decisions in question, at most `PORTION`. When `judge` raises, nothing is kept.
        """
        with self._database.write() as connection:
            lock_campaign(connection, campaign_id)
            undone = connection.scalars(select(STATEMENTS.c.decision_id).where(
                STATEMENTS.c.campaign_id == campaign_id, STATEMENTS.c.kind == REINSTATEMENT,
                STATEMENTS.c.decision_id.in_(about)))
            return _written(connection, campaign_id, judge(steps_in(connection, campaign_id), frozenset(undone)))


class _Order(NamedTuple):
    campaign_id: str
    why: str
    actor: str
    at: datetime
    stage: int | None = None
    """The stage in which it is undone; None: the effect's own."""


class _Ordered(NamedTuple):
    total: UndoOrdered
    rows: list[Row[tuple[object, ...]]]
    on_the_way: frozenset[str]
    """Decisions with an effect that is being undone: their people are told when it is done."""


def _ordered(connection: Connection, order: _Order, part: pa.Table) -> _Ordered:
    rows = list(connection.execute(
        select(OUTBOX).where(OUTBOX.c.campaign_id == order.campaign_id, OUTBOX.c.act == Act.IMPOSE.value,
                             OUTBOX.c.decision_id.in_(part["decision_id"].to_pylist()))
        .order_by(OUTBOX.c.turn, OUTBOX.c.order_id).with_for_update()).all())
    fresh = [row for row in rows if row.state == EffectState.QUEUED and row.attempts == 0]
    under_way = [row for row in rows if row.state == EffectState.IN_FLIGHT
                 or (row.state == EffectState.QUEUED and row.attempts > 0)]
    done = [row for row in rows if row.state == EffectState.DONE]
    late = {row.order_id for row in done
            if row.irreversible_at is not None and row.irreversible_at <= microseconds(order.at)}
    undo = [row for row in (*under_way, *done) if row.order_id not in late]
    _suppress(connection, fresh, why=order.why, actor=order.actor, at=order.at)
    bulk.update(connection, OUTBOX, ("order_id", "unwanted"), [(row.order_id, order.why) for row in under_way])
    _load(connection, order.campaign_id, part, kind=REINSTATEMENT)
    _tell(connection, _announced(connection, order.campaign_id, fresh), kind=REINSTATEMENT, is_after=REASONS)
    n_undo = bulk.insert(connection, OUTBOX, (*FOLLOWING_COLUMNS, "unwanted"), [
        _undo_of(row, order) for row in undo], skip_known=True)
    total = UndoOrdered(n_undo=n_undo, n_suppressed=len(fresh), too_late=tuple(row.key for row in done if row.order_id in late))
    return _Ordered(total, rows, frozenset(row.decision_id for row in undo))


def _written(connection: Connection, campaign_id: str, follows: Consequences) -> UndoOrdered:
    """Write down all consequences of a ruling."""
    total = NOTHING_UNDONE
    if follows.events:
        append(connection, follows.events)
    _hold(connection, campaign_id, follows.contested, until=CONTESTED)
    _hold(connection, campaign_id, follows.freed, until=HELD)
    if follows.undone is not None:
        order = _Order(campaign_id, follows.why, follows.actor, follows.at, APPEALS_STAGE)
        total = _undone(connection, order, follows.undone, is_told_anyway=follows.is_told_anyway)
        withdraw(connection, campaign_id, follows.withdrawn, at=follows.at)
    if follows.told is not None:
        ids = follows.told["decision_id"].to_pylist()
        kind = _upheld(connection, campaign_id, ids)
        _load(connection, campaign_id, follows.told, kind=kind)
        _tell(connection, connection.execute(select(OUTBOX).where(
            OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.decision_id.in_(ids))).all(),
              kind=kind)
    if follows.reasons is not None:
        _load(connection, campaign_id, follows.reasons, kind=REASONS)
        bulk.insert(connection, OUTBOX, FOLLOWING_COLUMNS, [(
            campaign_id, one["key"], Act.IMPOSE.value, None, one["decision_id"], one["account_id"], one["post_id"],
            one["penalty"], one["stratum"], APPEALS_STAGE, one["turn"], one["until"], EffectState.QUEUED.value, 0, 0, 0)
            for one in follows.imposed], skip_known=True)
    if follows.adjudications is not None:
        remember(connection, follows.adjudications, decided_by=follows.actor, campaign_id=campaign_id,
                 is_rehearsal=follows.is_rehearsal)
    return total


def _upheld(connection: Connection, campaign_id: str, decision_ids: Collection[str]) -> str:
    """The kind of the statement of an appeal that changed nothing: each has its own, where there was one before."""
    n_before = connection.scalar(select(func.count()).where(
        STATEMENTS.c.campaign_id == campaign_id, STATEMENTS.c.decision_id.in_(decision_ids),
        STATEMENTS.c.kind.like(f"{UPHELD}%"))) or 0
    return f"{UPHELD}-{n_before + 1}" if n_before else UPHELD


def _undone(connection: Connection, order: _Order, part: pa.Table, *, is_told_anyway: bool) -> UndoOrdered:
    """Order the undoing, and tell at once those for whom there is nothing to wait for."""
    done = _ordered(connection, order, part)
    ended = {row.decision_id for row in done.rows if row.state == EffectState.LIFTED}
    _tell(connection, [row for row in done.rows if row.decision_id not in done.on_the_way
                       and (is_told_anyway or row.decision_id in ended)], kind=REINSTATEMENT)
    if done.total.too_late:
        append(connection, [_event(row, EventKind.UNDO_FAILED, TOO_LATE, actor=order.actor, at=order.at)
                            for row in done.rows if row.key in done.total.too_late])
    return done.total


def _announced(connection: Connection, campaign_id: str,
               never: Sequence[Row[tuple[object, ...]]]) -> list[Row[tuple[object, ...]]]:
    """Those of the closings that never happen of which somebody was told, or is being told; what nobody began to tell goes."""
    keys = [f"{row.decision_id}:{REASONS}" for row in never if row.penalty == Penalty.CLOSE]
    if not keys:
        return []
    here = (OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.key.in_(keys))
    connection.execute(delete(OUTBOX).where(*here, OUTBOX.c.state == EffectState.QUEUED.value, OUTBOX.c.attempts == 0))
    told = set(connection.scalars(select(OUTBOX.c.decision_id).where(*here, OUTBOX.c.state.in_(
        (EffectState.QUEUED.value, EffectState.IN_FLIGHT.value, EffectState.DONE.value)))))
    return [row for row in never if row.decision_id in told]


def _hold(connection: Connection, campaign_id: str, decision_ids: Collection[str], *, until: int) -> None:
    """Hold the closings of these decisions that have not begun, or let them wait as the others do."""
    if decision_ids:
        is_free = OUTBOX.c.due_at != CONTESTED if until == CONTESTED else OUTBOX.c.due_at == CONTESTED
        connection.execute(update(OUTBOX).where(
            OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.decision_id.in_(decision_ids), OUTBOX.c.act == Act.IMPOSE.value,
            OUTBOX.c.penalty == Penalty.CLOSE.value, OUTBOX.c.state == EffectState.QUEUED.value, is_free).values(due_at=until))


def _tell(connection: Connection, rows: Sequence[Row[tuple[object, ...]]], *, kind: str, is_after: str | None = None) -> None:
    """Queue one statement for each decision among `rows`; it is told after that of the kind `is_after`, if one is under way."""
    bulk.insert(connection, OUTBOX, FOLLOWING_COLUMNS, [(
        row.campaign_id, f"{row.decision_id}:{kind}", Act.TELL.value,
        None if is_after is None else f"{row.decision_id}:{is_after}", row.decision_id, row.account_id, None, row.penalty,
        row.stratum, APPEALS_STAGE, row.turn, None, EffectState.QUEUED.value, 0, 0, 0)
        for row in {row.decision_id: row for row in rows}.values()], skip_known=True)


def _load(connection: Connection, campaign_id: str, statements: pa.Table, *, kind: str) -> None:
    n = statements.num_rows
    bulk.load(connection, STATEMENTS, statements.append_column("kind", pa.repeat(pa.scalar(kind), n)).append_column(
        "campaign_id", pa.repeat(pa.scalar(campaign_id), n)))


def _suppress(connection: Connection, rows: Sequence[Row[tuple[object, ...]]], *, why: str, actor: str, at: datetime) -> None:
    if not rows:
        return
    connection.execute(update(OUTBOX).where(OUTBOX.c.order_id.in_([row.order_id for row in rows])).values(
        state=EffectState.SUPPRESSED.value, why=why, settled_at=microseconds(at)))
    append(connection, [_event(row, EventKind.EFFECT_SUPPRESSED, why, actor=actor, at=at) for row in rows])


def _event(row: Row[tuple[object, ...]], kind: EventKind, why: str, *, actor: str, at: datetime) -> Event:
    return Event(campaign_id=row.campaign_id, kind=kind, at=at, actor=actor, body={
        "key": row.key, "decision_id": row.decision_id, "account_id": row.account_id, "post_id": row.post_id,
        "penalty": row.penalty, "stratum": row.stratum, "stage": row.stage, "why": why})


def _undo_of(row: Row[tuple[object, ...]], order: _Order) -> tuple[object, ...]:
    """The order that undoes the effect in `row`; why goes along, for its event."""
    stage = row.stage if order.stage is None else order.stage
    return (row.campaign_id, f"{row.key}{UNDO_END}", Act.UNDO.value, row.key, row.decision_id, row.account_id, row.post_id,
            row.penalty, row.stratum, stage, row.turn, None, EffectState.QUEUED.value, 0, 0, 0, order.why)
