"""Events as columns: how millions of them are read and published, without a value of its own for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.campaigns.instants import instant, microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRows:
    """Events in their order, a column for each of their fields; all columns are equally long."""

    campaign_ids: Sequence[str]
    kinds: Sequence[str]
    """Values of `EventKind`."""
    times: Sequence[int]
    """Microseconds since 1970."""
    actors: Sequence[str]
    bodies: Sequence[Mapping[str, Json]]

    @classmethod
    def of(cls, events: Sequence[Event]) -> Self:
        """The columns of some events."""
        return cls(campaign_ids=[event.campaign_id for event in events], kinds=[event.kind.value for event in events],
                   times=[microseconds(event.at) for event in events], actors=[event.actor for event in events],
                   bodies=[event.body for event in events])

    def __len__(self) -> int:
        """How many events there are."""
        return len(self.bodies)

    def event(self, number: int) -> Event:
        """One of them, the first is 0."""
        return Event(campaign_id=self.campaign_ids[number], kind=EventKind(self.kinds[number]), at=instant(self.times[number]),
                     actor=self.actors[number], body=self.bodies[number])
