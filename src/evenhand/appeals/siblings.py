"""Class reversal: every decision that rests on the same mistake, counted and shown before anything is undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.restoring import undo_effects
from evenhand.model.appeal import SIBLINGS, Cause, CauseKind

ENTRY_SEPARATOR = " > "
"""Between a source and what was shown there, in a cause of the kind `entry`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReversal:
    """What reversing a class would do."""

    cause: Cause
    siblings: pa.Table
    """The decisions that would be undone (schema `SIBLINGS`), in the plan's order."""
    undo: pa.Table
    """What would take back their effects (schema `UNDO_EFFECTS`)."""
    counts: Mapping[str, Mapping[str, int]]
    """Decisions per harm and penalty."""
    n_found_again: int
    """Decisions with enough evidence left that a new sweep may find them without what was wrong."""
    n_undone_before: int
    """Decisions that rest on the cause as well and have been undone already."""


def class_reversal(every: pa.Table, effects: pa.Table, *, cause: Cause, reversed_before: frozenset[str] = frozenset(),
                   imposed: pa.Array | None = None) -> ClassReversal:
    """The preview of undoing `every` decision of a plan that rests on `cause` (see `siblings`).

    `imposed` are the keys of effects that the platform has carried out; None: all were.
    """
    before = pc.is_in(every["decision_id"], value_set=pa.array(sorted(reversed_before), pa.string()))
    left = every.filter(pc.invert(before)).combine_chunks()
    grouped = left.group_by(["harm", "penalty"]).aggregate([([], "count_all")]).sort_by(
        [("harm", "ascending"), ("penalty", "ascending")])
    counts: dict[str, dict[str, int]] = {}
    for row in grouped.to_pylist():
        counts.setdefault(row["harm"], {})[row["penalty"]] = row["count_all"]
    return ClassReversal(
        cause=cause, siblings=left, counts=counts, n_undone_before=every.num_rows - left.num_rows,
        n_found_again=pc.sum(pc.greater_equal(left["n_families_left"], 2)).as_py() or 0,
        undo=undo_effects(effects, decision_ids=left["decision_id"].combine_chunks(), imposed=imposed))


def siblings(decisions: pa.Table, cause: Cause) -> pa.Table:
    """The decisions that rest on `cause` (schema `SIBLINGS`)."""
    decisions = decisions.combine_chunks()
    families_left = _families_left(decisions, cause)
    rows = pa.array(np.flatnonzero(_rests_on(decisions, cause)))
    chosen = decisions.select([name for name in SIBLINGS.names if name != "n_families_left"]).take(rows)
    return chosen.append_column("n_families_left", pa.array(families_left).take(rows)).cast(SIBLINGS)


def causes(decisions: pa.Table, kind: CauseKind) -> list[str]:
    """Every cause of a kind that some of `decisions` rests on, most frequent first."""
    column = {CauseKind.RULE: "policy_id", CauseKind.HOLDER: "holder_id", CauseKind.DETECTOR: "detector"}.get(kind)
    if column is not None:
        values = decisions[column].combine_chunks()
    elif kind is CauseKind.GUARD:
        values = _field(decisions["guards_considered"], "guard")
    else:
        values = _field(decisions["reasons"], "source")
    counted = pa.table({"value": values}).group_by(["value"]).aggregate([([], "count_all")]).sort_by(
        [("count_all", "descending"), ("value", "ascending")])
    return [value for value in counted["value"].to_pylist() if value]


def _rests_on(decisions: pa.Table, cause: Cause) -> npt.NDArray[np.bool_]:
    if cause.kind is CauseKind.RULE:
        found = pc.equal(decisions["policy_id"], cause.value)
    elif cause.kind is CauseKind.HOLDER:
        found = pc.equal(decisions["holder_id"], cause.value)
    elif cause.kind is CauseKind.DETECTOR:
        versioned = decisions["detector"]
        found = pc.equal(versioned if "/" in cause.value else pc.replace_substring_regex(versioned, "/[^/]*$", ""), cause.value)
    elif cause.kind is CauseKind.GUARD:
        heard = decisions["guards_considered"]
        return _rows_with(heard, pc.equal(_field(heard, "guard"), cause.value))
    else:
        return _rows_with(decisions["reasons"], _of_entry(decisions["reasons"], cause.value))
    return np.asarray(pc.fill_null(found, False).to_numpy(), dtype=bool)


def _of_entry(reasons: pa.ChunkedArray, entry: str) -> pa.Array:
    """The reasons that rest on a source, or on one entry of it."""
    source, _, shown = entry.partition(ENTRY_SEPARATOR)
    same = pc.equal(_field(reasons, "source"), source)
    return pc.and_(same, pc.equal(_field(reasons, "shown"), shown)) if shown else same


def _families_left(decisions: pa.Table, cause: Cause) -> npt.NDArray[np.int64]:
    """How many families of evidence each decision has without the reasons that rest on the cause.

    Without its rule or its detector nothing is left of a decision; a guard takes no evidence away.
    """
    if cause.kind in (CauseKind.RULE, CauseKind.DETECTOR):
        return np.zeros(decisions.num_rows, np.int64)
    reasons = decisions["reasons"]
    gone = {CauseKind.HOLDER: lambda: pc.equal(_field(reasons, "source"), cause.value),
            CauseKind.ENTRY: lambda: _of_entry(reasons, cause.value)}.get(cause.kind)
    parents = pc.list_parent_indices(_one(reasons)).to_numpy(zero_copy_only=False)
    keep = np.ones(len(parents), bool) if gone is None else ~_mask(gone())
    families = _field(reasons, "family").dictionary_encode()
    codes = families.indices.to_numpy(zero_copy_only=False)
    pairs = np.unique(parents[keep] * max(1, len(families.dictionary)) + codes[keep])
    owners = (pairs // max(1, len(families.dictionary))).astype(np.int64)
    return np.bincount(owners, minlength=decisions.num_rows).astype(np.int64)


def _rows_with(lists: pa.ChunkedArray, of_elements: pa.Array) -> npt.NDArray[np.bool_]:
    marked = np.zeros(len(lists), dtype=bool)
    marked[pc.list_parent_indices(_one(lists)).to_numpy(zero_copy_only=False)[_mask(of_elements)]] = True
    return marked


def _mask(values: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=bool)


def _field(lists: pa.ChunkedArray, name: str) -> pa.Array:
    return pc.struct_field(pc.list_flatten(_one(lists)), name)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
