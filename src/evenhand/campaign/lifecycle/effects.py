"""Which effects a campaign may impose: of audited strata, not heavier than the audit left, closings with a person's word."""

from __future__ import annotations

from evenhand.campaign.lifecycle import refusals
from evenhand.model.campaigns.audit import StratumOutcome
from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.event import EventKind
from evenhand.model.penalty import Penalty
from evenhand.model.refusal import Refusal

LOWERED_TO = Penalty.LABEL
"""The heaviest penalty of a stratum that missed its gate, where its audit does not say another one."""


def may_impose(campaign: Campaign, *, decision_id: str, penalty: Penalty, stratum: str) -> Refusal | None:
    """None when this effect may go out now, or why not. To be asked before the platform is."""
    if campaign.is_rolling_back:
        return refusals.rolling_back()
    if campaign.state is not CampaignState.RUNNING:
        return refusals.wrong_state(campaign, EventKind.EFFECT_IMPOSED, (CampaignState.RUNNING,))
    return is_covered(campaign, decision_id=decision_id, penalty=penalty, stratum=stratum)


def is_covered(campaign: Campaign, *, decision_id: str, penalty: Penalty, stratum: str) -> Refusal | None:
    """None when the audit and, for a closing, a person's decision cover this effect, or what does not."""
    outcome = (campaign.strata or {}).get(stratum)
    if outcome is None:
        return refusals.stratum_unknown(stratum)
    if outcome is StratumOutcome.DROPPED:
        return refusals.stratum_dropped(stratum)
    lowered = campaign.lowered.get(stratum)
    heaviest = lowered.penalty if lowered is not None else heaviest_left(campaign, stratum)
    if penalty > heaviest:
        return refusals.heavier_than_audited(penalty, stratum, heaviest)
    if penalty is Penalty.CLOSE and decision_id not in campaign.confirmed:
        return refusals.closing_without_person(decision_id)
    return None


def heaviest_left(campaign: Campaign, stratum: str) -> Penalty:
    """The heaviest penalty that the audit leaves a stratum: its own, or what may take the place of that."""
    audited = penalty_of(stratum)
    if (campaign.strata or {}).get(stratum) is not StratumOutcome.LOWERED:
        return audited
    return min(audited, campaign.may_lower.get(stratum, LOWERED_TO))


def penalty_of(stratum: str) -> Penalty:
    """The penalty that a stratum was audited with.

    >>> penalty_of("media/close/en")
    <Penalty.CLOSE: 'close'>
    """
    return Penalty(stratum.rsplit("/", 2)[1])
