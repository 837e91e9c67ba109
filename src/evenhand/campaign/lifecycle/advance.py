"""`advance`: what a campaign is after one more event, or why that event is refused. A refused event changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from evenhand.campaign.lifecycle import (
    facts,
    holdout,
    preparing,
    preparing_refusals,
    protecting,
    refusals,
    rolling_back,
    running,
)
from evenhand.model.campaigns.campaign import Campaign, CampaignState, Mode
from evenhand.model.campaigns.event import NOBODY, Event, EventKind
from evenhand.model.refusal import Refusal

_S = CampaignState
EVERY_STATE = frozenset(CampaignState)
BEFORE_THE_START = frozenset({_S.PLANNED, _S.AUDITED, _S.APPROVED})
IN_MOTION = frozenset({_S.RUNNING, _S.HALTED})
"""Effects that were under way when a halt came still report what became of them."""
UNTIL_ROLLED_BACK = IN_MOTION | {_S.COMPLETED, _S.REPORTED}
"""Later on only a lighter decision, which an appeal put in the place of another, is still imposed."""
SINCE_THE_START = frozenset({_S.RUNNING, _S.HALTED, _S.COMPLETED, _S.REPORTED, _S.ROLLED_BACK})
SINCE_THE_AUDIT = SINCE_THE_START | {_S.AUDITED, _S.APPROVED}

ALLOWED: Mapping[EventKind, frozenset[CampaignState]] = {
    EventKind.PLANNED: frozenset({_S.DRAFT, _S.PLANNED, _S.AUDITED, _S.APPROVED}),
    EventKind.SAMPLE_DRAWN: frozenset({_S.PLANNED}),
    EventKind.VERDICT_GIVEN: frozenset({_S.PLANNED, _S.RUNNING, _S.HALTED, _S.COMPLETED}),
    EventKind.AUDITED: frozenset({_S.PLANNED}),
    EventKind.STRATUM_LOWERED: frozenset({_S.AUDITED}),
    EventKind.HOLDOUT_DRAWN: SINCE_THE_AUDIT,
    EventKind.HOLDOUT_READ: SINCE_THE_AUDIT,
    EventKind.HOLDOUT_CONCLUDED: SINCE_THE_AUDIT,
    EventKind.DECISION_CONFIRMED: BEFORE_THE_START | IN_MOTION,
    EventKind.PROTECTION_RECORDED: BEFORE_THE_START | IN_MOTION,
    EventKind.PROTECTED_DECIDED: BEFORE_THE_START | IN_MOTION,
    EventKind.APPROVED: frozenset({_S.AUDITED}),
    EventKind.APPROVAL_WITHDRAWN: frozenset({_S.AUDITED, _S.APPROVED}),
    EventKind.STARTED: frozenset({_S.APPROVED}),
    EventKind.STAGE_STARTED: frozenset({_S.RUNNING}),
    EventKind.STAGE_FINISHED: frozenset({_S.RUNNING}),
    EventKind.EFFECT_IMPOSED: UNTIL_ROLLED_BACK,
    EventKind.EFFECT_FAILED: UNTIL_ROLLED_BACK,
    EventKind.EFFECT_SUPPRESSED: UNTIL_ROLLED_BACK,
    EventKind.EFFECT_UNDONE: SINCE_THE_START,
    EventKind.EFFECT_LIFTED: SINCE_THE_START,
    EventKind.UNDO_FAILED: SINCE_THE_START,
    EventKind.STATEMENT_DELIVERED: SINCE_THE_START,
    EventKind.STATEMENT_FAILED: SINCE_THE_START,
    EventKind.HALTED: IN_MOTION | {_S.COMPLETED},
    EventKind.RESUMED: frozenset({_S.HALTED}),
    EventKind.COMPLETED: frozenset({_S.RUNNING}),
    EventKind.REPORTED: frozenset({_S.COMPLETED, _S.REPORTED, _S.ROLLED_BACK}),
    EventKind.ROLLBACK_STARTED: frozenset({_S.RUNNING, _S.HALTED, _S.COMPLETED}),
    EventKind.ROLLBACK_STAGE_STARTED: frozenset({_S.HALTED, _S.COMPLETED}),
    EventKind.ROLLBACK_STAGE_FINISHED: frozenset({_S.HALTED, _S.COMPLETED}),
    EventKind.UNDO_READ: frozenset({_S.HALTED, _S.COMPLETED, _S.ROLLED_BACK}),
    EventKind.ROLLED_BACK: frozenset({_S.HALTED, _S.COMPLETED}),
    EventKind.APPEAL_FILED: SINCE_THE_START,
    EventKind.APPEAL_DECIDED: SINCE_THE_START,
    EventKind.DECISION_REVERSED: SINCE_THE_START,
    EventKind.DEMAND_RECORDED: EVERY_STATE,
    EventKind.WITHHOLDING_RECORDED: EVERY_STATE,
    EventKind.REFERRAL_RECORDED: EVERY_STATE,
    EventKind.REPORTS_RECORDED: EVERY_STATE,
    EventKind.WAIVER_RECORDED: EVERY_STATE,
}
"""In which states an event of each kind may happen."""

PEOPLE_ONLY = frozenset({
    EventKind.DRAFTED, EventKind.PLANNED, EventKind.SAMPLE_DRAWN, EventKind.VERDICT_GIVEN, EventKind.STRATUM_LOWERED,
    EventKind.HOLDOUT_DRAWN, EventKind.HOLDOUT_READ, EventKind.DECISION_CONFIRMED, EventKind.PROTECTION_RECORDED,
    EventKind.PROTECTED_DECIDED, EventKind.APPROVED, EventKind.APPROVAL_WITHDRAWN, EventKind.STARTED,
    EventKind.RESUMED, EventKind.ROLLBACK_STARTED, EventKind.UNDO_READ, EventKind.APPEAL_DECIDED, EventKind.REFERRAL_RECORDED,
    EventKind.WAIVER_RECORDED})
"""What no program does on its own. Stopping is not among them."""

IN_ORDER = frozenset({
    EventKind.PLANNED, EventKind.SAMPLE_DRAWN, EventKind.AUDITED, EventKind.STRATUM_LOWERED, EventKind.APPROVED,
    EventKind.APPROVAL_WITHDRAWN, EventKind.STARTED, EventKind.STAGE_STARTED, EventKind.STAGE_FINISHED, EventKind.RESUMED,
    EventKind.COMPLETED, EventKind.REPORTED, EventKind.ROLLBACK_STARTED, EventKind.ROLLBACK_STAGE_STARTED,
    EventKind.ROLLBACK_STAGE_FINISHED, EventKind.ROLLED_BACK})
"""Steps that cannot be dated before the last one. What the platform did and who stopped it are recorded at any time."""

_STEPS: Mapping[EventKind, Callable[[Campaign, Event], Campaign | Refusal]] = {
    EventKind.PLANNED: preparing.planned,
    EventKind.SAMPLE_DRAWN: preparing.sample_drawn,
    EventKind.VERDICT_GIVEN: preparing.verdict_given,
    EventKind.AUDITED: preparing.audited,
    EventKind.STRATUM_LOWERED: preparing.stratum_lowered,
    EventKind.HOLDOUT_DRAWN: holdout.holdout_drawn,
    EventKind.HOLDOUT_READ: holdout.holdout_read,
    EventKind.HOLDOUT_CONCLUDED: holdout.holdout_concluded,
    EventKind.DECISION_CONFIRMED: preparing.decision_confirmed,
    EventKind.PROTECTION_RECORDED: protecting.protection_recorded,
    EventKind.PROTECTED_DECIDED: protecting.protected_decided,
    EventKind.APPROVED: preparing.approved,
    EventKind.APPROVAL_WITHDRAWN: preparing.approval_withdrawn,
    EventKind.STARTED: running.started,
    EventKind.STAGE_STARTED: running.stage_started,
    EventKind.STAGE_FINISHED: running.stage_finished,
    EventKind.EFFECT_IMPOSED: running.effect_imposed,
    EventKind.EFFECT_FAILED: running.effect_ended,
    EventKind.EFFECT_SUPPRESSED: running.effect_ended,
    EventKind.APPEAL_DECIDED: running.appeal_decided,
    EventKind.HALTED: running.halted,
    EventKind.RESUMED: running.resumed,
    EventKind.COMPLETED: running.completed,
    EventKind.REPORTED: running.reported,
    EventKind.ROLLBACK_STARTED: rolling_back.rollback_started,
    EventKind.ROLLBACK_STAGE_STARTED: rolling_back.stage_started,
    EventKind.ROLLBACK_STAGE_FINISHED: rolling_back.stage_finished,
    EventKind.UNDO_READ: rolling_back.undo_read,
    EventKind.ROLLED_BACK: rolling_back.rolled_back,
}
"""What each step does. An event of another kind is recorded and leaves the campaign where it is."""


def advance(campaign: Campaign | None, event: Event) -> Campaign | Refusal:
    """The campaign after `event`, or the refusal. `None` is a campaign that does not exist yet.

    Nothing is looked up and no clock is asked: the same campaign and event always give the same answer.
    """
    if mistakes := facts.mistakes(event):
        return refusals.malformed(event, mistakes)
    if event.actor == NOBODY and event.kind in PEOPLE_ONLY:
        return refusals.not_a_person(event)
    if campaign is None:
        return _drafted(event) if event.kind is EventKind.DRAFTED else refusals.not_drafted(event)
    if event.campaign_id != campaign.campaign_id:
        return refusals.other_campaign(campaign, event)
    if event.kind is EventKind.DRAFTED:
        return refusals.already_drafted(campaign)
    if campaign.state not in ALLOWED[event.kind]:
        return refusals.wrong_state(campaign, event.kind, ALLOWED[event.kind])
    if event.kind in IN_ORDER and event.at < campaign.changed_at:
        return refusals.backdated(campaign, event)
    step = _STEPS.get(event.kind)
    return campaign if step is None else step(campaign, event)


def replay(events: Iterable[Event]) -> tuple[Campaign | None, tuple[tuple[Event, Refusal], ...]]:
    """The campaign that a sequence of events leaves, and the events that were refused on the way, each with its refusal.

    A store that records only what `advance` accepted replays without refusals; one that does not was tampered with.
    """
    campaign: Campaign | None = None
    refused = []
    for event in events:
        outcome = advance(campaign, event)
        if isinstance(outcome, Refusal):
            refused.append((event, outcome))
        else:
            campaign = outcome
    return campaign, tuple(refused)


def _drafted(event: Event) -> Campaign | Refusal:
    mode = Mode(facts.text(event, "mode"))
    cooling_off = timedelta(seconds=facts.whole(event, "cooling_off_seconds"))
    if cooling_off < mode.cooling_off:
        return preparing_refusals.cooling_off_too_short(mode.cooling_off)
    return Campaign(campaign_id=event.campaign_id, mode=mode, state=CampaignState.DRAFT, cooling_off=cooling_off,
                    proposers=frozenset({event.actor}), changed_at=event.at, is_rehearsal=event.body.get("rehearsal") is True)
