"""Reverse a class in a campaign: everybody whose decision rests on the same mistake gets back what it took, in stages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.book import fold
from evenhand.appeals.memory import adjudications
from evenhand.appeals.ruling import reverse_class
from evenhand.appeals.varying import lighter_penalties
from evenhand.campaign.stages import stages
from evenhand.connectors.plan_folder import read_plan
from evenhand.model.appeal import REPLACED, AppealOutcome, Cause, Consequences, ReversalGround, Ruling, original_id
from evenhand.model.campaigns.effect_state import NOTHING_UNDONE, UndoOrdered
from evenhand.model.campaigns.event import Event
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.ports import Platform
from evenhand.workflows.appeals.carrying_out import CarriedOut, carry_out_orders
from evenhand.workflows.appeals.class_reversal import ReversalPreview, preview_class_reversal
from evenhand.workflows.appeals.contested import latest_id, refuse_other_plan
from evenhand.workflows.appeals.hearing import Word
from evenhand.workflows.appeals.reinstating import SAID, STATEMENTS, portions, statement_of
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.materials import load_languages

PORTION = 5_000
"""Decisions that are reversed in one step."""
MOST_FAILED = 0.005
"""The share of a stage's effects that may fail to be undone before the reversal stops for a person to look."""
_REMEMBERED = ("harm", "holder_id", "reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """A class reversal of a campaign before anything is undone."""

    preview: ReversalPreview
    case: str
    """The overturned appeal that shows the mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """What a class reversal came to."""

    reversal: Reversal
    n_reversed: int
    ordered: UndoOrdered
    carried_out: CarriedOut | None
    stopped: str | None = None
    """Why it stopped before its end, or None."""


def preview_reversal(desk: Desk, plan: Path, cause: Cause) -> Reversal | Refusal:
    """What reversing the class of `cause` in this campaign would undo. Changes nothing.

    It is refused without an overturned appeal against one of these decisions. Raises `DataError` when none rests on the cause.
    """
    course = desk.course()
    refuse_other_plan(course, plan)
    standing = desk.state.decisions.standing_effects(desk.campaign_id)
    originals = pc.unique(_originals(standing["decision_id"]))
    preview = preview_class_reversal(plan, cause, standing=originals, imposed=standing["key"].combine_chunks())
    overturned = {one.appeal_id: original_id(one.decision_id) for one in fold(course.steps).appeals.values()
                  if one.outcome is AppealOutcome.OVERTURNED}
    every = pa.array(list(overturned.values()), pa.string())
    shows = pc.is_in(every, value_set=preview.every).to_pylist()
    case = next((appeal_id for appeal_id, is_case in zip(overturned, shows, strict=True) if is_case), None)
    if case is None:
        return Refusal(code="no_case", text=f"no overturned appeal shows that `{cause}` is wrong",
                       next_step="decide an appeal that rests on it first, or roll the campaign back")
    return Reversal(preview=preview, case=case)


def reverse(desk: Desk, plan: Path, reversal: Reversal, word: Word, *, platform: Platform | None = None,
            progress: Callable[[int, int, str], None] = lambda _done, _total, _what: None) -> Reversed | Refusal:
    """Reverse the class, or go on with that: what is reversed already is left out.

    With a `platform` it goes in stages (a canary, one percent, ten, the rest) and stops when more than half a percent of one
    is not undone; without, all of it is ordered.
    """
    course = desk.course()
    ruling = Ruling(appeal_id=reversal.case, outcome=AppealOutcome.OVERTURNED, by=desk.person(word.by),
                    at=desk.clock.now(), because=word.because)
    refusal = reverse_class(fold(course.steps), cause=reversal.preview.reversal.cause, ruling=ruling, decision_ids=())
    if isinstance(refusal, Refusal):
        return refusal
    work = _Reversing(desk, course, reversal, ruling, decided_at=read_plan(plan).cut_off)
    total = reversal.preview.reversal.siblings.num_rows
    ends = [stage.end for stage in stages(total)] if platform is not None else [total]
    done, carried = 0, None
    for piece in _pieces(plan, reversal.preview.reversal.siblings["decision_id"], ends=ends):
        work.order(piece)
        done += piece.num_rows
        progress(done, total, "ordered")
        if platform is not None and done in ends:
            now = carry_out_orders(desk, platform)
            carried = now if carried is None else carried.and_more(now)
            if now.n_failed > max(2, MOST_FAILED * (now.n_failed + now.n_undone)):
                return Reversed(reversal=reversal, n_reversed=work.n_reversed, ordered=work.ordered, carried_out=carried,
                                stopped=f"{now.n_failed:,} orders of one stage were refused by the platform")
    return Reversed(reversal=reversal, n_reversed=work.n_reversed, ordered=work.ordered, carried_out=carried)


class _Reversing:
    """Reverses one portion of a class after the other, each in one step."""

    def __init__(self, desk: Desk, course: Course, reversal: Reversal, ruling: Ruling, *, decided_at: datetime) -> None:
        self._desk, self._ruling, self._cause, self._decided_at = desk, ruling, reversal.preview.reversal.cause, decided_at
        self._book = fold(course.steps)
        self._lighter = {**desk.state.decisions.lowered(desk.campaign_id), **lighter_penalties(course.steps)}
        self._is_rehearsal = course.campaign.is_rehearsal
        self._languages = load_languages()
        self.ordered, self.n_reversed = NOTHING_UNDONE, 0

    def order(self, piece: pa.Table) -> None:
        """Reverse the decisions of one piece of the plan."""
        latest = [latest_id(one, self._lighter) for one in piece["decision_id"].to_pylist()]
        named = piece.append_column("latest", pa.array(latest, pa.string()))

        def judge(_steps: Iterator[Event], undone: frozenset[str]) -> Consequences:
            return self._consequences(named.filter(pc.invert(pc.is_in(named["latest"], value_set=pa.array(
                sorted(undone), pa.string())))), undone)

        self.ordered = self.ordered.and_more(self._desk.state.undo.rule(self._desk.campaign_id, judge, about=latest))

    def _consequences(self, left: pa.Table, undone: frozenset[str]) -> Consequences:
        ids = left["latest"].to_pylist()
        announced = self._announced(left)
        events = reverse_class(replace(self._book, reversed=undone), cause=self._cause, ruling=self._ruling, decision_ids=ids)
        assert not isinstance(events, Refusal)  # noqa: S101  (asked before the first portion)
        self.n_reversed += left.num_rows
        rows = [self._told(row, announced) for row in left.select([*SAID, "latest"]).to_pylist()]
        return Consequences(
            events=tuple(events), actor=self._ruling.by, at=self._ruling.at, why=f"a mistake of ours: {self._cause}",
            undone=pa.Table.from_pylist(rows, schema=STATEMENTS), is_told_anyway=False,
            adjudications=adjudications(left, decided_at=self._ruling.at).append_column("decision_id", left["decision_id"]),
            withdrawn=tuple(left["decision_id"].to_pylist()), is_rehearsal=self._is_rehearsal)

    def _announced(self, left: pa.Table) -> frozenset[str]:
        """The closings of a piece that were announced and have not begun."""
        closings = left.filter(pc.equal(left["penalty"], str(Penalty.CLOSE)))["latest"].to_pylist()
        standing = self._desk.state.decisions.standing(self._desk.campaign_id, closings) if closings else {}
        return frozenset(one for one, where in standing.items() if where.is_announced)

    def _told(self, row: dict[str, object], announced: Collection[str]) -> dict[str, str]:
        latest = str(row["latest"])
        penalty = self._lighter[latest][0] if latest in self._lighter else row["penalty"]
        return statement_of(row | {"decision_id": latest, "penalty": penalty}, self._languages, ground=ReversalGround.CLASS,
                            decided_at=self._decided_at, is_announced=latest in announced)


def _pieces(plan: Path, decision_ids: pa.ChunkedArray, *, ends: list[int]) -> Iterator[pa.Table]:
    """The plan's decisions with these ids, in its order, in pieces that end where a stage ends."""
    ids, start, n_before = decision_ids.combine_chunks(), 0, 0
    for portion in portions(plan, "decisions", (*SAID, *_REMEMBERED)):
        found = portion.filter(pc.is_in(portion["decision_id"], value_set=ids)).combine_chunks()
        n_after = n_before + found.num_rows
        while start < n_after:
            end = min(start + PORTION, n_after, next(one for one in ends if one > start))
            yield found.slice(start - n_before, end - start)
            start = end
        n_before = n_after


def _originals(decision_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(decision_ids, REPLACED, "")
