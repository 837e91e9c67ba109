"""From the start to the report: stages in order, anybody stops, only the approvers go on, back is always open."""

from __future__ import annotations

from dataclasses import replace

from evenhand.campaign.lifecycle import facts, refusals
from evenhand.campaign.lifecycle.effects import is_covered
from evenhand.model.appeal import VARIED, AppealOutcome
from evenhand.model.campaigns.campaign import Campaign, CampaignState, Halt, Progress
from evenhand.model.campaigns.event import Event
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal

_IN_MOTION = frozenset({CampaignState.RUNNING, CampaignState.HALTED})


def started(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """The campaign runs, if what it was approved for is still what it would do."""
    if campaign.basis is None or (changed := campaign.basis.changed(facts.basis(event))):
        return refusals.stale(changed if campaign.basis else ("the plan",))
    return replace(campaign, state=CampaignState.RUNNING, progress=Progress(n_stages=facts.whole(event, "n_stages")),
                   changed_at=event.at)


def stage_started(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """The next stage, and only when the one before has finished."""
    progress, stage = _progress(campaign), facts.whole(event, "stage")
    if progress.is_open:
        return refusals.stage_open(progress.n_finished + 1)
    if stage != progress.n_finished + 1 or stage > progress.n_stages:
        return refusals.stage_order(progress.n_finished + 1, stage)
    return replace(campaign, progress=replace(progress, is_open=True), changed_at=event.at)


def stage_finished(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """The stage that is open has finished."""
    progress, stage = _progress(campaign), facts.whole(event, "stage")
    if not progress.is_open or stage != progress.n_finished + 1:
        return refusals.stage_order(progress.n_finished + 1, stage)
    return replace(campaign, progress=replace(progress, is_open=False, n_finished=stage), changed_at=event.at)


def effect_imposed(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """A receipt counts only for what the audit and the person's decision cover."""
    refusal = _too_late_for(campaign, event) or is_covered(
        campaign, decision_id=facts.text(event, "decision_id"), stratum=facts.text(event, "stratum"),
        penalty=Penalty(facts.text(event, "penalty")))
    return refusal or campaign


def effect_ended(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """An effect that was not imposed, as long as any may be."""
    return _too_late_for(campaign, event) or campaign


def appeal_decided(campaign: Campaign, event: Event) -> Campaign:
    """Where the decision was varied, a lighter one takes its place."""
    if facts.text(event, "outcome") != AppealOutcome.VARIED:
        return campaign
    return replace(campaign, varied=campaign.varied.adding(facts.text(event, "decision_id") + VARIED))


def halted(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """Anybody stops it, on its way back too. A further reason during a halt is kept too, and asks for both approvers anew."""
    if campaign.state not in _IN_MOTION and not campaign.is_rolling_back:
        return refusals.wrong_state(campaign, event.kind, _IN_MOTION)
    halt = Halt(by=event.actor, at=event.at, reasons=facts.halt_reasons(event))
    return replace(campaign, state=CampaignState.HALTED, halts=(*campaign.halts, halt), resumed_by=frozenset(),
                   is_rollback_halted=campaign.is_rolling_back, changed_at=max(campaign.changed_at, event.at))


def resumed(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """An approver wants to go on; it runs again once all of them do."""
    if campaign.is_rolling_back:
        return refusals.rolling_back()
    if event.actor not in campaign.approvers:
        return refusals.not_an_approver(campaign, event)
    if event.actor in campaign.resumed_by:
        return refusals.resumed_twice(event)
    if campaign.basis is not None and (changed := campaign.basis.changed(facts.basis(event))):
        return refusals.stale(changed)
    resumed_by = campaign.resumed_by | {event.actor}
    is_agreed = resumed_by == campaign.approvers
    return replace(campaign, resumed_by=frozenset() if is_agreed else resumed_by, changed_at=event.at,
                   state=CampaignState.RUNNING if is_agreed else CampaignState.HALTED)


def completed(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """Every stage has finished."""
    progress = _progress(campaign)
    if progress.is_open:
        return refusals.stage_open(progress.n_finished + 1)
    if progress.n_finished < progress.n_stages:
        return refusals.stages_left(progress.n_stages - progress.n_finished)
    return replace(campaign, state=CampaignState.COMPLETED, changed_at=event.at)


def reported(campaign: Campaign, event: Event) -> Campaign | Refusal:
    """The report is out. A campaign that was rolled back is reported too, and stays rolled back."""
    if campaign.is_rolling_back:
        return refusals.rolling_back()
    state = campaign.state if campaign.state is CampaignState.ROLLED_BACK else CampaignState.REPORTED
    return replace(campaign, state=state, is_reported=True, changed_at=event.at)


def _too_late_for(campaign: Campaign, event: Event) -> Refusal | None:
    """Once all stages are over, only lighter decisions in the place of others are imposed."""
    if campaign.state in _IN_MOTION or facts.text(event, "decision_id") in campaign.varied:
        return None
    return refusals.wrong_state(campaign, event.kind, _IN_MOTION)


def _progress(campaign: Campaign) -> Progress:
    return campaign.progress or Progress(n_stages=0)
