"""Fill the outbox with what takes the place of strata that missed their gate: lighter decisions, each with a statement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.connectors.plan_folder import read_plan
from evenhand.connectors.plan_strata import decisions_of_strata
from evenhand.errors import PlanError, Problem
from evenhand.model.appeal import LOWERED
from evenhand.model.campaigns.campaign import Lowered
from evenhand.model.campaigns.capability import Capabilities, Support
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.decision import Automation, StatementOfReasons
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.ports import Outbox
from evenhand.statements.compose import Outcome
from evenhand.statements.languages import Languages
from evenhand.statements.outcomes import Earlier, lighter_statement
from evenhand.workflows.effects.filling import Turns
from evenhand.workflows.materials import load_languages

EFFECTS = pa.schema([
    pa.field("key", pa.string()), pa.field("decision_id", pa.string()), pa.field("account_id", pa.string()),
    pa.field("post_id", pa.string()), pa.field("penalty", pa.string()), pa.field("stratum", pa.string()),
    pa.field("until", pa.int64()), pa.field("due_at", pa.int64())])
STATEMENTS = pa.schema([pa.field(name, pa.string()) for name in ("decision_id", "account_id", "language", "body")])


def fill_lowered(plan: Path, outbox: Outbox, lowered: Mapping[str, Lowered], *, campaign_id: str, capabilities: Capabilities,
                 turns: Turns) -> int:
    """Put the lighter decisions of the lowered strata into the outbox; how many were added. Repeating it adds nothing.

    Raises `PlanError` when the platform cannot impose what takes the place of the heavier penalty.
    """
    unsupported = sorted({one.penalty for one in lowered.values()
                          if capabilities.of(one.penalty).support is Support.UNSUPPORTED}, key=lambda one: one.rank)
    if unsupported:
        raise PlanError([Problem(
            what=f"a stratum was lowered to `{penalty}`, which `{capabilities.platform}` cannot impose", file=str(plan),
            hint="bind a plan that was made for this platform, and audit it") for penalty in unsupported])
    added = 0
    if lowered:
        for effects, statements in lighter_decisions(plan, lowered):
            outbox.load(campaign_id, statements=statements)
            added += outbox.load(campaign_id, effects=turns(effects))
    return added


def lighter_decisions(plan: Path, lowered: Mapping[str, Lowered]) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The effects and statements of the lighter decisions, a portion at a time; the same plan always gives the same ones.

    Rule, facts and the way to appeal are those of the plan's own statement. Whether somebody looks at the single account stands
    in it as before: a person lowered the stratum as a whole, and what waited for a person still does.
    """
    languages, decided_at = load_languages(), read_plan(plan).cut_off
    for portion in decisions_of_strata(plan, lowered):
        rows = portion.to_pylist()
        made = [_told(row, lowered[row["stratum"]], languages, decided_at=decided_at) for row in rows]
        effects = [_effect(row, lowered[row["stratum"]]) for row in rows]
        yield pa.Table.from_pylist(effects, schema=EFFECTS), pa.Table.from_pylist(made, schema=STATEMENTS)


def _effect(row: Mapping[str, Any], lowered: Lowered) -> dict[str, object]:
    decision_id = row["decision_id"] + LOWERED
    return {"key": hashlib.sha256(f"{decision_id}\x1f{lowered.penalty}\x1f".encode()).hexdigest()[:32],
            "decision_id": decision_id, "account_id": row["account_id"], "post_id": None, "penalty": str(lowered.penalty),
            "stratum": row["stratum"], "until": None if lowered.until is None else microseconds(lowered.until), "due_at": 0}


def _told(row: Mapping[str, Any], lowered: Lowered, languages: Languages, *, decided_at: datetime) -> dict[str, str]:
    told = row["statement"]
    said = {name: value or "" for name, value in told.items()} | {"facts": tuple(told["facts"] or ())}
    statement = StatementOfReasons(**said)
    lighter = lighter_statement(
        languages.for_reader(statement.language), statement, harm=Harm(row["harm"]),
        decision=Earlier(handle=row["handle"], language=row["language"], penalty=Penalty(row["penalty"]),
                         decided_at=decided_at),
        outcome=Outcome(penalty=lowered.penalty, until=lowered.until,
                        automation=Automation(row["automation"] or Automation.FULLY)))
    return {"decision_id": row["decision_id"] + LOWERED, "account_id": row["account_id"], "language": lighter.language,
            "body": json.dumps(asdict(lighter), ensure_ascii=False)}
