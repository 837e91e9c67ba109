"""Closings that are announced before they happen: their statements queued, and where each of these stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, select

from evenhand.model.campaigns.effect_state import Act, EffectState, Told
from evenhand.model.campaigns.instants import HELD, instant
from evenhand.model.penalty import Penalty
from evenhand.stores import bulk
from evenhand.stores.database import Database
from evenhand.stores.events import has_step, lock_campaign
from evenhand.stores.outbox import FOLLOWING_COLUMNS, IS_LEASED, IS_QUEUED, REASONS
from evenhand.stores.releasing import HELD_ORDERS
from evenhand.stores.schema import OUTBOX, STATEMENTS

PORTION = 5_000
"""Closings that are announced in one transaction."""
_STATEMENT = ("campaign_id", "decision_id", "kind", "account_id", "language", "body")


class AnnouncementTable:
    """The statements of closings that wait, in the same database as the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def to_announce(self, campaign_id: str, decision_ids: Collection[str]) -> pa.Table:
        """The closings of these decisions that are held, and whose statement nobody has begun to deliver: `HELD_ORDERS`.

        Those against which an appeal is open are left out.
        """
        found = list[Row[Any]]()
        with self._database.read() as connection:
            for part in _portions(decision_ids):
                found += _not_begun(connection, campaign_id, part)
        return pa.table({name: [getattr(row, name) for row in found] for name in HELD_ORDERS.names}, schema=HELD_ORDERS)

    def announce(self, campaign_id: str, statements: pa.Table, *, seen: int) -> int | None:
        """Queue the statements that announce closings; how many were queued. None when somebody took a step after `seen`.

        The table has the columns `decision_id`, `account_id`, `language` and `body`, at most `PORTION` rows. What is on its way
        stays as it is; a statement that nobody has begun to deliver gets the new words, with a later day.
        """
        with self._database.write() as connection:
            lock_campaign(connection, campaign_id)
            if has_step(connection, campaign_id, after=seen):
                return None
            told = {row.decision_id: row for row in _not_begun(connection, campaign_id, statements["decision_id"].to_pylist())}
            if not told:
                return 0
            connection.execute(delete(STATEMENTS).where(
                STATEMENTS.c.campaign_id == campaign_id, STATEMENTS.c.kind == REASONS, STATEMENTS.c.decision_id.in_(told)))
            bulk.insert(connection, STATEMENTS, _STATEMENT, [
                (campaign_id, row["decision_id"], REASONS, row["account_id"], row["language"], row["body"])
                for row in statements.to_pylist() if row["decision_id"] in told])
            return bulk.insert(connection, OUTBOX, FOLLOWING_COLUMNS, [(
                campaign_id, f"{row.decision_id}:{REASONS}", Act.TELL.value, None, row.decision_id, row.account_id, None,
                row.penalty, row.stratum, row.stage, row.turn, None, EffectState.QUEUED.value, 0, 0, 0)
                for row in told.values()], skip_known=True)

    def withdraw(self, campaign_id: str, decision_ids: Collection[str]) -> int:
        """Take back the statements of these decisions that nobody has begun to deliver; how many."""
        n_withdrawn = 0
        for part in _portions(decision_ids):
            with self._database.write() as connection:
                lock_campaign(connection, campaign_id)
                n_withdrawn += connection.execute(delete(OUTBOX).where(
                    OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.key.in_([f"{one}:{REASONS}" for one in part]),
                    OUTBOX.c.state == EffectState.QUEUED.value, OUTBOX.c.attempts == 0, _never_imposed())).rowcount
        return n_withdrawn

    def told(self, campaign_id: str, decision_ids: Collection[str]) -> dict[str, Told]:
        """Where the statement of reasons of each decision stands; one that was never queued is left out."""
        columns = (OUTBOX.c.decision_id, OUTBOX.c.state, OUTBOX.c.settled_at)
        found: dict[str, Told] = {}
        with self._database.read() as connection:
            for part in _portions(decision_ids):
                rows = connection.execute(select(*columns).where(
                    OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.key.in_([f"{one}:{REASONS}" for one in part])))
                found |= {decision_id: Told(EffectState(state), None if at is None else instant(at))
                          for decision_id, state, at in rows}
        return found

    def is_under_way(self, campaign_id: str, *, stages: Collection[int]) -> bool:
        """Whether something of these stages was let out, or is to be told, and is not settled."""
        here = (OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act.in_((Act.IMPOSE.value, Act.TELL.value)),
                OUTBOX.c.stage.in_(stages))
        with self._database.read() as connection:
            return any(connection.scalar(select(OUTBOX.c.order_id).where(*here, *which).limit(1)) is not None
                       for which in ((IS_QUEUED, OUTBOX.c.due_at < HELD), (IS_LEASED,)))

    def n_announced(self, campaign_id: str) -> int:
        """Closings that were announced and wait: for their day, for an appeal, or for a person."""
        told = OUTBOX.alias()
        query = select(func.count()).select_from(OUTBOX.join(told, and_(
            told.c.campaign_id == OUTBOX.c.campaign_id, told.c.key == OUTBOX.c.decision_id + f":{REASONS}"))).where(
                OUTBOX.c.campaign_id == campaign_id, IS_QUEUED, OUTBOX.c.act == Act.IMPOSE.value,
                OUTBOX.c.penalty == Penalty.CLOSE.value, told.c.state == EffectState.DONE.value)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)


def _not_begun(connection: Connection, campaign_id: str, decision_ids: Collection[str]) -> list[Row[Any]]:
    """The closings of these decisions that are held, in their turn, and whose statement is neither on its way nor delivered."""
    begun = set(connection.scalars(select(OUTBOX.c.decision_id).where(
        OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.key.in_([f"{one}:{REASONS}" for one in decision_ids]),
        ~and_(OUTBOX.c.state == EffectState.QUEUED.value, OUTBOX.c.attempts == 0))))
    rows = connection.execute(select(OUTBOX).where(
        OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.decision_id.in_(decision_ids), OUTBOX.c.act == Act.IMPOSE.value,
        OUTBOX.c.penalty == Penalty.CLOSE.value, OUTBOX.c.state == EffectState.QUEUED.value,
        OUTBOX.c.due_at == HELD).order_by(OUTBOX.c.turn))
    return [row for row in rows if row.decision_id not in begun]


def _never_imposed() -> ColumnElement[bool]:
    """Nothing of the decision of an order is done, so that no statement has to follow."""
    effect = OUTBOX.alias()
    return exists().where(
        effect.c.campaign_id == OUTBOX.c.campaign_id, effect.c.decision_id == OUTBOX.c.decision_id,
        effect.c.act == Act.IMPOSE.value, effect.c.state == EffectState.QUEUED.value, effect.c.attempts == 0)


def _portions(decision_ids: Collection[str]) -> list[list[str]]:
    wanted = sorted(decision_ids)
    return [wanted[start:start + PORTION] for start in range(0, len(wanted), PORTION)]
