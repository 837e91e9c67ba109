"""The decision that an appeal is about: found in the campaign's plan by its id or its account, and where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.appeals.book import AppealBook, fold
from evenhand.appeals.varying import lighter_penalties
from evenhand.connectors.plan_decisions import find_decisions
from evenhand.connectors.plan_effects import waits_until
from evenhand.errors import DataError, PlanError, Problem
from evenhand.model.appeal import LOWERED, VARIED, Standing, original_id
from evenhand.model.campaigns.audit import UNKNOWN_LANGUAGE
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.decision import StatementOfReasons
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.outcomes import Earlier
from evenhand.workflows.campaigns.plan_basis import plan_now
from evenhand.workflows.campaigns.steps import Course, Desk

MOST_NAMED = 5
"""So many decisions are named where an account has several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """A decision as it stands now, after whatever appeals have made of it."""

    decision_id: str
    account_id: str
    harm: Harm
    earlier: Earlier
    until: datetime | None
    statement: StatementOfReasons
    """What the person was told of it."""
    row: pa.Table
    """The plan's decision: one row of its table."""

    @property
    def without_its_day(self) -> StatementOfReasons:
        """The statement without what it says of the day of a closing: the way to appeal is the plan's."""
        return replace(self.statement, appeal=self.facts["statement"]["appeal"])

    @property
    def facts(self) -> dict[str, Any]:
        """The plan's decision as values."""
        return dict(self.row.to_pylist()[0])


def contested(desk: Desk, course: Course, plan: Path, wanted: str) -> Contested:
    """The decision that `wanted` names: its id, or the id or handle of the account that it is about.

    Of a decision that was varied and an account named, the lighter one is meant. Raises `PlanError` when the plan is not the
    campaign's, `DataError` when there is no such decision, or several.
    """
    refuse_other_plan(course, plan)
    found = find_decisions(plan, original_id(wanted))
    if found.num_rows != 1:
        raise DataError(_not_one(course, wanted, found))
    row = found.to_pylist()[0]
    lighter = {**lighter_penalties(course.steps), **lowered_decision(course.campaign, row)}
    decision_id = wanted if original_id(wanted) == row["decision_id"] else latest_id(row["decision_id"], lighter)
    if decision_id != row["decision_id"] and decision_id not in lighter:
        raise DataError(_not_one(course, wanted, found.slice(0, 0)))
    penalty, until = lighter.get(decision_id, (Penalty(row["penalty"]), row["until"]))
    decided_at = next((event.at for event in course.steps if event.kind is EventKind.APPEAL_DECIDED
                       and f"{event.body['decision_id']}{VARIED}" == decision_id), _cut_off(course))
    told = row["statement"]
    is_told_later = decision_id in lighter or penalty is Penalty.CLOSE  # in words that the plan did not have
    if is_told_later and (body := desk.state.decisions.statement(desk.campaign_id, decision_id)) is not None:
        told = json.loads(body)
    said = {name: value or "" for name, value in told.items()} | {"facts": tuple(told["facts"] or ())}
    return Contested(
        decision_id=decision_id, account_id=row["account_id"], harm=Harm(row["harm"]), until=until, row=found,
        statement=StatementOfReasons(**said), earlier=Earlier(
            handle=row["handle"], language=row["language"], penalty=penalty, decided_at=decided_at,
            post_ids=tuple(row["post_ids"] or ())))


def latest_id(decision_id: str, lighter: Iterable[str]) -> str:
    """The decision that stands now in the place of the plan's: itself, unless it was lowered or varied."""
    known = frozenset(lighter)
    if decision_id + LOWERED in known:
        decision_id += LOWERED
    while decision_id + VARIED in known:
        decision_id += VARIED
    return decision_id


def lowered_decision(campaign: Campaign, row: Mapping[str, Any]) -> dict[str, tuple[Penalty, datetime | None]]:
    """The lighter decision in the place of the plan's `row`, if its stratum was lowered: its id → penalty and end."""
    stratum = f"{row['policy_id']}/{row['penalty']}/{row['language'] or UNKNOWN_LANGUAGE}"
    lowered = campaign.lowered.get(stratum)
    return {} if lowered is None else {row["decision_id"] + LOWERED: (lowered.penalty, lowered.until)}


def standing_of(desk: Desk, decision_id: str) -> Standing:
    """Where the decision stands in the campaign. Raises `DataError` when the campaign never had an effect of it."""
    found = desk.state.decisions.standing(desk.campaign_id, [decision_id]).get(decision_id)
    if found is None:
        raise DataError(Problem(what=f"nothing of the decision `{decision_id}` has gone out in `{desk.campaign_id}`",
                                hint="start the campaign with `evenhand apply`; an appeal is about what was done"))
    return found


def book_of(steps: Iterable[Event], decision_id: str, standing: Standing, *, is_reversed: bool | None = None) -> AppealBook:
    """The book of appeals, with what is known of one decision; the steps of a campaign leave single decisions out."""
    undone = standing.is_reversed if is_reversed is None else is_reversed
    delivered = {} if standing.delivered_at is None else {decision_id: standing.delivered_at}
    return replace(fold(steps), delivered=delivered, reversed=frozenset({decision_id} if undone else ()))


def refuse_other_plan(course: Course, plan: Path) -> None:
    """Raise `PlanError` when the plan in a folder is not, or no longer, the one that the campaign was carried out from."""
    bound = course.last(EventKind.PLANNED)
    if bound is None or bound.body.get("files") != plan_now(plan).files:
        raise PlanError(Problem(
            what=f"`{course.campaign.campaign_id}` was not carried out from the plan in `{plan}`",
            hint="name the folder of its plan with `--plan`, unchanged; `evenhand status` shows the digest"))


def closing_window(course: Course, plan: Path, decision_id: str) -> timedelta:
    """The appeal window that a closing of the plan waits for, as its person is told; no time at all for any other decision."""
    until = waits_until(plan, decision_id)
    return timedelta(0) if until is None else until - _cut_off(course)


def _not_one(course: Course, wanted: str, found: pa.Table) -> Problem:
    if not found.num_rows:
        return Problem(what=f"`{course.campaign.campaign_id}` decided nothing under `{wanted}`",
                       hint="give the number of the decision, or the id or handle of the account, as the statement has it")
    shown = found["decision_id"].to_pylist()[:MOST_NAMED]
    names = ", ".join([*(f"`{one}`" for one in shown), *(["…"] if found.num_rows > MOST_NAMED else [])])
    return Problem(what=f"`{wanted}` has {found.num_rows} decisions: {names}", hint="name one of them")


def _cut_off(course: Course) -> datetime:
    """When the plan's decisions were made."""
    assert course.campaign.basis is not None  # noqa: S101  (the plan was found to be the campaign's)
    return datetime.fromisoformat(course.campaign.basis.cut_off)
