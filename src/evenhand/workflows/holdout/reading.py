"""Take the readers' words on a holdout, and conclude what was missed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.holdout import FoundStratum, Prevalence, Recall, prevalence, recall
from evenhand.campaign.audit.resolve import Asked, Resolved, mistakes, resolve
from evenhand.connectors.reading_files import free_ending, write_readings
from evenhand.connectors.verdict_files import read_verdicts
from evenhand.errors import DataError
from evenhand.model.campaigns.audit import VERDICTS
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.refusal import Refusal
from evenhand.workflows.audits.reading import Truths, VerdictsTaken, verdict_event, verdicts_given
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_now
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.holdout.drawing import HoldoutSample, holdout_drawn, snapshot_of
from evenhand.workflows.holdout.profiles import profiles


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutConcluded:
    """What a holdout came to, now on record."""

    prevalence: Prevalence
    recall: Recall
    n_unplanned: int
    """All accounts outside of the plan, those in languages that nobody reads among them."""
    campaign: Campaign


def take_holdout_verdicts(desk: Desk, plan: Path, file: Path, *, snapshot: Path | None, golden: Path | None,
                          into: Path | None) -> VerdictsTaken | Refusal:
    """Record the readers' words of a file, all or none; those that were given before and are the same are left as they are.

    With `into`, the accounts on which two readers disagree are written there for a third. Raises `DataError` with every
    mistake.
    """
    course = desk.course()
    if refusal := changed_since_bound(course, plan_now(plan)):
        return refusal
    sample = holdout_drawn(course, plan, snapshot=snapshot, golden=golden)
    if isinstance(sample, Refusal):
        return sample
    read, before = read_verdicts(file), verdicts_given(course, EventKind.HOLDOUT_READ)
    new = read.not_in(before)
    fresh, lines = new.verdicts, new.lines
    solo = course.campaign.mode is Mode.SOLO
    asked = Asked(items=sample.every_item, assignment=sample.assignment, before=before,
                  proposers=frozenset() if solo else course.campaign.proposers)
    if problems := mistakes(fresh, asked, lines=lines, file=str(file)):
        raise DataError(problems)
    at = desk.clock.now()
    resolved = _resolved(sample, pa.concat_tables([before, fresh.cast(VERDICTS)]))
    outcome = desk.take(*(verdict_event(desk.campaign_id, row, at=at, kind=EventKind.HOLDOUT_READ)
                          for row in fresh.to_pylist()))
    if isinstance(outcome, Refusal):
        return outcome
    files: tuple[Path, ...] = ()
    disputed = resolved.disputed_since(_resolved(sample, before))
    if into is not None and disputed.num_rows:
        third = sample.assignment.adjudicators
        for_third = third.filter(pc.is_in(third["item_id"], value_set=disputed["item_id"].combine_chunks()))
        files = write_readings(into, for_third, seen=profiles(snapshot_of(plan, snapshot), sample.every_item),
                               ending=free_ending(into, "-adjudication"))
    return VerdictsTaken(n_taken=fresh.num_rows, n_known=read.verdicts.num_rows - fresh.num_rows, files=files,
                         n_missing=_n_missing(sample, resolved), n_disputed=resolved.n_disputed)


def conclude_holdout(desk: Desk, plan: Path, truths: Truths, *, snapshot: Path | None,
                     person: str) -> HoldoutConcluded | Refusal:
    """Conclude the holdout: how many of the accounts outside of the plan break a rule, and how many the plan found.

    Without golden accounts the readers are taken to be perfect: that is a waiver with a reason.
    """
    course = desk.course()
    if refusal := changed_since_bound(course, plan_now(plan)):
        return refusal
    sample = holdout_drawn(course, plan, snapshot=snapshot, golden=truths.golden)
    if isinstance(sample, Refusal):
        return sample
    known = sample.golden.select(["item_id", "is_right"]) if sample.golden.num_rows else None
    resolved = _resolved(sample, verdicts_given(course, EventKind.HOLDOUT_READ))
    missed = prevalence(resolved, items=sample.items, truths=known, n_accounts=sample.n_accounts,
                        seed=course.campaign.holdout.seed if course.campaign.holdout is not None else "")
    if isinstance(missed, Refusal):
        return missed
    found = recall(found_strata(course, sample.languages), missed)
    hand = desk.hand(person)
    events = [hand.event(EventKind.HOLDOUT_CONCLUDED, concluded_body(missed, found, course=course, sample=sample))]
    if known is None:
        events.insert(0, hand.event(EventKind.WAIVER_RECORDED, {
            "safeguard": "golden_accounts", "why": truths.without_because or ""}))
    outcome = desk.take(*events)
    if isinstance(outcome, Refusal):
        return outcome
    return HoldoutConcluded(prevalence=missed, recall=found, n_unplanned=sample.n_unplanned, campaign=outcome)


def concluded_body(missed: Prevalence, found: Recall, *, course: Course, sample: HoldoutSample) -> dict[str, Json]:
    """What the event `holdout_concluded` says: the counts, and both shares with their bounds."""
    golden, basis = missed.golden, course.campaign.basis
    return {
        "plan_digest": basis.digest if basis is not None else "", "n_read": missed.n_read, "n_missed": missed.n_missed,
        "n_undecided": missed.n_undecided, "n_accounts": missed.n_accounts, "n_unplanned": sample.n_unplanned,
        "prevalence": _rounded(missed.estimate), "prevalence_low": _rounded(missed.low),
        "prevalence_high": _rounded(missed.high), "recall": _rounded(found.estimate), "recall_low": _rounded(found.low),
        "recall_high": _rounded(found.high), "n_golden": sample.golden.num_rows,
        "sensitivity": None if golden is None else _rounded(golden.specificity),
        "specificity": None if golden is None else _rounded(golden.sensitivity)}


def found_strata(course: Course, languages: tuple[str, ...]) -> tuple[FoundStratum, ...]:
    """What the audit said of the plan's strata in these languages."""
    audited = course.last(EventKind.AUDITED)
    checks = audited.body.get("checks") if audited is not None else None
    rows = [one for one in checks if isinstance(one, Mapping)] if isinstance(checks, (list, tuple)) else []
    return tuple(_found(one) for one in rows if str(one["stratum"]).rpartition("/")[2] in languages and one.get("n_read"))


def _found(check: Mapping[str, Json]) -> FoundStratum:
    n_read, n_right = int(str(check["n_read"])), int(str(check["n_right"]))
    share = check.get("share")
    return FoundStratum(n_decisions=int(str(check["n_decisions"])), bound=float(str(check["bound"])),
                        share_right=n_right / n_read if share is None else float(str(share)))


def _resolved(sample: HoldoutSample, verdicts: pa.Table) -> Resolved:
    return resolve(sample.every_item, verdicts, n_readers=sample.n_readers)


def _n_missing(sample: HoldoutSample, resolved: Resolved) -> int:
    n_unread = sample.every_item.num_rows * sample.n_readers - sample.assignment.readings.num_rows
    return int(resolved.n_missing - n_unread)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
