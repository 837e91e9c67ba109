"""Announce closings: who is to lose an account is told once a person has confirmed it, and can use the wait to appeal."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.deadline import closes_at
from evenhand.connectors.plan_decisions import closings_of
from evenhand.model.campaigns.event import Event
from evenhand.model.decision import StatementOfReasons
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.languages import Languages
from evenhand.statements.outcomes import Earlier, announcement
from evenhand.workflows.appeals.reinstating import STATEMENTS
from evenhand.workflows.campaigns.letting_out import Judge, words_on_plan
from evenhand.workflows.campaigns.rollout import Rollout
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.materials import load_languages


class Announcing:
    """Queues the statements of closings that persons have confirmed, in one run of a campaign. It looks at what is new only."""

    def __init__(self, desk: Desk, rollout: Rollout) -> None:
        self._desk, self._rollout = desk, rollout
        self._seen: tuple[Event, ...] | None = None
        self._queued: set[str] = set()

    def queue(self, course: Course) -> Course:
        """The course after the statements were queued of what is confirmed and waits for nothing but its window.

        What was queued before and may no longer be told, since the last word on it is no, is taken back.
        """
        while course.steps is not self._seen and self._rollout.windows.num_rows:
            seen, left = course.steps, self._asked(course)
            why, waits = Judge(course, self._rollout, at=self._desk.clock.now()).of(left)
            is_free = pa.array(np.array([one is None and wait is None for one, wait in zip(why, waits, strict=True)], np.bool_))
            self._take_back(left.filter(pc.invert(is_free)))
            if self._announce(left.filter(is_free)["decision_id"].to_pylist(), course):
                self._seen = seen
            course = self._desk.later(course)  # somebody took a step meanwhile: look again
        return course

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is still to be told."""
        stages = self._rollout.closing_stages
        return bool(stages) and self._desk.state.announcements.is_under_way(self._desk.campaign_id, stages=stages)

    def _asked(self, course: Course) -> pa.Table:
        """The closings on which there is a word and of which nobody began to tell; what this run queued only where it is no."""
        words = words_on_plan(course)
        ids = pa.array([one for one, word in words.items() if not word or one not in self._queued], pa.string())
        waiting = ids.filter(pc.is_valid(self._rollout.window(ids)))
        return self._desk.state.announcements.to_announce(self._desk.campaign_id, waiting.to_pylist())

    def _take_back(self, held: pa.Table) -> None:
        if held.num_rows:
            self._desk.state.announcements.withdraw(self._desk.campaign_id, held["decision_id"].to_pylist())
            self._queued.difference_update(held["decision_id"].to_pylist())

    def _announce(self, decision_ids: list[str], course: Course) -> bool:
        """Queue their statements; False when somebody took a step meanwhile, since that may have been a no."""
        for rows in closings_of(self._rollout.folder, decision_ids) if decision_ids else ():
            told = self._told(rows, at=self._desk.clock.now())
            if self._desk.state.announcements.announce(self._desk.campaign_id, told, seen=course.n_seen) is None:
                return False
            self._queued.update(rows["decision_id"].to_pylist())
        return True

    def _told(self, rows: pa.Table, *, at: datetime) -> pa.Table:
        windows = self._rollout.window(rows["decision_id"]).to_pylist()
        languages = load_languages()
        made = (_statement(row, languages, decided_at=at, day=closes_at(at, window=window))
                for row, window in zip(rows.to_pylist(), windows, strict=True))
        return pa.Table.from_pylist(list(made), schema=STATEMENTS)


def _statement(row: dict[str, Any], languages: Languages, *, decided_at: datetime, day: datetime) -> dict[str, str]:
    """What one person is told, as the outbox takes it."""
    said = {name: value or "" for name, value in row["statement"].items()} | {"facts": tuple(row["statement"]["facts"] or ())}
    statement = StatementOfReasons(**said)
    told = announcement(
        languages.for_reader(statement.language), statement, harm=Harm(row["harm"]), day=day,
        decision=Earlier(handle=row["handle"], language=row["language"], penalty=Penalty.CLOSE, decided_at=decided_at))
    return {"decision_id": row["decision_id"], "account_id": row["account_id"], "language": told.language,
            "body": json.dumps(asdict(told), ensure_ascii=False)}
