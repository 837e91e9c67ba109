"""Decide a sweep's cases, so many accounts at a time: here, or in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from evenhand.campaign.cases import CaseRows, SuspectCase, Sweep, case_rows, gather
from evenhand.campaign.plan import Spared, Terms, effects, judge
from evenhand.model.decision import Decision, Profile
from evenhand.model.evidence import GuardHit, Reason
from evenhand.model.plan import DECISIONS, EFFECTS, SPARED
from evenhand.statements.compose import fact, guard_fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What is decided about some accounts, in the plan's order, as rows of `model.plan`'s tables."""

    n_accounts: int
    decisions: pa.Table
    spared: pa.Table
    effects: pa.Table
    """Their positions count from 0."""


Deciders: TypeAlias = Callable[[Terms, Iterable[CaseRows]], Iterator[Decided]]
"""Decides about all the rows it is given, under those terms, and answers in their order."""


def decide_each(terms: Terms, every: Iterable[CaseRows]) -> Iterator[Decided]:
    """Decide in this process."""
    return (decided(rows, terms=terms) for rows in every)


def decided(rows: CaseRows, *, terms: Terms) -> Decided:
    """Decide about some accounts."""
    decisions: list[dict[str, Any]] = []
    spared: list[dict[str, Any]] = []
    ordered: list[dict[str, Any]] = []
    for outcome in judge(cases_in(rows, terms=terms), terms=terms):
        if isinstance(outcome, Spared):
            spared.append(spared_row(outcome))
            continue
        decisions.append(decision_row(outcome))
        ordered.extend({
            "position": 0, "key": effect.key, "decision_id": effect.decision_id, "account_id": effect.account_id,
            "post_id": effect.post_id, "penalty": effect.penalty, "undo": effect.undo, "not_before": effect.not_before}
            for effect in effects(outcome, appeal_window_ends=terms.cut_off + terms.pack.appeal_window,
                                  at_once=terms.pack.policy(outcome.policy_id).at_once))
    for position, effect in enumerate(ordered):
        effect["position"] = position
    return Decided(n_accounts=len(rows.account_ids), decisions=pa.Table.from_pylist(decisions, schema=DECISIONS),
                   spared=pa.Table.from_pylist(spared, schema=SPARED), effects=pa.Table.from_pylist(ordered, schema=EFFECTS))


def cases(sweep: Sweep, *, terms: Terms, seed: int) -> Iterator[SuspectCase]:
    """The sweep's cases in the plan's order, their facts worded."""
    for rows in case_rows(sweep, seed=seed):
        yield from cases_in(rows, terms=terms)


def cases_in(rows: CaseRows, *, terms: Terms) -> Iterator[SuspectCase]:
    """The cases of some accounts, their facts worded."""
    words = terms.messages
    return gather(
        rows, n_policies=len(terms.policies),
        word_fact=lambda signal, where, shown, expected, source: fact(
            words, signal, where=where, shown=shown, expected=expected, source=source),
        word_guard=lambda guard, where, shown, expected, source: guard_fact(
            words, guard, where=where, shown=shown, expected=expected, source=source))


def decision_row(decision: Decision) -> dict[str, Any]:
    """A decision as a row of `model.plan.DECISIONS`."""
    finding, statement = decision.finding, decision.statement
    return _profile(decision.profile) | {
        "decision_id": decision.decision_id, "followers": decision.profile.followers,
        "created_at": decision.profile.created_at, "posted_at": decision.posted_at, "harm": decision.harm,
        "policy_id": decision.policy_id, "penalty": decision.penalty, "until": decision.until,
        "detector": finding.detector, "confidence": finding.confidence, "holder_id": finding.holder_id,
        "reasons": [_reason(reason) for reason in finding.reasons], "post_ids": list(finding.post_ids),
        "guards_considered": [_guard(hit) for hit in decision.guards_considered], "automation": decision.automation,
        "steps": list(decision.steps), "would_change": list(decision.would_change),
        "other_harms": [str(harm) for harm in decision.other_harms],
        "statement": {
            "language": statement.language, "subject": statement.subject, "what": statement.what, "rule": statement.rule,
            "ground_url": statement.ground_url, "facts": list(statement.facts), "automation": statement.automation,
            "territory": statement.territory, "duration": statement.duration, "appeal": statement.appeal,
            "note": statement.note}}


def spared_row(spared: Spared) -> dict[str, Any]:
    """A spared suspicion as a row of `model.plan.SPARED`."""
    return _profile(spared.profile) | {
        "harm": spared.finding.harm, "holder_id": spared.finding.holder_id,
        "reasons": [_reason(reason) for reason in spared.finding.reasons],
        "guards": [_guard(hit) for hit in spared.guard_hits], "why": spared.why}


def _profile(profile: Profile) -> dict[str, Any]:
    return {"account_id": profile.account_id, "handle": profile.handle, "display_name": profile.display_name,
            "platform": profile.platform, "language": profile.language}


def _reason(reason: Reason) -> dict[str, str]:
    return {"signal": reason.signal, "family": reason.family, "fact": reason.fact, "where": reason.where,
            "shown": reason.shown, "expected": reason.expected, "source": reason.source}


def _guard(hit: GuardHit) -> dict[str, str]:
    return {"guard": hit.guard, "strength": hit.strength, "fact": hit.fact, "where": hit.where, "shown": hit.shown}
