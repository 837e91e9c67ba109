"""What waits for a person: the cases to read, and the word on each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.readers import READER_COLUMNS
from evenhand.connectors.case_files import read_words, write_cases
from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE, StratumOutcome
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import EventKind
from evenhand.model.refusal import Refusal
from evenhand.workflows.appeals.reinstating import portions
from evenhand.workflows.campaigns.letting_out import words_on_plan
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_now
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.steps import Course, Desk

COLUMNS = ("decision_id", "penalty", "until", *READER_COLUMNS, "steps")
"""What a person sees of a case. Unlike a reader of the audit they see the penalty: that is what they confirm."""
MOST_TOLD = 20
"""Unknown decisions that are told one by one."""


def cases(desk: Desk, plan: Path, *, into: Path) -> int | Refusal:
    """Write the decisions that wait for a person, and have no word yet, to a CSV; how many there are.

    Those of strata that the audit dropped are left out: nothing of them is imposed. Raises `DataError` when the file exists.
    """
    course, now = desk.course(), plan_now(plan)
    if refusal := changed_since_bound(course, now):
        return refusal
    open_ones = _asked(course, plan)
    found = pa.concat_tables(part.filter(pc.is_in(part["decision_id"], value_set=open_ones))
                             for part in portions(plan, "decisions", COLUMNS))
    write_cases(into, _as_lowered(found, course.campaign))
    return int(found.num_rows)


def words_of(file: Path) -> dict[str, bool]:
    """The words on cases that a file holds. Raises `DataError` with all its mistakes, or when it holds none."""
    words = read_words(file)
    if not words:
        raise DataError(Problem(what="no case has a word", file=str(file),
                                hint="write `yes` or `no` in the column `confirmed`"))
    return words


def confirm(desk: Desk, plan: Path, words: Mapping[str, bool], *, person: str) -> Campaign | Refusal:
    """Record a person's word on each of these decisions: confirmed, or not; the last word counts until it is carried out.

    Raises `DataError` for decisions that are not of the plan, or wait for nobody, and for a no to what has begun.
    """
    now = plan_now(plan)
    if refusal := changed_since_bound(desk.course(), now):
        return refusal
    way = rollout(plan, now.plan)
    ids = pa.array(list(words), pa.string())
    places = way.places(ids)
    strangers = [Problem(what=f"the plan has no decision `{one}`", file=str(plan), hint="see `evenhand campaign cases`")
                 for one in ids.filter(pc.is_null(places)).to_pylist()]
    waits = pc.and_(pc.is_valid(places), pc.invert(way.waits_for_person(places)))
    strangers += [Problem(what=f"the decision `{one}` waits for no person", file=str(plan),
                          hint="to have a person decide, put its account on a list with `evenhand campaign protect`")
                  for one in ids.filter(waits).to_pylist()]
    if strangers:
        raise DataError(strangers[:MOST_TOLD])
    hand, refused = desk.hand(person), [one for one, word in words.items() if not word]
    return desk.take(*(hand.event(EventKind.DECISION_CONFIRMED, {"decision_id": one, "confirmed": word})
                       for one, word in words.items()), holding=refused, check=lambda: _refuse_begun(desk, refused))


def _refuse_begun(desk: Desk, refused: Sequence[str]) -> None:
    """Raise `DataError` for those that are not confirmed any more although they have begun."""
    if begun := desk.state.release.begun(desk.campaign_id, refused):
        raise DataError([Problem(what=f"the decision `{one}` is carried out already", hint="if it is wrong, overturn it with "
                                 "`evenhand appeal overturn`") for one in begun[:MOST_TOLD]])


def _strata(decisions: pa.Table) -> pa.Array:
    """The stratum of each decision, as the audit names it."""
    joined = pc.binary_join_element_wise(decisions["policy_id"], decisions["penalty"],
                                         pc.fill_null(decisions["language"], UNKNOWN_LANGUAGE), "/")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _as_lowered(found: pa.Table, campaign: Campaign) -> pa.Table:
    """The cases with the penalty and the end that a lowered stratum has now: that is what would be imposed."""
    lowered = [campaign.lowered.get(stratum) for stratum in _strata(found).to_pylist()]
    place = found.column_names.index
    penalty = pa.array([None if one is None else str(one.penalty) for one in lowered], pa.string())
    until = pa.array([None if one is None else one.until for one in lowered], found.schema.field("until").type)
    is_lowered = pc.is_valid(penalty)
    return (found.set_column(place("penalty"), "penalty", pc.coalesce(penalty, found["penalty"]))
            .set_column(place("until"), "until", pc.if_else(is_lowered, until, found["until"])))


def _asked(course: Course, plan: Path) -> pa.Array:
    """The decisions that wait for a person and have no word yet."""
    order = rollout(plan, plan_now(plan).plan).order
    order = order.filter(order["by_person"])
    dropped = {key for key, outcome in (course.campaign.strata or {}).items() if outcome is StratumOutcome.DROPPED}
    is_left = pc.invert(pc.is_in(_strata(order), value_set=pa.array(sorted(dropped), pa.string())))
    ids = order.filter(is_left)["decision_id"]
    said = pa.array(list(words_on_plan(course)), pa.string())
    return ids.filter(pc.invert(pc.is_in(ids, value_set=said))).combine_chunks()
