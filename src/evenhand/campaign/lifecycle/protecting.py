"""Protected accounts: slower and by a person's decision for each, never exempt. A list only ever grows under one plan."""

from __future__ import annotations

from dataclasses import replace

from evenhand.campaign.lifecycle import facts, preparing_refusals
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal


def protection_recorded(campaign: Campaign, event: Event) -> Campaign:
    """The plan's decisions about accounts of a list wait for a person, those of earlier lists too."""
    return replace(campaign, protected=campaign.protected | frozenset(facts.texts(event, "decision_ids")))


def protected_decided(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A person who did not propose the plan decides whether one protected account gets its penalty; the last word counts."""
    decision_id = facts.text(event, "decision_id")
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return preparing_refusals.proposer_releases(event)
    if decision_id not in campaign.protected:
        return preparing_refusals.not_protected(decision_id)
    one = frozenset({decision_id})
    if event.body["impose"]:
        return replace(campaign, let_through=campaign.let_through | one, spared=campaign.spared - one)
    return replace(campaign, spared=campaign.spared | one, let_through=campaign.let_through - one)
