"""Where single decisions of a campaign stand: told or not, undone or not, each effect; and what their people were told."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from evenhand.model.appeal import APPEALS_STAGE, ImposedEffect, Standing
from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.instants import instant
from evenhand.model.penalty import Penalty
from evenhand.stores.database import Database
from evenhand.stores.outbox import REASONS, REINSTATEMENT
from evenhand.stores.schema import OUTBOX, STATEMENTS


class DecisionTable:
    """The decisions of all campaigns in one database, as far as they came."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, campaign_id: str, decision_ids: Collection[str]) -> dict[str, Standing]:
        """Where each decision stands; one that the campaign never had an effect of is left out."""
        here = OUTBOX.c.campaign_id == campaign_id
        with self._database.read() as connection:
            rows = connection.execute(select(OUTBOX).where(
                here, OUTBOX.c.decision_id.in_(decision_ids), OUTBOX.c.act.in_((Act.IMPOSE.value, Act.TELL.value)))
                .order_by(OUTBOX.c.order_id)).all()
            undone = set(connection.scalars(select(STATEMENTS.c.decision_id).where(
                STATEMENTS.c.campaign_id == campaign_id, STATEMENTS.c.decision_id.in_(decision_ids),
                STATEMENTS.c.kind == REINSTATEMENT)))
        told = {row.decision_id: instant(row.settled_at) for row in rows
                if row.key == f"{row.decision_id}:{REASONS}" and row.state == EffectState.DONE}
        imposed = [row for row in rows if row.act == Act.IMPOSE]
        effects: dict[str, list[ImposedEffect]] = {row.decision_id: [] for row in imposed}
        for row in imposed:
            effects[row.decision_id].append(ImposedEffect(
                key=row.key, post_id=row.post_id, penalty=Penalty(row.penalty), stratum=row.stratum, turn=row.turn,
                state=EffectState(row.state),
                irreversible_at=None if row.irreversible_at is None else instant(row.irreversible_at)))
        return {row.decision_id: Standing(
            account_id=row.account_id, delivered_at=told.get(row.decision_id), is_reversed=row.decision_id in undone,
            effects=tuple(effects[row.decision_id])) for row in imposed}

    def statement(self, campaign_id: str, decision_id: str) -> str | None:
        """The JSON text of a decision's statement of reasons."""
        with self._database.read() as connection:
            body: str | None = connection.scalar(select(STATEMENTS.c.body).where(
                STATEMENTS.c.campaign_id == campaign_id, STATEMENTS.c.decision_id == decision_id,
                STATEMENTS.c.kind == REASONS))
        return body

    def n_open(self, campaign_id: str) -> int:
        """How many orders of appeals are not settled yet."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).where(
                OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.stage == APPEALS_STAGE,
                OUTBOX.c.state.in_((EffectState.QUEUED.value, EffectState.IN_FLIGHT.value)))) or 0
