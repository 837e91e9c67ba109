"""Sealed evidence: what a platform held before an effect, encrypted, for the appeal and for restoring it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from evenhand.model.campaigns.effect_state import Order, Saved
from evenhand.model.campaigns.instants import microseconds
from evenhand.stores import bulk
from evenhand.stores.database import Database
from evenhand.stores.schema import EVIDENCE
from evenhand.stores.seal import Seal

COLUMNS = ("campaign_id", "key", "account_id", "digest", "sealed", "sealed_at")


class EvidenceTable:
    """The sealed evidence of all campaigns in one database. It is an `EvidenceStore`."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def seal(self, orders: Sequence[Order], saved: Sequence[Saved], *, at: datetime) -> None:
        """Keep what was saved for `orders`, one for each. See `EvidenceStore`."""
        rows = []
        for order, one in zip(orders, saved, strict=True):
            if not one.is_gone:
                content = json.dumps(one.content, ensure_ascii=False, separators=(",", ":")).encode()
                rows.append((order.campaign_id, order.key, order.account_id, hashlib.sha256(content).hexdigest(),
                             self._seal.closed(content, label=order.idempotency_key), microseconds(at)))
        with self._database.write() as connection:
            bulk.insert(connection, EVIDENCE, COLUMNS, rows, skip_known=True)

    def keep(self, campaign_id: str, key: str, content: str, *, account_id: str, at: datetime) -> None:
        """Seal a text of its own, such as what somebody wrote in an appeal. It opens under the same key."""
        encoded = content.encode()
        row = (campaign_id, key, account_id, hashlib.sha256(encoded).hexdigest(),
               self._seal.closed(encoded, label=f"{campaign_id}/{key}"), microseconds(at))
        with self._database.write() as connection:
            bulk.insert(connection, EVIDENCE, COLUMNS, [row], skip_known=True)

    def opened(self, campaign_id: str, keys: Collection[str]) -> dict[str, str]:
        """The JSON text of what was saved for these effects. Raises `DataError` when it was changed or the key is another."""
        with self._database.read() as connection:
            rows = connection.execute(select(EVIDENCE.c.key, EVIDENCE.c.sealed).where(
                EVIDENCE.c.campaign_id == campaign_id, EVIDENCE.c.key.in_(keys))).all() if keys else []
        return {key: self._seal.opened(sealed, label=f"{campaign_id}/{key}").decode() for key, sealed in rows}

    def erase(self, campaign_id: str, *, before: datetime) -> int:
        """Remove what was sealed before that time, when no appeal can need it any more. How many pieces."""
        with self._database.write() as connection:
            return connection.execute(delete(EVIDENCE).where(
                EVIDENCE.c.campaign_id == campaign_id, EVIDENCE.c.sealed_at < microseconds(before))).rowcount


