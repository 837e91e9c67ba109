"""Withholding: what a demand can lead to. Not shown within the authority's territory, until a day, and told to the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.registers.counts import DEMANDS
from evenhand.model.registers.territory import codes, lies_within

LONGEST = timedelta(days=366)
"""No withholding outlasts a year: an authority that still wants it says so again (our own choice, see decision 0032)."""
HTTP_STATUS = 451
"""Unavailable For Legal Reasons (RFC 7725)."""


class WithholdingStatus(StrEnum):
    """Where a withholding stands."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    AGREED = "agreed"
    """A second person agreed; the platform has not been told yet."""
    IN_FORCE = "in_force"
    """The platform said so when asked again."""
    FAILED = "failed"
    """The platform cannot or will not."""
    ENDING = "ending"
    """A person ended it before its day; the platform has not been told yet."""
    LIFTED = "lifted"


OPEN = frozenset({WithholdingStatus.PROPOSED, WithholdingStatus.AGREED, WithholdingStatus.IN_FORCE, WithholdingStatus.ENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """One account or post that is not shown in some territories. It cannot be made for more than the authority's own."""

    withholding_id: str
    demand_id: str
    target: str
    """Which of the demand's targets it is about."""
    account_id: str
    """Whose it is, and who is told."""
    post_id: str | None = None
    territories: tuple[str, ...]
    """ISO 3166 codes."""
    authority_territories: tuple[str, ...]
    """For which the authority speaks."""
    until: datetime
    statement: Mapping[str, str] = field(hash=False)
    """What the person is told, composed before anything happens."""

    def __post_init__(self) -> None:
        """Refuse one without an end, without words for the person, or for more than the authority's territory."""
        if self.until.tzinfo is None:
            raise ValueError("the end of a withholding needs a zone: pass an aware datetime")
        if not self.statement.get("what", "").strip():
            raise ValueError("nothing is withheld without a statement to the person: compose it first")
        if not self.territories:
            raise ValueError("a withholding names its territories: one for everywhere does not exist")
        beyond = [code for code in self.territories
                  if not codes(code) or not any(lies_within(code, own) for own in self.authority_territories)]
        if beyond:
            raise ValueError(f"{', '.join(f'`{code}`' for code in beyond)} is beyond the authority's own territory")

    def event(self, status: WithholdingStatus, *, at: datetime, actor: str, **more: Json) -> Event:
        """The step `status` of this withholding as it is recorded. The statement's words are not."""
        body: dict[str, Json] = {
            "withholding_id": self.withholding_id, "demand_id": self.demand_id, "status": str(status), "target": self.target,
            "account_id": self.account_id, "post_id": self.post_id, "territory": list(self.territories),
            "until": self.until.isoformat(), "language": self.statement.get("language", "en"), **more}
        return Event(campaign_id=DEMANDS, kind=EventKind.WITHHOLDING_RECORDED, at=at, actor=actor, body=body)
