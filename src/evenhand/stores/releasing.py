"""Letting effects out: those that nobody let out yet, when each may go, which never will, and what a stage has come to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa
from sqlalchemy import and_, exists, func, or_, select, tuple_

from evenhand.model.appeal import APPEALS_STAGE, LOWERED, original_id
from evenhand.model.campaigns.effect_state import Act, EffectState, Observed, Standing
from evenhand.model.campaigns.event import NOBODY, Event, EventKind
from evenhand.model.campaigns.instants import HELD, instant, microseconds
from evenhand.stores import bulk
from evenhand.stores.alone import alone
from evenhand.stores.database import Database
from evenhand.stores.events import append, has_step, lock_campaign
from evenhand.stores.holding import FEW
from evenhand.stores.outbox import IS_LEASED, IS_QUEUED, UNDO_END
from evenhand.stores.schema import IS_SETTLED, OUTBOX, STATEMENTS

HELD_ORDERS = pa.schema([
    pa.field("order_id", pa.int64()), pa.field("turn", pa.int64()), pa.field("key", pa.string()),
    pa.field("decision_id", pa.string()), pa.field("penalty", pa.string()), pa.field("stratum", pa.string()),
    pa.field("until", pa.int64())])
_OPEN = (EffectState.QUEUED.value, EffectState.IN_FLIGHT.value)
_PORTION = 5_000


class StageCount(NamedTuple):
    """How many effects of a stage stand where."""

    n_held: int
    """Not let out yet."""
    n_open: int
    """Let out and not settled, and statements that are not delivered."""
    n_imposed: int
    n_failed: int
    n_suppressed: int


class ReleaseTable:
    """The effects of all campaigns in one database, as far as they wait to be let out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alone(self, campaign_id: str) -> AbstractContextManager[None]:
        """A block in which nobody else lets effects of the campaign out: what is counted in it stays true until it ends."""
        return alone(self._database, f"letting out {campaign_id}")

    def held(self, campaign_id: str, *, stage: int, after: tuple[int, int] = (-1, -1), limit: int) -> pa.Table:
        """Effects of the stage that nobody let out, in their turn, from behind `after` (turn, order_id): `HELD_ORDERS`.

        Closings against which an appeal is open are among them; `release` leaves those held.
        """
        columns = [OUTBOX.c[name] for name in HELD_ORDERS.names]
        query = (select(*columns).where(
            OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.state == EffectState.QUEUED.value, OUTBOX.c.stage == stage,
            OUTBOX.c.due_at >= HELD, OUTBOX.c.act == Act.IMPOSE.value,
            tuple_(OUTBOX.c.turn, OUTBOX.c.order_id) > after).order_by(OUTBOX.c.turn, OUTBOX.c.order_id).limit(limit))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return pa.table([list(column) for column in zip(*rows, strict=True)], schema=HELD_ORDERS) if rows else (
            HELD_ORDERS.empty_table())

    def release(self, campaign_id: str, order_ids: Sequence[int], due_at: Sequence[int], *,
                seen: int | None = None) -> int | None:
        """Let orders out, each from its own moment on (microseconds since 1970), as far as they are still held; how many.

        None, and nothing is let out, when somebody took a step of the campaign after `seen`: that may have been a no.
        """
        with self._database.write() as connection:
            lock_campaign(connection, campaign_id)
            if seen is not None and has_step(connection, campaign_id, after=seen):
                return None
            return bulk.update(connection, OUTBOX, ("order_id", "due_at"), list(zip(order_ids, due_at, strict=True)),
                               only=("due_at", HELD))

    def begun(self, campaign_id: str, decision_ids: Collection[str]) -> list[str]:
        """Which of these decisions, or lighter ones in their place, are being carried out, or are carried out already."""
        wanted = sorted(decision_ids)
        found: dict[str, None] = {}
        for start in range(0, len(wanted), FEW):
            ids = [f"{one}{end}" for one in wanted[start:start + FEW] for end in ("", LOWERED)]
            query = select(OUTBOX.c.decision_id).where(
                OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.decision_id.in_(ids), or_(
                    OUTBOX.c.state.in_((EffectState.IN_FLIGHT.value, EffectState.DONE.value)),
                    and_(OUTBOX.c.state == EffectState.QUEUED.value, OUTBOX.c.attempts > 0)))
            with self._database.read() as connection:
                found |= dict.fromkeys(map(original_id, connection.scalars(query)))
        return list(found)

    def suppress(self, campaign_id: str, order_ids: Sequence[int], whys: Sequence[str], *, at: datetime) -> int:
        """Settle orders that are never carried out, each with its reason, and their events. How many there were."""
        n_suppressed = 0
        for start in range(0, len(order_ids), _PORTION):
            why_of = dict(zip(order_ids[start:start + _PORTION], whys[start:start + _PORTION], strict=True))
            with self._database.write() as connection:
                lock_campaign(connection, campaign_id)
                rows = connection.execute(select(OUTBOX).where(
                    OUTBOX.c.order_id.in_(why_of), OUTBOX.c.state == EffectState.QUEUED.value).with_for_update()).all()
                bulk.update(connection, OUTBOX, ("order_id", "state", "why", "settled_at"), [
                    (row.order_id, EffectState.SUPPRESSED.value, why_of[row.order_id], microseconds(at)) for row in rows])
                if rows:
                    append(connection, [Event(
                        campaign_id=campaign_id, kind=EventKind.EFFECT_SUPPRESSED, at=at, actor=NOBODY, body={
                            "key": row.key, "decision_id": row.decision_id, "account_id": row.account_id,
                            "post_id": row.post_id, "penalty": row.penalty, "stratum": row.stratum, "stage": row.stage,
                            "why": why_of[row.order_id]}) for row in rows])
            n_suppressed += len(rows)
        return n_suppressed

    def let_out(self, campaign_id: str, *, stages: Collection[int], since: datetime, until: datetime) -> pa.Table:
        """The effects that went out, or may still go out, between two instants: `decision_id`, once for each effect."""
        first, end = microseconds(since), microseconds(until)
        of_stages = (OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.stage.in_(sorted(stages)))
        is_due = (OUTBOX.c.due_at >= first, OUTBOX.c.due_at < end)
        is_past = (IS_SETTLED, OUTBOX.c.settled_at >= first, OUTBOX.c.settled_at < end,
                   OUTBOX.c.state != EffectState.SUPPRESSED.value)
        with self._database.read() as connection:  # three questions, each with an index of its own
            found = [decision_id for which in ((IS_QUEUED, *is_due), (IS_LEASED, *is_due), is_past)
                     for decision_id in connection.scalars(select(OUTBOX.c.decision_id).where(*of_stages, *which))]
        return pa.table({"decision_id": pa.array(found, pa.string())})

    def stage(self, campaign_id: str, stage: int) -> StageCount:
        """How many effects of the stage stand where. What ends a suspension on its day does not count."""
        is_held = and_(OUTBOX.c.due_at >= HELD, OUTBOX.c.state == EffectState.QUEUED.value)
        query = (select(OUTBOX.c.act, OUTBOX.c.state, is_held, func.count())
                 .where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.stage == stage,
                        OUTBOX.c.act.in_((Act.IMPOSE.value, Act.TELL.value)))
                 .group_by(OUTBOX.c.act, OUTBOX.c.state, is_held))
        n_held = n_open = 0
        ended = dict.fromkeys(EffectState, 0)
        with self._database.read() as connection:
            for act, state, held, n in connection.execute(query):
                if state in _OPEN:
                    n_held, n_open = (n_held + n, n_open) if held else (n_held, n_open + n)
                elif act == Act.IMPOSE:
                    ended[EffectState(state)] += n
        return StageCount(n_held=n_held, n_open=n_open, n_failed=ended[EffectState.FAILED],
                          n_imposed=ended[EffectState.DONE] + ended[EffectState.UNDONE] + ended[EffectState.LIFTED],
                          n_suppressed=ended[EffectState.SUPPRESSED])

    def observed(self, campaign_id: str, *, stages: Collection[int] | None = None, since: datetime,
                 until: datetime | None = None) -> Observed:
        """What the platform said of the effects and statements of some stages, or of all, that were settled since then.

        Those of `until` itself are left out. What appeals and rollbacks ordered belongs to no stage.
        """
        of_stages = OUTBOX.c.stage > APPEALS_STAGE if stages is None else OUTBOX.c.stage.in_(stages)
        ended = () if until is None else (OUTBOX.c.settled_at < microseconds(until),)
        query = (select(OUTBOX.c.act, OUTBOX.c.state, OUTBOX.c.read_back, func.count())
                 .where(OUTBOX.c.campaign_id == campaign_id, of_stages, IS_SETTLED,
                        OUTBOX.c.settled_at >= microseconds(since), *ended)
                 .group_by(OUTBOX.c.act, OUTBOX.c.state, OUTBOX.c.read_back))
        n = dict.fromkeys(Observed._fields, 0)
        absent = {Standing.ABSENT.value, Standing.UNKNOWN.value}
        with self._database.read() as connection:
            for act, state, read_back, count in connection.execute(query):
                if act == Act.IMPOSE and read_back:
                    n["n_read_back"] += count
                    n["n_mismatched"] += count if read_back in absent else 0
                elif act == Act.TELL:
                    n["n_statements"] += count
                    n["n_undelivered"] += count if state != EffectState.DONE else 0
        return Observed(**n)

    def imposed_of(self, campaign_id: str, decision_ids: Collection[str], *, since: datetime) -> list[str]:
        """Which of these decisions, or lighter ones in their place, had an effect imposed after then."""
        wanted = sorted(decision_ids)
        found: dict[str, None] = {}
        for start in range(0, len(wanted), FEW):
            ids = [f"{one}{end}" for one in wanted[start:start + FEW] for end in ("", LOWERED)]
            query = select(OUTBOX.c.decision_id).where(
                OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.decision_id.in_(ids),
                OUTBOX.c.state == EffectState.DONE.value, OUTBOX.c.settled_at > microseconds(since))
            with self._database.read() as connection:
                found |= dict.fromkeys(connection.scalars(query))
        return list(found)

    def in_force(self, campaign_id: str, *, undone_why: str | None = None) -> pa.Table:
        """The effects that a rollback takes back, in turn.

        `decision_id`, `account_id`, `penalty`, `language`, `state`, `attempts` of those that are done, and of those that are
        not settled yet: these are undone once they are, or never carried out. With `undone_why` also of those that were undone
        already for this reason, so that the turns stay the same while a rollback goes on.
        """
        undo = OUTBOX.alias()
        is_ours = and_(OUTBOX.c.state == EffectState.UNDONE.value, exists().where(
            undo.c.campaign_id == OUTBOX.c.campaign_id, undo.c.key == OUTBOX.c.key + UNDO_END, undo.c.unwanted == undone_why))
        is_wanted = OUTBOX.c.state.in_((*_OPEN, EffectState.DONE.value))
        query = (select(OUTBOX.c.decision_id, OUTBOX.c.account_id, OUTBOX.c.penalty, STATEMENTS.c.language, OUTBOX.c.state,
                        OUTBOX.c.attempts)
                 .join(STATEMENTS, and_(STATEMENTS.c.campaign_id == OUTBOX.c.campaign_id, STATEMENTS.c.kind == "reasons",
                                        STATEMENTS.c.decision_id == OUTBOX.c.decision_id))
                 .where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value,
                        is_wanted if undone_why is None else or_(is_wanted, is_ours))
                 .order_by(OUTBOX.c.stage, OUTBOX.c.turn, OUTBOX.c.order_id))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        names = ("decision_id", "account_id", "penalty", "language", "state")
        columns = {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)}
        return pa.table(columns | {"attempts": pa.array([row.attempts for row in rows], pa.int64())})

    def next_moment(self, campaign_id: str, *, stage: int) -> datetime | None:
        """When the next effect or statement of the stage that was let out is due, or a lease ends; None when none waits."""
        mine = (OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act.in_((Act.IMPOSE.value, Act.TELL.value)))
        with self._database.read() as connection:
            found = [connection.scalar(select(OUTBOX.c.due_at).where(
                *mine, IS_QUEUED, OUTBOX.c.stage == stage, OUTBOX.c.due_at < HELD).order_by(OUTBOX.c.due_at).limit(1)),
                connection.scalar(select(OUTBOX.c.leased_until).where(*mine, IS_LEASED, OUTBOX.c.stage == stage).order_by(
                    OUTBOX.c.leased_until).limit(1))]
        return min((instant(one) for one in found if one is not None), default=None)

    def n_held(self, campaign_id: str, *, stage: int) -> int:
        """Effects of the stage that nobody let out; read from the index alone."""
        query = select(func.count()).where(OUTBOX.c.campaign_id == campaign_id, IS_QUEUED, OUTBOX.c.stage == stage,
                                           OUTBOX.c.due_at >= HELD)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def n_queued(self, campaign_id: str, *, stage: int) -> int:
        """Orders of the stage that wait, held back or let out; read from the index alone."""
        query = select(func.count()).where(OUTBOX.c.campaign_id == campaign_id, IS_QUEUED, OUTBOX.c.stage == stage)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def n_let_out(self, campaign_id: str, *, stage: int) -> int:
        """Orders of the stage that were let out and wait to be carried out, or for their day."""
        query = select(func.count()).where(OUTBOX.c.campaign_id == campaign_id, IS_QUEUED, OUTBOX.c.stage == stage,
                                           OUTBOX.c.due_at < HELD)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)
