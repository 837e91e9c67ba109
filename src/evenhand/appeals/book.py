"""The state of all appeals of a campaign, folded from its events: who took part in what, what was filed, what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from evenhand.model.appeal import Appeal, AppealOutcome, replaced_id
from evenhand.model.campaigns.audit import item_id
from evenhand.model.campaigns.event import NOBODY, Event, EventKind

MACHINE = NOBODY
"""The actor of what no person did."""
_OF_ALL = frozenset({EventKind.DRAFTED, EventKind.PLANNED, EventKind.AUDITED, EventKind.STRATUM_LOWERED, EventKind.APPROVED,
                     EventKind.STARTED, EventKind.RESUMED})
"""Whoever did one of these took part in every decision of the campaign: they proposed, audited, approved or started it."""
_OF_ONE = frozenset({EventKind.DECISION_CONFIRMED, EventKind.VERDICT_GIVEN, EventKind.APPEAL_DECIDED, EventKind.WAIVER_RECORDED,
                     EventKind.PROTECTED_DECIDED})
"""Whoever did one of these took part in the decision, or in the item of the audit's sample, that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealBook:
    """Everything that appeals depend on, as it was after some events."""

    campaign_id: str = ""
    delivered: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """When each decision's statement was delivered."""
    appeals: Mapping[str, Appeal] = field(default_factory=lambda: MappingProxyType({}))
    """By their ids, in the order in which they were filed."""
    reversed: frozenset[str] = frozenset()
    """Decisions that have been undone."""
    people: frozenset[str] = frozenset()
    """Who took part in every decision."""
    people_of: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Who took part in one decision besides, by its id or by its item's in a sample."""
    samples: frozenset[tuple[str, str]] = frozenset()
    """Plan digest and seed of every sample that was drawn: with them a decision's item is known, however blind its readers."""

    def took_part(self, decision_id: str) -> frozenset[str]:
        """Everybody who took part in a decision, and so may not decide an appeal against it."""
        return self.people.union(*(self.people_of.get(one, frozenset()) for one in self.names_of(decision_id)))

    def names_of(self, decision_id: str) -> tuple[str, ...]:
        """Under which names a decision is spoken of: its id, its items' in samples, and those of the decisions it replaces."""
        ids = [decision_id]
        while (before := replaced_id(ids[-1])) is not None:
            ids.append(before)
        return (*ids, *(item_id(one, plan_digest=digest, seed=seed) for one in ids for digest, seed in self.samples))

    def of_decision(self, decision_id: str) -> tuple[Appeal, ...]:
        """The appeals against a decision, in the order in which they were filed."""
        return tuple(appeal for appeal in self.appeals.values() if appeal.decision_id == decision_id)

    @property
    def n_overturned(self) -> int:
        """Decided appeals that overturned their decision."""
        return sum(appeal.outcome is AppealOutcome.OVERTURNED for appeal in self.appeals.values())


def fold(events: Iterable[Event], *, book: AppealBook | None = None) -> AppealBook:
    """The book after `events`, which follow those that `book` was folded from.

    Folding in one go or in portions gives the same book. Raises `ValueError` for events of another campaign and for an
    appeal that is decided without having been filed: such a record was tampered with or is not whole.
    """
    start = book or AppealBook()
    campaign_id, reversed_, people, samples = start.campaign_id, set(start.reversed), set(start.people), set(start.samples)
    delivered, appeals = dict(start.delivered), dict(start.appeals)
    people_of = {decision_id: set(names) for decision_id, names in start.people_of.items()}
    for event in events:
        if event.campaign_id != (campaign_id := campaign_id or event.campaign_id):
            raise ValueError(f"an event of `{event.campaign_id}` among those of `{campaign_id}`")
        if event.actor != MACHINE and event.kind in _OF_ALL:
            people.add(event.actor)
        if event.actor != MACHINE and event.kind in _OF_ONE:
            for decision_id in _decisions(event):
                people_of.setdefault(decision_id, set()).add(event.actor)
        if event.kind is EventKind.SAMPLE_DRAWN:
            samples.add((str(event.body["plan_digest"]), str(event.body["seed"])))
        elif event.kind is EventKind.STATEMENT_DELIVERED:
            for decision_id in _decisions(event):
                delivered.setdefault(decision_id, event.at)
        elif event.kind is EventKind.APPEAL_FILED:
            appeal = _filed(event)
            appeals[appeal.appeal_id] = appeal
        elif event.kind is EventKind.APPEAL_DECIDED:
            appeals[str(event.body["appeal_id"])] = _decided(event, appeals)
        elif event.kind is EventKind.DECISION_REVERSED:
            reversed_.update(_decisions(event))
    return AppealBook(
        campaign_id=campaign_id, delivered=MappingProxyType(delivered), appeals=MappingProxyType(appeals),
        reversed=frozenset(reversed_), people=frozenset(people), samples=frozenset(samples),
        people_of=MappingProxyType({decision_id: frozenset(names) for decision_id, names in people_of.items()}))


def parts_taken(events: Iterable[Event], *, book: AppealBook, decision_id: str) -> Mapping[str, tuple[EventKind, ...]]:
    """What each person did that makes them part of a decision: the kinds of their events, each once, as they came."""
    names, found = frozenset(book.names_of(decision_id)), dict[str, dict[EventKind, None]]()
    for event in events:
        is_part = event.kind in _OF_ALL or (event.kind in _OF_ONE and not names.isdisjoint(_decisions(event)))
        if is_part and event.actor != MACHINE:
            found.setdefault(event.actor, {})[event.kind] = None
    return {person: tuple(kinds) for person, kinds in found.items()}


def _filed(event: Event) -> Appeal:
    body = event.body
    return Appeal(appeal_id=str(body["appeal_id"]), decision_id=str(body["decision_id"]), filed_at=event.at,
                  said=str(body["said"]))


def _decided(event: Event, appeals: Mapping[str, Appeal]) -> Appeal:
    appeal_id = str(event.body["appeal_id"])
    if appeal_id not in appeals:
        raise ValueError(f"the appeal `{appeal_id}` was decided without having been filed")
    return replace(appeals[appeal_id], outcome=AppealOutcome(str(event.body["outcome"])), decided_at=event.at,
                   decided_by=event.actor)


def _decisions(event: Event) -> Iterator[str]:
    """The decisions that an event is about: `decision_id` or `item_id`, or many at once in `decision_ids`."""
    body = event.body
    yield from (str(body[name]) for name in ("decision_id", "item_id") if name in body)
    many = body.get("decision_ids", ())
    if isinstance(many, (list, tuple)):
        yield from (str(one) for one in many)
