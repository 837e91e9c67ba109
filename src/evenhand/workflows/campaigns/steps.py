"""Take one step of a campaign: look at what was decided so far, let the lifecycle judge, and record what it accepts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from evenhand.campaign.lifecycle import advance
from evenhand.errors import ConfigError, DataError, Problem
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.campaigns.person import person_named
from evenhand.model.refusal import Refusal
from evenhand.model.registers.counts import REGISTERS
from evenhand.workflows.campaigns.clock import Clock, real_clock, set_clock
from evenhand.workflows.effects.opening import State

LONGEST_SLEEP = 6 * 3600.0
"""Seconds between two looks at what others have done, while one waits for a day: what they confirm meanwhile is announced."""
AT_ONCE = timedelta(seconds=30)
"""How long one step may wait for another at the database; more than that is a wrong clock, and refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A campaign and the steps that brought it here, without what became of single effects."""

    campaign: Campaign
    steps: tuple[Event, ...]
    n_seen: int
    """The number of the last event that was looked at."""

    def last(self, kind: EventKind) -> Event | None:
        """The last step of a kind, or None."""
        return next((event for event in reversed(self.steps) if event.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who acts in which campaign, and when."""

    campaign_id: str
    person: str
    at: datetime

    def event(self, kind: EventKind, body: Mapping[str, Json] | None = None) -> Event:
        """The event of this person's step."""
        return Event(campaign_id=self.campaign_id, kind=kind, at=self.at, actor=self.person, body=body or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the steps of one campaign are taken."""

    state: State
    campaign_id: str
    clock: Clock = field(default_factory=real_clock)
    read: list[Course] = field(default_factory=list, repr=False, compare=False)
    """The course as this desk read it last, so that only what came later is read again; at most one."""

    @property
    def place(self) -> str:
        """Where the database stands, without a password."""
        return self.state.database.engine.url.render_as_string(hide_password=True)

    def course(self) -> Course:
        """What happened so far. Raises `DataError` when there is no such campaign, or its events do not follow each other."""
        course = self._so_far()
        if course is None:
            raise no_campaign(self.campaign_id)
        return course

    def later(self, course: Course) -> Course:
        """The same with what happened since, read cheaply."""
        return self._after(course) or course

    def wait(self, course: Course, *, until: datetime) -> Course:
        """The course once it is `until`, or somebody has taken a step: whoever waits for a day hears of it within six hours."""
        now = course
        while now.steps is course.steps:
            self.clock.sleep(max(min((until - self.clock.now()).total_seconds(), LONGEST_SLEEP), 0.001))
            now = self.later(now)
            if self.clock.now() >= until:
                break
        return now

    def _so_far(self) -> Course | None:
        """The same from what this desk has read before: events are only ever added, so no step is judged twice."""
        course = self._after(self.read[0] if self.read else None)
        if course is not None:
            self.read[:] = [course]
        return course

    def _after(self, course: Course | None) -> Course | None:
        seen = course.n_seen if course is not None else 0
        steps, last = self.state.events.steps(self.campaign_id, after=seen)
        if not steps:
            return course if course is None or last == seen else replace(course, n_seen=last)
        campaign = course.campaign if course is not None else None
        for number, event in steps:
            campaign = _after(campaign, event, number=number)
        assert campaign is not None  # noqa: S101  (an event was accepted)
        before = course.steps if course is not None else ()
        return Course(campaign=campaign, steps=(*before, *(event for _, event in steps)), n_seen=max(last, steps[-1][0]))

    def hand(self, person: str) -> Hand:
        """This person, now. Raises `ConfigError` when the name is written in another way than the one that names a person."""
        return Hand(campaign_id=self.campaign_id, person=self.person(person), at=self.clock.now())

    def person(self, name: str) -> str:
        """The person, who is nobody that acted here before under a name that only looks the same. Raises `ConfigError`."""
        course = self._so_far()
        return person_named(name, among=() if course is None else people_of(course))

    def take(self, *events: Event, holding: Collection[str] = (),
             check: Callable[[], None] | None = None) -> Campaign | Refusal:
        """Record these steps, all or none, and return the campaign after them, or why they are refused.

        With them what was let out of the decisions `holding`, and has not begun, is held back; `check` is made while nothing
        can begin, and what it raises keeps everything as it was.
        """
        def decided(campaign: Campaign | None) -> list[Event]:
            if check is not None:
                check()
            return [_in_turn(event, campaign) for event in events]

        return self.decide(decided, holding=holding)

    def decide(self, decide: Callable[[Campaign | None], Sequence[Event] | Refusal], *,
               holding: Collection[str] = ()) -> Campaign | Refusal:
        """Record the steps that `decide` makes of the campaign as it is now; nobody else acts meanwhile."""
        outcome: list[Campaign] = []
        course = self._so_far()

        def judged(later: Iterator[tuple[int, Event]]) -> Sequence[Event]:
            campaign = course.campaign if course is not None else None
            for number, event in later:
                campaign = _after(campaign, event, number=number)
            events = decide(campaign)
            if isinstance(events, Refusal):
                raise _RefusedError(events)
            for event in events:
                after = advance(campaign, event)
                if isinstance(after, Refusal):
                    raise _RefusedError(after)
                campaign = after
            if campaign is not None:
                outcome.append(campaign)
            return events

        try:
            self.state.events.decide(self.campaign_id, judged, after=course.n_seen if course is not None else 0,
                                     holding=holding)
        except _RefusedError as refused:
            return refused.refusal
        return outcome[0]


def people_of(course: Course) -> frozenset[str]:
    """Everybody who took a step, or reads the sample."""
    readers = (body for event in course.steps if isinstance(body := event.body.get("readers"), Mapping))
    return frozenset(event.actor for event in course.steps).union(*readers)


def _in_turn(event: Event, campaign: Campaign | None) -> Event:
    """The event; whoever waited for somebody who acted at the same time acts when their turn has come."""
    is_late = campaign is not None and timedelta(0) < campaign.changed_at - event.at <= AT_ONCE
    return replace(event, at=campaign.changed_at) if campaign is not None and is_late else event


class _RefusedError(Exception):
    """Carries a refusal out of a transaction that keeps nothing."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def no_campaign(campaign_id: str) -> DataError:
    """There is no campaign of that name."""
    return DataError(Problem(what=f"there is no campaign `{campaign_id}`",
                             hint="see `evenhand status` for those that there are, or draft it with `evenhand campaign draft`"))


def refuse_register(campaign_id: str) -> None:
    """Raise `ConfigError` when a register has this name."""
    if campaign_id in REGISTERS:
        raise ConfigError(Problem(what=f"`{campaign_id}` is a register and no campaign", hint="choose another name"))


def not_set(campaign_id: str) -> ConfigError:
    """Nobody moves the clock of a campaign that is no rehearsal."""
    return ConfigError(Problem(what=f"the time of `{campaign_id}` cannot be set", hint="only a rehearsal's can: "
                               "draft one with `evenhand campaign draft NAME --rehearsal`"))


def desk_of(state: State, campaign_id: str, *, later: timedelta | None = None, is_new_rehearsal: bool = False) -> Desk:
    """The desk of a campaign, with the computer's clock or a rehearsal's.

    A rehearsal's clock stands where its last event left it, or at the present if that is later, and `later` moves it on.
    Raises `ConfigError` when `later` is given for a campaign that is none: nobody shortens a real cooling-off.
    """
    refuse_register(campaign_id)
    real = real_clock()
    desk = Desk(state=state, campaign_id=campaign_id, clock=real)
    last = state.events.last(campaign_id)
    is_rehearsal = is_new_rehearsal or (last > 0 and desk.course().campaign.is_rehearsal)
    if not is_rehearsal:
        if later is not None:
            raise not_set(campaign_id)
        return desk
    times = [event.at for _, event in state.events.read(campaign_id, after=max(0, last - 1))]
    return replace(desk, clock=set_clock(max([real.now(), *times]) + (later or timedelta(0))))


def _after(campaign: Campaign | None, event: Event, *, number: int) -> Campaign:
    outcome = advance(campaign, event)
    if isinstance(outcome, Refusal):
        raise DataError(Problem(what=f"event {number:,} of `{event.campaign_id}` does not follow: {outcome.text}",
                                hint="the database was changed from outside; restore a copy, and compare it with the ledger"))
    return outcome


def persons(names: Iterable[str]) -> str:
    """Names in words, each in backticks."""
    return ", ".join(f"`{name}`" for name in names)
