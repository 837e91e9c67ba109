"""Fill the outbox from a plan's folder: its effects in the order they are carried out, and their statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from evenhand.connectors.plan_effects import effect_portions, last_effect, statement_portions
from evenhand.connectors.plan_folder import read_plan
from evenhand.errors import PlanError, Problem
from evenhand.model.campaigns.capability import Capabilities, Support
from evenhand.model.penalty import Penalty
from evenhand.ports import Outbox

Turns = Callable[[pa.Table], pa.Table]
"""Adds the columns `stage` (int32) and `turn` (int64) to a portion of effects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What went into the outbox."""

    n_effects: int
    """Effects added now; fewer than the plan has when an earlier filling was interrupted."""


def in_the_plans_order(effects: pa.Table) -> pa.Table:
    """All effects in one stage, in the order of the plan."""
    return (effects.append_column("stage", pa.repeat(pa.scalar(0, pa.int32()), effects.num_rows))
            .append_column("turn", effects["position"]))


def fill(plan: Path, outbox: Outbox, *, campaign_id: str, capabilities: Capabilities,
         turns: Turns = in_the_plans_order, order: pa.Table | None = None) -> Filled:
    """Put the effects and statements of the plan in the folder `plan` into the outbox. Repeating it adds nothing.

    With `order`, the `place` of each `decision_id`, orders lie in the database as they will be carried out: a batch of them
    changes few pages then, where it would change one for each order. All statements go in before the first effect, and
    effects in their order: where the last one is, everything is, and where the last of a portion is, so is all before it. A
    command that goes on after a kill is not kept waiting.

    Raises `PlanError` when the platform cannot impose what the plan holds: a statement names the penalty, so nothing else
    may be imposed in its place, not even something lighter. Plan again for this platform instead.
    """
    refuse_unsupported(plan, capabilities)
    last = last_effect(plan, order=order)
    if last is not None and outbox.has_order(campaign_id, last):
        return Filled(n_effects=0)
    for statements in statement_portions(plan):
        outbox.load(campaign_id, statements=statements)
    added = 0
    for effects in effect_portions(plan, order=order):
        if not outbox.has_order(campaign_id, effects["key"][-1].as_py()):
            added += outbox.load(campaign_id, effects=turns(effects).drop_columns(["position", "place"]))
    return Filled(n_effects=added)


def refuse_unsupported(plan: Path, capabilities: Capabilities) -> None:
    """Raise `PlanError` with every penalty of the plan that the platform cannot impose."""
    counts = read_plan(plan).counts
    wanted = {Penalty(penalty) for of_harm in counts.values() for penalty in of_harm}
    problems = [
        Problem(what=f"the plan holds `{penalty}`, which `{capabilities.platform}` cannot impose", file=str(plan),
                hint="plan again with `--cannot " + penalty + "`: the nearest lighter penalty is decided and told")
        for penalty in sorted(wanted, key=lambda one: one.rank) if capabilities.of(penalty).support is Support.UNSUPPORTED]
    if problems:
        raise PlanError(problems)
