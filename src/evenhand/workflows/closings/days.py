"""The day of each closing: it counts from the delivery of its statement, and what is not told does not happen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa

from evenhand.appeals.deadline import closes_at
from evenhand.campaign.effects.outcome import GONE
from evenhand.model.campaigns.effect_state import EffectState, Told
from evenhand.model.snapshot import TIME
from evenhand.workflows.campaigns.rollout import Rollout
from evenhand.workflows.campaigns.steps import Course
from evenhand.workflows.effects.opening import State

WAITS_TO_BE_TOLD = "for their statement to be delivered"
WAITS_UNTOLD = "for a person, since their statement could not be delivered: `evenhand appeal overturn`"
WAITS_TO_BE_UNTOLD = "for a person to overturn them, since they were announced and may not happen: `evenhand appeal overturn`"

Judged = tuple[list[str | None], list[str | None]]
"""Of each effect why it is never carried out, None for the others; and what those of them wait for."""


def with_days(state: State, course: Course, rollout: Rollout, held: pa.Table, judged: Judged) -> tuple[
        pa.Table, list[str | None], list[str | None]]:
    """`held` with `not_before`, the day of each closing whose person was told, and what becomes of each effect then."""
    window = rollout.window(held["decision_id"])
    if window.null_count == held.num_rows:
        return held.append_column("not_before", pa.nulls(held.num_rows, TIME)), *judged
    ids = held["decision_id"].to_pylist()
    waiting = [(row, one) for row, one in enumerate(window.to_pylist()) if one is not None]
    told = state.announcements.told(course.campaign.campaign_id, [ids[row] for row, _ in waiting])
    whys, waits, days = list(judged[0]), list(judged[1]), list[datetime | None]([None] * len(ids))
    for row, own in waiting:
        days[row], whys[row], waits[row] = _day(told.get(ids[row]), own, why=whys[row], wait=waits[row])
    return held.append_column("not_before", pa.array(days, TIME)), whys, waits


def _day(told: Told | None, window: timedelta, *, why: str | None,
         wait: str | None) -> tuple[datetime | None, str | None, str | None]:
    """When a closing may happen at the earliest, why it never does, and what it waits for."""
    if told is None or told.state is EffectState.FAILED:
        return None, why, (WAITS_TO_BE_TOLD if told is None else WAITS_UNTOLD) if why is None and wait is None else wait
    if why is not None:
        return None, None, WAITS_TO_BE_UNTOLD
    if told.state is EffectState.SUPPRESSED:
        return None, GONE, None
    if told.at is None:
        return None, None, wait or WAITS_TO_BE_TOLD
    return closes_at(told.at, window=window), None, wait
