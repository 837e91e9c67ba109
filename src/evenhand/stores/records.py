"""What outlives a campaign: strikes on accounts, and what persons ruled about them. The next sweep reads both as registries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from evenhand.model.campaigns.instants import instant, microseconds
from evenhand.model.registry import ADJUDICATIONS as ADJUDICATIONS_FORM
from evenhand.model.registry import STRIKES as STRIKES_FORM
from evenhand.stores import bulk
from evenhand.stores.database import Database
from evenhand.stores.schema import ADJUDICATIONS, STRIKES

PORTION = 10_000


class RecordTables:
    """Strikes and adjudications in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, campaign_id: str, strikes: pa.Table) -> int:
        """Put strikes on record: `STRIKES` with a column `decision_id`. One decision is one strike, however often given."""
        rows = [(campaign_id, row["decision_id"], row["account_id"], row["policy_id"], row["points"],
                 microseconds(row["given_at"]), microseconds(row["expires_at"])) for row in strikes.to_pylist()]
        with self._database.write() as connection:
            return bulk.insert(connection, STRIKES, ("campaign_id", "decision_id", "account_id", "policy_id", "points",
                                                     "given_at", "expires_at"), rows, skip_known=True)

    def keep(self, campaign_id: str, given: pa.Table) -> None:
        """Put a campaign's strikes on record as its events have them: `STRIKES` with `decision_id` and `withdrawn_at`.

        The value of one that is on record stays as it was when it was given; whether it is withdrawn is brought up to date.
        """
        self.give(campaign_id, given)
        fallen = given.filter(pc.is_valid(given["withdrawn_at"]))
        at_once: dict[datetime, list[str]] = {}
        for decision_id, at in zip(fallen["decision_id"].to_pylist(), fallen["withdrawn_at"].to_pylist(), strict=True):
            at_once.setdefault(at, []).append(decision_id)
        for at, decision_ids in at_once.items():
            self.withdraw(campaign_id, decision_ids, at=at)

    def every_strike(self, campaigns: Sequence[str]) -> pa.Table:
        """The strikes of these campaigns, withdrawn or not.

        `campaign_id`, `decision_id`, the registry's columns, `withdrawn_at`.
        """
        times = ("given_at", "expires_at", "withdrawn_at")
        form = pa.schema([("campaign_id", pa.string()), ("decision_id", pa.string()), *(
            (field.name, field.type) for field in STRIKES_FORM), ("withdrawn_at", STRIKES_FORM.field("given_at").type)])
        query = select(*(STRIKES.c[name] for name in form.names)).where(STRIKES.c.campaign_id.in_(campaigns)).order_by(
            STRIKES.c.account_id, STRIKES.c.given_at, STRIKES.c.policy_id, STRIKES.c.campaign_id)
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return pa.Table.from_pylist([row | {name: None if row[name] is None else instant(row[name]) for name in times}
                                     for row in rows], schema=form)

    def withdraw(self, campaign_id: str, decision_ids: Sequence[str], *, at: datetime) -> int:
        """Withdraw the strikes of reversed decisions: they count no more, nor did they ever. How many were withdrawn."""
        with self._database.write() as connection:
            return sum(withdraw(connection, campaign_id, decision_ids[start:start + PORTION], at=at)
                       for start in range(0, len(decision_ids), PORTION))

    def strikes(self, *, at: datetime) -> pa.Table:
        """The strikes that count at `at`, as the registry `strikes`."""
        now = microseconds(at)
        query = (select(*(STRIKES.c[name] for name in STRIKES_FORM.names))
                 .where(STRIKES.c.withdrawn_at.is_(None), STRIKES.c.given_at <= now, STRIKES.c.expires_at > now)
                 .order_by(STRIKES.c.account_id, STRIKES.c.given_at, STRIKES.c.policy_id))
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return pa.Table.from_pylist([row | {"given_at": instant(row["given_at"]), "expires_at": instant(row["expires_at"])}
                                     for row in rows], schema=STRIKES_FORM)

    def rule(self, adjudications: pa.Table, *, decided_by: str, campaign_id: str | None = None,
             decision_id: str | None = None) -> None:
        """Put rulings on record: `ADJUDICATIONS`. A later ruling on the same account, harm and holder replaces an earlier."""
        decisions = pa.array([decision_id] * adjudications.num_rows, pa.string())
        with self._database.write() as connection:
            remember(connection, adjudications.append_column("decision_id", decisions), decided_by=decided_by,
                     campaign_id=campaign_id)

    def adjudications(self, *, but_of: Sequence[str] = ()) -> pa.Table:
        """Every ruling, as the registry `adjudications`; without those of the campaigns `but_of`."""
        query = (select(*(ADJUDICATIONS.c[name] for name in ADJUDICATIONS_FORM.names))
                 .where(or_(ADJUDICATIONS.c.campaign_id.is_(None), ADJUDICATIONS.c.campaign_id.not_in(but_of)))
                 .order_by(ADJUDICATIONS.c.account_id, ADJUDICATIONS.c.harm, ADJUDICATIONS.c.holder_id))
        with self._database.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return pa.Table.from_pylist([row | {"holder_id": row["holder_id"] or None, "decided_at": instant(row["decided_at"])}
                                     for row in rows], schema=ADJUDICATIONS_FORM)


def withdraw(connection: Connection, campaign_id: str, decision_ids: Sequence[str], *, at: datetime) -> int:
    """Withdraw strikes within a transaction that writes something else too; how many."""
    return connection.execute(update(STRIKES).where(
        STRIKES.c.campaign_id == campaign_id, STRIKES.c.decision_id.in_(decision_ids),
        STRIKES.c.withdrawn_at.is_(None)).values(withdrawn_at=microseconds(at))).rowcount


def remember(connection: Connection, adjudications: pa.Table, *, decided_by: str, campaign_id: str | None,
             is_rehearsal: bool = False) -> None:
    """Put rulings on record within a transaction: `ADJUDICATIONS` with a column `decision_id`.

    A later ruling on the same account, harm and holder replaces an earlier one; a rehearsal's replaces none.
    """
    rows = [{"account_id": row["account_id"], "harm": row["harm"], "holder_id": row["holder_id"] or "",
             "outcome": row["outcome"], "evidence_digest": row["evidence_digest"],
             "decided_at": microseconds(row["decided_at"]), "decided_by": decided_by, "campaign_id": campaign_id,
             "decision_id": row["decision_id"]} for row in adjudications.to_pylist()]
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insertion = dialect.insert(ADJUDICATIONS)
    key = [column.name for column in ADJUDICATIONS.primary_key]
    values = {name: insertion.excluded[name] for name in (column.name for column in ADJUDICATIONS.c) if name not in key}
    connection.execute(insertion.on_conflict_do_nothing() if is_rehearsal else
                       insertion.on_conflict_do_update(index_elements=key, set_=values), rows)
