"""What a database holds of a campaign at one moment: the ledger's events and the outbox, as tables, to be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from evenhand.model.campaigns.event import EventKind

SETTLING: tuple[EventKind, ...] = (
    EventKind.EFFECT_IMPOSED, EventKind.EFFECT_FAILED, EventKind.EFFECT_SUPPRESSED, EventKind.EFFECT_UNDONE,
    EventKind.EFFECT_LIFTED, EventKind.UNDO_FAILED, EventKind.STATEMENT_DELIVERED, EventKind.STATEMENT_FAILED,
    EventKind.DECISION_REVERSED)
"""The kinds that say what became of one effect, one statement or one decision."""

SETTLED = pa.schema([
    pa.field("kind", pa.string(), nullable=False),
    pa.field("at", pa.int64(), nullable=False),
    pa.field("key", pa.string()),
    pa.field("decision_id", pa.string()),
    pa.field("statement_kind", pa.string()),
    pa.field("why", pa.string()),
    pa.field("read_back", pa.string()),
    pa.field("ground", pa.string()),
    pa.field("cause", pa.string()),
])
"""One row per event of `SETTLING`. `at` is in microseconds since 1970; `key` is the effect's, also for what took it back."""

ORDERS = pa.schema([
    pa.field("act", pa.string(), nullable=False),
    pa.field("state", pa.string(), nullable=False),
    pa.field("statement_kind", pa.string(), nullable=False),
    pa.field("is_settled", pa.bool_(), nullable=False),
    pa.field("n", pa.int64(), nullable=False),
])
"""Orders of the outbox, counted. `statement_kind` is that of a statement, and empty for effects.
`is_settled`: a worker or a person settled it, and it was not dropped along with another."""

LIGHTER = pa.schema([pa.field("decision_id", pa.string(), nullable=False), pa.field("penalty", pa.string(), nullable=False),
                     pa.field("until", pa.int64())])
"""One row per effect of a lighter decision in the place of another: an appeal varied it, or its stratum missed its gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRecord:
    """One moment of a campaign's database. Its parts are read in three ways, so that each can be held against the others."""

    settled: pa.Table
    """What became of each effect and statement (schema `SETTLED`), out of the events' texts."""
    orders: pa.Table
    """Where the orders stand (schema `ORDERS`)."""
    lighter: pa.Table
    """Effects in the place of the plan's (schema `LIGHTER`)."""
    kinds: Mapping[EventKind, int]
    """How many events there are of each kind, counted by the database."""
    n_events: int
    """The number of the last event."""
