"""The way back: an approver starts it, stage by stage, each with a sample that people read; nothing goes on unread unsaid."""

from __future__ import annotations

from dataclasses import replace

from evenhand.campaign.lifecycle import facts, refusals
from evenhand.model.campaigns.audit import Slot
from evenhand.model.campaigns.campaign import Campaign, CampaignState, Mode, Rollback
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal


def rollback_started(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """An approver takes it back: nothing more goes out from here on. After a halt of the rollback an approver says so again."""
    if campaign.is_rolling_back and not campaign.is_rollback_halted:
        return refusals.rolling_back()
    if event.actor not in campaign.approvers:
        return refusals.not_an_approver(campaign, event)
    state = CampaignState.HALTED if campaign.state is CampaignState.RUNNING else campaign.state
    before = campaign.rollback or Rollback(started_by=frozenset())
    return replace(campaign, state=state, is_rolling_back=True, is_rollback_halted=False, resumed_by=frozenset(),
                   rollback=replace(before, started_by=before.started_by | {event.actor}), changed_at=event.at)


def stage_started(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """The next stage, once the one before has finished; how many of its drawn accounts nobody has read stands in the event."""
    rollback, stage = campaign.rollback, facts.whole(event, "stage")
    if (refusal := _not_under_way(campaign)) is not None or rollback is None:
        return refusal or refusals.no_rollback()
    if rollback.is_open:
        return refusals.stage_open(len(rollback.barred) + 1)
    if stage != len(rollback.barred) + 1:
        return refusals.stage_order(len(rollback.barred) + 1, stage)
    if (refusal := _unsaid(rollback, event, "n_unread_before")) is not None:
        return refusal
    return replace(campaign, rollback=replace(rollback, is_open=True), changed_at=event.at)


def stage_finished(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """What the stage was to take back is taken back, and its sample is drawn."""
    rollback, stage = campaign.rollback, facts.whole(event, "stage")
    if (refusal := _not_under_way(campaign)) is not None or rollback is None:
        return refusal or refusals.no_rollback()
    if not rollback.is_open or stage != len(rollback.barred) + 1:
        return refusals.stage_order(len(rollback.barred) + 1, stage)
    drawn = len(facts.texts(event, "decision_ids"))
    return replace(campaign, changed_at=event.at, rollback=replace(
        rollback, is_open=False, barred=(*rollback.barred, rollback.started_by), n_items=rollback.n_items + drawn))


def undo_read(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A reader's word on an undone account counts once, and not from who proposed the plan or took the campaign back."""
    rollback, stage = campaign.rollback, facts.whole(event, "stage")
    if rollback is None or stage > len(rollback.barred):
        return refusals.no_rollback()
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return refusals.proposer_reads(event.actor)
    if campaign.mode is Mode.TEAM and event.actor in rollback.barred[stage - 1]:
        return refusals.roller_reads(event.actor)
    item, slot = facts.text(event, "item_id"), facts.text(event, "slot")
    part, person = f"{slot}\x1f{item}", f"by\x1f{event.actor}\x1f{item}"
    if part in campaign.readings or person in campaign.readings:
        return refusals.read_twice(item, slot, event.actor if person in campaign.readings else None)
    return replace(campaign, readings=campaign.readings.adding(part).adding(person),
                   rollback=replace(rollback, n_read=rollback.n_read + (slot == Slot.FIRST)))


def rolled_back(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """Everything that this campaign did is undone, and what of the samples nobody read is said."""
    if (refusal := _not_under_way(campaign)) is not None:
        return refusal
    if campaign.rollback is not None and campaign.rollback.is_open:
        return refusals.stage_open(len(campaign.rollback.barred) + 1)
    if campaign.rollback is not None and (refusal := _unsaid(campaign.rollback, event, "n_unread")) is not None:
        return refusal
    return replace(campaign, state=CampaignState.ROLLED_BACK, is_rolling_back=False, changed_at=event.at)


def _not_under_way(campaign: Campaign) -> Refusal | None:
    if not campaign.is_rolling_back:
        return refusals.no_rollback()
    return refusals.rollback_halted(campaign) if campaign.is_rollback_halted else None


def _unsaid(rollback: Rollback, event: Event, name: str) -> Refusal | None:
    """The refusal of a step that is silent on accounts that nobody has read; a word that came meanwhile does not matter."""
    said = event.body.get(name, 0)
    n_unread, n_said = rollback.n_items - rollback.n_read, said if isinstance(said, int) else 0
    return refusals.undo_unread(n_unread, n_said) if n_unread > n_said else None
