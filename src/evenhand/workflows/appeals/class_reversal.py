"""Preview a class reversal: which decisions of a plan rest on the same mistake, and what undoing them would do and say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from evenhand.appeals.siblings import ClassReversal, causes, class_reversal, siblings
from evenhand.connectors.plan_folder import read_plan
from evenhand.errors import DataError, Problem
from evenhand.model.appeal import SIBLINGS, Cause, CauseKind, ReversalGround
from evenhand.model.plan import EFFECTS
from evenhand.statements.languages import Languages
from evenhand.workflows.appeals.reinstating import portions, reinstatements

NEEDED = ("decision_id", "account_id", "handle", "language", "harm", "policy_id", "penalty", "detector", "holder_id", "reasons",
          "guards_considered", "post_ids")
"""The columns of a plan's decisions that a preview is made from."""
OnProgress = Callable[[int, int], None]
"""Is told how many statements are written, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalPreview:
    """A class reversal before anything is undone."""

    reversal: ClassReversal
    n_decisions: int
    """All decisions of the plan."""
    decided_at: datetime
    every: pa.Array
    """The ids of all decisions that rest on the cause, those that stand no longer among them."""
    into: Path | None = None
    """Where the lists were written."""


def preview_class_reversal(plan: Path, cause: Cause, *, standing: pa.Array | None = None,
                           imposed: pa.Array | None = None) -> ReversalPreview:
    """Which decisions of the plan in a folder rest on `cause`. Nothing is undone.

    `standing` are the decisions of which something stands, `imposed` the keys of the effects that do; None: all of them.
    Raises `DataError` when none does, with the nearest causes that there are.
    """
    header = read_plan(plan)
    n_decisions, parts = 0, [SIBLINGS.empty_table()]
    for portion in portions(plan, "decisions", NEEDED):
        n_decisions += portion.num_rows
        parts.append(siblings(portion, cause))
    every = pa.concat_tables(parts)
    if not every.num_rows:
        there = _causes(plan, cause.kind)
        near = get_close_matches(cause.value, there, n=3, cutoff=0.5) or there[:3]
        known = ", ".join(f"`{cause.kind}:{value}`" for value in near) or "none of this kind"
        raise DataError(Problem(what=f"no decision of the plan rests on `{cause}`", hint=f"there are, for example: {known}"))
    ids = every["decision_id"].combine_chunks()
    effects = [part.filter(pc.is_in(part["decision_id"], value_set=ids)) for part in portions(plan, "effects", EFFECTS.names)]
    left = frozenset() if standing is None else frozenset(
        ids.filter(pc.invert(pc.is_in(ids, value_set=standing))).to_pylist())
    reversal = class_reversal(every, pa.concat_tables([EFFECTS.empty_table(), *effects]), cause=cause,
                              reversed_before=left, imposed=imposed)
    return ReversalPreview(reversal=reversal, n_decisions=n_decisions, decided_at=header.cut_off, every=ids)


def write_class_reversal(plan: Path, preview: ReversalPreview, *, languages: Languages, into: Path,
                         on_progress: OnProgress | None = None) -> None:
    """Write the lists of a preview to `into`, which is new or empty: who, what is undone, and what each person is told.

    `siblings.csv`, `undo.parquet` (schema `UNDO_EFFECTS`) and `statements.jsonl`, in the plan's order.
    """
    if into.exists() and any(into.iterdir()):
        raise DataError(Problem(what=f"`{into}` holds something already", hint="name an empty or a new folder"))
    into.mkdir(parents=True, exist_ok=True)
    who = preview.reversal.siblings
    ids, n_done = who["decision_id"].combine_chunks(), 0
    pa_csv.write_csv(who, into / "siblings.csv")
    pq.write_table(preview.reversal.undo, into / "undo.parquet", compression="zstd")
    with (into / "statements.jsonl").open("w", encoding="utf-8") as file:
        for told in reinstatements(plan, ids, languages=languages, ground=ReversalGround.CLASS):
            file.writelines(f'{{"decision_id": {json.dumps(decision_id)}, {body[1:]}\n' for decision_id, body in zip(
                told["decision_id"].to_pylist(), told["body"].to_pylist(), strict=True))
            n_done += told.num_rows
            if on_progress is not None:
                on_progress(n_done, who.num_rows)


def _causes(plan: Path, kind: CauseKind) -> list[str]:
    """Every cause of a kind in the plan, the most frequent ones of its first portion first."""
    found = [value for portion in portions(plan, "decisions", NEEDED) for value in causes(portion, kind)]
    return list(dict.fromkeys(found))
