"""Take the readers' verdicts, and conclude the audit from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from evenhand.campaign.audit.lowering import EVERY
from evenhand.campaign.audit.outcomes import AuditResult, Terms, conclude, golden_of
from evenhand.campaign.audit.resolve import Asked, Resolved, mistakes, resolve
from evenhand.campaign.lifecycle.refusals import stale
from evenhand.connectors.verdict_files import read_verdicts
from evenhand.errors import DataError
from evenhand.model.campaigns.audit import VERDICTS
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.workflows.audits.sampling import Sample, for_adjudication, sample_drawn
from evenhand.workflows.audits.stage_samples import sample_of_stages
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_now
from evenhand.workflows.campaigns.steps import Course, Desk, Hand


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictsTaken:
    """What a file of verdicts added, and what the audit still lacks."""

    n_taken: int
    n_known: int
    """Verdicts of the file that were given before."""
    n_missing: int
    """First and second readings that are not given yet."""
    n_disputed: int
    """Items for a third person."""
    files: tuple[Path, ...]
    """The files for those third persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What the audit found, now on record."""

    result: AuditResult
    campaign: Campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Truths:
    """By what the readers are measured: golden items, or a reason for doing without."""

    golden: Path | None = None
    without_because: str | None = None


def take_verdicts(desk: Desk, plan: Path, file: Path, *, golden: Path | None, into: Path | None) -> VerdictsTaken | Refusal:
    """Record the verdicts of a file, all or none. Those that were given before and are the same are left as they are.

    Once stages have begun they are about the items that were drawn of those, and the breaker hears of them.
    With `into`, the items on which two readers disagree are written there for a third. Raises `DataError` with every mistake.
    """
    course = desk.course()
    if refusal := changed_since_bound(course, plan_now(plan)):
        return refusal
    is_begun = course.campaign.progress is not None
    sample = sample_of_stages(course, plan) if is_begun else sample_drawn(course, plan, golden=golden)
    if isinstance(sample, Refusal):
        return sample
    read, before = read_verdicts(file), verdicts_given(course, EventKind.VERDICT_GIVEN)
    new = read.not_in(before)
    fresh, lines = new.verdicts, new.lines
    solo = course.campaign.mode is Mode.SOLO
    asked = Asked(items=sample.every_item, assignment=sample.assignment, before=before,
                  proposers=frozenset() if solo else course.campaign.proposers)
    if problems := mistakes(fresh, asked, lines=lines, file=str(file)):
        raise DataError(problems)
    at = desk.clock.now()
    resolved = _resolved(sample, pa.concat_tables([before, fresh.cast(VERDICTS)]))
    outcome = desk.take(*(verdict_event(desk.campaign_id, row, at=at, kind=EventKind.VERDICT_GIVEN)
                          for row in fresh.to_pylist()))
    if isinstance(outcome, Refusal):
        return outcome
    disputed = resolved.disputed_since(_resolved(sample, before))
    files = for_adjudication(plan, sample, disputed, into=into) if into is not None and disputed.num_rows else ()
    return VerdictsTaken(n_taken=fresh.num_rows, n_known=read.verdicts.num_rows - fresh.num_rows, files=files,
                         n_missing=_n_missing(sample, resolved), n_disputed=resolved.n_disputed)


def conclude_audit(desk: Desk, plan: Path, truths: Truths, *, person: str) -> Concluded | Refusal:
    """Conclude the audit: what each stratum's precision is at least, and whether it passes, is lowered or dropped.

    Without golden items the readers are taken to be perfect: that is a waiver with a reason, and stands in every report.
    """
    course = desk.course()
    if refusal := changed_since_bound(course, plan_now(plan)):
        return refusal
    sample = sample_drawn(course, plan, golden=truths.golden)
    if isinstance(sample, Refusal):
        return sample
    resolved = _resolved(sample, verdicts_given(course, EventKind.VERDICT_GIVEN))
    campaign = course.campaign
    golden = golden_of(resolved, sample.golden.select(["item_id", "is_right"])) if sample.golden.num_rows else None
    result = conclude(resolved, strata=sample.strata, items=sample.items, golden=golden, terms=Terms(
        irreversible=[Penalty(penalty) for penalty in campaign.irreversible], unread=sample.assignment.unread,
        seed=campaign.sample_seed or "", supported=_supported(campaign)))
    if isinstance(result, Refusal):
        return result
    if campaign.basis is None:
        return stale(["the plan"])
    hand = desk.hand(person)
    events = [hand.event(EventKind.AUDITED, audited_body(result, sample, plan_digest=campaign.basis.digest))]
    if golden is None:
        events.insert(0, hand.event(EventKind.WAIVER_RECORDED, {
            "safeguard": "golden_items", "why": truths.without_because or ""}))
    outcome = desk.take(*events)
    return outcome if isinstance(outcome, Refusal) else Concluded(result=result, campaign=outcome)


def audited_body(result: AuditResult, sample: Sample, *, plan_digest: str) -> dict[str, Json]:
    """What the event `audited` says: the outcome of every stratum, with the numbers that led to it."""
    return {
        "plan_digest": plan_digest, "strata": {key: str(outcome) for key, outcome in result.outcomes.items()},
        "checks": [{"stratum": one.stratum.key, "gate": one.gate, "bound": round(one.precision.low, 6), "n_read":
                    one.reading.n_read, "n_right": one.reading.n_right, "n_decisions": one.reading.n_decisions, "penalty":
                    None if one.lowered_to is None else str(one.lowered_to), "share": None if
                    one.precision.estimate is None else round(one.precision.estimate, 6)} for one in result.strata],
        "kappa": result.kappa.value, "alpha": result.alpha.value, "n_items": sample.items.num_rows,
        "n_golden": sample.golden.num_rows}


def _supported(campaign: Campaign) -> tuple[Penalty, ...]:
    """What the plan's platform can impose, as its basis says."""
    named = campaign.basis.supported.split() if campaign.basis is not None else []
    return tuple(map(Penalty, named)) or tuple(EVERY)


def verdicts_given(course: Course, kind: EventKind) -> pa.Table:
    """The verdicts of one kind (of the audit, of the holdout) on the campaign's present plan, as `VERDICTS`."""
    rows: list[dict[str, Json]] = []
    for event in course.steps:
        if event.kind is EventKind.PLANNED:
            rows = []
        elif event.kind is kind:
            rows.append({"item_id": event.body["item_id"], "reader": event.actor, "slot": event.body["slot"],
                         "verdict": event.body["verdict"], "rationale": event.body.get("rationale")})
    return pa.Table.from_pylist(rows, schema=VERDICTS)


def _resolved(sample: Sample, verdicts: pa.Table) -> Resolved:
    return resolve(sample.every_item, verdicts, n_readers=sample.n_readers)


def _n_missing(sample: Sample, resolved: Resolved) -> int:
    n_unread = sample.every_item.num_rows * sample.n_readers - sample.assignment.readings.num_rows
    return int(resolved.n_missing - n_unread)


def verdict_event(campaign_id: str, row: dict[str, str | None], *, at: datetime, kind: EventKind) -> Event:
    """The event of one verdict, a row of `VERDICTS`."""
    hand = Hand(campaign_id=campaign_id, person=str(row["reader"]), at=at)
    body: dict[str, Json] = {name: row[name] for name in ("item_id", "slot", "verdict", "rationale")}
    return hand.event(kind, body)
