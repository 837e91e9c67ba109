"""Stages: in which order effects go out, how many at a time, and which of them may go out in this hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.campaign.chance import shares
from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE
from evenhand.model.decision import Automation
from evenhand.model.penalty import Penalty
from evenhand.model.snapshot import TIME
from evenhand.model.step import Query, Scope

CANARY_LEAST = 200
"""Decisions of the first stage, or one in `CANARY_ONE_IN` of all if that is more."""
CANARY_ONE_IN = 1_000
ONE_BY_ONE = "one by one"
"""The stage of what a person confirms."""
PERCENT_DONE = (1, 10, 100)
"""How much of the campaign is done when each later stage has finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One slice of the campaign: the decisions at the places from `first` up to but not including `end`."""

    number: int
    """Counts from 1."""
    name: str
    first: int
    end: int

    @property
    def n_decisions(self) -> int:
        """Decisions of this stage."""
        return self.end - self.first


def stages(n_decisions: int, *, n_by_person: int = 0, n_waiting: int = 0) -> tuple[Stage, ...]:
    """The stages of a campaign with so many decisions; a stage that would be empty is left out.

    Before those that wait for the appeal window stand `n_by_person` that wait for a person each: one stage, since each of them
    is looked at by itself, and it holds up none of the others.

    The last `n_waiting` of them wait for the appeal window (closings): they come after all others and have stages of their
    own, a canary first, since what cannot be taken back for ever must not go out in one piece.

    >>> [(stage.name, stage.n_decisions) for stage in stages(1_000_000)]
    [('canary', 1000), ('1 %', 9000), ('10 %', 90000), ('rest', 900000)]
    >>> [(stage.name, stage.n_decisions) for stage in stages(3_000)]
    [('canary', 200), ('10 %', 100), ('rest', 2700)]
    """
    found: list[Stage] = []
    n_free = n_decisions - n_by_person - n_waiting
    for first, n, when in ((0, n_free, ""), (n_free, n_by_person, ONE_BY_ONE),
                           (n_free + n_by_person, n_waiting, ", after the appeal window")):
        if when is ONE_BY_ONE and n:
            found.append(Stage(number=len(found) + 1, name=when, first=first, end=first + n))
            continue
        canary = min(n, max(CANARY_LEAST, -(-n // CANARY_ONE_IN)))
        done = 0
        for name, end in zip(("canary", "1 %", "10 %", "rest"), (
                canary, *(max(canary, n * percent // 100) for percent in PERCENT_DONE)), strict=True):
            if end > done:
                found.append(Stage(number=len(found) + 1, name=name + when, first=first + done, end=first + end))
                done = end
    return tuple(found)


def rollout_order(*, plan_digest: str, seed: str) -> Query:
    """One row per decision with its `place` in the order in which the campaign is carried out, from 0.

    The order is that of a hash of the plan's digest, the seed and the decision, so that every stage is a fair sample of all:
    no policy, language or part of the platform goes first. Decisions that wait for a person come after all that do not, and
    those with an effect that waits for the appeal window last.
    """
    prefix = f"rollout:{plan_digest}:{seed}:".replace("'", "''")
    return Query(
        name="rollout_order", scope=Scope.PLATFORM, inputs=("decisions", "effects"), sentence="a decision and its turn",
        sql=f"""
    with waits as (
        select decision_id, max(case when not_before is null then 0 else 1 end) as waits from effects group by decision_id)
    select *, row_number() over (
        order by case when waits then 2 when by_person then 1 else 0 end, sha256(concat('{prefix}', decision_id))) - 1 as place
    from (
        select d.decision_id, d.policy_id, d.penalty, d.platform,
               coalesce(d.language, '{UNKNOWN_LANGUAGE}') as language,
               coalesce(d.followers, 0) as reach, w.waits = 1 as waits,
               d.penalty = '{Penalty.CLOSE}' or coalesce(d.automation, '') = '{Automation.PARTIALLY}' as by_person
        from decisions d
        join waits w on d.decision_id = w.decision_id) as turns""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that may go out in one hour. Reach is followers of the accounts concerned, summed."""

    effects: int
    effects_per_language: int
    reach: int
    reach_per_language: int

    def __post_init__(self) -> None:
        """Refuse caps under which nothing could ever go out."""
        if min(self.effects, self.effects_per_language, self.reach, self.reach_per_language) < 1:
            raise ValueError("each cap needs to be 1 or more: to stop a campaign, halt it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What has gone out in this hour already."""

    effects: int = 0
    reach: int = 0
    effects_by_language: Mapping[str, int] | None = None
    reach_by_language: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What may go out in this hour, and what waits and why. The three together are all that was asked about."""

    now: pa.Table
    """The effects, each with `send_at`."""
    later: pa.Table
    """Those that wait, each with `why`: `not_before`, `cap` or `cap_of_language`."""
    too_large: pa.Table
    """Accounts whose reach alone is above a cap: a person releases each of them, no hour is long enough."""


def admit(queue: pa.Table, *, caps: Caps, spent: Spent, hour: datetime, seed: str) -> Admitted:
    """Which effects of `queue` (`key`, `place`, `language`, `reach`, `not_before`) may go out in the hour from `hour` on.

    They go in the order of their places. What would exceed a cap waits, and so does everything of that language behind it:
    nothing overtakes. Each decision gets its own moment within the hour, drawn from the seed, so that no burst shows from
    outside who was judged together; the moments drawn are given out in the order of the places.
    """
    ordered = queue.sort_by([("place", "ascending"), ("key", "ascending")])
    reach = _numbers(ordered["reach"])
    is_due = np.asarray(pc.fill_null(pc.less_equal(ordered["not_before"], pa.scalar(hour, TIME)), True), np.bool_)
    is_large = is_due & (reach > min(caps.reach, caps.reach_per_language))
    waiting = is_due & ~is_large
    languages = pc.dictionary_encode(ordered["language"]).combine_chunks()
    codes, names = _numbers(languages.indices), languages.dictionary.to_pylist()
    fits_language = waiting & _within_language(codes, names, reach, waiting, caps=caps, spent=spent)
    effects_so_far = spent.effects + np.cumsum(fits_language)
    reach_so_far = spent.reach + np.cumsum(np.where(fits_language, reach, 0))
    is_now = fits_language & _until_first((effects_so_far <= caps.effects) & (reach_so_far <= caps.reach))
    why = np.where(~is_due, "not_before", np.where(fits_language, "cap", "cap_of_language"))
    is_later = ~is_now & ~is_large
    later = ordered.filter(pa.array(is_later)).append_column("why", pa.array(why[is_later], pa.string()))
    now = ordered.filter(pa.array(is_now))
    return Admitted(now=now.append_column("send_at", _moments(_numbers(now["place"]), hour=hour, seed=seed)), later=later,
                    too_large=ordered.filter(pa.array(is_large)))


def _within_language(codes: NDArray[np.int64], names: list[str], reach: NDArray[np.int64], waiting: NDArray[np.bool_], *,
                     caps: Caps, spent: Spent) -> NDArray[np.bool_]:
    """True while the sums of an effect's own language stay within the caps; a loop over languages, not over effects."""
    fits = np.zeros(len(codes), np.bool_)
    for code, name in enumerate(names):
        mine = np.flatnonzero((codes == code) & waiting)
        n_before = (spent.effects_by_language or {}).get(name, 0)
        reach_before = (spent.reach_by_language or {}).get(name, 0)
        fits[mine] = ((n_before + np.arange(1, len(mine) + 1) <= caps.effects_per_language)
                      & (reach_before + np.cumsum(reach[mine]) <= caps.reach_per_language))
    return fits


def _until_first(is_good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.logical_and.accumulate(is_good) if len(is_good) else is_good


def _moments(places: NDArray[np.int64], *, hour: datetime, seed: str) -> pa.Array:
    """In the order of places, in which the orders lie in the database: a batch changes few pages of it then."""
    each, which = np.unique(places, return_inverse=True)
    micros = np.sort(shares(seed, each, purpose="jitter") * timedelta(hours=1).total_seconds() * 1e6).astype(np.int64)
    start = pa.scalar(hour, TIME).cast(pa.int64()).as_py()
    return pa.array(start + micros[which], pa.int64()).cast(TIME)


def _numbers(column: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    return np.asarray(column, np.int64)
