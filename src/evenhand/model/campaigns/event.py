"""Events: what happened in a campaign, in the order it happened. Its state and its ledger are both made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a JSON document can hold."""
NOBODY = "evenhand"
"""The actor of what no person did. Any other actor is a person."""


class EventKind(StrEnum):
    """Everything that can happen in a campaign. A kind is never renamed: published ledgers name it."""

    DRAFTED = "drafted"
    PLANNED = "planned"
    """A plan's digest is bound to the campaign."""
    SAMPLE_DRAWN = "sample_drawn"
    VERDICT_GIVEN = "verdict_given"
    """One reader's word on one item of the sample."""
    AUDITED = "audited"
    """The sample is read; each stratum passed, was lowered or dropped."""
    STRATUM_LOWERED = "stratum_lowered"
    """A person put a lighter penalty in the place of one whose stratum missed its gate."""
    HOLDOUT_DRAWN = "holdout_drawn"
    """Accounts were drawn that the plan does not concern, to learn what it missed."""
    HOLDOUT_READ = "holdout_read"
    """One reader's word on one account of the holdout."""
    HOLDOUT_CONCLUDED = "holdout_concluded"
    """How often something was missed, with its interval."""
    DECISION_CONFIRMED = "decision_confirmed"
    """A person's decision whether this one account is closed; without it no account is."""
    PROTECTION_RECORDED = "protection_recorded"
    """A list of accounts about which persons decide one by one, with the criteria by which they stand on it."""
    PROTECTED_DECIDED = "protected_decided"
    """A person's decision whether one protected account gets its penalty; without it none does."""
    APPROVED = "approved"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    STARTED = "started"
    STAGE_STARTED = "stage_started"
    STAGE_FINISHED = "stage_finished"
    EFFECT_IMPOSED = "effect_imposed"
    """The platform's receipt, and what it said when asked again."""
    EFFECT_FAILED = "effect_failed"
    """The platform refused for good; nothing is imposed."""
    EFFECT_SUPPRESSED = "effect_suppressed"
    """Not carried out, and why: a stratum that was dropped, an account that is gone, a cap."""
    EFFECT_UNDONE = "effect_undone"
    EFFECT_LIFTED = "effect_lifted"
    """A suspension ended on its day; the decision stands."""
    UNDO_FAILED = "undo_failed"
    """The platform did not take back what was reversed or had ended: a person has to look."""
    STATEMENT_DELIVERED = "statement_delivered"
    STATEMENT_FAILED = "statement_failed"
    HALTED = "halted"
    RESUMED = "resumed"
    COMPLETED = "completed"
    REPORTED = "reported"
    ROLLBACK_STARTED = "rollback_started"
    ROLLBACK_STAGE_STARTED = "rollback_stage_started"
    ROLLBACK_STAGE_FINISHED = "rollback_stage_finished"
    """A part of what was imposed is taken back, and accounts of it were drawn for people to read."""
    UNDO_READ = "undo_read"
    """One reader's word on one account of which everything was taken back."""
    ROLLED_BACK = "rolled_back"
    APPEAL_FILED = "appeal_filed"
    APPEAL_DECIDED = "appeal_decided"
    DECISION_REVERSED = "decision_reversed"
    DEMAND_RECORDED = "demand_recorded"
    """A government's order or request, with what was answered. It never makes a finding."""
    WITHHOLDING_RECORDED = "withholding_recorded"
    """What a demand was answered with within the authority's territory, step by step."""
    REFERRAL_RECORDED = "referral_recorded"
    REPORTS_RECORDED = "reports_recorded"
    """Reports of users were taken in: counts only."""
    WAIVER_RECORDED = "waiver_recorded"
    """A safeguard that somebody set aside, who, and the reason given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened: in which campaign, what, when, through whom, and the facts of it."""

    campaign_id: str
    kind: EventKind
    at: datetime
    """An aware time; kept in UTC."""
    actor: str
    """The person's id, or `evenhand` for what no person did."""
    body: Mapping[str, Json]
    """The facts, as JSON; which ones depends on the kind."""

    def __post_init__(self) -> None:
        """Refuse a time without a zone and an event without campaign or actor."""
        if self.at.tzinfo is None:
            raise ValueError("an event's time needs a zone, as in `2026-11-01T08:30:00Z`")
        if not self.campaign_id or not self.actor:
            raise ValueError("an event names its campaign and its actor")
        if self.at.tzinfo is not UTC:
            object.__setattr__(self, "at", self.at.astimezone(UTC))
