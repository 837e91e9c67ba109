"""The register of referrals as its events leave it. What was handed on is not in it, only how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.registers.referral import ReferralGround, ReferralStatus
from evenhand.registers.demands.book import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """One referral as its steps left it."""

    facts: Mapping[str, Json]
    status: ReferralStatus
    proposed_by: Json
    changed_at: datetime

    @property
    def referral_id(self) -> str:
        """Its id."""
        return str(self.facts["referral_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralBook:
    """Every referral by its id, in the order in which they were proposed."""

    referrals: Mapping[str, Referred] = field(default_factory=dict)

    @property
    def by_status(self) -> dict[str, int]:
        """How many stand where."""
        found = Counter(one.status for one in self.referrals.values())
        return {str(status): found[status] for status in ReferralStatus}

    @property
    def by_ground(self) -> dict[str, dict[str, int]]:
        """How many stand where, by ground."""
        found = Counter((str(one.facts["ground"]), one.status) for one in self.referrals.values())
        return {str(ground): {str(status): found[str(ground), status] for status in ReferralStatus}
                for ground in ReferralGround}


def referral_book(happened: Iterable[Happened]) -> ReferralBook:
    """The register after these events; those of other kinds are passed over."""
    found: dict[str, Referred] = {}
    for one in happened:
        if one.kind is EventKind.REFERRAL_RECORDED:
            name, status = str(one.body["referral_id"]), ReferralStatus(str(one.body["status"]))
            found[name] = Referred(facts=one.body, status=status, proposed_by=one.actor, changed_at=one.at
                                   ) if name not in found else replace(found[name], status=status, changed_at=one.at)
    return ReferralBook(referrals=found)
