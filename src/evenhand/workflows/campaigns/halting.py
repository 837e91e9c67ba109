"""Stop a campaign, and go on after the approvers have looked."""

from __future__ import annotations

from pathlib import Path

from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import EventKind
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_as_made
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


def release(desk: Desk, decision_id: str, *, why: str, person: str) -> Campaign | Refusal:
    """Let out one account whose reach alone is above the cap of an hour; a waiver that the report names."""
    return desk.take(desk.hand(person).event(EventKind.WAIVER_RECORDED, {
        "safeguard": "reach_cap", "decision_id": decision_id, "why": why}))
