"""Overturn a decision of our own accord: somebody of ours saw that it was wrong, whether or not anybody appealed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from evenhand.appeals.memory import adjudications
from evenhand.appeals.restoring import SUFFIX
from evenhand.appeals.ruling import overturn as overturned
from evenhand.model.appeal import AppealOutcome, AppealStatement, Consequences, ReversalGround, Ruling, original_id
from evenhand.model.campaigns.effect_state import UndoOrdered
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal
from evenhand.statements.outcomes import reinstatement
from evenhand.workflows.appeals.contested import book_of, contested, standing_of
from evenhand.workflows.appeals.hearing import Word
from evenhand.workflows.appeals.reinstating import STATEMENTS, body_of
from evenhand.workflows.appeals.writing_down import write_down
from evenhand.workflows.campaigns.steps import Desk
from evenhand.workflows.materials import load_languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturned:
    """A decision that was overturned, and what was ordered."""

    decision_id: str
    account_id: str
    told: AppealStatement
    ordered: UndoOrdered


def overturn(desk: Desk, plan: Path, which: str, word: Word) -> Overturned | Refusal:
    """Overturn the decision `which`, its id or its account, with all that follows; `carry_out_orders` has it done."""
    course = desk.course()
    found = contested(desk, course, plan, which)
    standing = standing_of(desk, found.decision_id)
    ruling = Ruling(appeal_id="", outcome=AppealOutcome.OVERTURNED, by=desk.person(word.by), at=desk.clock.now(),
                    because=word.because)
    late = standing.too_late(ruling.at)
    earlier = replace(found.earlier, is_announced=standing.is_announced)
    told = reinstatement(load_languages().for_reader(found.earlier.language), decision=earlier,
                         ground=ReversalGround.OWN_ACCORD, had_strike=standing.was_imposed,
                         is_restored=standing.was_imposed and not late)
    statement = pa.Table.from_pylist([{"decision_id": found.decision_id, "account_id": found.account_id,
                                       "language": told.language, "body": body_of(told)}], schema=STATEMENTS)
    original = original_id(found.decision_id)

    def judge(steps: list[Event], undone: frozenset[str]) -> Consequences | Refusal:
        book = book_of(steps, found.decision_id, standing, is_reversed=found.decision_id in undone)
        event = overturned(book, decision_id=found.decision_id, ruling=ruling, undone=[
            f"{one.key}{SUFFIX}" for one in standing.effects if one.key not in late])
        if isinstance(event, Refusal):
            return event
        return Consequences(
            events=(event,), actor=ruling.by, at=ruling.at, why="the decision was found to be wrong", undone=statement,
            is_told_anyway=standing.was_imposed, withdrawn=(original,), is_rehearsal=course.campaign.is_rehearsal,
            adjudications=adjudications(found.row, decided_at=ruling.at).append_column(
                "decision_id", pa.array([original], pa.string())))

    ordered = write_down(desk, judge, about=[found.decision_id])
    if isinstance(ordered, Refusal):
        return ordered
    return Overturned(decision_id=found.decision_id, account_id=found.account_id, told=told, ordered=ordered)
