"""From a draft to an approved campaign: who drafts, which plan is bound, who approves or thinks better of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from evenhand.campaign.lifecycle.refusals import stale
from evenhand.model.campaigns.campaign import Basis, Campaign, Mode
from evenhand.model.campaigns.campaign_name import campaign_named
from evenhand.model.campaigns.capability import Capabilities, Reversible
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal
from evenhand.model.registers.left_out import OnLeftOut
from evenhand.workflows.campaigns.plan_basis import PlanNow, changed_since_bound, plan_as_made, refuse_broken
from evenhand.workflows.campaigns.steps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a draft says."""

    mode: Mode = Mode.TEAM
    cooling_off: timedelta | None = None
    """More than the mode's least, if anybody wants to."""
    is_rehearsal: bool = False


def draft(desk: Desk, draft: Draft, *, person: str, plan: dict[str, Json] | Refusal | None = None) -> Campaign | Refusal:
    """Draft a campaign and, where one is given, bind a plan, as `planned` read it, in the same step: both or neither.

    Raises `ConfigError` for a name that no campaign may have.
    """
    if isinstance(plan, Refusal):
        return plan
    campaign_named(desk.campaign_id)
    seconds = int((draft.cooling_off or draft.mode.cooling_off).total_seconds())
    body: dict[str, Json] = {"mode": str(draft.mode), "cooling_off_seconds": seconds, "rehearsal": draft.is_rehearsal}
    hand = desk.hand(person)
    events = [hand.event(EventKind.DRAFTED, body)]
    if plan is not None:
        events.append(hand.event(EventKind.PLANNED, plan))
    return desk.take(*events)


def bind(desk: Desk, plan: Path, *, person: str, capabilities: Capabilities | None = None,
         on_left_out: OnLeftOut | None = None) -> Campaign | Refusal:
    """Bind the plan in a folder to the campaign, whole and as it is now.

    What the platform cannot take back for ever comes from its `capabilities`; closing always counts.
    """
    facts = planned(plan, capabilities, on_left_out=on_left_out)
    return facts if isinstance(facts, Refusal) else desk.take(desk.hand(person).event(EventKind.PLANNED, facts))


def planned(plan: Path, capabilities: Capabilities | None = None, *,
            on_left_out: OnLeftOut | None = None) -> dict[str, Json] | Refusal:
    """What binding the plan in a folder records of it. Raises `PlanError` when it is not whole.

    `on_left_out` is told which records of its registers could not be used.
    """
    now = plan_as_made(plan, on_left_out=on_left_out)
    refuse_broken(now)
    if changed := Basis.of(now.plan).changed(now.basis):
        return stale(changed)
    n_decisions = sum(sum(of.values()) for of in now.plan.counts.values())
    if not n_decisions:
        return Refusal(code="empty_plan", text="the plan decides nothing: there is nothing to carry out",
                       next_step="publish its report (`evenhand report PLAN`); a campaign needs a decision")
    return {"basis": now.basis.as_json(), "irreversible": irreversible_penalties(now, capabilities), "files": now.files,
            "n_decisions": n_decisions}


def lower(desk: Desk, strata: Sequence[str], *, days: int, person: str) -> Campaign | Refusal:
    """Put the nearest lighter penalty in the place of `strata` that missed their gate; without any, of all that may be.

    A suspension that takes the place of a closing ends after so many `days`. Approvals that were given before begin anew.
    """
    course = desk.course()
    campaign, audited = course.campaign, course.last(EventKind.AUDITED)
    checks = audited.body.get("checks") if audited is not None else None
    sizes = {one["stratum"]: one.get("n_decisions", 0) for one in checks if isinstance(one, Mapping)} if isinstance(
        checks, (list, tuple)) else {}
    wanted = tuple(strata) or tuple(sorted(set(campaign.may_lower) - set(campaign.lowered)))
    if not wanted:
        return Refusal(code=RefusalCode.NOT_LOWERED, text="there is no stratum that may be lowered, or all of them are",
                       next_step="see `evenhand status`; what was dropped stays dropped")
    hand = desk.hand(person)
    until = (hand.at + timedelta(days=days)).isoformat()
    events = []
    for stratum in wanted:
        penalty = campaign.may_lower.get(stratum, Penalty.LABEL)
        events.append(hand.event(EventKind.STRATUM_LOWERED, {
            "plan_digest": campaign.basis.digest if campaign.basis is not None else "", "stratum": stratum,
            "penalty": str(penalty), "until": until if penalty is Penalty.SUSPEND else None,
            "n_decisions": sizes.get(stratum, 0)}))
    return desk.take(*events)


def approve(desk: Desk, plan: Path, *, person: str, on_left_out: OnLeftOut | None = None) -> Campaign | Refusal:
    """Approve exactly this plan."""
    now = plan_as_made(plan, on_left_out=on_left_out)
    if refusal := changed_since_bound(desk.course(), now):
        return refusal
    return desk.take(desk.hand(person).event(EventKind.APPROVED, {"basis": now.basis.as_json()}))


def withdraw(desk: Desk, *, person: str) -> Campaign | Refusal:
    """Take an approval back, as long as nothing has gone out."""
    return desk.take(desk.hand(person).event(EventKind.APPROVAL_WITHDRAWN))


def unforeseen(campaign: Campaign, now: PlanNow, capabilities: Capabilities) -> Refusal | None:
    """The refusal when a platform cannot take back what was audited and approved as if it could; None when it can."""
    named = [one for one in irreversible_penalties(now, capabilities) if one not in campaign.irreversible]
    listed = ", ".join(f"`{one}`" for one in named)
    return None if not named else Refusal(
        code="irreversible", text=f"`{capabilities.platform}` cannot always take back {listed}; the plan was audited and "
        "approved as if it could",
        next_step="bind the plan again with `evenhand campaign bind --platform`: then the stricter gate holds")


def irreversible_penalties(now: PlanNow, capabilities: Capabilities | None) -> list[str]:
    """The plan's penalties that cannot be taken back for ever: closing, and what the platform says of others."""
    held = sorted({Penalty(penalty) for of_harm in now.plan.counts.values() for penalty in of_harm}, key=lambda one: one.rank)
    return [str(penalty) for penalty in held if penalty is Penalty.CLOSE or (
        capabilities is not None and capabilities.of(penalty).reversible is not Reversible.YES)]
