"""The snapshot contract: Arrow schemas of what a platform hands over, frozen at one cut-off.

A snapshot folder holds one table each of `accounts`, `posts`, `media`, `follows`, `reports`, `redirects`, split into buckets by
account so that all rows of one account stand in one bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")

MAX_TEXT_BYTES = 1_000_000
"""A text longer than this is not a post or a profile but a mistake in the export."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No social platform is older; an earlier time is a mistake in the export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the contract: its columns, its key, and which column places a row in an account's bucket."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...]
    """Columns that together are unique. They are also required."""
    account: str
    """The column whose hash picks the bucket; it must name a row of `accounts` (except in `accounts` itself)."""
    sentence: str
    """What a row is."""

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that may not be missing or empty."""
        return tuple(field.name for field in self.schema if not field.nullable)


def _required(name: str) -> pa.Field:
    return pa.field(name, pa.string(), nullable=False)


ACCOUNTS = Table(
    name="accounts", key=("account_id",), account="account_id", sentence="who publishes",
    schema=pa.schema([
        _required("account_id"),
        _required("handle"),
        pa.field("platform", pa.string()),
        pa.field("display_name", pa.string()),
        pa.field("bio", pa.string()),
        pa.field("website", pa.string()),
        pa.field("language", pa.string()),
        pa.field("country", pa.string()),
        pa.field("created_at", TIME),
        pa.field("followers", pa.int64()),
        pa.field("following", pa.int64()),
        pa.field("verified", pa.bool_()),
        pa.field("monetised", pa.bool_()),
        pa.field("avatar_media_id", pa.string()),
        pa.field("previous_names", pa.list_(pa.string())),
    ]))

POSTS = Table(
    name="posts", key=("post_id",), account="account_id", sentence="one published thing",
    schema=pa.schema([
        _required("post_id"),
        _required("account_id"),
        pa.field("created_at", TIME),
        pa.field("text", pa.string()),
        pa.field("language", pa.string()),
        pa.field("links", pa.list_(pa.string())),
        pa.field("media_ids", pa.list_(pa.string())),
        pa.field("reply_to", pa.string()),
        pa.field("shares", pa.int64()),
        pa.field("views", pa.int64()),
        pa.field("sponsored", pa.bool_()),
    ]))

MEDIA = Table(
    name="media", key=("media_id",), account="account_id", sentence="one file of an account or post",
    schema=pa.schema([
        _required("media_id"),
        _required("account_id"),
        pa.field("post_id", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("path", pa.string()),
        pa.field("sha256", pa.string()),
        pa.field("pdq", pa.string()),
        pa.field("text", pa.string()),
        pa.field("digital_source_type", pa.string()),
        pa.field("pdq_quality", pa.int64()),
        pa.field("provenance", pa.string()),
        pa.field("ai_mark", pa.string()),
        pa.field("generator", pa.string()),
        pa.field("ai_label", pa.bool_()),
    ]))

FOLLOWS = Table(
    name="follows", key=("account_id", "followed_id"), account="account_id", sentence="one account follows another",
    schema=pa.schema([
        _required("account_id"),
        _required("followed_id"),
        pa.field("created_at", TIME),
    ]))

REPORTS = Table(
    name="reports", key=("report_id",), account="account_id",
    sentence="a user's flag about an account or post; it routes attention and is never evidence",
    schema=pa.schema([
        _required("report_id"),
        _required("account_id"),
        pa.field("post_id", pa.string()),
        pa.field("reporter_id", pa.string()),
        pa.field("category", pa.string()),
        pa.field("text", pa.string()),
        pa.field("created_at", TIME),
    ]))

REDIRECTS = Table(
    name="redirects", key=("account_id", "post_id", "start"), account="account_id",
    sentence="where a link of a post, or a code in its picture, leads in the end, as the platform found out",
    schema=pa.schema([
        _required("account_id"),
        _required("post_id"),
        _required("start"),
        pa.field("addresses", pa.list_(pa.string())),
    ]))

LATER_COLUMNS: dict[str, tuple[str, ...]] = {
    "media": ("pdq_quality", "provenance", "ai_mark", "generator", "ai_label")}
"""Columns that came after the first version of the contract. An older snapshot lacks them and is read as if they were empty."""

TABLES: dict[str, Table] = {table.name: table for table in (ACCOUNTS, POSTS, MEDIA, FOLLOWS, REPORTS, REDIRECTS)}

LATER_TABLES: tuple[str, ...] = (REDIRECTS.name,)
"""Tables that came after the first version of the contract. An older snapshot lacks them; an empty one changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What `snapshot.json` in an ingested folder says about it."""

    cut_off: datetime
    """Nothing later than this is in the snapshot."""
    n_buckets: int
    rows: dict[str, int]
    """Kept rows per table."""
    rejected: dict[str, int]
    """Rejected rows per table; for each table, rows read = kept + rejected."""
    fingerprint: str
    """A digest over the kept rows that does not depend on their order or on the number of buckets."""
    version: int = 1
