"""Small outboxes for tests: effects and statements as a plan gives them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from evenhand.model.campaigns.instants import microseconds

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
UNTIL = microseconds(NOON + timedelta(days=30))
PENALTIES = ("label", "limit_reach", "demonetise", "remove_followers", "delete_post", "suspend", "close", "warn")


def effects(penalties: Sequence[str] = PENALTIES, *, n_posts: int = 2, stages: int = 1) -> pa.Table:
    """One decision for each penalty, numbered; deleting has several effects, suspending an end."""
    rows: list[dict[str, Any]] = []
    for number, penalty in enumerate(penalties):
        posts: Sequence[str | None] = [f"post{number}.{nth}" for nth in range(n_posts)] if penalty == "delete_post" else [None]
        for post_id in posts:
            turn = len(rows)
            rows.append({"key": f"key{turn}", "decision_id": f"decision{number}", "account_id": f"account{number}",
                         "post_id": post_id, "penalty": penalty, "stratum": f"p/{penalty}/en",
                         "until": UNTIL if penalty == "suspend" else None, "due_at": 0,
                         "stage": turn * stages // max(1, len(penalties) + n_posts), "turn": turn})
    return pa.Table.from_pylist(rows, schema=pa.schema([
        *(pa.field(name, pa.string()) for name in ("key", "decision_id", "account_id", "post_id", "penalty", "stratum")),
        pa.field("until", pa.int64()), pa.field("due_at", pa.int64()), pa.field("stage", pa.int32()),
        pa.field("turn", pa.int64())]))


def statements(penalties: Sequence[str] = PENALTIES, *, word: str = "Why") -> pa.Table:
    """The statement of each decision, with quotes, commas and line ends, as texts have them."""
    return pa.table({
        "decision_id": [f"decision{number}" for number in range(len(penalties))],
        "account_id": [f"account{number}" for number in range(len(penalties))],
        "language": ["en"] * len(penalties),
        "body": [json.dumps({"subject": f'{word}, “{number}”:\n"so"', "facts": []}, ensure_ascii=False)
                 for number in range(len(penalties))]})
