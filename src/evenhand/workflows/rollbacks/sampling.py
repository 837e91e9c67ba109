"""What is read of a rollback: drawn when a stage is undone, out of what it undid, for readers who did not order it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.gates import cost
from evenhand.campaign.audit.readers import ASSIGNMENTS, Assignment, assign
from evenhand.campaign.audit.undone import undo_sample_size
from evenhand.campaign.chance import shares
from evenhand.campaign.lifecycle.refusals import no_rollback
from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.reading_files import write_readings
from evenhand.model.appeal import original_id
from evenhand.model.campaigns.audit import Verdict, item_id
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.campaigns.undone import UndoneStage, undone_stages
from evenhand.model.refusal import Refusal
from evenhand.workflows.audits.sampling import Sample, readers_of
from evenhand.workflows.audits.stage_samples import READING_TIME
from evenhand.workflows.campaigns.plan_basis import plan_now
from evenhand.workflows.campaigns.rollout import Rollout, rollout
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.rollbacks.sheets import sheets

CANARY_TIME = timedelta(hours=4)
"""How long everybody behind the canary waits for its reading: three times what one person needs for it at a minute each."""
SAFEGUARD = "rollback_reading"
"""What is waived where a rollback goes on without its readers."""
ITEMS = pa.schema([pa.field(name, pa.string()) for name in ("item_id", "decision_id", "language")]
                  + [pa.field("stage", pa.int64())])


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackReading:
    """The files for the readers of a rollback, and what they called wrong so far."""

    n_items: int
    """Accounts that nobody has read yet."""
    files: tuple[Path, ...]
    wrong: tuple[Mapping[str, str], ...]
    """`decision_id`, `account_id`, `stage`, `reader` and `rationale` of every word that an account is not as it was."""


def drawn_body(course: Course, way: Rollout, undone: pa.Array, *, stage: int, until: datetime) -> dict[str, Json]:
    """What the end of a rollback's stage says of its sample, drawn from the decisions `undone` with a published seed.

    The seed is the audit's, which was chosen by somebody who did not make the plan; the order is drawn over the places in
    which the plan's decisions went out. Anybody with the plan and the seed draws the same.
    """
    seed = f"{course.campaign.sample_seed}:rollback {stage}"
    places = way.places(undone)
    languages = way.order["language"].combine_chunks().take(places)
    barred = course.campaign.rollback.started_by if course.campaign.rollback is not None else frozenset[str]()
    spoken = {language for read in _readers(course, barred).values() for language in read}
    is_read = pc.is_in(languages, value_set=pa.array(sorted(spoken), pa.string()))
    readable, at = undone.filter(is_read), np.asarray(places.filter(is_read), np.int64)
    first = np.argsort(shares(seed, at, purpose="rollback_sample"), kind="stable")[:undo_sample_size(len(readable))]
    return {"stage": stage, "n_decisions": len(readable), "n_unreadable": len(undone) - len(readable), "seed": seed,
            "n_items": len(first), "decision_ids": readable.take(pa.array(np.sort(first))).to_pylist(),
            "read_until": until.isoformat()}


def items_of(course: Course, way: Rollout, stage: UndoneStage) -> pa.Table:
    """The accounts that were drawn of a stage (`ITEMS`)."""
    ids = pa.array(stage.decision_ids, pa.string())
    digest = course.campaign.basis.digest if course.campaign.basis is not None else ""
    return pa.table({
        "item_id": pa.array([item_id(one, plan_digest=digest, seed=stage.seed) for one in stage.decision_ids], pa.string()),
        "decision_id": ids, "language": way.order["language"].combine_chunks().take(way.places(ids)),
        "stage": pa.repeat(pa.scalar(stage.stage), len(ids))}, schema=ITEMS)


def rollback_sample(course: Course, plan: Path) -> Sample | Refusal:
    """The samples of all stages of the rollback that have finished as one, each account read by one person."""
    stages, rollback = undone_stages(course.steps), course.campaign.rollback
    if rollback is None or not stages:
        return no_rollback()
    way = rollout(plan, plan_now(plan).plan)
    parts = [items_of(course, way, one) for one in stages]
    readings = [assign(part, _readers(course, barred), n_readers=1).readings
                for part, barred in zip(parts, rollback.barred, strict=True)]
    items, asked = pa.concat_tables(parts), pa.concat_tables([ASSIGNMENTS.empty_table(), *readings])
    sized = pa.table({"n_items": pa.array([items.num_rows], pa.int64())})
    return Sample(strata=sized, items=items, golden=items.slice(0, 0), n_readers=1,
                  cost=cost(sized, n_golden=0, n_readers=1),
                  assignment=Assignment(readings=asked, adjudicators=asked.slice(0, 0), unread=()))


def hand_out(desk: Desk, plan: Path, *, into: Path) -> RollbackReading | Refusal:
    """Write what is still to be read of the rollback: one file for each reader. What is read already is left out.

    Raises `DataError` when a file is there already.
    """
    course = desk.course()
    sample = rollback_sample(course, plan)
    if isinstance(sample, Refusal):
        return sample
    said = {str(event.body["item_id"]): event for event in course.steps if event.kind is EventKind.UNDO_READ}
    is_left = pc.invert(pc.is_in(sample.items["item_id"], value_set=pa.array(list(said), pa.string())))
    left, readings = sample.items.filter(is_left), sample.assignment.readings
    if not left.num_rows:
        return RollbackReading(n_items=0, files=(), wrong=wrong_ones(course, plan, sample.items))
    files = write_readings(into, readings.filter(pc.is_in(readings["item_id"], value_set=left["item_id"].combine_chunks())),
                           seen=sheets(desk, plan, left))
    return RollbackReading(n_items=left.num_rows, files=files, wrong=wrong_ones(course, plan, sample.items))


def wrong_ones(course: Course, plan: Path, items: pa.Table) -> tuple[Mapping[str, str], ...]:
    """Every word that an account is not as it was, with who said it and why."""
    said = {str(event.body["item_id"]): event for event in course.steps
            if event.kind is EventKind.UNDO_READ and event.body["verdict"] == Verdict.WRONG}
    if not said:
        return ()
    decisions = read_plan_table(plan, "decisions")
    accounts = dict(zip(decisions["decision_id"].to_pylist(), decisions["account_id"].to_pylist(), strict=True))
    return tuple({"decision_id": row["decision_id"], "account_id": accounts[original_id(row["decision_id"])],
                  "stage": str(row["stage"]), "reader": said[row["item_id"]].actor,
                  "rationale": str(said[row["item_id"]].body.get("rationale") or "")}
                 for row in items.to_pylist() if row["item_id"] in said)


def waits_for(course: Course, *, at: datetime, is_end: bool) -> tuple[int, datetime] | None:
    """How many undone accounts the next step waits for and until when; None when it may be taken.

    The second stage waits for the canary's, and the end for all; the stages between are read beside. A waiver ends it.
    """
    stages = undone_stages(course.steps)
    if is_waived(course) or not stages or not (is_end or len(stages) == 1):
        return None
    n_unread = sum(one.n_unread for one in stages)
    until = max((one.read_until for one in stages if one.n_unread and one.read_until is not None), default=at)
    return (n_unread, until) if n_unread and at < until else None


def is_waived(course: Course) -> bool:
    """Whether somebody set the reading of this rollback aside since it was last started: a halt ends a waiver."""
    started = max((place for place, event in enumerate(course.steps) if event.kind is EventKind.ROLLBACK_STARTED), default=0)
    return any(event.kind is EventKind.WAIVER_RECORDED and event.body.get("safeguard") == SAFEGUARD
               for event in course.steps[started:])


def until(at: datetime, *, is_canary: bool) -> datetime:
    """How long a rollback waits for the sample of a stage that ended at `at`; the canary's holds everybody behind it up."""
    return at + (CANARY_TIME if is_canary else READING_TIME)


def n_unread(campaign: Campaign) -> int:
    """Undone accounts that were drawn and that nobody has read."""
    return campaign.rollback.n_items - campaign.rollback.n_read if campaign.rollback is not None else 0


def _readers(course: Course, barred: frozenset[str]) -> dict[str, Sequence[str]]:
    """The audit's readers, but for those who took the campaign back; alone one reads one's own."""
    is_solo = course.campaign.mode is Mode.SOLO
    return {reader: read for reader, read in readers_of(course).items() if is_solo or reader not in barred}

