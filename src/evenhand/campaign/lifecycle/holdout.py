"""The holdout in the life of a campaign: drawn once for each plan, read by people who did not propose it, concluded once."""

from __future__ import annotations

from dataclasses import replace

from evenhand.campaign.lifecycle import facts, preparing_refusals, refusals
from evenhand.model.campaigns.audit import Slot
from evenhand.model.campaigns.campaign import Campaign, Holdout, Mode
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal


def holdout_drawn(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """Accounts outside of the plan are drawn once, and the seed does not come from who made the plan."""
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return preparing_refusals.proposer_draws(event)
    if campaign.holdout is not None:
        return preparing_refusals.holdout_twice()
    if (refusal := _of_another_plan(campaign, event)) is not None:
        return refusal
    return replace(campaign, holdout=Holdout(seed=facts.text(event, "seed"), n_readings=facts.whole(event, "n_readings")))


def holdout_read(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A reader's word on an account counts as one on a decision does: once, and not by who proposed the plan."""
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return refusals.proposer_reads(event.actor)
    if campaign.holdout is None or campaign.holdout.is_concluded:
        return preparing_refusals.no_holdout(is_over=campaign.holdout is not None)
    item, slot = facts.text(event, "item_id"), facts.text(event, "slot")
    part, person = f"{slot}\x1f{item}", f"by\x1f{event.actor}\x1f{item}"
    if part in campaign.readings or person in campaign.readings:
        return refusals.read_twice(item, slot, event.actor if person in campaign.readings else None)
    n_read = campaign.holdout.n_read + (slot != Slot.ADJUDICATION)
    return replace(campaign, readings=campaign.readings.adding(part).adding(person),
                   holdout=replace(campaign.holdout, n_read=n_read))


def holdout_concluded(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """Every account of the holdout is read, and what was missed is on record."""
    if campaign.holdout is None or campaign.holdout.is_concluded:
        return preparing_refusals.no_holdout(is_over=campaign.holdout is not None)
    if (refusal := _of_another_plan(campaign, event)) is not None:
        return refusal
    if (n_missing := campaign.holdout.n_readings - campaign.holdout.n_read) > 0:
        return preparing_refusals.holdout_open(n_missing)
    return replace(campaign, holdout=replace(campaign.holdout, is_concluded=True))


def _of_another_plan(campaign: Campaign, event: Event) -> Refusal | None:
    digest = facts.text(event, "plan_digest")
    is_ours = campaign.basis is not None and digest == campaign.basis.digest
    return None if is_ours else refusals.other_digest(campaign, digest)
