"""The register of demands as its events leave it. The same for the events of a database and the entries of a public ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.registers.demand import DemandAnswer
from evenhand.model.registers.withholding import WithholdingStatus

Facts = Mapping[str, Json]


class Happened(Protocol):
    """An event, or the published entry of one."""

    @property
    def kind(self) -> EventKind:
        """What happened."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def actor(self) -> Json:
        """Who did it; in a published ledger a commitment."""

    @property
    def body(self) -> Facts:
        """The facts; in a published ledger some are commitments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One withholding as its steps left it."""

    facts: Facts
    """Of its proposal."""
    status: WithholdingStatus
    proposed_by: Json
    n_people: int
    """People who agreed to it, the proposer among them."""
    person_told: bool = False
    changed_at: datetime

    @property
    def withholding_id(self) -> str:
        """Its id."""
        return str(self.facts["withholding_id"])

    @property
    def territories(self) -> tuple[str, ...]:
        """The ISO 3166 codes where it is not shown."""
        value = self.facts["territory"]
        return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else (str(value),)

    @property
    def until(self) -> datetime:
        """When it ends by itself."""
        return datetime.fromisoformat(str(self.facts["until"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRecord:
    """One demand as it was recorded last, and what was withheld because of it."""

    facts: Facts
    first_at: datetime
    """When it was first recorded."""
    answered_at: datetime | None
    """When the answer that stands was recorded; None while it is pending."""
    withholdings: tuple[Held, ...] = ()

    @property
    def answer(self) -> DemandAnswer:
        """What was answered."""
        return DemandAnswer(str(self.facts["answer"]))

    @property
    def is_told(self) -> bool:
        """Whether those concerned were told of the demand, or of what was withheld because of it."""
        return bool(self.facts["person_told"]) or any(held.person_told for held in self.withholdings)

    @property
    def n_in_force(self) -> int:
        """Withholdings that are in force now."""
        return sum(held.status in {WithholdingStatus.IN_FORCE, WithholdingStatus.ENDING} for held in self.withholdings)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandBook:
    """Every demand, in the order in which they were first recorded."""

    records: Mapping[str, DemandRecord] = field(default_factory=dict)

    @property
    def held(self) -> dict[str, Held]:
        """Every withholding by its id."""
        return {held.withholding_id: held for one in self.records.values() for held in one.withholdings}

    def counts(self) -> list[tuple[str, str, str, int]]:
        """How many there are, by territory, authority and answer, the most first."""
        found = Counter((str(one.facts["territory"]), str(one.facts["authority"]), str(one.answer))
                        for one in self.records.values())
        return [(*key, n) for key, n in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def demand_book(happened: Iterable[Happened]) -> DemandBook:
    """The register after these events; those of other kinds are passed over."""
    records: dict[str, DemandRecord] = {}
    for one in happened:
        if one.kind is EventKind.DEMAND_RECORDED:
            name = str(one.body["demand_id"])
            records[name] = _recorded(records.get(name), one)
        elif one.kind is EventKind.WITHHOLDING_RECORDED:
            name = str(one.body["demand_id"])
            records[name] = _stepped(records[name], one)
    return DemandBook(records=records)


def _recorded(before: DemandRecord | None, one: Happened) -> DemandRecord:
    answer = DemandAnswer(str(one.body["answer"]))
    answered_at = None if answer is DemandAnswer.PENDING else (
        before.answered_at if before is not None and before.answer is answer else one.at)
    if before is None:
        return DemandRecord(facts=one.body, first_at=one.at, answered_at=answered_at)
    return replace(before, facts=one.body, answered_at=answered_at)


def _stepped(record: DemandRecord, one: Happened) -> DemandRecord:
    name, status = one.body["withholding_id"], WithholdingStatus(str(one.body["status"]))
    if status is WithholdingStatus.PROPOSED:
        held = Held(facts=one.body, status=status, proposed_by=one.actor, n_people=1, changed_at=one.at)
        return replace(record, withholdings=(*record.withholdings, held))
    told = one.body.get("person_told")
    return replace(record, withholdings=tuple(
        replace(held, status=status, changed_at=one.at, person_told=held.person_told if told is None else bool(told),
                n_people=_whole(one.body.get("n_people"), held.n_people))
        if held.withholding_id == name else held for held in record.withholdings))


def _whole(value: Json, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise
