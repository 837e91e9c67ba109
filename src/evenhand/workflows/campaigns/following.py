"""Look at a campaign again and again while it runs: what its stage has come to, how fast, and what the breaker has heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from evenhand.campaign.brakes import Brake, brakes
from evenhand.campaign.breaker import OUTCOMES, Seen
from evenhand.errors import PlanError
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.effect_state import Observed
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.workflows.appeals.contested import refuse_other_plan
from evenhand.workflows.campaigns.plan_basis import plan_now
from evenhand.workflows.campaigns.rollout import Rollout, rollout
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.campaigns.watching import (
    appeals_of,
    begun_at,
    outcomes_of,
    protected_since,
    sliced,
    unreleased_of,
)

_K = EventKind
USUAL_PLAN = Path("plan")
SURELY_WRITTEN = timedelta(minutes=1)
"""After so long what a worker settled stands in the database; a batch takes seconds."""
OVER = frozenset({CampaignState.COMPLETED, CampaignState.REPORTED, CampaignState.ROLLED_BACK})
_ENDS = (_K.EFFECT_IMPOSED, _K.EFFECT_FAILED, _K.EFFECT_SUPPRESSED, _K.EFFECT_UNDONE, _K.STATEMENT_DELIVERED,
         _K.STATEMENT_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A campaign at one moment."""

    campaign: Campaign
    at: datetime
    stage: int
    """The stage under way, or the last one; 0 before the start."""
    n_decisions: int
    """Of that stage."""
    counts: dict[EventKind, int]
    """What happened since that stage began."""
    n_waiting: int
    """Orders of the stage that wait, held back or let out."""
    per_second: float
    """Orders that were settled in a second since the last look; 0 at the first."""
    brakes: tuple[Brake, ...]
    """Every check of the breaker, with what it has seen and what it halts at."""

    @property
    def left(self) -> timedelta | None:
        """The time that is left for what waits, at the pace since the last look; None where nothing moves."""
        return timedelta(seconds=int(self.n_waiting / self.per_second)) if self.per_second else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be expected."""
        return self.campaign.state in OVER


def follow(desk: Desk, *, every: float, plan: Path | None = None) -> Iterator[Glance]:
    """One look each `every` seconds, the last when the campaign is over. It reads only what is new.

    Without the folder of its `plan` nothing is known of slices.
    """
    breaker = _Breaker(desk, plan)
    seen, total, before = 0, Counter[EventKind](), (0, desk.clock.now())
    begun, start = 0, None
    while True:
        steps, last = desk.state.events.steps(desk.campaign_id, after=seen)
        course = desk.course()
        for number, event in steps:
            if event.kind is _K.STAGE_STARTED:
                begun, start, seen, total = number, event, number, Counter()
        counted = desk.state.events.counts(desk.campaign_id, after=seen)
        total.update(counted)
        seen = max(last, seen + sum(counted.values()))
        now, settled = desk.clock.now(), sum(total[kind] for kind in _ENDS)
        seconds = (now - before[1]).total_seconds()
        is_same = begun and settled >= before[0] and seconds > 0
        stage = int(str(start.body["stage"])) if start is not None else 0
        glance = Glance(
            campaign=course.campaign, at=now, stage=stage, counts=dict(total), brakes=breaker.brakes(course),
            n_decisions=int(str(start.body.get("n_decisions", 0))) if start is not None else 0,
            n_waiting=desk.state.release.n_queued(desk.campaign_id, stage=stage) if stage else 0,
            per_second=(settled - before[0]) / seconds if is_same and before[0] else 0.0)
        yield glance
        if glance.is_over:
            return
        before = settled, now
        desk.clock.sleep(every)


class _Breaker:
    """What the breaker has seen, kept up to date look by look."""

    def __init__(self, desk: Desk, plan: Path | None) -> None:
        self._desk, self._plan = desk, plan
        self._rollout: Rollout | None = None
        self._sliced: tuple[tuple[Event, ...], pa.Table] | None = None
        self._since = self._counted_until = datetime.min.replace(tzinfo=UTC)
        self._counted = Observed(0, 0, 0, 0)

    def brakes(self, course: Course) -> tuple[Brake, ...]:
        """Every check, with what it has seen by now."""
        if not any(event.kind is _K.STARTED for event in course.steps):
            return brakes(Seen(outcomes=OUTCOMES.empty_table()))
        if self._rollout is None and self._plan is not None:
            self._rollout = rollout(self._plan, plan_now(self._plan).plan)
        release, campaign = self._desk.state.release, course.campaign
        seen, reached = self._observed(begun_at(course)), release.imposed_of(
            campaign.campaign_id, unreleased_of(campaign), since=protected_since(course))
        return brakes(Seen(
            outcomes=outcomes_of(course.steps), appeals=appeals_of(course.steps), n_read_back=seen.n_read_back,
            n_mismatched=seen.n_mismatched, n_statements=seen.n_statements, n_undelivered=seen.n_undelivered,
            sliced=self._slices(course), protected=tuple(reached)))

    def _slices(self, course: Course) -> pa.Table | None:
        if self._rollout is not None and (self._sliced is None or self._sliced[0] is not course.steps):
            self._sliced = course.steps, sliced(course, self._rollout)
        return None if self._sliced is None else self._sliced[1]

    def _observed(self, since: datetime) -> Observed:
        """What came back from the platform since then; what was settled longer ago than a minute is counted once only."""
        release, name = self._desk.state.release, self._desk.campaign_id
        if since != self._since:
            self._since, self._counted, self._counted_until = since, Observed(0, 0, 0, 0), since
        if (later := self._desk.clock.now() - SURELY_WRITTEN) > self._counted_until:
            self._counted = _sum(self._counted, release.observed(name, since=self._counted_until, until=later))
            self._counted_until = later
        return _sum(self._counted, release.observed(name, since=self._counted_until))


def _sum(one: Observed, other: Observed) -> Observed:
    return Observed(*(left + right for left, right in zip(one, other, strict=True)))


def plan_of(course: Course, given: Path | None) -> Path | None:
    """The folder of the campaign's plan: the one that was given, or `plan` where it is that; None where it is not at hand.

    Raises `PlanError` when the one that was given is another plan.
    """
    if given is not None:
        refuse_other_plan(course, given)
        return given
    with suppress(PlanError):
        refuse_other_plan(course, USUAL_PLAN)
        return USUAL_PLAN
    return None
