"""Take a campaign back: exactly what it imposed, previewed, in stages, and everybody concerned is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.varying import lighter_penalties
from evenhand.campaign.lifecycle.refusals import other_digest, rollback_halted, wrong_state
from evenhand.campaign.stages import Stage, stages
from evenhand.connectors.plan_folder import read_plan
from evenhand.model.appeal import APPEALS_STAGE, ReversalGround
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.event import NOBODY, EventKind
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.ports import Platform
from evenhand.workflows.appeals.reinstating import STATEMENTS, reinstatements
from evenhand.workflows.campaigns.steps import Desk
from evenhand.workflows.effects.worker import Doors, Shift, work
from evenhand.workflows.effects.worker_names import worker_name
from evenhand.workflows.materials import load_languages

WHY = "the campaign was rolled back"
MOST_FAILED = 0.005
"""The share of a stage's effects that may fail to be undone before the rollback stops for a person to look."""
NO_STAGE = Stage(number=1, name="rest", first=0, end=0)
_MAY = frozenset({CampaignState.RUNNING, CampaignState.HALTED, CampaignState.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a rollback would take back: effects by penalty and language, and what never began."""

    by_penalty: dict[tuple[str, str], int]
    """Penalty and language → effects in force."""
    n_not_begun: int
    n_accounts: int
    """Accounts with an effect in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack:
    """What a rollback came to."""

    campaign: Campaign
    n_undone: int
    n_suppressed: int
    """Effects that had not begun."""
    n_failed: int
    """Effects that the platform did not take back: a person has to look."""
    too_late: tuple[str, ...]
    """Keys of effects that can no longer be undone."""
    stopped: str | None = None
    """Why it stopped before its end, or None."""


def preview_rollback(desk: Desk) -> Preview:
    """What rolling this campaign back would undo. Changes nothing."""
    found = desk.state.release.in_force(desk.campaign_id)
    is_done = pc.equal(found["state"], EffectState.DONE.value)
    done = found.filter(is_done)
    pairs = Counter(zip(done["penalty"].to_pylist(), done["language"].to_pylist(), strict=True))
    return Preview(by_penalty=dict(sorted(pairs.items())), n_not_begun=found.num_rows - done.num_rows,
                   n_accounts=len(pc.unique(done["account_id"])))


def roll_back(desk: Desk, plan: Path, platform: Platform, *, why: str, person: str,
              progress: Callable[[int, int, str], None] = lambda _done, _total, _what: None) -> RolledBack | Refusal:
    """Take the campaign back, or go on with that. What was done before it is stopped is not done again.

    After a halt nothing more is ordered or carried out, until an approver starts it again and says why.
    """
    course = desk.course()
    if course.campaign.state not in _MAY:
        return wrong_state(course.campaign, EventKind.ROLLBACK_STARTED, _MAY)
    if course.campaign.basis is not None and course.campaign.basis.digest != (own := read_plan(plan).digest):
        return other_digest(course.campaign, own)
    if course.campaign.is_rollback_halted and not why:
        return _stopped(desk, course.campaign)
    if not course.campaign.is_rolling_back or course.campaign.is_rollback_halted:
        outcome = desk.take(desk.hand(person).event(EventKind.ROLLBACK_STARTED, {"why": why}))
        if isinstance(outcome, Refusal):
            return outcome
    found = desk.state.release.in_force(desk.campaign_id)
    is_begun = pc.equal(found["state"], EffectState.DONE.value)
    lighter = {**desk.state.decisions.lowered(desk.campaign_id), **lighter_penalties(course.steps)}
    left = found.filter(pc.invert(is_begun))
    at_once = desk.state.undo.order(
        desk.campaign_id, told_back(plan, pc.unique(left["decision_id"]), lighter, announced=_not_begun(left)), why=WHY,
        actor=NOBODY, at=desk.clock.now())  # before any worker could still carry them out
    told = told_back(plan, pc.unique(found.filter(is_begun)["decision_id"]), lighter)
    n_suppressed, too_late = at_once.n_suppressed, list(at_once.too_late)
    for stage in stages(told.num_rows) or (NO_STAGE,):
        if (now := desk.course().campaign).is_rollback_halted:
            return _stopped(desk, now, n_suppressed=n_suppressed, too_late=tuple(too_late))
        before = _undone(desk)
        ordered = desk.state.undo.order(desk.campaign_id, told.slice(stage.first, stage.n_decisions), why=WHY,
                                        actor=NOBODY, at=desk.clock.now())
        n_suppressed += ordered.n_suppressed
        too_late += ordered.too_late
        _work(desk, platform, n_stages=max(1, _n_stages(desk)))
        progress(stage.end, told.num_rows, stage.name)
        after = _undone(desk)
        n_failed, n_undone = after[1] - before[1], after[0] - before[0]
        if n_failed > max(2, MOST_FAILED * (n_failed + n_undone)):
            return RolledBack(
                campaign=desk.course().campaign, n_undone=after[0], n_failed=after[1], too_late=tuple(too_late),
                n_suppressed=n_suppressed, stopped=f"{n_failed:,} effects of the stage `{stage.name}` were not undone")
    return _ended(desk, n_suppressed=n_suppressed, too_late=tuple(too_late))


def told_back(plan: Path, decision_ids: pa.Array | pa.ChunkedArray,
              lighter: Mapping[str, tuple[Penalty, datetime | None]], *, announced: Collection[str] = frozenset()) -> pa.Table:
    """What those concerned are told, each in their language (schema `STATEMENTS`), in the order of the ids given."""
    told = pa.concat_tables([STATEMENTS.empty_table(), *reinstatements(
        plan, decision_ids, languages=load_languages(), ground=ReversalGround.ROLLBACK, lighter=lighter, announced=announced)])
    return told.take(pc.index_in(decision_ids, value_set=told["decision_id"].combine_chunks()))


def _not_begun(left: pa.Table) -> frozenset[str]:
    """The closings that nobody began: who was told of one is told that it never happens."""
    closings = left.filter(pc.and_(pc.equal(left["penalty"], str(Penalty.CLOSE)), pc.equal(left["attempts"], 0)))
    return frozenset(closings["decision_id"].to_pylist())


def _stopped(desk: Desk, campaign: Campaign, *, n_suppressed: int = 0, too_late: tuple[str, ...] = ()) -> RolledBack:
    """How far it came until somebody halted it, who that was, and what comes next."""
    n_undone, n_failed, _n_open = _undone(desk)
    halt = rollback_halted(campaign)
    return RolledBack(campaign=campaign, n_undone=n_undone, n_suppressed=n_suppressed, n_failed=n_failed, too_late=too_late,
                      stopped=f"{halt.text}; {halt.next_step}")


def _ended(desk: Desk, *, n_suppressed: int, too_late: tuple[str, ...]) -> RolledBack | Refusal:
    n_undone, n_failed, n_open = _undone(desk)
    if (now := desk.course().campaign).is_rollback_halted:
        return _stopped(desk, now, n_suppressed=n_suppressed, too_late=too_late)
    if n_open:
        return RolledBack(campaign=desk.course().campaign, n_undone=n_undone, n_suppressed=n_suppressed, n_failed=n_failed,
                          too_late=too_late, stopped=f"{n_open:,} orders are not settled yet; the same command goes on")
    outcome = desk.take(desk.hand(NOBODY).event(EventKind.ROLLED_BACK, {
        "n_undone": n_undone, "n_failed": n_failed, "n_too_late": len(too_late)}))
    if isinstance(outcome, Refusal):
        now = desk.course().campaign
        return _stopped(desk, now, n_suppressed=n_suppressed, too_late=too_late) if now.is_rollback_halted else outcome
    return RolledBack(campaign=outcome, n_undone=n_undone, n_suppressed=n_suppressed, n_failed=n_failed, too_late=too_late)


def _undone(desk: Desk) -> tuple[int, int, int]:
    """Effects that are undone, that could not be, and orders that are still open, the end of a suspension left aside."""
    n_undone = n_failed = n_open = 0
    for act, state, n in desk.state.outbox.reckoning(desk.campaign_id):
        if act is Act.IMPOSE and state is EffectState.UNDONE:
            n_undone += n
        elif act is Act.UNDO and state is EffectState.FAILED:
            n_failed += n
        elif act is not Act.LIFT and state in {EffectState.QUEUED, EffectState.IN_FLIGHT}:
            n_open += n
    return n_undone, n_failed, n_open


def _n_stages(desk: Desk) -> int:
    progress = desk.course().campaign.progress
    return progress.n_stages if progress is not None else 0


def _work(desk: Desk, platform: Platform, *, n_stages: int) -> None:
    """Work off what is due, batch by batch; after a halt no further one."""
    doors = Doors(outbox=desk.state.outbox, evidence=desk.state.evidence, platform=platform, now=desk.clock.now,
                  sleep=desk.clock.sleep)
    with worker_name(desk.place, desk.campaign_id) as owner:
        shift = Shift(campaign_id=desk.campaign_id, owner=owner,
                      stages=tuple(range(APPEALS_STAGE, n_stages + 1)), patience=timedelta(minutes=5))
        for _settlements in work(shift, doors):
            if desk.course().campaign.is_rollback_halted:
                return
