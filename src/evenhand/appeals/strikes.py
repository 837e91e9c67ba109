"""Strikes: given when a penalty takes effect, one for each decision, and withdrawn with the decision."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import REPLACED
from evenhand.model.registry import STRIKES
from evenhand.model.snapshot import TIME

POINTS = 1
"""What one decision counts, whatever its penalty: one sweep is at most one strike per policy and account."""
IMPOSED = pa.schema([
    pa.field("decision_id", pa.string(), nullable=False), pa.field("account_id", pa.string(), nullable=False),
    pa.field("stratum", pa.string(), nullable=False), pa.field("at", TIME, nullable=False)])
"""Effects that were carried out, as their events say it."""
REVERSED = pa.schema([pa.field("decision_id", pa.string(), nullable=False), pa.field("at", TIME, nullable=False)])
"""Decisions that were reversed, as their events say it; those left out that only became lighter."""
GIVEN = pa.schema([pa.field("decision_id", pa.string(), nullable=False), *STRIKES, pa.field("withdrawn_at", TIME)])
"""A campaign's strikes, withdrawn or not. A lighter decision keeps the strike, and its day, of the one in whose place it is."""


def strikes(imposed: pa.Table, *, undone: pa.Table, rolled_back_at: datetime | None, lasts: timedelta) -> pa.Table:
    """The strikes that effects (`IMPOSED`) gave, and which of them were withdrawn (`GIVEN`), by decision.

    A strike is given when the first effect of its decision is carried out. It is withdrawn when the decision, or the lighter
    one in its place, is reversed (`REVERSED`), and with all others when the campaign is rolled back.
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
        "withdrawn_at": _withdrawn(first["decision_id"], undone, rolled_back_at)}, schema=GIVEN)


def built_on(every: pa.Table) -> pa.Table:
    """The strikes of decisions that counted a strike before it was withdrawn (`GIVEN`): their rung may have been too high.

    `every` are the strikes of all campaigns, withdrawn or not; each of the decisions named is to be looked at again.
    """
    every = every.append_column("row", pa.array(range(every.num_rows), pa.int64()))
    names = ["account_id", "policy_id"]
    fallen = every.filter(pc.is_valid(every["withdrawn_at"])).select([*names, "given_at", "expires_at", "withdrawn_at"])
    standing = every.filter(pc.is_null(every["withdrawn_at"])).select([*names, "row", "given_at"])
    pairs = standing.join(fallen, keys=names, join_type="inner", right_suffix="_before")
    counted = pc.and_(pc.less_equal(pairs["given_at_before"], pairs["given_at"]), pc.and_(
        pc.less(pairs["given_at"], pairs["expires_at"]), pc.less(pairs["given_at"], pairs["withdrawn_at"])))
    rows = pc.unique(pairs.filter(counted)["row"])
    return every.take(rows.sort()).drop_columns(["row"])


def _withdrawn(decision_ids: pa.ChunkedArray, undone: pa.Table, rolled_back_at: datetime | None) -> pa.Array:
    """When each strike was withdrawn, null where it was not; the first time counts."""
    named = pa.table({"id": _original(undone["decision_id"]), "at": undone["at"]}).group_by("id").aggregate([("at", "min")])
    alone = named["at_min"].take(pc.index_in(decision_ids, value_set=named["id"].combine_chunks()))
    everything = pa.scalar(rolled_back_at, TIME).cast(pa.int64())
    return pc.min_element_wise(alone.combine_chunks().cast(pa.int64()), everything, skip_nulls=True).cast(TIME)


def _original(decision_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(decision_ids, REPLACED, "")


def _policy(imposed: pa.Table) -> pa.ChunkedArray:
    """The policy that a stratum names before its penalty and its language."""
    return pc.replace_substring_regex(imposed["stratum"], "/[^/]+/[^/]+$", "")
