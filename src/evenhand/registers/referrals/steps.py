"""What may be done about a referral, and what is refused. Two people always; there is no way around the second."""

from __future__ import annotations

from enum import StrEnum

from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.refusal import Refusal
from evenhand.model.registers.counts import REFERRALS
from evenhand.model.registers.referral import (
    CHANNELS,
    FIELDS_OF_CHANNEL,
    FIELDS_OF_GROUND,
    LONGEST_VALUE,
    MOST_VALUES,
    Referral,
    ReferralStatus,
)
from evenhand.registers.people import By
from evenhand.registers.referrals.book import ReferralBook, Referred

_S = ReferralStatus


class ReferralRefusal(StrEnum):
    """Why a step was refused. A code is never renamed: programs read it."""

    NOT_A_PERSON = "not_a_person"
    OTHER_CHANNEL = "other_channel"
    FIELD_NOT_SHARED = "field_not_shared"
    TOO_MUCH = "too_much"
    NOTHING_SHARED = "nothing_shared"
    NO_REASON = "no_reason"
    PROPOSED_ALREADY = "proposed_already"
    UNKNOWN_REFERRAL = "unknown_referral"
    PROPOSER_APPROVES = "proposer_approves"
    OTHER_CONTENT = "other_content"
    NOT_OPEN = "not_open"
    NOT_APPROVED = "not_approved"


def proposed(book: ReferralBook, referral: Referral, *, by: By) -> Event | Refusal:
    """The event of proposing a referral. What would be handed on is committed to and not kept."""
    if refusal := by.refused_about("referrals", code=ReferralRefusal.NOT_A_PERSON):
        return refusal
    if refusal := beyond_the_least(referral):
        return refusal
    for one in book.referrals.values():
        if one.facts["content"] == referral.content and one.status is not _S.DECLINED:
            return Refusal(code=ReferralRefusal.PROPOSED_ALREADY, text=f"exactly this is the referral `{one.referral_id}`",
                           next_step=f"it is {one.status}: see `evenhand referral list`")
    body: dict[str, Json] = {
        "referral_id": f"r{len(book.referrals) + 1}", "status": str(_S.PROPOSED), "ground": str(referral.ground),
        "channel": str(referral.channel), "authority": referral.recipient, "account_id": referral.account_id,
        "content": referral.content, "n_fields": len(referral.shared),
        "n_values": sum(map(len, referral.shared.values()))}
    return Event(campaign_id=REFERRALS, kind=EventKind.REFERRAL_RECORDED, at=by.at, actor=by.person, body=body)


def beyond_the_least(referral: Referral) -> Refusal | None:
    """Why a referral holds more than may be handed on, or goes to somebody who is not told such things; None when neither."""
    if not referral.why.strip() or not referral.recipient.strip():
        return Refusal(code=ReferralRefusal.NO_REASON,
                       text="a referral names the office that is told, and what shows the ground",
                       next_step="write `recipient` and `why`, so that the second person can judge it")
    if referral.channel not in CHANNELS[referral.ground]:
        allowed = ", ".join(f"`{one}`" for one in sorted(CHANNELS[referral.ground]))
        return Refusal(code=ReferralRefusal.OTHER_CHANNEL,
                       text=f"nobody at `{referral.channel}` is told of `{referral.ground}`",
                       next_step=f"on this ground it may go to {allowed}")
    may = FIELDS_OF_GROUND[referral.ground] & FIELDS_OF_CHANNEL[referral.channel]
    if beyond := sorted(set(referral.shared) - {str(one) for one in may}):
        return Refusal(code=ReferralRefusal.FIELD_NOT_SHARED,
                       text=f"{', '.join(f'`{one}`' for one in beyond)} cannot be handed on to `{referral.channel}` for "
                       f"`{referral.ground}`", next_step="leave that out: only "
                       f"{', '.join(f'`{one}`' for one in sorted(may))} may be; more takes an order, which is a demand")
    if not any(referral.shared.values()):
        return Refusal(code=ReferralRefusal.NOTHING_SHARED, text="the referral hands on nothing",
                       next_step="name at least the account's address, so that it can be found")
    large = [name for name, values in sorted(referral.shared.items())
             if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values)]
    if large:
        return Refusal(code=ReferralRefusal.TOO_MUCH, text=f"{', '.join(f'`{one}`' for one in large)} holds more than "
                       f"{MOST_VALUES} values, or one of more than {LONGEST_VALUE:,} characters",
                       next_step="a referral is about one account: keep what shows the ground and leave out the rest")
    return None


def approved(book: ReferralBook, referral_id: str, referral: Referral, *, by: By) -> Event | Refusal:
    """The event of a second person's consent to exactly this content."""
    found = book.referrals.get(referral_id)
    if refusal := _not_for(found, referral_id, _S.PROPOSED, by):
        return refusal
    assert found is not None  # noqa: S101  (an unknown one was refused)
    if found.proposed_by == by.person:
        return Refusal(code=ReferralRefusal.PROPOSER_APPROVES,
                       text=f"`{by.person}` proposed it, and somebody else has to approve",
                       next_step="ask a second person; a service with one person calls the emergency number itself")
    return _other_content(found, referral) or _step(found, _S.APPROVED, by)


def declined(book: ReferralBook, referral_id: str, *, why: str, by: By) -> Event | Refusal:
    """The event of turning a referral down; also the proposer may."""
    found = book.referrals.get(referral_id)
    if refusal := _not_for(found, referral_id, _S.PROPOSED, by):
        return refusal
    assert found is not None  # noqa: S101  (an unknown one was refused)
    return _step(found, _S.DECLINED, by, why=why)


def sent(book: ReferralBook, referral_id: str, referral: Referral, *, by: By) -> Event | Refusal:
    """The event of handing it on. Only what was approved goes out, and once."""
    found = book.referrals.get(referral_id)
    if found is not None and found.status is _S.PROPOSED:
        return Refusal(code=ReferralRefusal.NOT_APPROVED, text=f"nobody has approved the referral `{referral_id}` yet",
                       next_step=f"a second person says `evenhand referral approve {referral_id} FILE`")
    if refusal := _not_for(found, referral_id, _S.APPROVED, by):
        return refusal
    assert found is not None  # noqa: S101  (an unknown one was refused)
    return _other_content(found, referral) or _step(found, _S.SENT, by)


def _step(found: Referred, status: ReferralStatus, by: By, **more: Json) -> Event:
    return Event(campaign_id=REFERRALS, kind=EventKind.REFERRAL_RECORDED, at=by.at, actor=by.person,
                 body={**found.facts, "status": str(status), **more})


def _other_content(found: Referred, referral: Referral) -> Refusal | None:
    if found.facts["content"] == referral.content:
        return None
    return Refusal(code=ReferralRefusal.OTHER_CONTENT, text=f"the file is not what was proposed as `{found.referral_id}`",
                   next_step="bring back the file as it was, or propose the new one")


def _not_for(found: Referred | None, referral_id: str, status: ReferralStatus, by: By) -> Refusal | None:
    if found is None:
        return Refusal(code=ReferralRefusal.UNKNOWN_REFERRAL, text=f"there is no referral `{referral_id}`",
                       next_step="see `evenhand referral list`")
    if refusal := by.refused_about("referrals", code=ReferralRefusal.NOT_A_PERSON):
        return refusal
    if found.status is not status:
        return Refusal(code=ReferralRefusal.NOT_OPEN, text=f"the referral `{referral_id}` is {found.status}",
                       next_step="see `evenhand referral list`")
    return None
