"""Take a campaign back: exactly what it imposed, previewed, in stages, and everybody concerned is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.varying import lighter_penalties
from evenhand.campaign.audit.undone import undo_sample_size
from evenhand.campaign.lifecycle.refusals import not_an_approver, other_digest, rollback_halted, wrong_state
from evenhand.campaign.stages import Stage, stages
from evenhand.connectors.plan_folder import read_plan
from evenhand.model.appeal import APPEALS_STAGE
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.event import NOBODY, EventKind, Json
from evenhand.model.campaigns.undone import UndoneStage, undone_stages
from evenhand.model.refusal import Refusal
from evenhand.ports import Platform
from evenhand.workflows.campaigns.carry_out import BETWEEN_LOOKS
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.effects.worker import Doors, Shift, work
from evenhand.workflows.effects.worker_names import worker_name
from evenhand.workflows.rollbacks.reading import halted_by_readers
from evenhand.workflows.rollbacks.sampling import SAFEGUARD, drawn_body, is_waived, n_unread, until, waits_for
from evenhand.workflows.rollbacks.telling import not_begun, told_back

WHY = "the campaign was rolled back"
MOST_FAILED = 0.005
"""The share of a stage's effects that may fail to be undone before the rollback stops for a person to look."""
NO_STAGE = Stage(number=1, name="rest", first=0, end=0)
_MAY = frozenset({CampaignState.RUNNING, CampaignState.HALTED, CampaignState.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a rollback would take back: effects by penalty and language, and what never began."""

    by_penalty: dict[tuple[str, str], int]
    """Penalty and language → effects in force."""
    n_not_begun: int
    n_accounts: int
    """Accounts with an effect in force."""
    stages: tuple[tuple[Stage, int], ...]
    """The stages in which they are undone, each with how many people read of it at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """What a rollback came to."""

    campaign: Campaign
    n_undone: int
    n_suppressed: int
    """Effects that had not begun."""
    n_failed: int
    """Effects that the platform did not take back: a person has to look."""
    too_late: tuple[str, ...]
    """Keys of effects that can no longer be undone."""
    stopped: str | None = None
    """Why it stopped before its end, or None."""
    waiting: tuple[int, datetime] | None = None
    """How many undone accounts are to be read before it goes on, and until when it waits for them."""
    audit: tuple[UndoneStage, ...] = ()
    """The stages that have finished, with what their readers said."""


def preview_rollback(desk: Desk) -> Preview:
    """What rolling this campaign back would undo. Changes nothing."""
    found = desk.state.release.in_force(desk.campaign_id)
    is_done = pc.equal(found["state"], EffectState.DONE.value)
    done = found.filter(is_done)
    pairs = Counter(zip(done["penalty"].to_pylist(), done["language"].to_pylist(), strict=True))
    return Preview(by_penalty=dict(sorted(pairs.items())), n_not_begun=found.num_rows - done.num_rows,
                   n_accounts=len(pc.unique(done["account_id"])),
                   stages=tuple((stage, undo_sample_size(stage.n_decisions))
                                for stage in stages(len(pc.unique(done["decision_id"])))))


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackTerms:
    """How a campaign is taken back."""

    unread_because: str | None = None
    """Why it goes on without its readers: a waiver, by an approver. None: it waits for them."""
    until_done: bool = False
    """Wait for the readers; otherwise stop where something waits for them, and the same command goes on."""
    progress: Callable[[int, int, str], None] = lambda _done, _total, _what: None


def roll_back(desk: Desk, plan: Path, platform: Platform, *, why: str, person: str,
              terms: RollbackTerms | None = None) -> RolledBack | Refusal:
    """Take the campaign back, or go on with that. What was done before it is stopped is not done again.

    After a halt nothing more is ordered or carried out, until an approver starts it again and says why. Everything behind the
    canary waits until people have read it, some hours at most, and the end until all samples are read, a day at most.
    """
    course, terms = desk.course(), terms or RollbackTerms()
    if course.campaign.state not in _MAY:
        return wrong_state(course.campaign, EventKind.ROLLBACK_STARTED, _MAY)
    if course.campaign.basis is not None and course.campaign.basis.digest != (own := read_plan(plan).digest):
        return other_digest(course.campaign, own)
    if course.campaign.is_rollback_halted and not why:
        return _stopped(desk, course.campaign)
    if (refusal := _begun(desk, course, terms, why=why, person=person)) is not None:
        return refusal
    return _Back(desk, plan, platform, terms).through()


def _begun(desk: Desk, course: Course, terms: RollbackTerms, *, why: str, person: str) -> Refusal | None:
    """Record the start, unless it is under way, and what is waived with it."""
    hand, campaign = desk.hand(person), course.campaign
    is_start = not campaign.is_rolling_back or campaign.is_rollback_halted
    events = [hand.event(EventKind.ROLLBACK_STARTED, {"why": why})] if is_start else []
    if terms.unread_because is not None and (is_start or not is_waived(course)):
        waiver = hand.event(EventKind.WAIVER_RECORDED, {"safeguard": SAFEGUARD, "why": terms.unread_because})
        if person not in campaign.approvers:
            return not_an_approver(campaign, waiver)
        events.append(waiver)
    outcome = desk.take(*events) if events else None
    return outcome if isinstance(outcome, Refusal) else None


class _Back:
    """One run through what is left of a rollback."""

    def __init__(self, desk: Desk, plan: Path, platform: Platform, terms: RollbackTerms) -> None:
        self._desk, self._plan, self._platform, self._terms = desk, plan, platform, terms
        self._lighter = {**desk.state.decisions.lowered(desk.campaign_id), **lighter_penalties(desk.course().steps)}
        self._n_suppressed, self._too_late = 0, list[str]()

    def through(self) -> RolledBack | Refusal:
        """What has not begun at once, then the stages that are left, then the end."""
        found = self._desk.state.release.in_force(self._desk.campaign_id, undone_why=WHY)
        is_staged = pc.is_in(found["state"], value_set=pa.array([EffectState.DONE.value, EffectState.UNDONE.value]))
        left = found.filter(pc.invert(is_staged))
        self._order(pc.unique(left["decision_id"]), announced=not_begun(left))  # before a worker could still carry them out
        _work(self._desk, self._platform, n_stages=max(1, _n_stages(self._desk)))  # what an earlier run left, or a retry
        staged = pc.unique(found.filter(is_staged)["decision_id"])
        every = stages(len(staged)) or (NO_STAGE,)
        while (stage := self._next(every)) is not None:
            is_last = stage.number == every[-1].number
            if (stop := self._waited(is_end=False) or self._stage(stage, staged, is_last=is_last)) is not None:
                return stop
        return self._waited(is_end=True) or self._ended()

    def _next(self, every: Sequence[Stage]) -> Stage | None:
        rollback = self._desk.course().campaign.rollback
        n_finished = len(rollback.barred) if rollback is not None else 0
        ahead = next((stage for stage in every if stage.number > n_finished), None)
        if ahead is None and rollback is not None and rollback.is_open:  # what is left has become less than a stage
            return Stage(number=n_finished + 1, name="rest", first=every[-1].end, end=every[-1].end)
        return ahead

    def _stage(self, stage: Stage, staged: pa.Array, *, is_last: bool) -> RolledBack | Refusal | None:
        """Undo the decisions of one stage and draw its sample; None when the next may follow."""
        desk, before = self._desk, _undone(self._desk)
        mine = staged.slice(stage.first, (len(staged) if is_last else stage.end) - stage.first)
        rollback = desk.course().campaign.rollback
        if rollback is not None and not rollback.is_open:
            body: dict[str, Json] = {"stage": stage.number, "n_decisions": len(mine), "n_undone_before": before[0],
                                     "n_failed_before": before[1], "n_unread_before": n_unread(desk.course().campaign)}
            if (stop := self._record(EventKind.ROLLBACK_STAGE_STARTED, body)) is not None:
                return stop
        undone = desk.state.undo.wholly_undone(desk.campaign_id, why=WHY)
        self._order(mine.filter(pc.invert(pc.is_in(mine, value_set=undone))))
        _work(desk, self._platform, n_stages=max(1, _n_stages(desk)))
        self._terms.progress(stage.end, len(staged), stage.name)
        if desk.course().campaign.is_rollback_halted:
            return self._halted()
        after = _undone(desk)
        n_failed, n_undone = after[1] - before[1], after[0] - before[0]
        if n_failed > max(2, MOST_FAILED * (n_failed + n_undone)):
            return self._so_far(stopped=f"{n_failed:,} effects of the stage `{stage.name}` were not undone")
        return self._finished(stage, mine, after, is_canary=stage.number == 1 and not is_last)

    def _finished(self, stage: Stage, mine: pa.Array, after: tuple[int, int, int], *,
                  is_canary: bool) -> RolledBack | Refusal | None:
        course, desk = self._desk.course(), self._desk
        started = next(event.body for event in reversed(course.steps) if event.kind is EventKind.ROLLBACK_STAGE_STARTED)
        undone = desk.state.undo.wholly_undone(desk.campaign_id, why=WHY)
        way = rollout(self._plan, read_plan(self._plan))
        drawn = drawn_body(course, way, mine.filter(pc.is_in(mine, value_set=undone)), stage=stage.number,
                           until=until(desk.clock.now(), is_canary=is_canary))
        return self._record(EventKind.ROLLBACK_STAGE_FINISHED, {
            **drawn, "n_undone": after[0] - int(str(started["n_undone_before"])),
            "n_failed": after[1] - int(str(started["n_failed_before"]))})

    def _waited(self, *, is_end: bool) -> RolledBack | None:
        """What stops the next step: a halt, or a sample that is not read yet; None when it may be taken."""
        desk = self._desk
        while True:
            halted_by_readers(desk)
            course = desk.course()
            if course.campaign.is_rollback_halted:
                return self._halted()
            waits = waits_for(course, at=desk.clock.now(), is_end=is_end)
            if waits is None:
                return None
            if not self._terms.until_done:
                return self._so_far(waiting=waits)
            desk.clock.sleep(min((waits[1] - desk.clock.now()).total_seconds(), BETWEEN_LOOKS))

    def _order(self, decision_ids: pa.Array | pa.ChunkedArray, *, announced: Collection[str] = frozenset()) -> None:
        ordered = self._desk.state.undo.order(
            self._desk.campaign_id, told_back(self._plan, decision_ids, self._lighter, announced=announced), why=WHY,
            actor=NOBODY, at=self._desk.clock.now())
        self._n_suppressed += ordered.n_suppressed
        self._too_late += ordered.too_late

    def _record(self, kind: EventKind, body: dict[str, Json]) -> RolledBack | Refusal | None:
        """None when the step is on record; a halt or another run that came a moment before is no mistake of this command."""
        outcome = self._desk.take(self._desk.hand(NOBODY).event(kind, body))
        if not isinstance(outcome, Refusal):
            return None
        now = self._desk.course().campaign
        return self._halted() if now.is_rollback_halted else None if _is_so(now, kind, body) else outcome

    def _ended(self) -> RolledBack | Refusal:
        n_undone, n_failed, n_open = _undone(self._desk)
        if n_open:
            return self._so_far(stopped=f"{n_open:,} orders are not settled yet; the same command goes on")
        return self._record(EventKind.ROLLED_BACK, {
            "n_undone": n_undone, "n_failed": n_failed, "n_too_late": len(self._too_late),
            "n_unread": n_unread(self._desk.course().campaign)}) or self._so_far()

    def _halted(self) -> RolledBack:
        return _stopped(self._desk, self._desk.course().campaign, n_suppressed=self._n_suppressed,
                        too_late=tuple(self._too_late))

    def _so_far(self, *, stopped: str | None = None, waiting: tuple[int, datetime] | None = None) -> RolledBack:
        n_undone, n_failed, _n_open = _undone(self._desk)
        course = self._desk.course()
        return RolledBack(campaign=course.campaign, n_undone=n_undone, n_suppressed=self._n_suppressed, n_failed=n_failed,
                          too_late=tuple(self._too_late), stopped=stopped, waiting=waiting, audit=undone_stages(course.steps))


def _is_so(now: Campaign, kind: EventKind, body: Mapping[str, Json]) -> bool:
    """Whether another run of the same command has taken the step already."""
    stage, n_finished = body.get("stage"), len(now.rollback.barred) if now.rollback is not None else 0
    if kind is EventKind.ROLLED_BACK or not isinstance(stage, int):
        return now.state is CampaignState.ROLLED_BACK
    is_open = now.rollback is not None and now.rollback.is_open and kind is EventKind.ROLLBACK_STAGE_STARTED
    return stage <= n_finished + is_open


def _stopped(desk: Desk, campaign: Campaign, *, n_suppressed: int = 0, too_late: tuple[str, ...] = ()) -> RolledBack:
    """How far it came until somebody halted it, who that was, and what comes next."""
    n_undone, n_failed, _n_open = _undone(desk)
    halt = rollback_halted(campaign)
    return RolledBack(campaign=campaign, n_undone=n_undone, n_suppressed=n_suppressed, n_failed=n_failed, too_late=too_late,
                      stopped=f"{halt.text}; {halt.next_step}", audit=undone_stages(desk.course().steps))


def _undone(desk: Desk) -> tuple[int, int, int]:
    """Effects that are undone, that could not be, and orders that are still open, the end of a suspension left aside."""
    n_undone = n_failed = n_open = 0
    for act, state, n in desk.state.outbox.reckoning(desk.campaign_id):
        if act is Act.IMPOSE and state is EffectState.UNDONE:
            n_undone += n
        elif act is Act.UNDO and state is EffectState.FAILED:
            n_failed += n
        elif act is not Act.LIFT and state in {EffectState.QUEUED, EffectState.IN_FLIGHT}:
            n_open += n
    return n_undone, n_failed, n_open


def _n_stages(desk: Desk) -> int:
    progress = desk.course().campaign.progress
    return progress.n_stages if progress is not None else 0


def _work(desk: Desk, platform: Platform, *, n_stages: int) -> None:
    """Work off what is due, batch by batch; after a halt no further one."""
    doors = Doors(outbox=desk.state.outbox, evidence=desk.state.evidence, platform=platform, now=desk.clock.now,
                  sleep=desk.clock.sleep)
    with worker_name(desk.place, desk.campaign_id) as owner:
        shift = Shift(campaign_id=desk.campaign_id, owner=owner,
                      stages=tuple(range(APPEALS_STAGE, n_stages + 1)), patience=timedelta(minutes=5))
        for _settlements in work(shift, doors):
            if desk.course().campaign.is_rollback_halted:
                return
