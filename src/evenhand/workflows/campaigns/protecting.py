"""Protected accounts of a campaign: what is on record about them, and a person's decision for each."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.account_lists import read_accounts
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import EventKind
from evenhand.model.refusal import Refusal
from evenhand.workflows.appeals.reinstating import portions
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_now
from evenhand.workflows.campaigns.steps import Desk


def protect(desk: Desk, plan: Path, file: Path, *, criteria: str, person: str) -> Campaign | Refusal:
    """Record that the plan's decisions about the accounts in `file` wait for a person's decision, and by which criteria.

    What was let out already and has not begun is held back. The criteria and how many there are are published, who stands on
    the list is not. Raises `DataError` for a bad list.
    """
    if refusal := changed_since_bound(desk.course(), plan_now(plan)):
        return refusal
    listed = read_accounts(file)
    named = pa.array(listed, pa.string())
    ids = [one for part in portions(plan, "decisions", ("decision_id", "account_id"))
           for one in part.filter(pc.is_in(part["account_id"], value_set=named))["decision_id"].to_pylist()]
    return desk.take(desk.hand(person).event(EventKind.PROTECTION_RECORDED, {
        "criteria": criteria, "n_listed": len(listed), "n_decisions": len(ids), "decision_ids": ids,
        "list_digest": hashlib.sha256("\n".join(listed).encode()).hexdigest()}), holding=ids)


def decide_protected(desk: Desk, decision_id: str, *, impose: bool, why: str, person: str) -> Campaign | Refusal:
    """A person's word on whether one protected account gets the penalty that the plan decided."""
    return desk.take(desk.hand(person).event(EventKind.PROTECTED_DECIDED, {
        "decision_id": decision_id, "impose": impose, "why": why}), holding=() if impose else [decision_id])
