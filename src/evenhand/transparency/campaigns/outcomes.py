"""What became of each decision, out of the ledger's events: one row per decision, added up column by column."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import DataError, Problem
from evenhand.model.appeal import original_id
from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE
from evenhand.model.campaigns.effect_state import Standing
from evenhand.model.campaigns.event import EventKind

Counts: TypeAlias = npt.NDArray[np.int64]
REASONS, REINSTATEMENT = "reasons", "reinstatement"
"""The kinds of the statements that give reasons, and that tell somebody that a decision was taken back."""


class Source(StrEnum):
    """What led to a decision being looked for. It is never evidence."""

    SWEEP = "sweep"
    """The sweep over everything, of the platform's own accord."""
    REPORT = "report"
    """The sweep found it, and a person had reported the account before."""
    DEMAND = "demand"
    """The sweep found it, and a government had named the account before."""


class Fate(StrEnum):
    """Where a decision stands. Each decision has exactly one."""

    IN_FORCE = "in_force"
    """Something of it is imposed and stands."""
    ENDED = "ended"
    """A suspension that ended on its day."""
    TAKEN_BACK = "taken_back"
    """Everything that was imposed is undone."""
    FAILED = "failed"
    """The platform refused; nothing was imposed."""
    NOT_CARRIED_OUT = "not_carried_out"
    """Suppressed, and why is on record; nothing was imposed."""
    WAITING = "waiting"
    """Nothing has been imposed yet, and something may be."""


KEYS = ("policy_id", "penalty", "language", "source")
"""By what decisions are counted together."""
DIMENSIONS = ("decision_id", "harm", "policy_id", "penalty", "language", "source", "holder_id", "automation")
"""The columns of `decisions` that a report needs."""
_OF_EFFECTS: Mapping[str, EventKind] = MappingProxyType({
    "effects_imposed": EventKind.EFFECT_IMPOSED, "effects_failed": EventKind.EFFECT_FAILED,
    "effects_suppressed": EventKind.EFFECT_SUPPRESSED, "effects_undone": EventKind.EFFECT_UNDONE,
    "effects_lifted": EventKind.EFFECT_LIFTED, "effects_not_undone": EventKind.UNDO_FAILED})
MEASURES = ("effects_ordered", *_OF_EFFECTS, "effects_waiting", "statements_delivered", "statements_failed",
            "statements_to_gone", "reinstatements_delivered", "reinstatements_failed", "answers_delivered", "answers_failed")
"""What is counted of each decision: its effects, then its statements. `statements_to_gone` found the account gone when they
were to be delivered; with `statements_failed` they are all statements of reasons that were not delivered. Answers are what
those were told whose appeal changed nothing."""
FATES = tuple(str(fate) for fate in Fate)


def outcomes(decisions: pa.Table, settled: pa.Table, *, ordered: pa.Table) -> pa.Table:
    """`decisions` (columns `DIMENSIONS`) with the `MEASURES` of each and its `fate`.

    `settled` are the events (schema `SETTLED`), `ordered` the decision of each effect of the plan (`decision_id`). Raises
    `DataError` when events or effects are of decisions that are not of this plan.
    """
    ids = decisions["decision_id"].combine_chunks()
    places = _places(settled["decision_id"], ids, what="of the campaign's events")
    counts = {"effects_ordered": _counted(_places(ordered["decision_id"], ids, what="of the plan's effects"), len(ids))}
    kind = settled["kind"].combine_chunks()
    for name, event in _OF_EFFECTS.items():
        counts[name] = _counted(places[_mask(pc.equal(kind, str(event)))], len(ids))
    counts["effects_waiting"] = (counts["effects_ordered"] - counts["effects_imposed"] - counts["effects_failed"]
                                 - counts["effects_suppressed"])
    gives_reasons, is_back = (_mask(pc.equal(settled["statement_kind"], one)) for one in (REASONS, REINSTATEMENT))
    is_answer = ~gives_reasons & ~is_back
    is_gone = _mask(pc.equal(settled["read_back"], str(Standing.GONE)))
    told, failed = (_mask(pc.equal(kind, str(event))) for event in (EventKind.STATEMENT_DELIVERED, EventKind.STATEMENT_FAILED))
    for name, rows in (
            ("statements_delivered", told & gives_reasons), ("statements_failed", failed & gives_reasons & ~is_gone),
            ("statements_to_gone", failed & gives_reasons & is_gone), ("reinstatements_delivered", told & is_back),
            ("reinstatements_failed", failed & is_back), ("answers_delivered", told & is_answer),
            ("answers_failed", failed & is_answer)):
        counts[name] = _counted(places[rows], len(ids))
    kept = decisions.select(DIMENSIONS)
    language = pc.fill_null(kept["language"], UNKNOWN_LANGUAGE)
    kept = kept.set_column(DIMENSIONS.index("language"), "language", language)
    for name in MEASURES:
        kept = kept.append_column(name, pa.array(counts[name]))
    return kept.append_column("fate", _fates(counts))


def with_lighter(decisions: pa.Table, lighter: pa.Table) -> pa.Table:
    """`decisions` and the lighter ones that appeals put in the place of some: all as before but for the penalty."""
    once = lighter.group_by("decision_id", use_threads=False).aggregate([("penalty", "min")])
    earlier = pa.array([original_id(one) for one in once["decision_id"].to_pylist()], pa.string())
    places = pc.index_in(earlier, value_set=decisions["decision_id"].combine_chunks())
    rows = decisions.take(places.drop_null())
    for name, column in (("decision_id", once["decision_id"]), ("penalty", once["penalty_min"])):
        rows = rows.set_column(rows.column_names.index(name), name, column.filter(pc.is_valid(places)))
    return pa.concat_tables([decisions, rows.cast(decisions.schema)])


def cells(of_decisions: pa.Table) -> pa.Table:
    """Decisions by `KEYS`: how many, how many of each fate, and the sum of each measure. Sorted; it adds up to everything."""
    table = of_decisions.select([*KEYS, *MEASURES])
    for fate in FATES:
        table = table.append_column(fate, pc.equal(of_decisions["fate"], fate).cast(pa.int64()))
    sums = [(name, "sum") for name in (*FATES, *MEASURES)]
    grouped = table.group_by(list(KEYS), use_threads=False).aggregate([([], "count_all"), *sums])
    grouped = grouped.rename_columns([*KEYS, "decided", *FATES, *MEASURES])
    return grouped.sort_by([(name, "ascending") for name in KEYS])


def _fates(counts: Mapping[str, Counts]) -> pa.Array:
    stands = counts["effects_imposed"] - counts["effects_undone"] - counts["effects_lifted"]
    conditions = [stands > 0, counts["effects_lifted"] > 0, counts["effects_undone"] > 0, counts["effects_waiting"] > 0,
                  counts["effects_failed"] > 0, counts["effects_suppressed"] > 0]
    names = [Fate.IN_FORCE, Fate.ENDED, Fate.TAKEN_BACK, Fate.WAITING, Fate.FAILED, Fate.NOT_CARRIED_OUT]
    codes = np.select(conditions, range(len(names)), default=names.index(Fate.WAITING))
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array([str(name) for name in names])).cast(
        pa.string())


def _places(decision_ids: pa.ChunkedArray, ids: pa.Array, *, what: str) -> Counts:
    """The row of each decision."""
    places = pc.index_in(decision_ids, value_set=ids)
    if places.null_count:
        unknown = decision_ids.filter(pc.is_null(places))
        raise DataError(Problem(
            what=f"{places.null_count:,} {what} are about decisions that this plan does not hold, such as `{unknown[0]}`",
            hint="name the plan that the campaign carries out; if it is that one, its files do not belong together"))
    return np.asarray(places.combine_chunks() if isinstance(places, pa.ChunkedArray) else places, np.int64)


def _counted(places: Counts, n: int) -> Counts:
    return np.bincount(places, minlength=n).astype(np.int64)


def _mask(values: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(values, False), dtype=bool)
