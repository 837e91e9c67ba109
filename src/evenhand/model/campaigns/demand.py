"""Demands: what a government ordered or asked for, and what was answered. A register, and never evidence of anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from evenhand.model.campaigns.event import Event, EventKind, Json


class DemandKind(StrEnum):
    """Whether the authority has to be obeyed or asks."""

    ORDER = "order"
    """Binding: a court's, or one that the law lets the authority give (DSA, article 9 and 10)."""
    REQUEST = "request"


class DemandAnswer(StrEnum):
    """What was answered. That something is taken away everywhere because a state wants it so cannot be said."""

    PENDING = "pending"
    REFUSED = "refused"
    WITHHELD_THERE = "withheld_there"
    """Not shown within the territory of the authority, with a notice that says by whose order (HTTP 451)."""
    OWN_RULES = "own_rules"
    """It broke a policy of ours, found in the way everything is found, and was decided as anything else is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One demand. Which accounts and posts it names is kept, and is published as a commitment only."""

    demand_id: str
    authority: str
    territory: str
    """The country or part of it for which the authority speaks."""
    received_on: date
    kind: DemandKind
    order_id: str | None = None
    """How the authority calls it."""
    legal_basis: str | None = None
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
        if self.answer is DemandAnswer.WITHHELD_THERE and not (self.legal_basis or "").strip():
            raise ValueError("nothing is withheld without a legal basis: name the law or the court's order")
        if self.n_targets < len(self.targets):
            raise ValueError(f"it names {len(self.targets)} targets, more than the {self.n_targets} it counts")

    def event(self, *, campaign_id: str, at: datetime, actor: str) -> Event:
        """The demand as it is recorded in the ledger."""
        body: dict[str, Json] = {
            "demand_id": self.demand_id, "authority": self.authority, "territory": self.territory,
            "received_on": self.received_on.isoformat(), "demand_kind": str(self.kind), "order_id": self.order_id,
            "legal_basis": self.legal_basis, "text": self.text, "targets": list(self.targets), "n_targets": self.n_targets,
            "answer": str(self.answer), "person_told": self.person_told}
        return Event(campaign_id=campaign_id, kind=EventKind.DEMAND_RECORDED, at=at, actor=actor, body=body)
