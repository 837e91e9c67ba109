"""What is read while a stage is imposed: drawn with its start, read by the audit's readers, and waited for by the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.gates import cost
from evenhand.campaign.audit.readers import Assignment, assign, blind
from evenhand.campaign.chance import shares
from evenhand.campaign.lifecycle.preparing_refusals import no_sample
from evenhand.campaign.lifecycle.refusals import wrong_state
from evenhand.campaign.stages import Stage
from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.reading_files import write_readings
from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.audit import Slot, StratumOutcome, item_id
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.refusal import Refusal
from evenhand.workflows.audits.sampling import Sample, readers_of
from evenhand.workflows.campaigns.plan_basis import changed_since_bound, plan_now
from evenhand.workflows.campaigns.rollout import Rollout, rollout
from evenhand.workflows.campaigns.steps import Course, Desk

STAGE_ITEMS = 75
"""Items that are read of each stage: one window of the breaker's test of appeals and audited items (decision 0023)."""
READING_TIME = timedelta(hours=24)
"""How long the next stage waits for them. Then it goes on, and its start says how many were not read. Our own choice."""
_BEGUN = frozenset({CampaignState.RUNNING, CampaignState.HALTED, CampaignState.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReading:
    """The files for the readers of a stage."""

    stage: int
    n_items: int
    files: tuple[Path, ...]


def opened_with(course: Course, way: Rollout, stage: Stage, *, at: datetime) -> dict[str, Json]:
    """What the start of a stage says: its size, its sample, and what of the sample before was not read in time."""
    body: dict[str, Json] = {"stage": stage.number, "n_decisions": stage.n_decisions,
                             "n_items": items_of(course, way, stage).num_rows,
                             "read_until": (at + READING_TIME).isoformat()}
    if stage.number > 1 and (n_unread := len(unread(course, way, stage.number - 1))):
        body["n_unread_before"] = n_unread
    return body


def items_of(course: Course, way: Rollout, stage: Stage) -> pa.Table:
    """The items that are drawn of a stage: `item_id`, `decision_id`, `language`; the same for everybody who has the seed.

    Drawn from what may be imposed and somebody reads: strata that the audit dropped, or lowered with nothing in the place of
    their penalty, are left out.
    """
    campaign = course.campaign
    part = way.order.slice(stage.first, stage.n_decisions)
    strata = pc.binary_join_element_wise(part["policy_id"], part["penalty"], part["language"], "/")
    live = [key for key, outcome in (campaign.strata or {}).items()
            if outcome is StratumOutcome.PASSED or key in campaign.lowered]
    spoken = sorted({language for languages in readers_of(course).values() for language in languages})
    part = part.filter(pc.and_(pc.is_in(strata, value_set=pa.array(live, pa.string())),
                               pc.is_in(part["language"], value_set=pa.array(spoken, pa.string()))))
    seed = _seed(campaign, stage.number)
    drawn = np.argsort(shares(seed, np.asarray(part["place"], np.int64), purpose="stage_sample"))[:STAGE_ITEMS]
    items = part.take(pa.array(np.sort(drawn))).select(["decision_id", "language"])
    digest = campaign.basis.digest if campaign.basis is not None else ""
    ids = [item_id(one, plan_digest=digest, seed=seed) for one in items["decision_id"].to_pylist()]
    return items.add_column(0, "item_id", pa.array(ids, pa.string()))


def unread(course: Course, way: Rollout, number: int) -> list[str]:
    """The items of a stage's sample that nobody has spoken on; none for a stage that was begun without a sample."""
    started = _start_of(course, number)
    if started is None or not started.get("n_items"):
        return []
    items = items_of(course, way, way.stages[number - 1])["item_id"].to_pylist()
    return [one for one in items if f"{Slot.FIRST}\x1f{one}" not in course.campaign.readings]


def waits_until(course: Course, way: Rollout, number: int, *, at: datetime) -> tuple[int, datetime] | None:
    """How many items of stage `number` the next stage waits for and until when; None when it may begin."""
    started = _start_of(course, number)
    if started is None or "read_until" not in started:
        return None
    until = datetime.fromisoformat(str(started["read_until"]))
    n_unread = len(unread(course, way, number)) if at < until else 0
    return (n_unread, until) if n_unread else None


def decisions_of_items(course: Course, way: Rollout) -> dict[str, str]:
    """The decision behind each item that was drawn of the stages so far."""
    found: dict[str, str] = {}
    for stage in _begun(course, way):
        items = items_of(course, way, stage)
        found |= dict(zip(items["item_id"].to_pylist(), items["decision_id"].to_pylist(), strict=True))
    return found


def sample_of_stages(course: Course, plan: Path) -> Sample | Refusal:
    """The samples of all stages so far as one, each item read by one person: what verdicts are checked against."""
    way = rollout(plan, plan_now(plan).plan)
    begun = _begun(course, way)
    if not begun:
        return no_sample()
    items = pa.concat_tables([items_of(course, way, stage) for stage in begun])
    assigned = [assign(items_of(course, way, stage), readers_of(course), n_readers=1) for stage in begun]
    readings = pa.concat_tables([one.readings for one in assigned])
    sized = pa.table({"n_items": pa.array([items.num_rows], pa.int64())})
    none = items.slice(0, 0)
    return Sample(strata=sized, items=items, golden=none, n_readers=1, cost=cost(sized, n_golden=0, n_readers=1),
                  assignment=Assignment(readings=readings, adjudicators=readings.slice(0, 0), unread=()))


def hand_out(desk: Desk, plan: Path, *, into: Path) -> StageReading | Refusal:
    """Write what is to be read of the stage that is under way, or has ended last: one file for each reader, blind."""
    course, now = desk.course(), plan_now(plan)
    if refusal := changed_since_bound(course, now):
        return refusal
    if course.campaign.state not in _BEGUN:
        return wrong_state(course.campaign, EventKind.STAGE_STARTED, _BEGUN)
    way = rollout(plan, now.plan)
    begun = _begun(course, way)
    if not begun:
        raise DataError(Problem(what="no stage has begun of which a sample was drawn",
                                hint="the sample is drawn when `evenhand apply` begins a stage"))
    items = items_of(course, way, begun[-1])
    readings = assign(items, readers_of(course), n_readers=1).readings
    seen = blind(read_plan_table(plan, "decisions"), items)
    return StageReading(stage=begun[-1].number, n_items=items.num_rows, files=write_readings(into, readings, seen=seen))


def _begun(course: Course, way: Rollout) -> list[Stage]:
    return [stage for stage in way.stages if (_start_of(course, stage.number) or {}).get("n_items")]


def _start_of(course: Course, number: int) -> dict[str, Json] | None:
    return next((dict(event.body) for event in reversed(course.steps)
                 if event.kind is EventKind.STAGE_STARTED and event.body["stage"] == number), None)


def _seed(campaign: Campaign, number: int) -> str:
    return f"{campaign.sample_seed}:stage {number}"
