"""Where single decisions of a campaign stand: told or not, undone or not, each effect; and what their people were told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column, select, type_coerce
from sqlalchemy.dialects import postgresql

from evenhand.model.appeal import APPEALS_STAGE, LOWERED, AppealOutcome, ImposedEffect, Standing
from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.instants import instant
from evenhand.model.campaigns.taken_back import TakenBack
from evenhand.model.penalty import Penalty
from evenhand.stores.database import Database
from evenhand.stores.outbox import REASONS, REINSTATEMENT
from evenhand.stores.schema import EVENTS, OUTBOX, STATEMENTS
from evenhand.stores.taken_back import taken_back

PORTION = 50_000
"""Rows that are read in one go."""


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

    def lowered(self, campaign_id: str) -> dict[str, tuple[Penalty, datetime | None]]:
        """Penalty and end of every decision that took the place of one whose stratum missed its gate, by its id."""
        query = select(OUTBOX.c.decision_id, OUTBOX.c.penalty, OUTBOX.c.until).where(
            OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.decision_id.like(f"%{LOWERED}"))
        with self._database.read() as connection:
            return {decision_id: (Penalty(penalty), None if until is None else instant(until))
                    for decision_id, penalty, until in connection.execute(query)}

    def standing_effects(self, campaign_id: str) -> pa.Table:
        """`decision_id` and `key` of every effect that is in force, under way or ended on its day; not what was taken back."""
        query = select(OUTBOX.c.decision_id, OUTBOX.c.key).where(
            OUTBOX.c.campaign_id == campaign_id, OUTBOX.c.act == Act.IMPOSE.value, OUTBOX.c.state.not_in(
                (EffectState.SUPPRESSED.value, EffectState.FAILED.value, EffectState.UNDONE.value)))
        return self._columns(query, pa.schema([("decision_id", pa.string()), ("key", pa.string())]))

    def taken_back(self, campaign_id: str, decision_ids: Collection[str]) -> list[TakenBack]:
        """What became of each of these decisions, for those who read a rollback: see `taken_back`."""
        return taken_back(self._database, campaign_id, decision_ids)

    def imposed(self, campaign_id: str) -> pa.Table:
        """When the first effect of each decision was carried out, as the events say.

        `decision_id`, `account_id`, `stratum`, `at` (microseconds since 1970).
        """
        names = [self._fact(name) for name in ("decision_id", "account_id", "stratum")]
        query = select(*names, func.min(EVENTS.c.at)).where(
            EVENTS.c.campaign_id == campaign_id, EVENTS.c.kind == EventKind.EFFECT_IMPOSED.value).group_by(*names)
        return self._columns(query, pa.schema([("decision_id", pa.string()), ("account_id", pa.string()),
                                               ("stratum", pa.string()), ("at", pa.int64())]))

    def reversed(self, campaign_id: str) -> pa.Table:
        """When decisions were reversed, those left out that only became lighter: `decision_id`, `at` (microseconds)."""
        query = select(self._fact("decision_id"), EVENTS.c.at).where(
            EVENTS.c.campaign_id == campaign_id, EVENTS.c.kind == EventKind.DECISION_REVERSED.value,
            func.coalesce(self._fact("outcome"), "") != AppealOutcome.VARIED.value).order_by(EVENTS.c.sequence)
        return self._columns(query, pa.schema([("decision_id", pa.string()), ("at", pa.int64())]))

    def _fact(self, name: str) -> ColumnElement[str]:
        """A fact of an event's body, as text."""
        if self._database.dialect == "sqlite":
            return type_coerce(func.json_extract(EVENTS.c.body, literal_column(f"'$.{name}'")), Text)
        return type_coerce(cast(EVENTS.c.body, postgresql.JSON)[literal_column(f"'{name}'")].astext, Text)

    def _columns(self, query: Select[*tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
        """What a query finds, a portion at a time, so that millions of rows are never Python's all at once."""
        batches = []
        with self._database.read() as connection:
            rows = connection.execution_options(stream_results=True, yield_per=PORTION).execute(query)
            for part in rows.partitions():
                columns = [list(column) for column in zip(*part, strict=True)]
                batches.append(pa.record_batch([pa.array(column, field.type) for column, field in zip(
                    columns, schema, strict=True)], schema=schema))
        return pa.Table.from_batches(batches, schema=schema)
