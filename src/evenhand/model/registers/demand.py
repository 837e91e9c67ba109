"""Demands: what a government ordered or asked for, and what was answered. A register, and never evidence of anything."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.registers.counts import DEMANDS


class DemandKind(StrEnum):
    """Whether the authority has to be obeyed or asks."""

    ORDER = "order"
    """Binding: a court's, or one that the law lets the authority give (DSA, article 9 and 10)."""
    REQUEST = "request"


class Asked(StrEnum):
    """What the authority wants."""

    REMOVE = "remove"
    """That something is gone for everybody."""
    WITHHOLD = "withhold"
    """That something is not shown where the authority speaks."""
    CLOSE = "close"
    """That an account is closed."""
    INFORMATION = "information"
    """To be told something about a person (DSA, article 10)."""
    OTHER = "other"


class DemandAnswer(StrEnum):
    """What was answered. That something is taken away everywhere because a state wants it so cannot be said."""

    PENDING = "pending"
    REFUSED = "refused"
    WITHHELD_THERE = "withheld_there"
    """Not shown within the territory of the authority, with a notice that says by whose order (HTTP 451)."""
    OWN_RULES = "own_rules"
    """It broke a policy of ours, found in the way everything is found, and was decided as anything else is."""
    INFORMATION_GIVEN = "information_given"
    """What the order asked to be told was told, and nothing more."""


NEEDS_BASIS = frozenset({DemandAnswer.WITHHELD_THERE, DemandAnswer.INFORMATION_GIVEN})
"""Answers that give the authority something, which only a law or a court's order can ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One demand. Which accounts and posts it names is kept, and is published as a commitment only."""

    demand_id: str
    authority: str
    territory: str
    """The country or part of it for which the authority speaks."""
    received_on: date
    kind: DemandKind
    asks: Asked = Asked.OTHER
    order_id: str | None = None
    """How the authority calls it."""
    legal_basis: str | None = None
    good_faith: bool | None = None
    """Whether the authority declared that it asks in good faith (Manila Principles, III); None where nothing is known."""
    evidence: tuple[str, ...] = ()
    """What the authority laid beside it: names or addresses of documents, never their content."""
    text: str = ""
    targets: tuple[str, ...] = ()
    """Addresses or ids of what it names."""
    n_targets: int = 0
    answer: DemandAnswer = DemandAnswer.PENDING
    person_told: bool = False
    """Whether those concerned were told of the demand."""

    def __post_init__(self) -> None:
        """Refuse a demand without an authority or territory, and an order obeyed without a legal basis."""
        if not (self.demand_id.strip() and self.authority.strip() and self.territory.strip()):
            raise ValueError("a demand names itself, its authority and the territory the authority speaks for")
        if self.answer in NEEDS_BASIS and not (self.legal_basis or "").strip():
            raise ValueError("nothing is withheld or told without a legal basis: name the law or the court's order")
        assert self.n_targets >= len(self.targets)  # noqa: S101  (whoever reads demands counts at least those it names)

    def event(self, *, at: datetime, actor: str) -> Event:
        """The demand as it is recorded. Of its text a digest is kept: the text stays with whoever received it."""
        said = hashlib.sha256(self.text.encode()).hexdigest() if self.text else None
        body: dict[str, Json] = {
            "demand_id": self.demand_id, "authority": self.authority, "territory": self.territory,
            "received_on": self.received_on.isoformat(), "demand_kind": str(self.kind), "asks": str(self.asks),
            "order_id": self.order_id, "legal_basis": self.legal_basis, "good_faith": self.good_faith,
            "evidence": list(self.evidence), "n_evidence": len(self.evidence), "said": said, "targets": list(self.targets),
            "n_targets": self.n_targets, "answer": str(self.answer), "person_told": self.person_told}
        return Event(campaign_id=DEMANDS, kind=EventKind.DEMAND_RECORDED, at=at, actor=actor, body=body)
