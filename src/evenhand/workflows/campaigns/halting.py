"""Stop a campaign, and go on after the approvers have looked."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import EventKind
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_as_made, plan_now
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.steps import Desk


def halt(desk: Desk, *, why: str, person: str) -> Campaign | Refusal:
    """Stop it now. What is under way at the platform still reports; nothing more goes out."""
    return desk.take(desk.hand(person).event(EventKind.HALTED, {"reasons": [{"check": "person", "text": why}]}))


def resume(desk: Desk, plan: Path, *, why: str, person: str) -> Campaign | Refusal:
    """An approver agrees to go on; it runs again when all of them do."""
    now = plan_as_made(plan)
    if refusal := changed_since_bound(desk.course(), now):
        return refusal
    return desk.take(desk.hand(person).event(EventKind.RESUMED, {"basis": now.basis.as_json(), "why": why}))


def release(desk: Desk, plan: Path, decision_id: str, *, why: str, person: str) -> Campaign | Refusal:
    """Let out one account whose reach alone is above the cap of an hour; a waiver that the report names.

    Raises `DataError` when the plan has no such decision.
    """
    now = plan_now(plan)
    if refusal := changed_since_bound(desk.course(), now):
        return refusal
    if rollout(plan, now.plan).places(pa.array([decision_id])).null_count:
        raise DataError(Problem(what=f"the plan has no decision `{decision_id}`", file=str(plan),
                                hint="`evenhand explain ACCOUNT --plan PLAN` shows an account's decision"))
    return desk.take(desk.hand(person).event(EventKind.WAIVER_RECORDED, {
        "safeguard": "reach_cap", "decision_id": decision_id, "why": why}))
