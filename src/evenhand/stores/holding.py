"""Holding back what was let out and has not begun: part of the transaction that records why."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, update

from evenhand.model.appeal import LOWERED
from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.instants import HELD
from evenhand.stores.schema import OUTBOX

FEW = 2_000
"""Decisions that one statement names."""


def hold_back(connection: Connection, campaign_id: str, decision_ids: Collection[str]) -> int:
    """Hold what was let out of these decisions, or of lighter ones in their place, and has not begun; how many effects."""
    wanted, n_held = sorted(decision_ids), 0
    for start in range(0, len(wanted), FEW):
        ids = [f"{one}{end}" for one in wanted[start:start + FEW] for end in ("", LOWERED)]
        n_held += connection.execute(update(OUTBOX).where(
            OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.decision_id.in_(ids),
            OUTBOX.c.state == EffectState.QUEUED.value, OUTBOX.c.attempts == 0,
            OUTBOX.c.due_at < HELD).values(due_at=HELD)).rowcount
    return n_held
