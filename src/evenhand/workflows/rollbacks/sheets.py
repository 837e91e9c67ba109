"""What a reader of a rollback sees of each account: what was done and undone, who was told what, and what has to stand."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.plan_folder import read_plan_table
from evenhand.model.appeal import REPLACED
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.taken_back import TakenBack
from evenhand.workflows.campaigns.steps import Course, Desk

ACCOUNT = ("account_id", "handle", "display_name", "platform", "language")
"""What says which account it is."""
SHEET = pa.schema([pa.field(name, pa.string()) for name in (
    "item_id", "stage", *ACCOUNT, "undone", "undone_at", "platform_says", "held_before", "strike", "of_others", "told_at",
    "told")])


def sheets(desk: Desk, plan: Path, items: pa.Table) -> pa.Table:
    """One row for each of `items` (schema `SHEET`): what to compare with the platform.

    `held_before` is what the platform held of what was removed, where the key of the evidence is at hand.
    """
    course = desk.course()
    decisions = read_plan_table(plan, "decisions").select(["decision_id", *ACCOUNT])
    own = pc.replace_substring_regex(items["decision_id"], REPLACED, "")
    known = decisions.take(pc.index_in(own, value_set=decisions["decision_id"].combine_chunks())).to_pylist()
    found = {one.decision_id: one for one in desk.state.decisions.taken_back(
        desk.campaign_id, items["decision_id"].to_pylist())}
    held = {} if desk.state.seal is None else desk.state.evidence.opened(
        desk.campaign_id, [effect.key for one in found.values() for effect in one.effects])
    rows = [{"item_id": item["item_id"], "stage": str(item["stage"]), **{name: account[name] for name in ACCOUNT},
             **_seen(found[item["decision_id"]], course, held)}
            for item, account in zip(items.to_pylist(), known, strict=True)]
    return pa.Table.from_pylist(rows, schema=SHEET).sort_by("item_id")


def _seen(one: TakenBack, course: Course, held: dict[str, str]) -> dict[str, str]:
    started = next(event for event in course.steps if event.kind is EventKind.ROLLBACK_STARTED)
    strike = (f"on record still; withdrawn when the registers are next written (since {started.at:%Y-%m-%d})"
              if one.has_strike_on_record else f"withdrawn {started.at:%Y-%m-%d}")
    return {
        "undone": " | ".join(f"{effect.penalty}{f' of {effect.post_id}' if effect.post_id else ''}" for effect in one.effects),
        "undone_at": " | ".join("not undone" if effect.undone_at is None else f"{effect.undone_at:%Y-%m-%d %H:%M:%S} UTC"
                                for effect in one.effects),
        "platform_says": " | ".join({"in_force": "undone"}.get(effect.read_back or "", effect.read_back or "not asked")
                                    for effect in one.effects),
        "held_before": " | ".join(held[effect.key] for effect in one.effects if effect.key in held),
        "strike": strike, "of_others": " | ".join(one.in_force_of_others),
        "told_at": one.not_told_because if one.told_at is None else f"{one.told_at:%Y-%m-%d %H:%M:%S} UTC",
        "told": "" if one.statement is None else str(json.loads(one.statement)["text"])}
