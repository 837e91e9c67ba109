"""What an audit found: for each stratum its precision with the bound, the gate, and what becomes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.agreement import Agreement, cohen_kappa, krippendorff_alpha
from evenhand.campaign.audit.gates import LABEL_FLOOR, gate
from evenhand.campaign.audit.lowering import EVERY, lowered_to
from evenhand.campaign.audit.precision import Golden, Precision, Reading, precision
from evenhand.campaign.audit.resolve import Resolved
from evenhand.campaign.lifecycle.preparing_refusals import audit_open
from evenhand.model.campaigns.audit import Slot, Stratum, StratumOutcome, Verdict
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumResult:
    """One line of the audit."""

    stratum: Stratum
    reading: Reading
    gate: float
    precision: Precision
    outcome: StratumOutcome
    lowered_to: Penalty | None
    """What may take the place of its penalty, where the outcome is `lowered`."""
    why: str
    """In words, with the numbers: why it passed, was lowered or dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What the audit found."""

    strata: tuple[StratumResult, ...]
    golden: Golden | None
    """None where the readers were taken to be perfect, which needs a waiver."""
    kappa: Agreement
    alpha: Agreement

    @property
    def outcomes(self) -> Mapping[str, StratumOutcome]:
        """Stratum key → outcome, as the event `audited` carries it."""
        return {result.stratum.key: result.outcome for result in self.strata}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an audit is judged by."""

    irreversible: Collection[Penalty]
    """What the platform cannot take back, besides closing."""
    unread: Collection[str]
    """Languages that too few people read."""
    seed: str
    """The seed of the sample; the bounds draw from it."""
    supported: Collection[Penalty] = EVERY
    """What the platform can impose."""


def conclude(resolved: Resolved, *, strata: pa.Table, items: pa.Table, golden: Golden | None,
             terms: Terms) -> AuditResult | Refusal:
    """The outcome of every stratum, or the refusal while items are still unread or disputed.

    `items` has `item_id` and `stratum` of the sample (not the golden ones); `strata` has what `audit_strata` counts. "Cannot
    decide" never counts for a decision.
    """
    drawn = items.filter(pc.invert(pc.is_in(items["language"], value_set=pa.array(sorted(terms.unread), pa.string()))))
    places = pc.index_in(drawn["item_id"], value_set=resolved.table["item_id"].combine_chunks())
    final = resolved.table["final"].combine_chunks().take(places.combine_chunks())
    if final.null_count:
        mine = replace(resolved, table=resolved.table.take(places.combine_chunks()))
        return audit_open(mine.n_missing, mine.n_disputed)
    counted = pa.table({"stratum": drawn["stratum"], "right": pc.equal(final, str(Verdict.RIGHT)).cast(pa.int64())}) \
        .group_by("stratum").aggregate([("right", "sum"), ("right", "count")])
    read = {name: (right, n) for name, right, n in zip(*(counted[c].to_pylist() for c in (
        "stratum", "right_sum", "right_count")), strict=True)}
    results = [_result(row, *read.get(row["stratum"], (0, 0)), golden=golden, terms=terms) for row in strata.to_pylist()]
    kappa, alpha = agreement(resolved, seed=terms.seed)
    return AuditResult(strata=tuple(sorted(results, key=lambda result: result.stratum)), golden=golden, kappa=kappa,
                       alpha=alpha)


def golden_of(resolved: Resolved, truths: pa.Table) -> Golden:
    """How the readers did on the golden items in `truths` (`item_id`, `is_right`), by their final word."""
    places = pc.index_in(truths["item_id"], value_set=resolved.table["item_id"].combine_chunks())
    final = resolved.table["final"].combine_chunks().take(places.combine_chunks())
    is_right, is_read = truths["is_right"].combine_chunks(), pc.is_valid(final)
    called = pc.fill_null(pc.equal(final, str(Verdict.RIGHT)), False)

    def n(*masks: pa.Array) -> int:
        mask = is_read
        for other in masks:
            mask = pc.and_(mask, other)
        return int(pc.sum(mask).as_py() or 0)

    return Golden(n_right=n(is_right), n_right_seen=n(is_right, called), n_wrong=n(pc.invert(is_right)),
                  n_wrong_seen=n(pc.invert(is_right), pc.invert(called)))


def agreement(resolved: Resolved, *, seed: str) -> tuple[Agreement, Agreement]:
    """Cohen's kappa of first and second readings and Krippendorff's alpha of all of them, before adjudication."""
    values = pa.array([str(verdict) for verdict in Verdict], pa.string())
    words = [pc.index_in(resolved.table[str(slot)], value_set=values) for slot in (Slot.FIRST, Slot.SECOND)]
    both = pc.and_(pc.is_valid(words[0]), pc.is_valid(words[1]))
    first, second = (np.asarray(word.filter(both), np.int64) for word in words)
    items = np.tile(np.arange(len(first), dtype=np.int64), 2)
    n_values = len(values)
    return (cohen_kappa(first, second, n_values=n_values, seed=seed),
            krippendorff_alpha(items, np.concatenate((first, second)), n_values=n_values, seed=seed))


def _result(row: Mapping[str, object], n_right: int, n_read: int, *, golden: Golden | None, terms: Terms) -> StratumResult:
    stratum = Stratum(policy_id=str(row["policy_id"]), penalty=Penalty(str(row["penalty"])), language=str(row["language"]))
    reading = Reading(n_right=n_right, n_read=n_read, n_decisions=int(str(row["n_decisions"])))
    bar = gate(stratum.penalty, irreversible=terms.irreversible)
    found = precision(reading, golden=golden, seed=f"{terms.seed}:{stratum.key}")
    lighter = lowered_to(stratum.penalty, bound=found.low, irreversible=terms.irreversible, supported=terms.supported)
    outcome, why = _outcome(stratum, reading, bar, found, lighter)
    return StratumResult(stratum=stratum, reading=reading, gate=bar, precision=found, outcome=outcome, why=why,
                         lowered_to=lighter if outcome is StratumOutcome.LOWERED else None)


def _outcome(stratum: Stratum, reading: Reading, bar: float, found: Precision,
             lighter: Penalty | None) -> tuple[StratumOutcome, str]:
    if reading.n_read == 0:
        return StratumOutcome.DROPPED, f"nothing was read: too few people read `{stratum.language}`"
    seen = f"{reading.n_right:,} of {reading.n_read:,} read as right; the precision is at least {found.low:.1%}"
    if found.low >= bar:
        return StratumOutcome.PASSED, f"{seen}, the gate is {bar:.0%}"
    if stratum.penalty <= Penalty.LABEL:
        return StratumOutcome.DROPPED, f"{seen}, below the gate of {bar:.0%}; there is nothing lighter than a label"
    if lighter is not None:
        words = "a label" if lighter is Penalty.LABEL else f"`{lighter}`"
        return StratumOutcome.LOWERED, f"{seen}, below the gate of {bar:.0%}: {words} instead of `{stratum.penalty}`"
    if found.low >= LABEL_FLOOR:
        return StratumOutcome.DROPPED, f"{seen}, below the gate of {bar:.0%}; the platform has nothing lighter to impose"
    return StratumOutcome.DROPPED, f"{seen}, below the gate of {bar:.0%} and below the {LABEL_FLOOR:.0%} that a label needs"
