"""Take the words of those who read what a rollback took back, and stop it where they call too much of it wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from evenhand.campaign.audit.resolve import Asked, mistakes
from evenhand.campaign.audit.undone import undo_trips
from evenhand.campaign.lifecycle.refusals import other_digest
from evenhand.connectors.plan_folder import read_plan
from evenhand.connectors.verdict_files import read_verdicts
from evenhand.errors import DataError
from evenhand.model.campaigns.audit import item_id
from evenhand.model.campaigns.campaign import Campaign, HaltReason, Mode
from evenhand.model.campaigns.event import NOBODY, Event, EventKind, Json
from evenhand.model.campaigns.undone import UndoneStage, undone_stages
from evenhand.model.refusal import Refusal
from evenhand.workflows.audits.reading import verdict_event, verdicts_given
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.rollbacks.sampling import rollback_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoWords:
    """What a file of words on undone accounts added, and what follows."""

    n_taken: int
    n_known: int
    """Words of the file that were given before."""
    stages: tuple[UndoneStage, ...]
    reasons: tuple[HaltReason, ...]
    """Why it is too much: the rollback is halted, or, where it has ended, somebody has to look. Empty when it goes on."""
    campaign: Campaign


def is_about_rollback(course: Course, file: Path) -> bool:
    """Whether a file of verdicts is about accounts that were drawn of the campaign's rollback."""
    if course.campaign.rollback is None or course.campaign.basis is None:
        return False
    digest = course.campaign.basis.digest
    drawn = {item_id(one, plan_digest=digest, seed=stage.seed) for stage in undone_stages(course.steps)
             for one in stage.decision_ids}
    return not drawn.isdisjoint(read_verdicts(file).verdicts["item_id"].to_pylist())


def take_undo_words(desk: Desk, plan: Path, file: Path) -> UndoWords | Refusal:
    """Record the words of a file on undone accounts, all or none; those that were given before are left as they are.

    Where they are too bad the rollback is halted with them, whether a command runs or not. Raises `DataError` with every
    mistake.
    """
    course = desk.course()
    if course.campaign.basis is not None and course.campaign.basis.digest != (own := read_plan(plan).digest):
        return other_digest(course.campaign, own)
    sample = rollback_sample(course, plan)
    if isinstance(sample, Refusal):
        return sample
    read, before = read_verdicts(file), verdicts_given(course, EventKind.UNDO_READ)
    new = read.not_in(before)
    fresh, lines = new.verdicts, new.lines
    proposers = frozenset[str]() if course.campaign.mode is Mode.SOLO else course.campaign.proposers
    asked = Asked(items=sample.every_item, assignment=sample.assignment, before=before, proposers=proposers)
    if problems := mistakes(fresh, asked, lines=lines, file=str(file)):
        raise DataError(problems)
    at = desk.clock.now()
    places = pc.index_in(fresh["item_id"], value_set=sample.items["item_id"].combine_chunks())
    stages = sample.items["stage"].take(places).to_pylist()
    outcome = desk.take(*(_event(verdict_event(desk.campaign_id, row, at=at, kind=EventKind.UNDO_READ), stage)
                          for row, stage in zip(fresh.to_pylist(), stages, strict=True)))
    if isinstance(outcome, Refusal):
        return outcome
    reasons = halted_by_readers(desk)
    now = desk.course()
    return UndoWords(n_taken=fresh.num_rows, n_known=read.verdicts.num_rows - fresh.num_rows, reasons=reasons,
                     stages=undone_stages(now.steps), campaign=now.campaign)


def halted_by_readers(desk: Desk) -> tuple[HaltReason, ...]:
    """Why the readers' words stop the rollback, which is halted then unless it is already; nothing when it may go on."""
    course = desk.course()
    reasons = undo_trips(course.steps)
    if reasons and course.campaign.is_rolling_back and not course.campaign.is_rollback_halted:
        body: dict[str, Json] = {"reasons": [{"check": one.check, "text": one.text} for one in reasons]}
        desk.take(desk.hand(NOBODY).event(EventKind.HALTED, body))
    return reasons


def _event(event: Event, stage: int) -> Event:
    return Event(campaign_id=event.campaign_id, kind=event.kind, at=event.at, actor=event.actor,
                 body={**event.body, "stage": stage})
