"""Orders to undo: what reversed decisions become in the outbox, exactly and no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
from sqlalchemy import Connection, Row, select, update

from evenhand.model.campaigns.effect_state import Act, EffectState, UndoOrdered
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.instants import microseconds
from evenhand.stores import bulk
from evenhand.stores.database import Database
from evenhand.stores.events import append, lock_campaign
from evenhand.stores.outbox import FOLLOWING_COLUMNS, REINSTATEMENT
from evenhand.stores.schema import OUTBOX, STATEMENTS

PORTION = 5_000


class UndoTable:
    """Takes back the effects of decisions, in the same database as the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def order(self, campaign_id: str, statements: pa.Table, *, why: str, actor: str, at: datetime) -> UndoOrdered:
        """Order the undoing of every effect of the decisions in `statements`, their statements of reinstatement.

        The table has the columns `decision_id`, `account_id`, `language` and `body`; each text is queued once the effect is
        undone. What has not begun is suppressed at once, with an event; what is under way is undone when it is done.
        The same order again changes nothing.
        """
        n_undo = n_suppressed = 0
        too_late: list[str] = []
        for batch in statements.to_batches(max_chunksize=PORTION):
            part = pa.Table.from_batches([batch])
            with self._database.write() as connection:
                lock_campaign(connection, campaign_id)
                rows = connection.execute(
                    select(OUTBOX).where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value,
                                         OUTBOX.c.decision_id.in_(part["decision_id"].to_pylist()))
                    .order_by(OUTBOX.c.turn).with_for_update()).all()
                fresh = [row for row in rows if row.state == EffectState.QUEUED and row.attempts == 0]
                under_way = [row for row in rows if row.state == EffectState.IN_FLIGHT
                             or (row.state == EffectState.QUEUED and row.attempts > 0)]
                done = [row for row in rows if row.state == EffectState.DONE]
                late = [row for row in done if row.irreversible_at is not None and row.irreversible_at <= microseconds(at)]
                _suppress(connection, fresh, why=why, actor=actor, at=at)
                bulk.update(connection, OUTBOX, ("order_id", "unwanted"), [(row.order_id, why) for row in under_way])
                texts = part.append_column("kind", pa.repeat(pa.scalar(REINSTATEMENT), part.num_rows))
                bulk.load(connection, STATEMENTS, texts.append_column(
                    "campaign_id", pa.repeat(pa.scalar(campaign_id), part.num_rows)))
                n_undo += bulk.insert(connection, OUTBOX, (*FOLLOWING_COLUMNS, "unwanted"), [
                    _undo_of(row, why) for row in (*under_way, *done) if row not in late], skip_known=True)
            n_suppressed += len(fresh)
            too_late += [row.key for row in late]
        return UndoOrdered(n_undo=n_undo, n_suppressed=n_suppressed, too_late=tuple(too_late))


def _suppress(connection: Connection, rows: Sequence[Row[tuple[object, ...]]], *, why: str, actor: str, at: datetime) -> None:
    if not rows:
        return
    connection.execute(update(OUTBOX).where(OUTBOX.c.order_id.in_([row.order_id for row in rows])).values(
        state=EffectState.SUPPRESSED.value, why=why, settled_at=microseconds(at)))
    append(connection, [
        Event(campaign_id=row.campaign_id, kind=EventKind.EFFECT_SUPPRESSED, at=at, actor=actor, body={
            "key": row.key, "decision_id": row.decision_id, "account_id": row.account_id, "post_id": row.post_id,
            "penalty": row.penalty, "stratum": row.stratum, "stage": row.stage, "why": why}) for row in rows])


def _undo_of(row: Row[tuple[object, ...]], why: str) -> tuple[object, ...]:
    """The order that undoes the effect in `row`; why goes along, for its event."""
    return (row.campaign_id, f"{row.key}:undo", Act.UNDO.value, row.key, row.decision_id, row.account_id, row.post_id,
            row.penalty, row.stratum, row.stage, row.turn, None, EffectState.QUEUED.value, 0, 0, 0, why)
