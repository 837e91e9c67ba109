"""The words of refusals: of any step, of who reads, and of a campaign that runs or is taken back; what to do next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.refusal import Refusal

_AFTER: dict[EventKind, str] = {
    EventKind.PLANNED: "draft another campaign", EventKind.SAMPLE_DRAWN: "bind a plan first",
    EventKind.AUDITED: "bind a plan and draw its sample first", EventKind.APPROVED: "finish the audit first",
    EventKind.STARTED: "get the approvals first", EventKind.RESUMED: "only a halted campaign can be resumed",
    EventKind.HALTED: "only a running campaign can be halted; before that, withdraw an approval",
    EventKind.COMPLETED: "resume it and let it finish first", EventKind.REPORTED: "complete it or roll it back first",
    EventKind.ROLLED_BACK: "start the rollback first"}
UNDO_CHECKS = ("undone_items", "undone_sample")
"""The checks of the breaker on what a rollback took back."""
_DONE = frozenset({CampaignState.COMPLETED, CampaignState.REPORTED, CampaignState.ROLLED_BACK})


def not_drafted(event: Event) -> Refusal:
    """There is no campaign yet."""
    return Refusal(code=RefusalCode.NOT_DRAFTED, text=f"there is no campaign `{event.campaign_id}`",
                   next_step="draft it first")


def already_drafted(campaign: Campaign) -> Refusal:
    """A name is used once."""
    return Refusal(code=RefusalCode.ALREADY_DRAFTED, text=f"there is a campaign `{campaign.campaign_id}` already",
                   next_step="choose another id")


def other_campaign(campaign: Campaign, event: Event) -> Refusal:
    """An event of another campaign."""
    return Refusal(code=RefusalCode.OTHER_CAMPAIGN, next_step="give it to that campaign",
                   text=f"the event belongs to `{event.campaign_id}`, not to `{campaign.campaign_id}`")


def malformed(event: Event, mistakes: Sequence[str]) -> Refusal:
    """An event that does not say what its kind must."""
    return Refusal(code=RefusalCode.MALFORMED, text=f"a `{event.kind}` event is incomplete: {'; '.join(mistakes)}",
                   next_step="see the table of events in docs/concepts/campaign.md")


def wrong_state(campaign: Campaign, kind: EventKind, allowed: Collection[CampaignState]) -> Refusal:
    """A step that does not belong here."""
    places = " or ".join(f"`{state}`" for state in CampaignState if state in allowed)
    step = _AFTER.get(kind, f"wait until the campaign is {places}")
    if kind is EventKind.HALTED and campaign.state in _DONE:
        step = "nothing goes out any more; what was wrong is overturned on appeal, or the campaign rolled back"
    return Refusal(code=RefusalCode.WRONG_STATE, next_step=step,
                   text=f"`{kind}` belongs to a campaign that is {places}; this one is `{campaign.state}`")


def backdated(campaign: Campaign, event: Event) -> Refusal:
    """A step dated before the one before it."""
    return Refusal(code=RefusalCode.BACKDATED, next_step="record it at the time it happens; check the clock",
                   text=f"`{event.kind}` is dated {_time(event.at)}, before the last step at {_time(campaign.changed_at)}")


def not_a_person(event: Event) -> Refusal:
    """A step that only a person may take."""
    return Refusal(code=RefusalCode.NOT_A_PERSON, text=f"`{event.kind}` needs a person, not `{event.actor}`",
                   next_step="let a named person do it")


def proposer_reads(person: str) -> Refusal:
    """Nobody marks their own work."""
    return Refusal(code=RefusalCode.PROPOSER_READS, text=f"`{person}` proposed this plan and cannot audit it",
                   next_step="assign the item to another reader")


def read_twice(item: str, slot: str, person: str | None) -> Refusal:
    """A part that is read already, or a second word by the same person."""
    text = (f"the {slot} reading of item `{item}` is given already" if person is None
            else f"`{person}` has spoken on item `{item}` already")
    return Refusal(code=RefusalCode.READ_TWICE, text=text, next_step="each part of an item is read once, by another person")


def stale(changed: Sequence[str]) -> Refusal:
    """What the plan was made from has changed."""
    listed = ", ".join(changed[:-1]) + f" and {changed[-1]}" if len(changed) > 1 else changed[0]
    have = "have" if len(changed) > 1 or listed.endswith("s") else "has"
    return Refusal(code=RefusalCode.STALE, text=f"the plan is stale: {listed} {have} changed since it was made",
                   next_step="plan again, and audit and approve the new plan")


def other_digest(campaign: Campaign, digest: str) -> Refusal:
    """A step about another plan than the campaign's."""
    bound = campaign.basis.digest if campaign.basis else "no plan"
    return Refusal(code=RefusalCode.OTHER_PLAN,
                   text=f"this is about the plan `{digest[:12]}`, the campaign's is `{bound[:12]}`",
                   next_step="look at the campaign again and repeat the step for its plan")


def not_an_approver(campaign: Campaign, event: Event) -> Refusal:
    """A step that belongs to those who approved."""
    named = ", ".join(f"`{person}`" for person in sorted(campaign.approvers)) or "nobody yet"
    return Refusal(code=RefusalCode.NOT_AN_APPROVER, text=f"`{event.kind}` is up to those who approved the plan: {named}",
                   next_step="ask them; anybody may halt")


def resumed_twice(event: Event) -> Refusal:
    """One person cannot resume for both."""
    return Refusal(code=RefusalCode.RESUMED_TWICE, text=f"`{event.actor}` has agreed to resume already",
                   next_step="the other approver has to agree too")


def stage_order(expected: int, stage: int) -> Refusal:
    """A stage out of its turn."""
    return Refusal(code=RefusalCode.STAGE_ORDER, text=f"stage {stage} is out of turn: stage {expected} is next",
                   next_step=f"start stage {expected}")


def stage_open(stage: int) -> Refusal:
    """A stage has to finish before the next."""
    return Refusal(code=RefusalCode.STAGE_OPEN, text=f"stage {stage} has not finished",
                   next_step="finish it, with each of its effects imposed, failed or suppressed")


def stages_left(n_left: int) -> Refusal:
    """Not done yet."""
    stages = "1 stage has" if n_left == 1 else f"{n_left} stages have"
    return Refusal(code=RefusalCode.STAGES_LEFT, text=f"{stages} not been carried out",
                   next_step="carry them out, or roll back")


def closing_without_person(decision_id: str) -> Refusal:
    """No account is closed without a person's decision for that account."""
    return Refusal(code=RefusalCode.CLOSING_WITHOUT_PERSON,
                   text=f"nobody has decided to close the account of decision `{decision_id}`",
                   next_step="let a person read the case and decide it")


def stratum_unknown(stratum: str) -> Refusal:
    """An effect outside of what was audited."""
    return Refusal(code=RefusalCode.STRATUM_UNKNOWN, text=f"the stratum `{stratum}` was not audited",
                   next_step="plan and audit it; nothing is imposed from outside a campaign")


def stratum_dropped(stratum: str) -> Refusal:
    """An effect of a stratum that missed its gate."""
    return Refusal(code=RefusalCode.STRATUM_DROPPED, text=f"the audit dropped the stratum `{stratum}`",
                   next_step="record the effect as suppressed")


def heavier_than_audited(penalty: str, stratum: str, heaviest: str) -> Refusal:
    """More than what the audit left."""
    return Refusal(code=RefusalCode.HEAVIER_THAN_AUDITED,
                   text=f"`{penalty}` is heavier than what the audit left of `{stratum}`: `{heaviest}`",
                   next_step=f"impose `{heaviest}` or something lighter")


def rolling_back() -> Refusal:
    """A campaign on its way back does not go forward."""
    return Refusal(code=RefusalCode.ROLLING_BACK, text="the campaign is being rolled back",
                   next_step="finish the rollback; a new campaign starts from a new plan")


def no_rollback() -> Refusal:
    """Nothing is being rolled back."""
    return Refusal(code=RefusalCode.NO_ROLLBACK, text="no rollback of this campaign was started",
                   next_step="start the rollback first")


def rollback_halted(campaign: Campaign) -> Refusal:
    """Somebody stopped the rollback, and no approver has started it again."""
    halt = campaign.halts[-1]
    look = ("put right what its readers call wrong, and find out why: `evenhand audit rollback`"
            if any(reason.check in UNDO_CHECKS for reason in halt.reasons) else "look at it")
    return Refusal(code=RefusalCode.ROLLBACK_HALTED,
                   text=f"`{halt.by}` halted the rollback: {'; '.join(reason.text for reason in halt.reasons)}",
                   next_step=f"{look}; an approver goes on with the same `evenhand rollback` and `--why`")


def roller_reads(person: str) -> Refusal:
    """Nobody marks their own rollback."""
    return Refusal(code=RefusalCode.ROLLER_READS, text=f"`{person}` took this campaign back and cannot audit the rollback",
                   next_step="let another reader look at the account")


def undo_unread(n_unread: int, n_said: int) -> Refusal:
    """A step that says nothing of the accounts that nobody has read."""
    return Refusal(code=RefusalCode.UNDO_UNREAD, next_step="read them; whoever goes on without says so on record",
                   text=f"{n_unread:,} undone accounts of the rollback's samples are not read; the step says {n_said:,}")


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
