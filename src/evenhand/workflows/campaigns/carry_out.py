"""Carry out an approved campaign: stage by stage, within the caps, watched by the breaker; after a kill it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from evenhand.campaign.lifecycle.refusals import stale, wrong_state
from evenhand.campaign.stages import Caps, Stage
from evenhand.errors import ConfigError, Problem
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.effect_state import Settlement
from evenhand.model.campaigns.event import NOBODY, EventKind, Json
from evenhand.model.refusal import Refusal
from evenhand.ports import Platform
from evenhand.workflows.audits.stage_samples import opened_with, waits_until
from evenhand.workflows.campaigns.conduct import Applied, Conduct, StageDone
from evenhand.workflows.campaigns.letting_out import LetOut, Terms, let_out
from evenhand.workflows.campaigns.plan_basis import PlanNow, changed_since_bound, plan_as_made, plan_now
from evenhand.workflows.campaigns.preparing import unforeseen
from evenhand.workflows.campaigns.rollout import Rollout, rollout
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.campaigns.watching import StageWatch
from evenhand.workflows.closings.announcing import Announcing
from evenhand.workflows.effects.filling import fill, refuse_unsupported
from evenhand.workflows.effects.lowering import fill_lowered
from evenhand.workflows.effects.worker import Doors, Shift, work
from evenhand.workflows.effects.worker_names import worker_name

if TYPE_CHECKING:
    from evenhand.stores.releasing import StageCount

BETWEEN_LOOKS = 300.0
"""Seconds between two looks whether the last stage's items are read."""
WAITS_FOR_READING = "for {n} items of stage {stage} to be read: `evenhand audit stage`, then `evenhand audit verdicts`"
LOOK = "look at the reasons; the approvers resume it with `evenhand resume`, or roll it back"
_ON_THE_WAY = frozenset({CampaignState.APPROVED, CampaignState.RUNNING})


def to_confirm(desk: Desk, plan: Path) -> str | None:
    """What has to be typed before it starts, `NAME:COUNT`; None when it does not start now."""
    course = desk.course()
    return None if course.campaign.state is not CampaignState.APPROVED else f"{desk.campaign_id}:{n_accounts(plan)}"


def n_accounts(plan: Path) -> int:
    """The accounts of a plan: one decision each."""
    return sum(sum(of.values()) for of in plan_now(plan).plan.counts.values())


def carry_out(desk: Desk, plan: Path, platform: Platform, conduct: Conduct, *, person: str) -> Applied | Refusal:
    """Start the campaign, or go on with it, as far as may be. Nothing is lost or doubled, however often it is stopped."""
    now, course = plan_as_made(plan), desk.course()
    if refusal := changed_since_bound(course, now):
        return refusal
    if course.campaign.state is CampaignState.COMPLETED:
        return Applied(campaign=course.campaign, stages=(), n_stages=_n_stages(course))
    if course.campaign.state not in _ON_THE_WAY:
        refusal = wrong_state(course.campaign, EventKind.STARTED, _ON_THE_WAY)
        return replace(refusal, next_step=LOOK) if course.campaign.state is CampaignState.HALTED else refusal
    refuse_unsupported(plan, platform.capabilities)
    if refusal := unforeseen(course.campaign, now, platform.capabilities):
        return refusal
    _ = desk.state.evidence  # without its key nothing begins
    way = rollout(plan, now.plan)
    started = _started(desk, course, now, way, conduct, person=person)
    if isinstance(started, Refusal):
        return started
    fill(plan, desk.state.outbox, campaign_id=desk.campaign_id, capabilities=platform.capabilities, turns=way.turns,
         order=way.order)
    fill_lowered(plan, desk.state.outbox, desk.course().campaign.lowered, campaign_id=desk.campaign_id,
                 capabilities=platform.capabilities, turns=way.lighter_turns)
    with worker_name(desk.place, desk.campaign_id) as owner:
        return _Run(desk, way, platform, conduct, seed=f"{now.plan.digest}:{now.plan.seed}", owner=owner).through()


def refuse_real(campaign: Campaign, *, is_simulated: bool) -> None:
    """Raise `ConfigError` when a rehearsal would reach a real platform."""
    if campaign.is_rehearsal and not is_simulated:
        raise ConfigError(Problem(what=f"`{campaign.campaign_id}` is a rehearsal and reaches no real platform",
                                  hint="name a simulated one: `--platform simulated:FOLDER`"))


def _started(desk: Desk, course: Course, now: PlanNow, way: Rollout, conduct: Conduct, *, person: str) -> Refusal | None:
    """Record the start, unless it has started, and what is waived with it."""
    hand = desk.hand(person)
    waiver = hand.event(EventKind.WAIVER_RECORDED, {
        "safeguard": "caps", "why": "carried out at once, without caps for an hour"})
    if course.campaign.state is CampaignState.RUNNING:
        changed = course.campaign.basis.changed(now.basis) if course.campaign.basis is not None else ()
        if changed:
            return stale(changed)
        is_waived = any(event.body.get("safeguard") == "caps" for event in course.steps)
        return None if conduct.caps is not None or is_waived else _refused(desk.take(waiver))
    events = [hand.event(EventKind.STARTED, {"basis": now.basis.as_json(), "n_stages": len(way.stages),
                                             "n_decisions": way.n_decisions, "caps": _caps(conduct.caps)})]
    if conduct.caps is None:
        events.append(waiver)
    return _refused(desk.take(*events))


def _refused(outcome: Campaign | Refusal) -> Refusal | None:
    return outcome if isinstance(outcome, Refusal) else None


def _caps(caps: Caps | None) -> Json:
    return None if caps is None else {"n_effects": caps.effects, "n_effects_per_language": caps.effects_per_language,
                                      "n_reach": caps.reach, "n_reach_per_language": caps.reach_per_language}


def _n_stages(course: Course) -> int:
    return course.campaign.progress.n_stages if course.campaign.progress is not None else 0


class _Run:
    """One run through the stages that are left."""

    def __init__(self, desk: Desk, way: Rollout, platform: Platform, conduct: Conduct, *, seed: str,
                 owner: str) -> None:
        self._desk, self._way, self._platform, self._conduct = desk, way, platform, conduct
        self._terms = Terms(caps=conduct.caps, seed=seed)
        self._course = desk.course()
        self._owner = owner
        self._announcing = Announcing(desk, way)

    def through(self) -> Applied | Refusal:
        """The stages in their order, one of them unless all are asked for."""
        done: list[StageDone] = []
        waiting = LetOut()
        while (stage := self._next()) is not None:
            if (unread := self._read_first(stage)) is not None:
                waiting = unread
                break
            if (refusal := self._open(stage)) is not None:
                return refusal
            if self._is_running and self._next() != stage:
                continue  # another run has finished it meanwhile
            waiting = self._stage(stage)
            count = self._desk.state.release.stage(self._desk.campaign_id, stage.number)
            is_finished = self._is_running and not count.n_held and not count.n_open
            done.append(StageDone(stage=stage, count=count, is_finished=is_finished))
            if not is_finished:
                break
            if (refusal := self._finish(stage, count)) is not None:
                return refusal
            if not self._conduct.until_done:
                break
        return Applied(campaign=self._course.campaign, stages=tuple(done), n_stages=len(self._way.stages), waiting=waiting)

    @property
    def _is_running(self) -> bool:
        return self._course.campaign.state is CampaignState.RUNNING

    def _next(self) -> Stage | None:
        progress = self._course.campaign.progress
        n_finished = progress.n_finished if progress is not None else 0
        return next((stage for stage in self._way.stages if stage.number > n_finished), None) if self._is_running else None

    def _open(self, stage: Stage) -> Refusal | None:
        progress = self._course.campaign.progress
        if progress is not None and progress.is_open:
            return None
        return self._record(EventKind.STAGE_STARTED, opened_with(self._course, self._way, stage, at=self._desk.clock.now()))

    def _read_first(self, stage: Stage) -> LetOut | None:
        """What the stage waits for, since the one before is not read yet; the breaker hears of each verdict meanwhile."""
        progress = self._course.campaign.progress
        if progress is None or progress.is_open or progress.n_finished == 0:
            return None
        watch = StageWatch(self._desk.state, self._course, self._way, stage=stage.number - 1)
        judged, waits = None, None
        while self._may_go_on(watch, []):
            self._announce(watch)
            if self._course is not judged:  # a step came: the sample is drawn again only then
                judged, waits = self._course, waits_until(self._course, self._way, stage.number - 1, at=self._desk.clock.now())
            if waits is None or self._desk.clock.now() >= waits[1]:
                return None
            n_unread, until = waits
            if not self._conduct.until_done:
                return LetOut(waiting={WAITS_FOR_READING.format(n=f"{n_unread:,}", stage=stage.number - 1): stage.n_decisions},
                              wait_until=until)
            self._desk.clock.sleep(min((until - self._desk.clock.now()).total_seconds(), BETWEEN_LOOKS))
        return LetOut()  # it was halted

    def _finish(self, stage: Stage, count: StageCount) -> Refusal | None:
        body: dict[str, Json] = {"stage": stage.number, "n_imposed": count.n_imposed, "n_failed": count.n_failed,
                                 "n_suppressed": count.n_suppressed}
        refusal = self._record(EventKind.STAGE_FINISHED, body)
        if refusal is None and self._next() is None:
            refusal = self._record(EventKind.COMPLETED, {})
        return refusal

    def _record(self, kind: EventKind, body: dict[str, Json]) -> Refusal | None:
        outcome = self._desk.take(self._desk.hand(NOBODY).event(kind, body))
        self._course = self._desk.later(self._course)
        if isinstance(outcome, Refusal) and (not self._is_running or self._is_so(kind, body)):
            return None  # somebody halted it or took the step a moment before: that is no mistake of this command
        return outcome if isinstance(outcome, Refusal) else None

    def _is_so(self, kind: EventKind, body: dict[str, Json]) -> bool:
        """Whether the stage has started or finished already, since another run of the same command was faster."""
        progress, stage = self._course.campaign.progress, body.get("stage")
        if progress is None or not isinstance(stage, int):
            return False
        n_started = progress.n_finished + progress.is_open
        return stage <= (n_started if kind is EventKind.STAGE_STARTED else progress.n_finished)

    def _stage(self, stage: Stage) -> LetOut:
        """Let out and work off until the stage has nothing left that may go now."""
        watch = StageWatch(self._desk.state, self._course, self._way, stage=stage.number)
        waiting = LetOut()
        while self._may_go_on(watch, []):  # appeals may have been decided since the last batch
            self._announce(watch)
            waiting = self._let_out(stage)
            self._work((stage.number,), watch, f"stage {stage.number}: {stage.name}")
            self._course = self._desk.later(self._course)
            until = self._until(stage, waiting)
            if until is None or not self._is_running or not self._conduct.until_done:
                return waiting if until is None else replace(waiting, wait_until=until)
            self._course = self._desk.wait(self._course, until=until)
        return waiting

    def _let_out(self, stage: Stage) -> LetOut:
        """Let out what may go now; judged anew when somebody took a step meanwhile."""
        while self._is_running:
            waiting = let_out(self._desk.state, self._course, self._way, self._terms, stage=stage.number,
                              at=self._desk.clock.now())
            if not waiting.is_overtaken:
                return waiting
            self._course = self._desk.later(self._course)
        return LetOut()

    def _announce(self, watch: StageWatch) -> None:
        """Tell those whose closing a person has confirmed, whatever stage is under way: their appeal window begins with it."""
        self._course = self._announcing.queue(self._course)
        if self._is_running and self._announcing.is_under_way:
            self._work(self._way.closing_stages, watch, "closings announced")

    def _until(self, stage: Stage, waiting: LetOut) -> datetime | None:
        moments = (waiting.wait_until, *(self._desk.state.release.next_moment(self._desk.campaign_id, stage=number)
                                         for number in {stage.number, *self._way.closing_stages}))
        return min((moment for moment in moments if moment is not None), default=None)

    def _work(self, stages: tuple[int, ...], watch: StageWatch, what: str) -> None:
        """Work off what is due of these stages, batch by batch; the breaker is asked after each."""
        doors = Doors(outbox=self._desk.state.outbox, evidence=self._desk.state.evidence, platform=self._platform,
                      now=self._desk.clock.now, sleep=self._desk.clock.sleep, reached=self._conduct.reached,
                      seen=lambda: self._course.n_seen)
        shift = Shift(campaign_id=self._desk.campaign_id, owner=self._owner, stages=stages, batch=self._conduct.batch,
                      patience=timedelta(minutes=5) if self._conduct.until_done else timedelta(seconds=2))
        n_done, total = 0, sum(self._desk.state.release.n_let_out(self._desk.campaign_id, stage=one) for one in stages) * 2
        for settlements in work(shift, doors):
            n_done += len(settlements)
            self._conduct.progress(min(n_done, total), total, what)
            if not self._may_go_on(watch, settlements):
                return

    def _may_go_on(self, watch: StageWatch, settlements: list[Settlement]) -> bool:
        watch.note(settlements)
        self._course = self._desk.later(self._course)
        if self._is_running and (reasons := watch.trips(self._course)):
            self._record(EventKind.HALTED, {"reasons": [{"check": one.check, "text": one.text} for one in reasons]})
        return self._is_running
