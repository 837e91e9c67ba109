"""Undo decisions of a plan: orders to the outbox, each with what its person is told about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.connectors.plan_folder import read_plan, table_file
from evenhand.errors import PlanError, Problem
from evenhand.model.appeal import ReversalGround
from evenhand.model.campaigns.effect_state import UndoOrdered
from evenhand.model.penalty import Penalty
from evenhand.statements.languages import Languages
from evenhand.statements.outcomes import Earlier, reinstatement

AT_ONCE = 50_000
"""Rows of a plan that are read at once."""
STATEMENTS = pa.schema([pa.field(name, pa.string(), nullable=False) for name in
                        ("decision_id", "account_id", "language", "body")])
"""Statements of reinstatement, as the outbox takes them: `body` is JSON with `subject`, `paragraphs` and the whole `text`."""
_SAID = ("decision_id", "account_id", "handle", "language", "penalty", "post_ids")


class UndoOrders(Protocol):
    """Takes orders to undo; `stores.undoing` does."""

    def order(self, campaign_id: str, statements: pa.Table, *, why: str, actor: str, at: datetime) -> UndoOrdered:
        """Order the undoing of every effect of the decisions in `statements`."""


def reinstatements(plan: Path, decision_ids: pa.Array, *, languages: Languages, ground: ReversalGround) -> Iterator[pa.Table]:
    """What each person is told whose decision is undone (schema `STATEMENTS`), a portion at a time, in the plan's order."""
    decided_at = read_plan(plan).cut_off
    for portion in portions(plan, "decisions", _SAID):
        told = portion.filter(pc.is_in(portion["decision_id"], value_set=decision_ids))
        if told.num_rows:
            rows = [_statement(row, languages, ground=ground, decided_at=decided_at) for row in told.to_pylist()]
            yield pa.Table.from_pylist(rows, STATEMENTS)


def undo_decisions(orders: UndoOrders, statements: Iterator[pa.Table], *, campaign_id: str, why: str, actor: str,
                   at: datetime) -> UndoOrdered:
    """Order the undoing of the decisions in `statements`; what it came to in all. The same order again changes nothing."""
    total = UndoOrdered(n_undo=0, n_suppressed=0, too_late=())
    for portion in statements:
        done = orders.order(campaign_id, portion, why=why, actor=actor, at=at)
        total = UndoOrdered(n_undo=total.n_undo + done.n_undo, n_suppressed=total.n_suppressed + done.n_suppressed,
                            too_late=(*total.too_late, *done.too_late))
    return total


def portions(plan: Path, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Some columns of a plan's table, a portion at a time. Raises `PlanError` when it cannot be read."""
    path = table_file(plan, name)
    try:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=AT_ONCE, columns=list(columns)):
            yield pa.Table.from_batches([batch])
    except (OSError, pa.ArrowInvalid) as error:
        raise PlanError(Problem(what=f"the plan's table `{name}` cannot be read", file=str(path),
                                hint="make the plan again")) from error


def _statement(row: dict[str, str], languages: Languages, *, ground: ReversalGround, decided_at: datetime) -> dict[str, str]:
    words = languages.for_reader(row["language"])
    told = reinstatement(words, ground=ground, decision=Earlier(
        handle=row["handle"], language=row["language"], penalty=Penalty(row["penalty"]), decided_at=decided_at,
        post_ids=row["post_ids"] or ()))
    body = {"language": told.language, "subject": told.subject, "paragraphs": told.paragraphs, "text": told.text}
    return {"decision_id": row["decision_id"], "account_id": row["account_id"], "language": told.language,
            "body": json.dumps(body, ensure_ascii=False)}
