"""Strikes: given when a penalty takes effect, one for each decision, and withdrawn with the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import VARIED
from evenhand.model.registry import STRIKES
from evenhand.model.snapshot import TIME

POINTS = 1
"""What one decision counts, whatever its penalty: one sweep is at most one strike per policy and account."""
IMPOSED = pa.schema([
    pa.field("decision_id", pa.string(), nullable=False), pa.field("account_id", pa.string(), nullable=False),
    pa.field("penalty", pa.string(), nullable=False), pa.field("stratum", pa.string(), nullable=False),
    pa.field("at", TIME, nullable=False)])
"""Effects that were carried out, as their events say it."""
GIVEN = pa.schema([pa.field("decision_id", pa.string(), nullable=False), *STRIKES, pa.field("withdrawn_at", TIME)])
"""A campaign's strikes, withdrawn or not. A lighter decision keeps the strike, and its day, of the one in whose place it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawals:
    """What took strikes back."""

    reversed: Mapping[str, datetime] = field(default_factory=dict)
    """When each decision was reversed, those left out that only became lighter."""
    rolled_back_at: datetime | None = None
    """When the whole campaign was taken back."""


def strikes(imposed: pa.Table, withdrawals: Withdrawals, *, lasts: timedelta) -> pa.Table:
    """The strikes that effects (`IMPOSED`) gave, and which of them were withdrawn (`GIVEN`), by decision.

    A strike is given when the first effect of its decision is carried out. It is withdrawn when the decision, or the lighter
    one in its place, is reversed, and with all others when the campaign is rolled back.
    """
    named = pa.table({"decision_id": _original(imposed["decision_id"]), "account_id": imposed["account_id"],
                      "policy_id": _policy(imposed), "at": imposed["at"]})
    first = named.group_by(["decision_id", "account_id", "policy_id"]).aggregate([("at", "min")]).sort_by("decision_id")
    given_at = first["at_min"].cast(TIME)
    lasting = pa.scalar(lasts, pa.duration("us"))
    return pa.table({
        "decision_id": first["decision_id"], "account_id": first["account_id"], "policy_id": first["policy_id"],
        "points": pa.repeat(pa.scalar(POINTS, pa.int64()), first.num_rows), "given_at": given_at,
        "expires_at": pc.add(given_at, lasting).cast(TIME),
        "withdrawn_at": _withdrawn(first["decision_id"], withdrawals)}, schema=GIVEN)


def _withdrawn(decision_ids: pa.ChunkedArray, withdrawals: Withdrawals) -> pa.Array:
    """When each strike was withdrawn, null where it was not; the first time counts."""
    known: Sequence[str] = list(withdrawals.reversed)
    times = pa.array([withdrawals.reversed[one] for one in known], TIME)
    named = pa.table({"id": _original(pa.chunked_array([pa.array(known, pa.string())])), "at": times}).group_by(
        "id").aggregate([("at", "min")])
    alone = named["at_min"].take(pc.index_in(decision_ids, value_set=named["id"].combine_chunks()))
    everything = pa.scalar(withdrawals.rolled_back_at, TIME)
    return pc.min_element_wise(alone.combine_chunks(), everything, skip_nulls=True)


def _original(decision_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(decision_ids, f"({VARIED})+$", "")


def _policy(imposed: pa.Table) -> pa.ChunkedArray:
    """The policy that a stratum names before its penalty and its language."""
    return pc.replace_substring_regex(imposed["stratum"], "/[^/]+/[^/]+$", "")
