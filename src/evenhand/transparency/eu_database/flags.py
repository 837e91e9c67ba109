"""Holds what statements say about automation against the campaign's own record, rule by rule, before anything is sent.

A large platform once sent this flag the wrong way round for 32 months, and nobody saw it because nobody compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.decision import Automation

_FULLY, _PARTIALLY = "AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """One policy: what its statements say about automation, and what the record says."""

    policy_id: str
    n_statements: int
    n_detected_by_machine: int
    n_decided_fully: int
    """Statements that say that no person took part in the decision."""
    n_recorded_fully: int
    """Decisions that the plan records so and that no person is recorded to have confirmed."""
    n_differing: int
    """Statements that say something else than the record."""


def differing(statements: pa.Table, decisions: pa.Table, *, confirmed: pa.Array | None = None) -> pa.Array:
    """Where a statement's flags are not what the record of the same row's decision says.

    The detectors are machines, so `automated_detection` is always Yes. `confirmed` are the ids of the decisions that a
    person confirmed, where the campaign has run: such a decision is partly automated, and one that only a person may take
    is not without it. None for a plan that has not been carried out.
    """
    detected = pc.equal(statements["automated_detection"].combine_chunks(), "Yes")
    decided = pc.equal(statements["automated_decision"].combine_chunks(), _recorded(decisions, confirmed))
    return pc.invert(pc.fill_null(pc.and_(detected, decided), False))


def flag_rows(statements: pa.Table, decisions: pa.Table, *, confirmed: pa.Array | None = None) -> tuple[FlagRow, ...]:
    """The flags of the statements and of the record, by policy; they are to be the same in every row."""
    said = statements["automated_decision"].combine_chunks()
    table = pa.table({
        "policy_id": decisions["policy_id"].combine_chunks(),
        "detected": _ones(pc.equal(statements["automated_detection"].combine_chunks(), "Yes")),
        "fully": _ones(pc.equal(said, _FULLY)),
        "recorded": _ones(pc.equal(_recorded(decisions, confirmed), _FULLY)),
        "differing": _ones(differing(statements, decisions, confirmed=confirmed))})
    sums = [(name, "sum") for name in table.column_names[1:]]
    grouped = table.group_by(["policy_id"]).aggregate([([], "count_all"), *sums]).sort_by("policy_id")
    return tuple(FlagRow(
        policy_id=row["policy_id"], n_statements=row["count_all"], n_detected_by_machine=row["detected_sum"],
        n_decided_fully=row["fully_sum"], n_recorded_fully=row["recorded_sum"], n_differing=row["differing_sum"])
        for row in grouped.to_pylist())


def _recorded(decisions: pa.Table, confirmed: pa.Array | None) -> pa.Array:
    """What the record says of each decision; null for one that needs a person and has none."""
    needs_person = pc.not_equal(decisions["automation"].combine_chunks(), str(Automation.FULLY))
    if confirmed is None:
        return pc.if_else(needs_person, _PARTIALLY, _FULLY)
    has_person = pc.is_in(decisions["decision_id"].combine_chunks(), value_set=confirmed.cast(pa.string()))
    return pc.if_else(has_person, _PARTIALLY, pc.if_else(needs_person, pa.scalar(None, pa.string()), _FULLY))


def _ones(mask: pa.Array) -> pa.Array:
    return pc.fill_null(mask, False).cast(pa.int64())
