"""What readers of a rollback's sample learn of an account: what was imposed and undone, who was told, what else stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, select

from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.instants import instant
from evenhand.model.campaigns.taken_back import TakenBack, UndoneEffect
from evenhand.stores.database import Database
from evenhand.stores.outbox import REINSTATEMENT, UNDO_END
from evenhand.stores.schema import OUTBOX, STATEMENTS, STRIKES

_IN_FORCE = (EffectState.DONE.value, EffectState.IN_FLIGHT.value)


def taken_back(database: Database, campaign_id: str, decision_ids: Collection[str]) -> list[TakenBack]:
    """What became of each of these decisions, in the order of their ids; those that the campaign never imposed are left out.

    For a sample that people read: some hundred at most.
    """
    of_campaign = OUTBOX.c.campaign_id == campaign_id
    with database.read() as connection:
        rows = connection.execute(select(OUTBOX).where(of_campaign, OUTBOX.c.decision_id.in_(decision_ids)).order_by(
            OUTBOX.c.order_id)).all()
        bodies = dict(connection.execute(select(STATEMENTS.c.decision_id, STATEMENTS.c.body).where(
            STATEMENTS.c.campaign_id == campaign_id, STATEMENTS.c.kind == REINSTATEMENT,
            STATEMENTS.c.decision_id.in_(decision_ids))).all())
        strikes = {row.decision_id: row for row in connection.execute(select(STRIKES).where(
            STRIKES.c.campaign_id == campaign_id, STRIKES.c.decision_id.in_(decision_ids)))}
        others = _others(connection, campaign_id, {row.account_id for row in rows})
    found: dict[str, list[Row[tuple[object, ...]]]] = {}
    for row in rows:
        found.setdefault(row.decision_id, []).append(row)
    return [TakenBack(
        decision_id=decision_id, account_id=mine[0].account_id, effects=_effects(mine), statement=bodies.get(decision_id),
        told_at=_told(mine)[0], not_told_because=_told(mine)[1], in_force_of_others=tuple(others.get(mine[0].account_id, ())),
        has_strike_on_record=decision_id in strikes and strikes[decision_id].withdrawn_at is None)
        for decision_id, mine in sorted(found.items()) if any(row.act == Act.IMPOSE for row in mine)]


def _effects(rows: Sequence[Row[tuple[object, ...]]]) -> tuple[UndoneEffect, ...]:
    undo = {row.key: row for row in rows if row.act == Act.UNDO}
    return tuple(UndoneEffect(
        key=row.key, penalty=row.penalty, post_id=row.post_id, imposed_at=_when(row.settled_at),
        undone_at=_when(back.settled_at) if back is not None else None,
        read_back=back.read_back if back is not None else None)
        for row in rows if row.act == Act.IMPOSE and row.state != EffectState.SUPPRESSED
        for back in [undo.get(f"{row.key}{UNDO_END}")])


def _told(rows: Sequence[Row[tuple[object, ...]]]) -> tuple[datetime | None, str]:
    """When the statement of reinstatement was delivered, or why it was not."""
    told = next((row for row in rows if row.act == Act.TELL and row.key.endswith(f":{REINSTATEMENT}")), None)
    if told is None or told.state in {EffectState.QUEUED, EffectState.IN_FLIGHT}:
        return None, "it is not delivered yet"
    return (_when(told.settled_at), "") if told.state == EffectState.DONE else (None, told.why or "it was not delivered")


def _others(connection: Connection, campaign_id: str, account_ids: Collection[str]) -> dict[str, list[str]]:
    """Per account what other campaigns of this database have in force on it."""
    found: dict[str, list[str]] = {}
    for account_id, other, penalty in connection.execute(
            select(OUTBOX.c.account_id, OUTBOX.c.campaign_id, OUTBOX.c.penalty).where(
                OUTBOX.c.account_id.in_(account_ids), OUTBOX.c.campaign_id != campaign_id,
                OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.state.in_(_IN_FORCE)).order_by(OUTBOX.c.order_id)):
        found.setdefault(account_id, []).append(f"{penalty} of {other}")
    return found


def _when(settled_at: int | None) -> datetime | None:
    return None if settled_at is None else instant(settled_at)
