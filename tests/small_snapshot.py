"""A small snapshot by hand: the accounts of a plan by hand, others beside them, and a few posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.snapshot import bucket_of, bucket_path, save_manifest
from evenhand.model.snapshot import ACCOUNTS, POSTS, Manifest

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
BUCKETS = 4


def written_snapshot(folder: Path, *, n_planned: int, n_others: int, languages: tuple[str | None, ...] = ("en", "pt"),
                     fingerprint: str = "snap") -> Path:
    """Accounts `a0`… of a plan and `o0`… beside them, the languages in turn, each with two posts."""
    ids = [*(f"a{number}" for number in range(n_planned)), *(f"o{number}" for number in range(n_others))]
    accounts: list[dict[str, Any]] = [dict.fromkeys(ACCOUNTS.schema.names) | {
        "account_id": one, "handle": f"=handle_{one}", "display_name": f"Somebody {one}", "platform": "birdsite",
        "language": languages[place % len(languages)], "followers": place, "bio": "reads books"}
        for place, one in enumerate(ids)]
    posts: list[dict[str, Any]] = [dict.fromkeys(POSTS.schema.names) | {
        "post_id": f"p.{one}.{nth}", "account_id": one, "text": f"{nth} said by {one}",
        "created_at": CUT_OFF - timedelta(days=nth)} for one in ids for nth in (2, 1)]
    for table, rows in ((ACCOUNTS, accounts), (POSTS, posts)):
        for bucket in range(BUCKETS):
            path = bucket_path(folder, table.name, bucket)
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist([row for row in rows if bucket_of(
                row["account_id"], n_buckets=BUCKETS) == bucket], schema=table.schema), path)
    save_manifest(folder, Manifest(cut_off=CUT_OFF, n_buckets=BUCKETS, rows={"accounts": len(accounts), "posts": len(posts)},
                                   rejected={}, fingerprint=fingerprint))
    return folder
