"""What a reader of the holdout sees: the account and its latest posts, as they stand in the snapshot, and nothing found."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.campaign.audit.holdout import holdout_posts
from evenhand.connectors.golden_accounts import GOLDEN_ACCOUNTS
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE

SEEN = ("account_id", "handle", "display_name", "platform", "language", "followers", "created_at", "bio", "website",
        "previous_names")
"""What a reader sees of an account, besides its `posts`. Not whether it is golden, nor anything that the sweep measured."""
MOST_LETTERS = 300
"""Of a post; the reader can look at the rest on the platform."""


def profiles(folder: SnapshotFolder, items: pa.Table) -> pa.Table:
    """What readers see of the accounts in `items` (`item_id`, `account_id`), in the order of the item ids."""
    accounts, posts = _accounts(folder, items), _posts(folder, items)
    rows = accounts.take(pc.index_in(items["account_id"], value_set=accounts["account_id"].combine_chunks()))
    texts = [posts.get(one, []) for one in items["account_id"].to_pylist()]
    seen = rows.add_column(0, "item_id", items["item_id"]).append_column("posts", pa.array(texts, pa.list_(pa.string())))
    return seen.sort_by("item_id")


def golden_among(folder: SnapshotFolder, golden: pa.Table, *, but: pa.Table) -> pa.Table:
    """The golden accounts with their languages (schema `GOLDEN_ACCOUNTS`), without those that were drawn themselves.

    Raises `DataError` for those that the snapshot does not hold.
    """
    drawn = but["account_id"].combine_chunks()
    kept = golden.filter(pc.invert(pc.is_in(golden["account_id"], value_set=drawn)))
    accounts = _accounts(folder, kept)
    places = pc.index_in(kept["account_id"], value_set=accounts["account_id"].combine_chunks())
    if unknown := kept.filter(pc.is_null(places))["account_id"].to_pylist():
        raise DataError(Problem(what=f"golden accounts that are not in the snapshot: {len(unknown):,}, such as `{unknown[0]}`",
                                hint="take golden accounts out of this snapshot"))
    language = pc.fill_null(accounts["language"].take(places), UNKNOWN_LANGUAGE)
    return kept.append_column("language", language).select(GOLDEN_ACCOUNTS.names).cast(GOLDEN_ACCOUNTS)


def _accounts(folder: SnapshotFolder, items: pa.Table) -> pa.Table:
    ids = items["account_id"].combine_chunks()
    parts = [part.filter(pc.is_in(part["account_id"], value_set=ids)) for bucket in _buckets(folder, items)
             for part in (pq.read_table(Path(file), columns=list(SEEN), partitioning=None)
                          for file in folder.files("accounts", bucket))]
    return pa.concat_tables(parts) if parts else pa.table({name: pa.array([], pa.string()) for name in SEEN})


def _posts(folder: SnapshotFolder, items: pa.Table) -> dict[str, list[str]]:
    step = holdout_posts()
    with DuckDBEngine() as engine:
        found = engine.run([step], keep=[step.name], tables={
            "posts": folder.source("posts", _buckets(folder, items)), "read_accounts": items.select(["account_id"])})
    posts: dict[str, list[str]] = {}
    for row in found.relations[step.name].sort_by([("account_id", "ascending"), ("place", "ascending")]).to_pylist():
        posts.setdefault(row["account_id"], []).append(row["text"][:MOST_LETTERS])
    return posts


def _buckets(folder: SnapshotFolder, items: pa.Table) -> list[int]:
    return sorted({folder.bucket_of(one) for one in items["account_id"].to_pylist()})
