"""Undo decisions of a plan: orders to the outbox, each with what its person is told about it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.connectors.plan_folder import read_plan, table_file
from evenhand.errors import PlanError, Problem
from evenhand.model.appeal import AppealStatement, ReversalGround, original_id
from evenhand.model.campaigns.effect_state import NOTHING_UNDONE, UndoOrdered
from evenhand.model.penalty import Penalty
from evenhand.statements.languages import Languages
from evenhand.statements.outcomes import Earlier, reinstatement

AT_ONCE = 50_000
"""Rows of a plan that are read at once."""
STATEMENTS = pa.schema([pa.field(name, pa.string(), nullable=False) for name in
                        ("decision_id", "account_id", "language", "body")])
"""Statements of reinstatement, as the outbox takes them: `body` is JSON with `subject`, `paragraphs` and the whole `text`."""
SAID = ("decision_id", "account_id", "handle", "language", "penalty", "post_ids")
"""The columns of a plan's decisions that a statement of reinstatement is made from."""


class UndoOrders(Protocol):
    """Takes orders to undo; `stores.undoing` does."""

    def order(self, campaign_id: str, statements: pa.Table, *, why: str, actor: str, at: datetime) -> UndoOrdered:
        """Order the undoing of every effect of the decisions in `statements`."""


def reinstatements(plan: Path, decision_ids: pa.Array, *, languages: Languages, ground: ReversalGround,
                   lighter: Mapping[str, tuple[Penalty, datetime | None]] | None = None,
                   announced: Collection[str] = frozenset()) -> Iterator[pa.Table]:
    """What each person is told whose decision is undone (schema `STATEMENTS`), a portion at a time, in the plan's order.

    `lighter` are decisions in the place of the plan's: of those that are among `decision_ids`, the lighter penalty is what is
    undone. Both are told where both are to be undone. `announced` are closings that have not begun: they never will.
    """
    decided_at, own = read_plan(plan).cut_off, _one(decision_ids)
    replaced = _replaced(own, lighter or {})
    wanted = pa.concat_arrays([own, pa.array(list(replaced), pa.string())])
    for portion in portions(plan, "decisions", SAID):
        told = portion.filter(pc.is_in(portion["decision_id"], value_set=wanted))
        if told.num_rows:
            is_own = pc.is_in(told["decision_id"], value_set=own).to_pylist()
            rows = [one for row, mine in zip(told.to_pylist(), is_own, strict=True)
                    for one in (*([row] if mine else []), *(row | other for other in replaced.get(row["decision_id"], ())))]
            yield pa.Table.from_pylist([
                statement_of(row, languages, ground=ground, decided_at=decided_at, is_announced=row["decision_id"] in announced)
                for row in rows], STATEMENTS)


def _replaced(decision_ids: pa.Array, lighter: Mapping[str, tuple[Penalty, datetime | None]],
              ) -> dict[str, list[dict[str, object]]]:
    """Per decision of the plan, id and penalty of the lighter ones in its place that are among `decision_ids`."""
    is_named = pc.is_in(pa.array(list(lighter), pa.string()), value_set=decision_ids).to_pylist()
    found: dict[str, list[dict[str, object]]] = {}
    for (decision_id, (penalty, _)), is_wanted in zip(lighter.items(), is_named, strict=True):
        if is_wanted:
            found.setdefault(original_id(decision_id), []).append({"decision_id": decision_id, "penalty": penalty})
    return found


def undo_decisions(orders: UndoOrders, statements: Iterator[pa.Table], *, campaign_id: str, why: str, actor: str,
                   at: datetime) -> UndoOrdered:
    """Order the undoing of the decisions in `statements`; what it came to in all. The same order again changes nothing."""
    total = NOTHING_UNDONE
    for portion in statements:
        total = total.and_more(orders.order(campaign_id, portion, why=why, actor=actor, at=at))
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


def statement_of(row: Mapping[str, Any], languages: Languages, *, ground: ReversalGround, decided_at: datetime,
                 is_announced: bool = False) -> dict[str, str]:
    """What one person is told (a row of `STATEMENTS`), from the columns `SAID` of their decision.

    It goes out once the effect is undone: so there was a strike, and it is withdrawn. With `is_announced` the effect is a
    closing that never begins: there is nothing to give back.
    """
    words = languages.for_reader(row["language"])
    told = reinstatement(words, ground=ground, had_strike=not is_announced, is_restored=not is_announced, decision=Earlier(
        handle=row["handle"], language=row["language"], penalty=Penalty(row["penalty"]), decided_at=decided_at,
        post_ids=row["post_ids"] or (), is_announced=is_announced))
    return {"decision_id": row["decision_id"], "account_id": row["account_id"], "language": told.language,
            "body": body_of(told)}


def body_of(told: AppealStatement) -> str:
    """A statement as the outbox takes it: JSON with `language`, `subject`, `paragraphs` and the whole `text`."""
    return json.dumps({"language": told.language, "subject": told.subject, "paragraphs": told.paragraphs, "text": told.text},
                      ensure_ascii=False)


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
