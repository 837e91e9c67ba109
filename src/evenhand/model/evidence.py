"""Evidence: a reason someone could check, a finding made of reasons, and a guard hit that speaks for sparing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evenhand.model.harm import Harm


class EvidenceFamily(StrEnum):
    """Independent kinds of evidence. A finding needs reasons from at least two of them."""

    IDENTITY = "identity"
    """How the account names itself: display name, handle, own address."""
    CLAIM = "claim"
    """What the account says it is."""
    CONTENT = "content"
    """What its posts contain or link to."""
    BEHAVIOUR = "behaviour"
    """What it does and when."""
    PROVENANCE = "provenance"
    """Where its media come from."""
    NETWORK = "network"
    """What it shares with other accounts."""
    MONEY = "money"
    """How it takes or asks for money."""


PLACE_OF_FAMILY = {family: place for place, family in enumerate(EvidenceFamily)}
"""The fixed order of the families."""
MIN_FAMILIES = 2
"""The least number of evidence families in a finding (DESIGN: name, association or reports alone never convict)."""
MAX_REASONS = 12
"""Reasons kept in one finding, the strongest of each kind first; all posts concerned are listed all the same."""
DIGEST_CHARACTERS = 16
"""Hexadecimal digits that stand for one reason in the digest of an adjudication."""


class Strength(StrEnum):
    """What a guard hit does. It can only be kind."""

    SPARE = "spare"
    """No finding is made of this."""
    LOWER = "lower"
    """At most an educational penalty."""
    ASK = "ask"
    """A person decides; nothing is automatic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One checkable fact, in words a person can contest."""

    signal: str
    """The measurement, such as `name_reads_as`; the key of its sentence in the message files."""
    family: EvidenceFamily
    fact: str
    """The fact in English, such as: its handle “cltybank” reads as “citybank”."""
    where: str
    """Where it stands: `display_name`, `handle`, `bio`, `website` or a post's id."""
    shown: str
    """What the account shows there."""
    expected: str
    """What it is compared with; empty when the fact is not a comparison."""
    source: str
    """Where the comparison can be looked up: a register entry, a list, a fact-check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A suspected violation by one account, with reasons from at least two evidence families.

    Raises `ValueError` when there is no reason or only one family: such a suspicion is not a finding.
    """

    account_id: str
    harm: Harm
    detector: str
    confidence: float
    """0–1: how sure the detector is; compared with a policy's condition, never shown as a probability of guilt."""
    holder_id: str | None
    """The registered holder who is imitated, if any."""
    reasons: tuple[Reason, ...]
    post_ids: tuple[str, ...] = ()
    """The posts the finding is about, if it is about posts."""

    def __post_init__(self) -> None:
        """Refuse what is not evidence."""
        if len({reason.family for reason in self.reasons}) < MIN_FAMILIES:
            raise ValueError("a finding needs reasons from at least two evidence families: pass what the detector saw")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError("confidence is a share from 0 to 1")

    @property
    def families(self) -> tuple[EvidenceFamily, ...]:
        """The evidence families it rests on, in their fixed order."""
        return tuple(sorted({reason.family for reason in self.reasons}, key=PLACE_OF_FAMILY.__getitem__))


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardHit:
    """A reason to spare an account, found by one guard."""

    account_id: str
    guard: str
    """The guard's name, such as `disclosure`."""
    strength: Strength
    fact: str
    where: str
    shown: str
    harm: Harm | None = None
    """The harm it speaks about; None for all."""
    holder_id: str | None = None
    """The holder it speaks about; None for all."""

    def speaks_about(self, finding: Finding) -> bool:
        """True when this hit concerns `finding`."""
        return (self.account_id == finding.account_id and self.harm in (None, finding.harm)
                and self.holder_id in (None, finding.holder_id))
