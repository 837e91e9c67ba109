"""The outbox: orders to the platform, leased to one worker at a time and settled together with their events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, and_, exists, func, literal_column, or_, select, update

from evenhand.model.campaigns.effect_state import SETTLED, Act, EffectState, Order, Reckoning, Settlement, Term
from evenhand.model.campaigns.instants import instant, microseconds
from evenhand.model.penalty import Penalty
from evenhand.stores import bulk
from evenhand.stores.database import Database
from evenhand.stores.events import append, has_step, lock_campaign
from evenhand.stores.schema import OUTBOX, STATEMENTS

ORDER_COLUMNS = tuple(OUTBOX.c[name] for name in Order._fields)
SETTLED_COLUMNS = ("order_id", "state", "due_at", "failures", "reference", "why", "read_back", "irreversible_at",
                   "settled_at", "owner", "leased_until")
FOLLOWING_COLUMNS = ("campaign_id", "key", "act", "of_key", "decision_id", "account_id", "post_id", "penalty", "stratum",
                     "stage", "turn", "until", "state", "due_at", "attempts", "failures")
REASONS = "reasons"
REINSTATEMENT = "reinstatement"
UNDO_END = ":undo"
"""What stands behind an effect's key in the key of the order that undoes it."""
NEVER_IMPOSED = "what it would take back was never imposed"
_ACTS = {act.value: act for act in Act}
_OPEN = (EffectState.QUEUED, EffectState.IN_FLIGHT)
IS_QUEUED = OUTBOX.c.state == literal_column(f"'{EffectState.QUEUED}'")
IS_LEASED = and_(OUTBOX.c.state == literal_column(f"'{EffectState.IN_FLIGHT}'"), OUTBOX.c.leased_until >= 0)
"""Written out, not as a parameter: a partial index serves only what the planner can see. The second condition, which always
holds, leads it to `ix_outbox_leased`; without it every row of the campaign is read (measured)."""


class OutboxTable:
    """The outbox of all campaigns in one database. It is an `Outbox`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, campaign_id: str, *, effects: pa.Table | None = None, statements: pa.Table | None = None) -> int:
        """Add a portion of a plan's effects and statements; rows that are known stay as they are. How many were added."""
        added = 0
        with self._database.write() as connection:
            lock_campaign(connection, campaign_id)
            if statements is not None:
                bulk.load(connection, STATEMENTS, _with(statements, campaign_id=campaign_id, kind=REASONS))
            if effects is not None:
                added = bulk.load(connection, OUTBOX, _with(
                    effects, campaign_id=campaign_id, act=Act.IMPOSE.value, state=EffectState.QUEUED.value, attempts=0,
                    failures=0))
        return added

    def has_order(self, campaign_id: str, key: str) -> bool:
        """Whether there is an order with this key."""
        with self._database.read() as connection:
            return connection.scalar(select(exists().where(OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.key == key))) is True

    def lease(self, campaign_id: str, *, owner: str, stages: Iterable[int], term: Term, limit: int,
              seen: int | None = None) -> list[Order] | None:
        """At most `limit` orders that are due when `term` begins, for `owner` alone until it ends, in their turn.

        A lease that ran out is given to the next who asks: the order is then in doubt. None, and nothing is leased, when
        somebody took a step of the campaign after `seen`: it may have been halted.
        """
        now, leased = microseconds(term.at), list[Order]()
        with self._database.write() as connection:
            if seen is not None:
                lock_campaign(connection, campaign_id)
                if has_step(connection, campaign_id, after=seen):
                    return None
            self._release(connection, OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.leased_until <= now)
            for stage in sorted(set(stages)):
                due = (select(OUTBOX.c.order_id)
                       .where(OUTBOX.c.campaign_id == campaign_id, IS_QUEUED,
                              OUTBOX.c.stage == stage, OUTBOX.c.due_at <= now, _may_begin())
                       .order_by(OUTBOX.c.due_at, OUTBOX.c.turn).limit(limit - len(leased)).with_for_update(skip_locked=True))
                taken = connection.execute(
                    update(OUTBOX).where(OUTBOX.c.order_id.in_(due.scalar_subquery()))
                    .values(state=EffectState.IN_FLIGHT.value, owner=owner, leased_until=microseconds(term.at + term.lasting),
                            attempts=OUTBOX.c.attempts + 1).returning(*ORDER_COLUMNS))
                leased += [Order._make((*row[:3], _ACTS[row[3]], *row[4:])) for row in taken]
                if len(leased) >= limit:
                    break
        leased.sort(key=lambda order: (order.stage, order.turn))
        return leased

    def take_back(self, campaign_id: str, *, owner: str) -> int:
        """Release what an earlier worker of the same name left behind, without waiting for its leases to run out."""
        with self._database.write() as connection:
            return self._release(connection, OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.owner == owner)

    def settle(self, campaign_id: str, settlements: Sequence[Settlement], *, owner: str, at: datetime) -> list[Settlement]:
        """Write what became of leased orders, and their events, in one transaction; those that were still `owner`'s.

        With an effect that is done its statement of reasons is queued, and the lifting of a suspension on its day.
        """
        with self._database.write() as connection:
            lock_campaign(connection, campaign_id)
            held = dict(connection.execute(
                select(OUTBOX.c.order_id, OUTBOX.c.attempts)
                .where(OUTBOX.c.campaign_id == campaign_id, IS_LEASED, OUTBOX.c.owner == owner).with_for_update()).all())
            ours = [one for one in settlements if held.get(one.order.order_id) == one.order.attempts]
            _write(connection, ours, now=microseconds(at))
            events = [one.event for one in ours if one.event is not None]
            if events:
                append(connection, events)
        return ours

    def statements(self, orders: Sequence[Order]) -> dict[str, str]:
        """The JSON text of the statements that `orders` deliver, by the order's key."""
        told = [order for order in orders if order.act is Act.TELL]
        if not told:
            return {}
        wanted = {order.decision_id for order in told}
        with self._database.read() as connection:
            rows = connection.execute(
                select(STATEMENTS.c.decision_id, STATEMENTS.c.kind, STATEMENTS.c.body)
                .where(STATEMENTS.c.campaign_id == told[0].campaign_id, STATEMENTS.c.decision_id.in_(wanted)))
            bodies = {f"{decision_id}:{kind}": body for decision_id, kind, body in rows}
        return {order.key: bodies[order.key] for order in told}

    def reckoning(self, campaign_id: str) -> tuple[Reckoning, ...]:
        """How many orders stand where, by act and state."""
        query = (select(OUTBOX.c.act, OUTBOX.c.state, func.count()).where(OUTBOX.c.campaign_id == campaign_id)
                 .group_by(OUTBOX.c.act, OUTBOX.c.state).order_by(OUTBOX.c.act, OUTBOX.c.state))
        with self._database.read() as connection:
            return tuple(Reckoning(Act(act), EffectState(state), n) for act, state, n in connection.execute(query))

    def next_due(self, campaign_id: str, *, stages: Iterable[int]) -> datetime | None:
        """When the next order of these stages that may begin is due, or a lease runs out; None when nothing waits.

        What waits for an effect that another stage has to settle does not count: whoever slept for it would sleep for ever.
        """
        here = OUTBOX.c.campaign_id == campaign_id
        with self._database.read() as connection:
            times = [connection.scalar(select(OUTBOX.c.due_at).where(here, IS_QUEUED, OUTBOX.c.stage == stage, _may_begin())
                                       .order_by(OUTBOX.c.due_at).limit(1)) for stage in stages]
            times.append(connection.scalar(select(func.min(OUTBOX.c.leased_until)).where(
                here, IS_LEASED)))
        return min((instant(time) for time in times if time is not None), default=None)

    @staticmethod
    def _release(connection: Connection, *which: ColumnElement[bool]) -> int:
        left = (select(OUTBOX.c.order_id).where(*which, IS_LEASED)
                .with_for_update(skip_locked=True))  # what is being settled right now is not left behind
        return connection.execute(update(OUTBOX).where(OUTBOX.c.order_id.in_(left.scalar_subquery())).values(
            state=EffectState.QUEUED.value, owner=None, leased_until=None)).rowcount


def _may_begin() -> ColumnElement[bool]:
    """What takes an effect back waits until that effect is settled."""
    first = OUTBOX.alias()
    return or_(OUTBOX.c.of_key.is_(None), ~exists().where(
        first.c.campaign_id == OUTBOX.c.campaign_id, first.c.key == OUTBOX.c.of_key, first.c.state.in_(_OPEN)))


def _write(connection: Connection, ours: Sequence[Settlement], *, now: int) -> None:
    done = [one for one in ours if one.state is EffectState.DONE]
    following = {row[1]: row for one in done for row in _following(one.order)}  # one statement for all posts of a decision
    bulk.insert(connection, OUTBOX, FOLLOWING_COLUMNS, list(following.values()), skip_known=True)
    bulk.update(connection, OUTBOX, SETTLED_COLUMNS, [
        (one.order.order_id, one.state.value, one.due_at, one.failures, one.reference, one.why, one.read_back,
         one.irreversible_at, now if one.state in SETTLED else None, None, None) for one in ours])
    for act, becomes in ((Act.UNDO, EffectState.UNDONE), (Act.LIFT, EffectState.LIFTED)):
        back = [one.order for one in done if one.order.act is act]
        _of_parents(connection, back, state=becomes)
        if act is Act.UNDO:
            _drop(connection, back, [order.of_key for order in back], why="it is undone already")
            _reinstated(connection, back)
    never = [one.order for one in ours if one.order.act is Act.IMPOSE and one.state in {EffectState.FAILED,
                                                                                     EffectState.SUPPRESSED}]
    _drop(connection, never, [order.key for order in never], why=NEVER_IMPOSED)


def _following(order: Order) -> Iterable[tuple[object, ...]]:
    """The rows that follow an effect that is done: its statement, and the end of a suspension."""
    if order.act is not Act.IMPOSE:
        return
    same = (order.decision_id, order.account_id)
    state = EffectState.QUEUED.value
    yield (order.campaign_id, f"{order.decision_id}:{REASONS}", Act.TELL.value, None, *same, None, order.penalty,
           order.stratum, order.stage, order.turn, order.until, state, 0, 0, 0)
    if order.until is not None and order.penalty == Penalty.SUSPEND:
        yield (order.campaign_id, f"{order.key}:lift", Act.LIFT.value, order.key, *same, order.post_id, order.penalty,
               order.stratum, order.stage, order.turn, order.until, state, order.until, 0, 0)


def _of_parents(connection: Connection, orders: Sequence[Order], *, state: EffectState) -> None:
    if orders:
        connection.execute(update(OUTBOX).where(
            OUTBOX.c.campaign_id == orders[0].campaign_id, OUTBOX.c.key.in_([order.of_key for order in orders]),
            OUTBOX.c.state == EffectState.DONE.value).values(state=state.value))


def _drop(connection: Connection, orders: Sequence[Order], keys: Sequence[str | None], *, why: str) -> None:
    """Suppress what was to take back the effects with these keys and has not begun; it is of the same decisions."""
    if orders:
        connection.execute(update(OUTBOX).where(
            OUTBOX.c.campaign_id == orders[0].campaign_id, OUTBOX.c.of_key.in_(keys),
            OUTBOX.c.decision_id.in_({order.decision_id for order in orders}),
            OUTBOX.c.state == EffectState.QUEUED.value).values(state=EffectState.SUPPRESSED.value, why=why))


def _reinstated(connection: Connection, orders: Sequence[Order]) -> None:
    """Queue the statements of reinstatement that were given with the order to undo."""
    rows = [(order.campaign_id, f"{order.decision_id}:{REINSTATEMENT}", Act.TELL.value, None, order.decision_id,
             order.account_id, None, order.penalty, order.stratum, order.stage, order.turn, None, EffectState.QUEUED.value,
             0, 0, 0)
            for order in orders]
    bulk.insert(connection, OUTBOX, FOLLOWING_COLUMNS, rows, skip_known=True)


def _with(rows: pa.Table, **constants: object) -> pa.Table:
    for name, value in constants.items():
        rows = rows.append_column(name, pa.repeat(pa.scalar(value), rows.num_rows))
    return rows
