"""What those concerned by a rollback are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import ReversalGround
from evenhand.model.penalty import Penalty
from evenhand.workflows.appeals.reinstating import STATEMENTS, reinstatements
from evenhand.workflows.materials import load_languages


def told_back(plan: Path, decision_ids: pa.Array | pa.ChunkedArray,
              lighter: Mapping[str, tuple[Penalty, datetime | None]], *, announced: Collection[str] = frozenset()) -> pa.Table:
    """What those concerned are told, each in their language (schema `STATEMENTS`), in the order of the ids given."""
    told = pa.concat_tables([STATEMENTS.empty_table(), *reinstatements(
        plan, decision_ids, languages=load_languages(), ground=ReversalGround.ROLLBACK, lighter=lighter, announced=announced)])
    return told.take(pc.index_in(decision_ids, value_set=told["decision_id"].combine_chunks()))


def not_begun(left: pa.Table) -> frozenset[str]:
    """The closings that nobody began: who was told of one is told that it never happens."""
    closings = left.filter(pc.and_(pc.equal(left["penalty"], str(Penalty.CLOSE)), pc.equal(left["attempts"], 0)))
    return frozenset(closings["decision_id"].to_pylist())
