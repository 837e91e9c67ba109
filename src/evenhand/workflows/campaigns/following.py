"""Look at a campaign again and again while it runs: what its stage has come to, how fast, and what the breaker has heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from evenhand.campaign.breaker import MOST_UNDELIVERED
from evenhand.model.appeal import AppealOutcome
from evenhand.model.campaigns.audit import Verdict
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.workflows.campaigns.steps import Desk
from evenhand.workflows.campaigns.watching import heard

_K = EventKind
OVER = frozenset({CampaignState.COMPLETED, CampaignState.REPORTED, CampaignState.ROLLED_BACK})
_ENDS = (_K.EFFECT_IMPOSED, _K.EFFECT_FAILED, _K.EFFECT_SUPPRESSED, _K.EFFECT_UNDONE, _K.STATEMENT_DELIVERED,
         _K.STATEMENT_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one of the breaker's checks has heard: see `watching.heard`."""

    what: str
    n: int
    n_errors: int
    limit: str
    """In words, when it halts."""


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
    heard: tuple[Heard, ...]

    @property
    def left(self) -> timedelta | None:
        """The time that is left for what waits, at the pace since the last look; None where nothing moves."""
        return timedelta(seconds=int(self.n_waiting / self.per_second)) if self.per_second else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be expected."""
        return self.campaign.state in OVER


def follow(desk: Desk, *, every: float) -> Iterator[Glance]:
    """One look each `every` seconds, the last when the campaign is over. It reads only what is new."""
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
            campaign=course.campaign, at=now, stage=stage, counts=dict(total), heard=_heard(course.steps, total),
            n_decisions=int(str(start.body.get("n_decisions", 0))) if start is not None else 0,
            n_waiting=desk.state.release.n_queued(desk.campaign_id, stage=stage) if stage else 0,
            per_second=(settled - before[0]) / seconds if is_same and before[0] else 0.0)
        yield glance
        if glance.is_over:
            return
        before = settled, now
        desk.clock.sleep(every)


def _heard(steps: tuple[Event, ...], counts: Counter[EventKind]) -> tuple[Heard, ...]:
    known = heard(steps)
    appeals = [event.body["outcome"] == AppealOutcome.OVERTURNED for event in known if event.kind is _K.APPEAL_DECIDED]
    items = [event.body["verdict"] == Verdict.WRONG for event in known if event.kind is _K.VERDICT_GIVEN]
    n_told, n_untold = counts[_K.STATEMENT_DELIVERED], counts[_K.STATEMENT_FAILED]
    line = "halts where its sequential test crosses the line"
    return (Heard(what="audited items wrong", n=len(items), n_errors=sum(items), limit=line),
            Heard(what="decided appeals overturned", n=len(appeals), n_errors=sum(appeals), limit=line),
            Heard(what="statements not delivered", n=n_told + n_untold, n_errors=n_untold,
                  limit=f"halts above {MOST_UNDELIVERED:.1%}"))
