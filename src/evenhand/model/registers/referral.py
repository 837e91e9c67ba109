"""Referrals: telling somebody outside, only for a threat to life or fraud with victims, with as little data as helps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReferralGround(StrEnum):
    """Why somebody outside is told. There is no third one."""

    THREAT_TO_LIFE = "threat_to_life"
    """A threat to the life or safety of a person, a child's among them (DSA, article 18)."""
    FRAUD_WITH_VICTIMS = "fraud_with_victims"


class Channel(StrEnum):
    """Who is told."""

    POLICE = "police"
    EMERGENCY = "emergency"
    """A service that helps at once, such as a crisis line or an ambulance."""
    CHILD_SAFETY_LINE = "child_safety_line"
    FRAUD_OFFICE = "fraud_office"
    """A consumer or fraud office, or the bank that was posed as."""
    PLATFORM = "platform"
    """Another platform on which the same goes on."""


class SharedField(StrEnum):
    """What may be handed on, and nothing else: no e-mail or IP address, no private message, no contacts, no reporter."""

    ACCOUNT_HANDLE = "account_handle"
    ACCOUNT_ADDRESS = "account_address"
    """The address of the public profile."""
    POST_ADDRESS = "post_address"
    POST_TEXT = "post_text"
    """The public words that carry the threat or the fraud."""
    POSTED_AT = "posted_at"
    LINK = "link"
    """Where the fraud leads."""
    PAYMENT_ADDRESS = "payment_address"
    """Where victims are told to pay."""


_F = SharedField
_WHO_AND_WHAT = frozenset({_F.ACCOUNT_HANDLE, _F.ACCOUNT_ADDRESS, _F.POST_ADDRESS, _F.POST_TEXT, _F.POSTED_AT})
FIELDS_OF_GROUND: Mapping[ReferralGround, frozenset[SharedField]] = {
    ReferralGround.THREAT_TO_LIFE: _WHO_AND_WHAT,
    ReferralGround.FRAUD_WITH_VICTIMS: _WHO_AND_WHAT | {_F.LINK, _F.PAYMENT_ADDRESS}}
FIELDS_OF_CHANNEL: Mapping[Channel, frozenset[SharedField]] = {
    channel: frozenset(SharedField) for channel in Channel if channel is not Channel.PLATFORM} | {
    Channel.PLATFORM: frozenset({_F.ACCOUNT_HANDLE, _F.ACCOUNT_ADDRESS, _F.LINK, _F.PAYMENT_ADDRESS})}
CHANNELS: Mapping[ReferralGround, frozenset[Channel]] = {
    ReferralGround.THREAT_TO_LIFE: frozenset({Channel.POLICE, Channel.EMERGENCY, Channel.CHILD_SAFETY_LINE}),
    ReferralGround.FRAUD_WITH_VICTIMS: frozenset({Channel.POLICE, Channel.FRAUD_OFFICE, Channel.PLATFORM})}
"""Who may be told on which ground. Nobody is told of an opinion, so no channel for it exists."""
MOST_VALUES = 20
"""Values of one field: a referral is about one account and a few of its posts, never a list of people."""
LONGEST_VALUE = 2_000
"""Characters of one value."""


class ReferralStatus(StrEnum):
    """Where a referral stands."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    APPROVED = "approved"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """What somebody outside would be told."""

    ground: ReferralGround
    channel: Channel
    recipient: str
    """The office, never a person's name: it is published."""
    account_id: str
    why: str
    """What shows the ground, in a sentence for the second person."""
    shared: Mapping[str, tuple[str, ...]] = field(hash=False)
    """What would be handed on, by the name of the field; `registers.referrals` judges whether it may."""

    @property
    def package(self) -> str:
        """Exactly what the recipient gets, as JSON: who asks is not in it, nor the account's id."""
        return json.dumps({"ground": str(self.ground), "why": self.why,
                           "shared": {name: list(values) for name, values in sorted(self.shared.items())}},
                          ensure_ascii=False, indent=1) + "\n"

    @property
    def content(self) -> str:
        """A digest of everything in it: a consent holds for exactly this."""
        whole = "\x1f".join((str(self.channel), self.recipient, self.account_id, self.package))
        return hashlib.sha256(whole.encode()).hexdigest()
