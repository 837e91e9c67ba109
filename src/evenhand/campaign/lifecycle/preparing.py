"""From a draft to an approved campaign: the plan is bound, sampled, read, and approved by people who did not propose it."""

from __future__ import annotations

from dataclasses import replace

from evenhand.campaign.lifecycle import facts, preparing_refusals, refusals
from evenhand.campaign.lifecycle.effects import heaviest_left, penalty_of
from evenhand.model.campaigns.audit import Slot, StratumOutcome
from evenhand.model.campaigns.campaign import NO_KEYS, Approval, Campaign, CampaignState, Lowered, Mode
from evenhand.model.campaigns.event import Event
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal


def planned(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A plan is bound. Whatever was drawn, read, decided or approved for an earlier plan does not count for this one."""
    irreversible = facts.texts(event, "irreversible")
    if campaign.mode is Mode.SOLO and irreversible:
        return preparing_refusals.solo_irreversible(irreversible)
    basis = facts.basis(event)
    if basis.digest in campaign.sampled:
        return preparing_refusals.sampled_before()
    return replace(campaign, state=CampaignState.PLANNED, basis=basis, irreversible=irreversible,
                   proposers=campaign.proposers | {event.actor}, changed_at=event.at, sample_seed=None, audited_at=None,
                   strata=None, may_lower={}, lowered={}, holdout=None, approvals=(), confirmed=NO_KEYS,
                   protected=frozenset(), let_through=frozenset(), spared=frozenset(), n_readings=0, n_read=0, readings=NO_KEYS)


def sample_drawn(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """The sample is drawn once, and its seed does not come from who made the plan."""
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return preparing_refusals.proposer_draws(event)
    if campaign.sample_seed is not None:
        return preparing_refusals.sample_twice()
    if (digest := facts.text(event, "plan_digest")) != _digest(campaign):
        return refusals.other_digest(campaign, digest)
    return replace(campaign, sample_seed=facts.text(event, "seed"), sampled=campaign.sampled | {digest}, changed_at=event.at,
                   n_readings=facts.whole(event, "n_readings"))


def verdict_given(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A reader's word counts if the sample is drawn, the reader did not propose the plan, and did not speak on this before."""
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return refusals.proposer_reads(event.actor)
    if campaign.sample_seed is None:
        return preparing_refusals.no_sample()
    item, slot = facts.text(event, "item_id"), facts.text(event, "slot")
    part, person = f"{slot}\x1f{item}", f"by\x1f{event.actor}\x1f{item}"
    if part in campaign.readings or person in campaign.readings:
        return refusals.read_twice(item, slot, event.actor if person in campaign.readings else None)
    return replace(campaign, readings=campaign.readings.adding(part).adding(person),
                   n_read=campaign.n_read + (slot != Slot.ADJUDICATION))


def audited(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """The sample is read and every stratum has its outcome; the cooling-off begins."""
    if campaign.sample_seed is None:
        return preparing_refusals.no_sample()
    if (digest := facts.text(event, "plan_digest")) != _digest(campaign):
        return refusals.other_digest(campaign, digest)
    if campaign.n_read < campaign.n_readings:
        return preparing_refusals.audit_open(campaign.n_readings - campaign.n_read)
    return replace(campaign, state=CampaignState.AUDITED, audited_at=event.at, strata=facts.strata(event),
                   may_lower=facts.may_lower(event), changed_at=event.at)


def stratum_lowered(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A lighter penalty takes the place of a stratum's own, never a heavier one than the audit left. Approvals begin anew."""
    stratum, penalty = facts.text(event, "stratum"), Penalty(facts.text(event, "penalty"))
    if (digest := facts.text(event, "plan_digest")) != _digest(campaign):
        return refusals.other_digest(campaign, digest)
    outcome = (campaign.strata or {}).get(stratum)
    if outcome is None:
        return refusals.stratum_unknown(stratum)
    if outcome is not StratumOutcome.LOWERED:
        return preparing_refusals.not_lowered(stratum, outcome)
    if penalty > (heaviest := heaviest_left(campaign, stratum)) or penalty >= penalty_of(stratum):
        return refusals.heavier_than_audited(penalty, stratum, heaviest)
    until = facts.until(event)
    if penalty is Penalty.SUSPEND and until is None:
        return preparing_refusals.no_end(stratum)
    lowered = {**campaign.lowered, stratum: Lowered(penalty=penalty, until=until)}
    return replace(campaign, lowered=lowered, approvals=(), changed_at=event.at)


def decision_confirmed(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A person who did not propose the plan confirmed one decision or did not; the last word counts."""
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return preparing_refusals.proposer_confirms(event)
    decision_id, kept = facts.text(event, "decision_id"), campaign.confirmed
    return replace(campaign, confirmed=kept.adding(decision_id) if event.body["confirmed"] else kept.without(decision_id))


def approved(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """One approval of exactly this plan; the last one that is needed makes the campaign ready to start."""
    if campaign.basis is None or campaign.audited_at is None or campaign.strata is None:
        return preparing_refusals.no_sample()
    if changed := campaign.basis.changed(facts.basis(event)):
        return refusals.stale(changed)
    if campaign.mode is Mode.TEAM and event.actor in campaign.proposers:
        return preparing_refusals.proposer_approves(event)
    if event.actor in campaign.approvers:
        return preparing_refusals.approved_twice(event)
    if event.at < (until := campaign.audited_at + campaign.cooling_off):
        return preparing_refusals.cooling_off(until)
    if all(outcome is StratumOutcome.DROPPED for outcome in campaign.strata.values()):
        return preparing_refusals.nothing_left()
    approvals = (*campaign.approvals, Approval(person=event.actor, digest=campaign.basis.digest, at=event.at))
    is_enough = len(approvals) >= campaign.mode.n_approvals
    return replace(campaign, approvals=approvals, changed_at=event.at,
                   state=CampaignState.APPROVED if is_enough else CampaignState.AUDITED)


def approval_withdrawn(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """An approver thought better of it."""
    if event.actor not in campaign.approvers:
        return refusals.not_an_approver(campaign, event)
    return replace(campaign, state=CampaignState.AUDITED, changed_at=event.at,
                   approvals=tuple(approval for approval in campaign.approvals if approval.person != event.actor))


def _digest(campaign: Campaign) -> str | None:
    return None if campaign.basis is None else campaign.basis.digest
