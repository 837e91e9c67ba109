"""The decisions and the spared, counted by reason, language, registered name and guard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.evidence import Strength
from evenhand.model.penalty import Penalty

NO_GUARD = "none"
"""Stands for suspicions that ended without a guard: no policy's condition holds, or the posts are too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """One signal and how many decisions rest on it."""

    signal: str
    family: str
    n_accounts: int
    share: float
    """Of all decisions, 0–1. Shares add up to more than 1, since a decision rests on several signals."""
    example: str
    """The fact of the decision with the smallest id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRow:
    """One language; the rows add up to the number of decisions."""

    language: str | None
    n_accounts: int
    n_closed: int
    n_suspended: int
    n_posts_deleted_from: int
    n_lesser: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRow:
    """One registered name and the accounts decided because they read as it."""

    holder_id: str | None
    """None for decisions that are about no registered name."""
    n_accounts: int
    n_closed: int
    n_languages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRow:
    """One guard: what it spared, and where it was heard but did not spare."""

    guard: str
    n_spared: int
    """Suspicions that ended without a penalty and for which this guard spoke first; they add up to all spared."""
    n_also: int
    """Further spared suspicions for which it spoke as well."""
    n_lowered: int
    """Decisions in which it was heard and the penalty lowered or a person asked."""


def top_reasons(decisions: pa.Table, *, n: int = 10) -> tuple[ReasonRow, ...]:
    """The `n` signals that most decisions rest on, most frequent first, ties by name."""
    reasons = _exploded(decisions.append_column("row", pa.array(np.arange(decisions.num_rows))), "reasons",
                        fields=("signal", "family", "fact"), carry=("row",))
    once = reasons.select(["row", "signal"]).group_by(["row", "signal"]).aggregate([])
    counted = once.group_by(["signal"]).aggregate([([], "count_all")])
    ordered = counted.sort_by([("count_all", "descending"), ("signal", "ascending")]).slice(0, n)
    return tuple(_reason_row(reasons.filter(pc.equal(reasons["signal"], row["signal"])), row["count_all"], decisions)
                 for row in ordered.to_pylist())


def _reason_row(reasons: pa.Table, n_accounts: int, decisions: pa.Table) -> ReasonRow:
    """The row of one signal, from all its reasons."""
    ids = decisions["decision_id"].take(reasons["row"])
    first = reasons.filter(pc.equal(ids, pc.min(ids))).sort_by("fact").slice(0, 1).to_pylist()[0]
    return ReasonRow(signal=first["signal"], family=first["family"], n_accounts=n_accounts,
                     share=n_accounts / decisions.num_rows, example=first["fact"])


def by_language(decisions: pa.Table) -> tuple[LanguageRow, ...]:
    """Decisions per language, most first; accounts without a known language are the row None."""
    flags = _penalty_flags(decisions)
    table = pa.table({"language": decisions["language"], **flags})
    grouped = table.group_by(["language"]).aggregate([([], "count_all"), *((name, "sum") for name in flags)])
    ordered = grouped.sort_by([("count_all", "descending"), ("language", "ascending")])
    return tuple(LanguageRow(language=row["language"], n_accounts=row["count_all"], n_closed=row["close_sum"],
                             n_suspended=row["suspend_sum"], n_posts_deleted_from=row["delete_post_sum"],
                             n_lesser=row["count_all"] - row["close_sum"] - row["suspend_sum"] - row["delete_post_sum"])
                 for row in ordered.to_pylist())


def by_holder(decisions: pa.Table) -> tuple[HolderRow, ...]:
    """Decisions per registered name, most first; they add up to all decisions. The caller cuts the list."""
    table = pa.table({"holder_id": decisions["holder_id"], "language": decisions["language"],
                      "close": _penalty_flags(decisions)["close"]})
    grouped = table.group_by(["holder_id"]).aggregate(
        [([], "count_all"), ("close", "sum"), ("language", "count_distinct")])
    ordered = grouped.sort_by([("count_all", "descending"), ("holder_id", "ascending")])
    return tuple(HolderRow(holder_id=row["holder_id"], n_accounts=row["count_all"], n_closed=row["close_sum"],
                           n_languages=row["language_count_distinct"]) for row in ordered.to_pylist())


def by_guard(spared: pa.Table, decisions: pa.Table, *, guards: tuple[str, ...] = ()) -> tuple[GuardRow, ...]:
    """What each guard spared, and where it lowered. `guards` that found nothing are rows of zeros.

    The first hit that spares is the one counted in `n_spared`; `NO_GUARD` counts suspicions without a sparing hit.
    """
    numbered = spared.append_column("row", pa.array(np.arange(spared.num_rows)))
    hits = _exploded(numbered, "guards", fields=("guard", "strength"), carry=("row",))
    sparing = hits.filter(pc.equal(hits["strength"], str(Strength.SPARE)))
    first = sparing.group_by(["row"]).aggregate([("guard", "min")])
    n_first = _per_guard(first.rename_columns({"guard_min": "guard"}))
    n_any = _per_guard(hits.group_by(["row", "guard"]).aggregate([]))
    heard = _exploded(decisions, "guards_considered", fields=("guard", "strength"), carry=("decision_id",))
    lowering = heard.filter(pc.not_equal(heard["strength"], str(Strength.SPARE)))
    n_lowered = _per_guard(lowering.group_by(["decision_id", "guard"]).aggregate([]))
    n_first[NO_GUARD] = spared.num_rows - first.num_rows
    names = dict.fromkeys((*guards, *n_any, *n_first, *n_lowered))
    rows = [GuardRow(guard=name, n_spared=n_first.get(name, 0),
                     n_also=max(0, n_any.get(name, 0) - n_first.get(name, 0)), n_lowered=n_lowered.get(name, 0))
            for name in names if name != NO_GUARD or n_first[NO_GUARD]]
    return tuple(sorted(rows, key=lambda row: (row.guard == NO_GUARD, -row.n_spared, -row.n_lowered, row.guard)))


def _penalty_flags(decisions: pa.Table) -> dict[str, pa.ChunkedArray]:
    return {str(penalty): pc.equal(decisions["penalty"], str(penalty)).cast(pa.int64())
            for penalty in (Penalty.CLOSE, Penalty.SUSPEND, Penalty.DELETE_POST)}


def _exploded(table: pa.Table, column: str, *, fields: tuple[str, ...], carry: tuple[str, ...]) -> pa.Table:
    """One row per element of the list `column`, with its `fields` and the `carry` columns of its row."""
    lists = table[column].combine_chunks() if table.num_rows else pa.array([], table.schema.field(column).type)
    elements = pc.list_flatten(lists)
    parents = pc.list_parent_indices(lists)
    return pa.table({name: table[name].take(parents) for name in carry}
                    | {name: pc.struct_field(elements, name) for name in fields})


def _per_guard(hits: pa.Table) -> dict[str, int]:
    grouped = hits.group_by(["guard"]).aggregate([([], "count_all")])
    return dict(zip(grouped["guard"].to_pylist(), grouped["count_all"].to_pylist(), strict=True))
