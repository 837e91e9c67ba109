"""How a campaign was conducted, out of its steps: audit, approvals, stages, halts, waivers, rollbacks, confirmations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from evenhand.model.campaigns.audit import StratumOutcome
from evenhand.model.campaigns.campaign import HaltReason
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.campaigns.undone import UndoneStage, undone_stages
from evenhand.model.interval import Interval, clopper_pearson
from evenhand.transparency.campaigns.holdout import HoldoutLine, holdout
from evenhand.transparency.campaigns.people import People
from evenhand.transparency.campaigns.protected import Protection, protection


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumLine:
    """One stratum of the audit."""

    stratum: str
    outcome: StratumOutcome
    n_decisions: int
    n_read: int
    read: Interval
    """Read as right, with the exact two-sided 95 % interval (Clopper-Pearson), before any correction for the readers."""
    bound: float
    """The precision is at least this, with 95 % confidence, corrected for what the readers get wrong; as the ledger has it."""
    gate: float
    """What the bound has to reach."""
    lowered_to: str | None = None
    """The penalty that a person put in the place of its own; None where its own stands, or nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLines:
    """The audit of the campaign's plan."""

    at: datetime
    seed: str
    n_items: int
    n_golden: int
    kappa: float | None
    alpha: float | None
    strata: tuple[StratumLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltLine:
    """One halt: when, by whom, why, and who agreed to go on."""

    at: datetime
    by: str
    reasons: tuple[HaltReason, ...]
    resumed: tuple[tuple[str, datetime, str], ...] = ()
    """Who agreed to go on, when, and what they had looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverLine:
    """One safeguard that somebody set aside."""

    at: datetime
    by: str
    safeguard: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackLine:
    """The rollback, as far as it has come."""

    at: datetime
    by: str
    why: str
    ended_at: datetime | None = None
    n_undone: int = 0
    n_failed: int = 0
    n_too_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """Everything that people and safeguards did, as the ledger has it."""

    approvals: tuple[tuple[str, datetime], ...]
    started_at: datetime | None
    completed_at: datetime | None
    n_stages: int
    n_finished: int
    audit: AuditLines | None
    holdout: HoldoutLine | None
    protection: Protection | None
    n_protected_words: int
    """Persons' decisions about protected accounts, those of earlier plans and changed ones among them."""
    n_holdout_words: int
    """Words on holdouts, those of earlier plans among them."""
    halts: tuple[HaltLine, ...]
    waivers: tuple[WaiverLine, ...]
    rollbacks: tuple[RollbackLine, ...]
    undone: tuple[UndoneStage, ...]
    """The stages of the rollback that have finished, each with its sample and what people said of it."""
    n_confirmed: int
    """Decisions that a person confirmed one by one."""
    n_not_confirmed: int
    """Those that a person read and did not confirm: nothing was imposed."""
    n_planned: int
    """How often a plan was bound; only the last one was carried out."""


def conduct(steps: Sequence[Event], people: People) -> Conduct:
    """How the campaign behind `steps` was conducted. Audit, approvals and confirmations are those of its last plan."""
    last_plan = max((place for place, step in enumerate(steps) if step.kind is EventKind.PLANNED), default=0)
    of_plan = steps[last_plan:]
    words = {str(step.body["decision_id"]): bool(step.body["confirmed"]) for step in of_plan
                if step.kind is EventKind.DECISION_CONFIRMED}
    started = _first(steps, EventKind.STARTED)
    return Conduct(
        approvals=_approvals(of_plan, people), started_at=None if started is None else started.at,
        completed_at=_when(steps, EventKind.COMPLETED), audit=_audit(of_plan), holdout=holdout(of_plan),
        n_holdout_words=_n(steps, EventKind.HOLDOUT_READ), protection=protection(of_plan, people),
        n_protected_words=_n(steps, EventKind.PROTECTED_DECIDED),
        n_stages=0 if started is None else _whole(started.body.get("n_stages")),
        n_finished=_n(steps, EventKind.STAGE_FINISHED), halts=_halts(steps, people),
        waivers=tuple(WaiverLine(at=step.at, by=people.called(step.actor), safeguard=str(step.body.get("safeguard", "")),
                                 why=people.said(step.actor, str(step.body.get("why", "")))) for step in steps
                      if step.kind is EventKind.WAIVER_RECORDED),
        rollbacks=_rollbacks(steps, people), undone=undone_stages(steps), n_confirmed=sum(words.values()),
        n_not_confirmed=len(words) - sum(words.values()),
        n_planned=_n(steps, EventKind.PLANNED))


def _approvals(steps: Iterable[Event], people: People) -> tuple[tuple[str, datetime], ...]:
    found: dict[str, datetime] = {}
    for step in steps:
        if step.kind is EventKind.APPROVED:
            found[step.actor] = step.at
        elif step.kind is EventKind.APPROVAL_WITHDRAWN:
            found.pop(step.actor, None)
    return tuple((people.called(actor), at) for actor, at in found.items())


def _audit(steps: Sequence[Event]) -> AuditLines | None:
    drawn, audited = _first(steps, EventKind.SAMPLE_DRAWN), _first(steps, EventKind.AUDITED)
    if audited is None:
        return None
    outcomes, checks = audited.body.get("strata"), audited.body.get("checks")
    named = outcomes if isinstance(outcomes, Mapping) else {}
    lowered = {str(step.body["stratum"]): str(step.body["penalty"]) for step in steps
               if step.kind is EventKind.STRATUM_LOWERED}
    lines = [_stratum(one, StratumOutcome(str(named[str(one["stratum"])])), lowered.get(str(one["stratum"])))
             for one in (checks if isinstance(checks, Sequence) and not isinstance(checks, str) else ())
             if isinstance(one, Mapping)]
    return AuditLines(at=audited.at, seed=str(drawn.body["seed"]) if drawn is not None else "", strata=tuple(lines),
                      n_items=_whole(audited.body.get("n_items")), n_golden=_whole(audited.body.get("n_golden")),
                      kappa=_share(audited.body.get("kappa")), alpha=_share(audited.body.get("alpha")))


def _stratum(check: Mapping[str, Json], outcome: StratumOutcome, lowered_to: str | None) -> StratumLine:
    n_read, n_right = _whole(check.get("n_read")), _whole(check.get("n_right"))
    read = clopper_pearson(n_right, n=n_read) if n_read else Interval(hits=0, n=0, low=0.0, high=1.0)
    return StratumLine(stratum=str(check["stratum"]), outcome=outcome, n_decisions=_whole(check.get("n_decisions")),
                       n_read=n_read, read=read, bound=_share(check.get("bound")) or 0.0, gate=_share(check.get("gate")) or 0.0,
                       lowered_to=lowered_to)


def _halts(steps: Iterable[Event], people: People) -> tuple[HaltLine, ...]:
    found: list[HaltLine] = []
    is_back = False
    for step in steps:
        if step.kind is EventKind.HALTED:
            reasons = step.body.get("reasons")
            listed = [one for one in reasons if isinstance(one, Mapping)] if isinstance(reasons, Sequence) else []
            found.append(HaltLine(at=step.at, by=people.called(step.actor), reasons=tuple(
                HaltReason(check=str(one.get("check", "")), text=people.said(step.actor, str(one.get("text", ""))))
                for one in listed)))
        elif (step.kind is EventKind.RESUMED or (is_back and step.kind is EventKind.ROLLBACK_STARTED)) and found:
            again = (people.called(step.actor), step.at, people.said(step.actor, str(step.body.get("why", ""))))
            found[-1] = replace(found[-1], resumed=(*found[-1].resumed, again))
        is_back = is_back or step.kind is EventKind.ROLLBACK_STARTED
    return tuple(found)


def _rollbacks(steps: Iterable[Event], people: People) -> tuple[RollbackLine, ...]:
    found: list[RollbackLine] = []
    for step in steps:
        if step.kind is EventKind.ROLLBACK_STARTED:
            found.append(RollbackLine(at=step.at, by=people.called(step.actor),
                                      why=people.said(step.actor, str(step.body.get("why", "")))))
        elif step.kind is EventKind.ROLLED_BACK and found:
            found[-1] = replace(found[-1], ended_at=step.at, n_undone=_whole(step.body.get("n_undone")),
                                n_failed=_whole(step.body.get("n_failed")), n_too_late=_whole(step.body.get("n_too_late")))
    return tuple(found)


def _first(steps: Iterable[Event], kind: EventKind) -> Event | None:
    return next((step for step in steps if step.kind is kind), None)


def _when(steps: Iterable[Event], kind: EventKind) -> datetime | None:
    found = _first(steps, kind)
    return None if found is None else found.at


def _n(steps: Iterable[Event], kind: EventKind) -> int:
    return sum(step.kind is kind for step in steps)


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _share(value: Json) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
