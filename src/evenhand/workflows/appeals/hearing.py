"""Hear an appeal: somebody who took no part decides, and everything that follows is written down in one step."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from evenhand.appeals.book import fold
from evenhand.appeals.memory import adjudications
from evenhand.appeals.restoring import SUFFIX
from evenhand.appeals.ruling import decide_appeal
from evenhand.appeals.varying import LighterDecision, varied
from evenhand.errors import DataError, Problem
from evenhand.model.appeal import Appeal, AppealOutcome, AppealStatement, Consequences, Ruling, Standing, original_id
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.effect_state import UndoOrdered
from evenhand.model.campaigns.event import Event
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.statements.outcomes import appeal_statement
from evenhand.workflows.appeals.contested import Contested, book_of, contested, standing_of
from evenhand.workflows.appeals.reinstating import STATEMENTS, body_of
from evenhand.workflows.appeals.writing_down import write_down
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.materials import load_languages

SHORTEST = 6
"""So many characters of an appeal's id are enough, as long as no other begins with them."""
WHY = {AppealOutcome.OVERTURNED: "the decision was overturned on appeal",
       AppealOutcome.VARIED: "the decision was varied on appeal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says about an appeal."""

    outcome: AppealOutcome
    by: str
    because: str
    penalty: Penalty | None = None
    """The lighter one, where the decision is varied."""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An appeal that was decided, and what was ordered."""

    appeal: Appeal
    contested: Contested
    told: AppealStatement
    ordered: UndoOrdered
    lighter: LighterDecision | None
    campaign: Campaign


def decide(desk: Desk, plan: Path, which: str, word: Word) -> Heard | Refusal:
    """Decide the appeal that `which` names; all that follows is written down in the same step, or none of it.

    The effects of a decision that was wrong, or went too far, are ordered to be undone; `carry_out_orders` has the platform
    do it.
    """
    course = desk.course()
    appeal = find_appeal(course, which)
    found = contested(desk, course, plan, appeal.decision_id)
    standing = standing_of(desk, appeal.decision_id)
    ruling = Ruling(appeal_id=appeal.appeal_id, outcome=word.outcome, by=desk.person(word.by), at=desk.clock.now(),
                    because=word.because, penalty=word.penalty, until=word.until)
    keys = [f"{one.key}{SUFFIX}" for one in standing.effects if one.key not in standing.too_late(ruling.at)]
    hearing = _Hearing(found, standing, ruling, is_rehearsal=course.campaign.is_rehearsal)

    def judge(steps: list[Event], undone: frozenset[str]) -> Consequences | Refusal:
        is_undone = appeal.decision_id in undone
        book = book_of(steps, appeal.decision_id, standing, is_reversed=is_undone)
        events = decide_appeal(book, ruling, penalty=found.earlier.penalty, undone=keys)
        if isinstance(events, Refusal):
            return events
        if is_undone and ruling.outcome is AppealOutcome.VARIED:
            return Refusal(code="undone_already", text=f"the decision `{appeal.decision_id}` has been undone meanwhile",
                           next_step="overturn it, so that the person is told that nothing of it is left")
        return hearing.consequences(events)

    ordered = write_down(desk, judge, about=[appeal.decision_id])
    if isinstance(ordered, Refusal):
        return ordered
    after = replace(appeal, outcome=word.outcome, decided_at=ruling.at, decided_by=ruling.by)
    return Heard(appeal=after, contested=found, told=hearing.told, ordered=ordered, lighter=hearing.lighter,
                 campaign=desk.course().campaign)


class _Hearing:
    """What follows from one ruling: what the person is told, what is undone, imposed and remembered."""

    def __init__(self, found: Contested, standing: Standing, ruling: Ruling, *, is_rehearsal: bool) -> None:
        self._found, self._standing, self._ruling, self._is_rehearsal = found, standing, ruling, is_rehearsal
        self._words = load_languages().for_reader(found.earlier.language)

    @property
    def told(self) -> AppealStatement:
        """What the person is told of the outcome."""
        is_restored = self._standing.was_imposed and not self._standing.too_late(self._ruling.at)
        earlier = replace(self._found.earlier, is_announced=self._standing.is_announced)
        return appeal_statement(
            self._words, decision=earlier, outcome=self._ruling.outcome, because=self._ruling.because,
            had_strike=self._standing.was_imposed and self._ruling.outcome is AppealOutcome.OVERTURNED, is_restored=is_restored)

    @property
    def lighter(self) -> LighterDecision | None:
        """The decision in the place of one that went too far."""
        if self._ruling.outcome is not AppealOutcome.VARIED:
            return None
        return varied(self._found.decision_id, self._found.earlier, self._ruling, statement=self._found.without_its_day,
                      harm=self._found.harm, messages=load_languages().for_reader(self._found.statement.language))

    def consequences(self, events: tuple[Event, ...]) -> Consequences:
        """Everything that is written down with the ruling's events."""
        told = self._statements(self._found.decision_id, self.told.language, body_of(self.told))
        follows = Consequences(events=events, actor=self._ruling.by, at=self._ruling.at, is_rehearsal=self._is_rehearsal)
        if self._ruling.outcome is AppealOutcome.UPHELD:
            return replace(follows, told=told, freed=(self._found.decision_id,))
        follows = replace(follows, undone=told, why=WHY[self._ruling.outcome])
        if (lighter := self.lighter) is not None:
            body = json.dumps(asdict(lighter.statement), ensure_ascii=False)
            return replace(follows, imposed=tuple(self._effects(lighter)),
                           reasons=self._statements(lighter.decision_id, lighter.statement.language, body))
        original = original_id(self._found.decision_id)
        remembered = adjudications(self._found.row, decided_at=self._ruling.at)
        return replace(follows, withdrawn=(original,), adjudications=remembered.append_column(
            "decision_id", pa.array([original], pa.string())))

    def _effects(self, lighter: LighterDecision) -> Iterable[dict[str, object]]:
        last = max(self._standing.effects, key=lambda one: one.turn)
        until = None if lighter.until is None else microseconds(lighter.until)
        for post_id, key in lighter.keys(self._found.earlier.post_ids):
            yield {"key": key, "decision_id": lighter.decision_id, "account_id": self._found.account_id, "post_id": post_id,
                   "penalty": str(lighter.penalty), "stratum": last.stratum, "turn": last.turn + 1, "until": until}

    def _statements(self, decision_id: str, language: str, body: str) -> pa.Table:
        return pa.Table.from_pylist([{"decision_id": decision_id, "account_id": self._found.account_id, "language": language,
                                      "body": body}], schema=STATEMENTS)


def find_appeal(course: Course, which: str) -> Appeal:
    """The appeal with this id, or whose id begins so, or the open one against this decision. Raises `DataError`."""
    appeals = fold(course.steps).appeals
    if which in appeals:
        return appeals[which]
    found = [one for one in appeals.values() if (len(which) >= SHORTEST and one.appeal_id.startswith(which))
             or (one.decision_id == which and one.outcome is None)]
    if len(found) == 1:
        return found[0]
    what = f"no appeal in `{course.campaign.campaign_id}` is called `{which}`" if not found else (
        f"{len(found)} appeals begin with `{which}`")
    raise DataError(Problem(what=what, hint=f"`evenhand appeal list {course.campaign.campaign_id}` shows those that are open"))
