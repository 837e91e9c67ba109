"""Where a campaign stands: its state, its people, what waits for whom, and counts that reconcile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evenhand.campaign.lifecycle.refusals import rollback_halted
from evenhand.model.campaigns.campaign import Campaign, CampaignState, Mode
from evenhand.model.campaigns.effect_state import Act, EffectState, Reckoning
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.undone import UndoneStage, undone_stages
from evenhand.model.registers.counts import REGISTERS
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.effects.opening import State

_S = CampaignState
IMPOSED = (EffectState.DONE, EffectState.UNDONE, EffectState.LIFTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A campaign at a glance."""

    campaign: Campaign
    steps: tuple[Event, ...]
    events: dict[EventKind, int]
    outbox: tuple[Reckoning, ...]
    n_announced: int
    """Closings whose people were told, and that wait."""
    at: datetime

    @property
    def undone(self) -> tuple[UndoneStage, ...]:
        """The stages of a rollback that have finished, with what was read of them."""
        return undone_stages(self.steps)

    @property
    def reconciles(self) -> bool:
        """True when the outbox and the events count the same: effects imposed, failed and suppressed, statements delivered."""
        return all(self.n_orders(act, *states) == self.events.get(kind, 0) for act, states, kind in (
            (Act.IMPOSE, IMPOSED, EventKind.EFFECT_IMPOSED), (Act.IMPOSE, (EffectState.FAILED,), EventKind.EFFECT_FAILED),
            (Act.IMPOSE, (EffectState.SUPPRESSED,), EventKind.EFFECT_SUPPRESSED),
            (Act.IMPOSE, (EffectState.UNDONE,), EventKind.EFFECT_UNDONE),
            (Act.IMPOSE, (EffectState.LIFTED,), EventKind.EFFECT_LIFTED),
            (Act.TELL, (EffectState.DONE,), EventKind.STATEMENT_DELIVERED),
            (Act.TELL, (EffectState.FAILED, EffectState.SUPPRESSED), EventKind.STATEMENT_FAILED)))

    def n_orders(self, act: Act, *states: EffectState) -> int:
        """Orders of a kind in any of these states."""
        return sum(one.n for one in self.outbox if one.act is act and one.state in states)

    @property
    def next_step(self) -> str:
        """What this campaign waits for, in words."""
        campaign = self.campaign
        if campaign.is_rollback_halted:
            return rollback_halted(campaign).next_step
        if campaign.is_rolling_back:
            n_left = sum(one.n_unread for one in self.undone)
            first = f"{n_left:,} undone accounts are to be read: `evenhand audit rollback`; " if n_left else ""
            return f"{first}the rollback goes on with `evenhand rollback`"
        if campaign.state is _S.AUDITED and campaign.audited_at is not None:
            until, missing = campaign.audited_at + campaign.cooling_off, campaign.mode.n_approvals - len(campaign.approvals)
            when = f" from {until:%Y-%m-%d %H:%M} UTC on" if self.at < until else ""
            n_left = len(set(campaign.may_lower) - set(campaign.lowered))
            first = f"{n_left:,} strata may be lowered: `evenhand audit lower`; then " if n_left else ""
            return f"{first}{missing} of {campaign.mode.n_approvals} approvals are missing: `evenhand approve`{when}"
        if campaign.state is _S.HALTED:
            asked = sorted(campaign.approvers - campaign.resumed_by)
            return f"look at the reasons; {', '.join(f'`{one}`' for one in asked)} may resume it, or roll it back"
        if campaign.state is _S.PLANNED:
            return ("draw the sample with `evenhand audit draw`" if campaign.sample_seed is None else
                    f"{campaign.n_readings - campaign.n_read:,} readings are missing: `evenhand audit verdicts`"
                    if campaign.n_read < campaign.n_readings else "conclude the audit with `evenhand audit conclude`")
        return _NEXT.get(campaign.state, "nothing")


_NEXT = {_S.DRAFT: "bind a plan with `evenhand campaign bind`", _S.APPROVED: "start it with `evenhand apply`",
         _S.RUNNING: "go on with `evenhand apply`",
         _S.COMPLETED: "publish it with `evenhand campaign publish`; appeals are open"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One campaign of a list."""

    campaign_id: str
    state: CampaignState
    mode: Mode
    changed_at: datetime


def status(desk: Desk) -> Status:
    """Where the campaign stands now."""
    course: Course = desk.course()
    return Status(campaign=course.campaign, steps=course.steps, events=desk.state.events.counts(desk.campaign_id),
                  outbox=desk.state.outbox.reckoning(desk.campaign_id),
                  n_announced=desk.state.announcements.n_announced(desk.campaign_id), at=desk.clock.now())


def listed(state: State) -> tuple[Listed, ...]:
    """Every campaign in the database, the latest first."""
    found = (Desk(state=state, campaign_id=one).course().campaign for one in state.events.campaigns() if one not in REGISTERS)
    every = [Listed(campaign_id=one.campaign_id, state=one.state, mode=one.mode, changed_at=one.changed_at) for one in found]
    return tuple(sorted(every, key=lambda one: one.changed_at, reverse=True))
