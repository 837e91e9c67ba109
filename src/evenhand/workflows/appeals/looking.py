"""Look at appeals: which are open and for how long, and everything that whoever decides one has to see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from evenhand.appeals.book import fold, parts_taken
from evenhand.appeals.deadline import closes_at
from evenhand.model.appeal import Appeal, Standing
from evenhand.model.campaigns.event import EventKind
from evenhand.workflows.appeals.contested import Contested, closing_window, contested, standing_of
from evenhand.workflows.appeals.filing import WORDS
from evenhand.workflows.appeals.hearing import find_appeal
from evenhand.workflows.campaigns.steps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAppeal:
    """One appeal of a list."""

    appeal: Appeal
    standing: Standing
    age: timedelta
    """Since it was filed, up to now or to its decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything about one appeal."""

    appeal: Appeal
    said: str | None
    """What the person wrote; None when it was erased or the key of the evidence is not there."""
    contested: Contested
    standing: Standing
    saved: Mapping[str, str]
    """Post → what was kept of it before it was deleted, as JSON."""
    parts: Mapping[str, tuple[EventKind, ...]]
    """Who took part in the decision, and by what: none of them may decide."""
    window_ends: datetime | None
    at: datetime


def listed_appeals(desk: Desk, *, everything: bool = False) -> tuple[ListedAppeal, ...]:
    """The open appeals of the campaign, the oldest first; with `everything` also those that are decided."""
    at = desk.clock.now()
    appeals = [one for one in fold(desk.course().steps).appeals.values() if everything or one.outcome is None]
    standings: dict[str, Standing] = {}
    for start in range(0, len(appeals), 5_000):
        standings |= desk.state.decisions.standing(desk.campaign_id, [one.decision_id for one in appeals[start:start + 5_000]])
    return tuple(ListedAppeal(appeal=one, standing=standings[one.decision_id], age=(one.decided_at or at) - one.filed_at)
                 for one in appeals)


def dossier(desk: Desk, plan: Path, which: str, *, window: timedelta = timedelta(0)) -> Dossier:
    """What whoever decides the appeal has to see. What was sealed is opened where the key is there. Raises `DataError`.

    `window` is the platform's own, where it is longer than six months.
    """
    course = desk.course()
    appeal = find_appeal(course, which)
    found = contested(desk, course, plan, appeal.decision_id)
    standing = standing_of(desk, appeal.decision_id)
    words, window = WORDS + appeal.appeal_id, max(window, closing_window(course, plan, appeal.decision_id))
    posts = {one.key: one.post_id for one in standing.effects if one.post_id is not None}
    opened = {} if desk.state.seal is None else desk.state.evidence.opened(desk.campaign_id, [words, *posts])
    return Dossier(
        appeal=appeal, said=json.loads(opened[words])["said"] if words in opened else None, contested=found, standing=standing,
        saved={posts[key]: content for key, content in opened.items() if key in posts},
        parts=parts_taken(course.steps, book=fold(course.steps), decision_id=appeal.decision_id), at=desk.clock.now(),
        window_ends=None if standing.delivered_at is None else closes_at(standing.delivered_at, window=window))
