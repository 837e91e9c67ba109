"""Conditions with the accounts they hold for: what each means on whatever engine."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from evenhand.model.condition import Subject
from evenhand.policy.language.vocabulary import COLUMNS

_STORED = {"varchar": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
           "timestamp": pa.timestamp("us", tz="UTC")}

ACCOUNTS = pa.Table.from_pylist([
    {"account_id": "a", "handle": "Cafe_Official", "bio": "Free AIRDROP today", "followers": 120, "following": 0,
     "verified": True, "created_at": datetime(2026, 1, 1, tzinfo=UTC), "confidence": 0.9, "n_families": 2,
     "has_identity": True, "holder_kind": "media", "age_days": 30},
    {"account_id": "b", "handle": "b", "following": 5, "confidence": 0.4, "n_families": 2},
], schema=pa.schema([pa.field(column.name, _STORED[column.stored]) for column in COLUMNS[Subject.ACCOUNT].values()]))
"""Two findings, with every column that a condition may name; most of the second one's are not known."""

MEANINGS: tuple[tuple[str, str], ...] = (
    ("confidence >= 0.7 and has_identity", "a"),
    ("not has_identity", ""),                        # what is not known counts as no
    ("has_identity is null", "b"),
    ("coalesce(followers, 0) < 100", "b"),
    ("contains(bio, 'airdrop')", "a"),
    ("contains_any(bio, 'giveaway', 'AirDrop')", "a"),
    ("starts_with(handle, 'CAFE') and ends_with(handle, '_official')", "a"),
    ("handle = 'cafe_official'", ""),                # a comparison is exact
    ("handle like 'Cafe%'", "a"),
    ("handle like 'cafe%'", ""),
    ("handle ilike 'cafe%'", "a"),
    ("handle not like 'cafe%'", "ab"),
    ("handle not ilike 'cafe%'", "b"),
    ("followers / following > 1", ""),               # division by zero is null, and null is no
    ("followers % 7 = 1", "a"),
    ("followers * 1000000000000 * 1000000000000 > 1", "a"),   # no overflow
    ("created_at = timestamp '2026-01-01'", "a"),    # UTC, whatever the session's zone
    ("created_at >= timestamp '2026-01-01 01:00:00+01:00'", "a"),
    ("created_at < date '2026-01-01'", ""),
    ("created_at + interval '2 days' = date '2026-01-03'", "a"),
    ("created_at > date '2026-01-01' - interval '1 week'", "a"),
    ("age_days between 30 and 40", "a"),
    ("age_days not between 30 and 40", ""),
    ("holder_kind in ('media', 'official')", "a"),
    ("holder_kind not in ('official')", "a"),
    ("case when followers > 100 then verified else true end", "ab"),
    ("case holder_kind when 'media' then 1 else 2 end = 2", "b"),
    ("round(confidence, 0) = 1", "a"),
    ("greatest(followers, following) = 5", "b"),
    ("-followers < 0", "a"),
    ("length(bio) = 18 and lower(bio) = 'free airdrop today' and trim(bio) <> ''", "a"),
    ("has_identity = true or has_identity is null", "ab"),
)
"""Each condition with the ids of the accounts it holds for."""
