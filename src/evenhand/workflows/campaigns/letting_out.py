"""Which effects of a stage go out now: what the audit or a person ruled out is suppressed, the rest goes hour by hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.lifecycle.effects import is_covered
from evenhand.campaign.stages import Caps, Spent, admit
from evenhand.model.appeal import VARIED, original_id
from evenhand.model.campaigns.audit import StratumOutcome
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.penalty import Penalty
from evenhand.workflows.campaigns.rollout import Rollout
from evenhand.workflows.campaigns.steps import Course
from evenhand.workflows.closings.days import Judged, with_days
from evenhand.workflows.effects.opening import State

PORTION = 50_000
TOGETHER = 10_000_000
"""Microseconds: effects go out every ten seconds, since a request for each would keep a platform busier than all of them."""
HOUR = timedelta(hours=1)
DROPPED = "the audit dropped the stratum"
LOWERED = "the stratum missed its gate, and nobody put a lighter penalty in its place"
REPLACED = "the stratum missed its gate: a lighter penalty takes the place of this one"
OVER = "it would have ended already"
NOT_CONFIRMED = "a person read the case and did not confirm it"
NOT_IMPOSED = "a person decided not to impose it on a protected account"
WAITS_FOR_PROTECTED = "for a person's decision about a protected account"
WAITS_FOR_PERSON = "for a person to confirm them: `evenhand campaign cases`, then `evenhand campaign confirm`"
WAITS_FOR_RELEASE = "for a person, since the reach alone is above an hour's cap"
WAITS_FOR_DAY = "for the end of the appeal window"
WAITS_FOR_APPEAL = "for the appeal against them to be decided"
WAITS_FOR_HOUR = "for the next hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which terms effects go out."""

    caps: Caps | None
    """None: all at once, which is a waiver."""
    seed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetOut:
    """What was let out, what never will be, and what waits for what."""

    n_released: int = 0
    n_suppressed: int = 0
    waiting: Mapping[str, int] = field(default_factory=dict)
    """In words for what → how many effects."""
    wait_until: datetime | None = None
    """When more may go out without anybody's doing; None when only a person can help."""
    is_overtaken: bool = False
    """Somebody took a step meanwhile, which may have been a no: what is left is to be judged anew."""


def let_out(state: State, course: Course, rollout: Rollout, terms: Terms, *, stage: int, at: datetime) -> LetOut:
    """Let out what may go in the present hour. To be repeated each hour until nothing is held.

    Where there are caps, one run at a time: two that counted at once would let out twice the cap. Nothing is let out after a
    step that `course` does not have.
    """
    with nullcontext() if terms.caps is None else state.release.alone(course.campaign.campaign_id):
        return _let_out(state, course, rollout, terms, stage=stage, at=at)


def _let_out(state: State, course: Course, rollout: Rollout, terms: Terms, *, stage: int, at: datetime) -> LetOut:
    hour = at.replace(minute=0, second=0, microsecond=0)
    judge = Judge(course, rollout, at=at)
    spent = Spent() if terms.caps is None else _spent(state, course.campaign.campaign_id, rollout, hour=hour)
    waiting: Counter[str] = Counter()
    n_released = n_suppressed = 0
    days: list[datetime] = []
    after = (-1, -1)
    hours = _Hour(state=state, terms=terms, start=hour, at=at, course=course, waiting=waiting, days=days)
    while (held := state.release.held(course.campaign.campaign_id, stage=stage, after=after, limit=PORTION)).num_rows:
        after = (held["turn"][-1].as_py(), held["order_id"][-1].as_py())
        held, why, waits = with_days(state, course, rollout, held, judge.of(held))
        is_out = np.array([one is not None for one in why])
        n_suppressed += state.release.suppress(
            course.campaign.campaign_id, held["order_id"].filter(pa.array(is_out)).to_pylist(),
            [one for one in why if one is not None], at=at)
        waiting.update(what for what, out in zip(waits, is_out, strict=True) if what is not None and not out)
        is_free = np.array([what is None for what in waits])
        queue = rollout.queue(held.filter(pa.array(~is_out & is_free)))
        admitted = hours.admitted(queue, spent)
        if admitted is None:
            return LetOut(n_released=n_released, n_suppressed=n_suppressed, is_overtaken=True)
        released, spent = admitted
        n_released += released
        if terms.caps is not None and spent.effects >= terms.caps.effects:  # the rest is looked at when it can go
            n_held = state.release.n_held(course.campaign.campaign_id, stage=stage)
            waiting[WAITS_FOR_HOUR] += max(n_held - waiting.total(), 0)
            break
    until = min([*days, *([hour + HOUR] if waiting[WAITS_FOR_HOUR] else [])], default=None)
    return LetOut(n_released=n_released, n_suppressed=n_suppressed, wait_until=until,
                  waiting={what: n for what, n in waiting.items() if n})


class Judge:
    """What the audit, and persons, say of each effect: once per stratum and penalty, per decision where a person is asked."""

    def __init__(self, course: Course, rollout: Rollout, *, at: datetime) -> None:
        self._campaign, self._rollout, self._now = course.campaign, rollout, microseconds(at)
        self._words = words_on_plan(course)
        self._known: dict[tuple[str, str], str | None] = {}
        self._contested = _contested(course.steps)

    def of(self, held: pa.Table) -> Judged:
        """What becomes of each effect, as far as the audit, a person or an open appeal says."""
        whys: list[str | None] = []
        waits: list[str | None] = []
        columns = (held[name].to_pylist() for name in ("decision_id", "stratum", "penalty", "until"))
        by_person = self._rollout.waits_for_person(held["turn"]).to_pylist()
        for decision_id, stratum, penalty, until, is_asked in zip(*columns, by_person, strict=True):
            why, wait = self._why(stratum, penalty), None
            why = OVER if why is None and until is not None and until <= self._now else why
            if why is None and is_asked and not decision_id.endswith(VARIED):
                word = self._words.get(original_id(decision_id))
                why = NOT_CONFIRMED if word is False else None
                wait = WAITS_FOR_PERSON if word is None else None
            if why is None and self._campaign.protected and (own := original_id(decision_id)) in self._campaign.protected:
                why = NOT_IMPOSED if own in self._campaign.spared else None
                wait = WAITS_FOR_PROTECTED if own not in self._campaign.let_through else wait
            if why is None and penalty == Penalty.CLOSE and decision_id in self._contested:
                wait = WAITS_FOR_APPEAL
            whys.append(why)
            waits.append(wait)
        return whys, waits

    def _why(self, stratum: str, penalty: str) -> str | None:
        pair = (stratum, penalty)
        if pair not in self._known:
            self._known[pair] = _ruled_out(self._campaign, stratum, penalty)
        return self._known[pair]


def _contested(steps: Sequence[Event]) -> frozenset[str]:
    """The decisions against which an appeal is open."""
    filed = {event.body.get("appeal_id"): str(event.body["decision_id"]) for event in steps
             if event.kind is EventKind.APPEAL_FILED}
    decided = {event.body.get("appeal_id") for event in steps if event.kind is EventKind.APPEAL_DECIDED}
    return frozenset(decision_id for appeal_id, decision_id in filed.items() if appeal_id not in decided)


def _ruled_out(campaign: Campaign, stratum: str, penalty: str) -> str | None:
    refusal = is_covered(campaign, decision_id="", penalty=Penalty(penalty), stratum=stratum)
    lowered = campaign.lowered.get(stratum)
    if refusal is None or refusal.code is RefusalCode.CLOSING_WITHOUT_PERSON:
        return None
    outcome = (campaign.strata or {}).get(stratum)
    if outcome is StratumOutcome.LOWERED:
        return LOWERED if lowered is None else REPLACED
    return DROPPED if outcome is StratumOutcome.DROPPED else refusal.text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hour:
    """One hour in which effects are let out, and what waits beyond it."""

    state: State
    terms: Terms
    start: datetime
    at: datetime
    course: Course
    waiting: Counter[str]
    days: list[datetime]

    def admitted(self, queue: pa.Table, spent: Spent) -> tuple[int, Spent] | None:
        """Let out what the caps allow; how many, and what is spent of the hour then. None after a step that is not known."""
        if self.terms.caps is None:
            n = self._at_once(queue)
            return None if n is None else (n, spent)
        is_free = pc.is_in(queue["decision_id"], value_set=pa.array(sorted(_let_out_by_hand(self.course)), pa.string()))
        counted = queue.set_column(queue.schema.get_field_index("reach"), "reach", pc.if_else(is_free, 0, queue["reach"]))
        admitted = admit(counted, caps=self.terms.caps, spent=spent, hour=self.start, seed=self.terms.seed)
        moments, soonest = admitted.now["send_at"].cast(pa.int64()).to_pylist(), microseconds(self.at)
        if self._released(admitted.now, [max(-(-moment // TOGETHER) * TOGETHER, soonest) for moment in moments]) is None:
            return None
        is_day = pc.equal(admitted.later["why"], "not_before")
        self._wait_for_day(admitted.later.filter(is_day))
        self.waiting[WAITS_FOR_HOUR] += admitted.later.num_rows - int(pc.sum(is_day.cast(pa.int64())).as_py() or 0)
        self.waiting[WAITS_FOR_RELEASE] += admitted.too_large.num_rows
        return admitted.now.num_rows, _more(spent, admitted.now)

    def _released(self, now: pa.Table, due_at: list[int]) -> int | None:
        return self.state.release.release(
            self.course.campaign.campaign_id, now["order_id"].to_pylist(), due_at, seen=self.course.n_seen)

    def _at_once(self, queue: pa.Table) -> int | None:
        due = pc.fill_null(pc.less_equal(queue["not_before"], pa.scalar(self.at, queue["not_before"].type)), True)
        now = queue.filter(due)
        if self._released(now, [0] * now.num_rows) is None:
            return None
        self._wait_for_day(queue.filter(pc.invert(due)))
        return int(now.num_rows)

    def _wait_for_day(self, later: pa.Table) -> None:
        if later.num_rows:
            self.waiting[WAITS_FOR_DAY] += later.num_rows
            self.days.append(pc.min(later["not_before"]).as_py())


def _let_out_by_hand(course: Course) -> frozenset[str]:
    """Decisions whose reach does not count, since a person let them out."""
    return frozenset(str(event.body.get("decision_id")) for event in course.steps
                     if event.kind is EventKind.WAIVER_RECORDED and event.body.get("safeguard") == "reach_cap")


def _spent(state: State, campaign_id: str, rollout: Rollout, *, hour: datetime) -> Spent:
    """What has gone out in this hour, or was let out to go."""
    out = state.release.let_out(campaign_id, stages=[stage.number for stage in rollout.stages], since=hour, until=hour + HOUR)
    known = rollout.places(pc.unique(out["decision_id"]))
    reach = pa.table({"language": rollout.order["language"].take(known), "reach": rollout.order["reach"].take(known)})
    languages = rollout.order["language"].take(rollout.places(out["decision_id"])).to_pylist()
    summed = reach.group_by("language").aggregate([("reach", "sum")])
    return Spent(effects=out.num_rows, reach=int(pc.sum(reach["reach"]).as_py() or 0),
                 effects_by_language=dict(Counter(languages)),
                 reach_by_language=dict(zip(summed["language"].to_pylist(), summed["reach_sum"].to_pylist(), strict=True)))


def _more(spent: Spent, now: pa.Table) -> Spent:
    counted = now.group_by("language").aggregate([("reach", "sum"), ("reach", "count")])
    effects, reach = Counter(spent.effects_by_language or {}), Counter(spent.reach_by_language or {})
    columns = (counted[name].to_pylist() for name in ("language", "reach_sum", "reach_count"))
    for language, total, n in zip(*columns, strict=True):
        effects[language] += n
        reach[language] += total
    return replace(spent, effects=spent.effects + now.num_rows, reach=spent.reach + int(pc.sum(now["reach"]).as_py() or 0),
                   effects_by_language=effects, reach_by_language=reach)


def words_on_plan(course: Course) -> dict[str, bool]:
    """What persons said of single decisions of the present plan: confirmed or not, the last word of each."""
    return {str(event.body["decision_id"]): bool(event.body["confirmed"]) for event in _on_this_plan(course)
            if event.kind is EventKind.DECISION_CONFIRMED}


def _on_this_plan(course: Course) -> list[Event]:
    events = list(course.steps)
    last = max((place for place, event in enumerate(events) if event.kind is EventKind.PLANNED), default=0)
    return events[last:]
