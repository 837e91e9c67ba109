"""The protocols of the doors: what the core asks of an engine, a store or a platform, without knowing which one it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.effect_state import Order, ReadBack, Receipt, Saved, Settlement, Term
from evenhand.model.campaigns.event import Event
from evenhand.model.step import Step

Source: TypeAlias = pa.Table | tuple[str, ...]
"""Where a base relation comes from: an Arrow table, or the paths of Parquet files with the same columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """What one step did in one run: how many rows it left, and how many seconds it took."""

    name: str
    n_rows: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an engine hands back: the kept relations, and a count per step in the order they ran."""

    relations: Mapping[str, pa.Table]
    counts: tuple[StepCount, ...] = field(default=())


class Engine(Protocol):
    """Runs an ordered list of steps over named relations.

    Implementations promise: equal rows for equal input whatever the engine, the number of threads and the batch
    size; row order is not promised. A failing step raises `DataError` with the step's name.
    """

    def bind(self, relations: Mapping[str, Source]) -> None:
        """Make relations available to every later run, such as registries. A later bind replaces an earlier one."""

    def run(self, steps: Sequence[Step], *, tables: Mapping[str, Source], keep: Collection[str]) -> Outcome:
        """Run `steps` in order over `tables` and what was bound; return the relations named in `keep`.

        Of `tables`, and of the results of steps that read any of them, nothing remains afterwards.
        """

    def close(self) -> None:
        """Give back what the engine holds: connections, temporary files."""


class SentenceModel(Protocol):
    """Turns sentences into vectors whose cosine says how alike their meanings are. It never fetches anything."""

    @property
    def name(self) -> str:
        """Which model, in which version: another name means other vectors."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One vector of length 1 for each text, the same whatever stands beside it."""


class EventStore(Protocol):
    """Keeps the events of campaigns: only ever added, numbered from 1 without gaps."""

    def append(self, events: Sequence[Event], *, expecting: int | None = None) -> int:
        """Add events of one campaign, all or none, durably; the number of its last event.

        With `expecting`, the number of events that the caller has read: raises `Overtaken` when there are others.
        """

    def last(self, campaign_id: str) -> int:
        """The number of the campaign's last event, 0 when it has none."""

    def read(self, campaign_id: str, *, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The campaign's events with a number above `after`, each with its number, in order."""


class Outbox(Protocol):
    """Keeps the orders to a platform. An order is leased to one worker at a time and settled with its event at once."""

    def load(self, campaign_id: str, *, effects: pa.Table | None = None, statements: pa.Table | None = None) -> int:
        """Add a portion of a plan's effects and statements; rows that are known stay as they are. How many were added."""

    def has_order(self, campaign_id: str, key: str) -> bool:
        """Whether there is an order with this key."""

    def lease(self, campaign_id: str, *, owner: str, stages: Iterable[int], term: Term, limit: int,
              seen: int | None = None) -> list[Order] | None:
        """At most `limit` orders that are due when `term` begins, for `owner` alone until it ends, in their turn.

        None when somebody took a step of the campaign after `seen`: whoever asks looks at it first.
        """

    def take_back(self, campaign_id: str, *, owner: str) -> int:
        """Release what an earlier worker of the same name left behind; how many orders."""

    def settle(self, campaign_id: str, settlements: Sequence[Settlement], *, owner: str, at: datetime) -> list[Settlement]:
        """Write what became of leased orders, with their events, all or none; those that were still `owner`'s.

        An effect becomes done only in the transaction that queues its statement of reasons.
        """

    def statements(self, orders: Sequence[Order]) -> Mapping[str, str]:
        """The JSON text of the statements that `orders` deliver, by the order's key."""

    def next_due(self, campaign_id: str, *, stages: Iterable[int]) -> datetime | None:
        """When the next order of these stages is due or a lease runs out; None when nothing waits."""


class EvidenceStore(Protocol):
    """Keeps sealed what a platform held before an effect: for the appeal, and for restoring it."""

    def seal(self, orders: Sequence[Order], saved: Sequence[Saved], *, at: datetime) -> None:
        """Keep what was saved, encrypted and durably. What is there already stays: the first look is the true one."""

    def opened(self, campaign_id: str, keys: Collection[str]) -> Mapping[str, str]:
        """The JSON text of what was saved for the effects with these keys; the others are left out."""


class Platform(Protocol):
    """Where penalties are imposed. An order that is repeated under its idempotency key changes nothing more."""

    @property
    def capabilities(self) -> Capabilities:
        """Which penalties, how, for how long they can be undone, and how fast."""

    def save(self, orders: Sequence[Order]) -> list[Saved]:
        """What the platform holds now of what `orders` would remove, one for each order; it changes nothing."""

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        """One receipt for each order. `attached` holds, by key, the JSON text of the statement or of what to restore.

        Raises `Unreachable` or `RateLimited` when the orders could not be handed over; some may have been done.
        """

    def read_back(self, orders: Sequence[Order]) -> list[ReadBack]:
        """What is the case on the platform for each order, whatever its receipt said."""
