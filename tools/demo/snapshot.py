"""The demo snapshot while it is built: accounts and posts as their sources have them, and the truth beside them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from evenhand.model.harm import Harm

CASE_SENSITIVE = "UC"
"""A YouTube channel id begins so and, unlike every other account name here, tells large letters from small ones."""
ACCOUNT_COLUMNS = ("id", "network", "username", "name", "url", "profile_url", "country", "joined")
"""The columns of the accounts. They are not the contract's names: the snapshot shows how foreign exports are read."""
TRUTH = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("group", pa.string(), nullable=False),
    pa.field("is_violator", pa.bool_(), nullable=False),
    pa.field("harm", pa.string()),
    pa.field("imitates", pa.string()),
    pa.field("source", pa.string(), nullable=False),
])
"""What is known about each account from its source. It is never part of the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the source of an account says about it."""

    group: str
    source: str
    harm: Harm | None = None
    """None for an account that deceives nobody."""
    imitates: str | None = None


@dataclass(slots=True, kw_only=True)
class DemoSnapshot:
    """Rows that are gathered; the first of two accounts with one id is kept, and so is the first of two posts."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    twice: Counter[str] = field(default_factory=Counter)

    def account(self, platform: str, handle: str, known: Known, **columns: str | None) -> str:
        """Add an account; returns its id."""
        name = handle if handle.startswith(CASE_SENSITIVE) and platform == "youtube" else handle.lower()
        account_id = f"{platform}:{name}"
        if account_id in self.accounts:
            self.twice[known.group] += 1
            return account_id
        self.accounts[account_id] = {"id": account_id, "network": platform, "username": handle, **columns}
        self.known[account_id] = known
        return account_id

    def site(self, domain: str, known: Known, name: str | None = None) -> str:
        """Add a website as an account of its own: its handle is its domain."""
        return self.account("web", domain, known, name=name, url=f"https://{domain}")

    def post(self, post_id: str, account_id: str, text: str, **columns: object) -> None:
        """Add a post."""
        if post_id in self.posts:
            self.twice["posts"] += 1
            return
        self.posts[post_id] = {"id": post_id, "by": account_id, "text": text,
                               **{key: value for key, value in columns.items() if value is not None}}

    def accounts_csv(self) -> str:
        """All accounts as CSV, by id."""
        text = io.StringIO()
        writer = csv.DictWriter(text, ACCOUNT_COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.accounts[key] for key in sorted(self.accounts))
        return text.getvalue()

    def posts_jsonl(self) -> str:
        """All posts as JSONL, by id."""
        return "".join(json.dumps(self.posts[key], ensure_ascii=False) + "\n" for key in sorted(self.posts))

    def truth(self) -> pa.Table:
        """What is known, by account id."""
        rows = [{"account_id": key, "group": known.group, "is_violator": known.harm is not None,
                 "harm": known.harm and str(known.harm), "imitates": known.imitates, "source": known.source}
                for key, known in sorted(self.known.items())]
        return pa.Table.from_pylist(rows, schema=TRUTH)


def from_epoch(seconds: str | None) -> str | None:
    """A time in ISO 8601 from seconds since 1970."""
    return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else None


def drawn(texts: list[str], n: int) -> list[str]:
    """`n` of the texts, the same ones in every build: those whose hash is smallest."""
    return sorted(sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:n])
