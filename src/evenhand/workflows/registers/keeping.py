"""A register in a campaign's database: read it, and take a step while nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from evenhand.errors import DataError, Problem
from evenhand.ledger.published_entry import PublishedEntry, read_entry
from evenhand.model.campaigns.event import Event
from evenhand.model.campaigns.person import person_named
from evenhand.model.refusal import Refusal
from evenhand.registers.people import By
from evenhand.stores.ledger.folder import CHECKPOINT, LedgerFolder, checkpoint_in
from evenhand.workflows.effects.opening import State

Book = TypeVar("Book")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Generic[Book]):
    """One register of a database."""

    state: State
    name: str
    fold: Callable[[Iterable[Event]], Book]
    """Makes of its events what the register says."""

    def book(self) -> Book:
        """The register as it is now."""
        return self.fold(event for _, event in self.state.events.read(self.name))

    def decide(self, decide: Callable[[Book], Sequence[Event] | Event | Refusal]) -> tuple[Event, ...] | Refusal:
        """Record what `decide` makes of the register as it is now, all or nothing; nobody else adds to it meanwhile.

        Raises `ConfigError` when who acts reads as somebody else who has acted in it, in letters of another script.
        """
        recorded: list[Event] = []
        people: set[str] = set()

        def noted(so_far: Iterator[tuple[int, Event]]) -> Iterator[Event]:
            for _, event in so_far:
                people.add(event.actor)
                yield event

        def judged(so_far: Iterator[tuple[int, Event]]) -> Sequence[Event]:
            outcome = decide(self.fold(noted(so_far)))
            if isinstance(outcome, Refusal):
                raise _RefusedError(outcome)
            recorded.extend([outcome] if isinstance(outcome, Event) else outcome)
            for actor in {event.actor for event in recorded}:
                person_named(actor, among=people)
            return recorded

        try:
            self.state.events.decide(self.name, judged)
        except _RefusedError as refused:
            return refused.refusal
        return tuple(recorded)


class _RefusedError(Exception):
    """Carries a refusal out of a transaction that keeps nothing."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def published(folder: Path, name: str) -> Iterator[tuple[int, PublishedEntry]]:
    """The entries of a register in a published ledger, each with its number; `verify` tells whether the ledger holds.

    Raises:
        DataError: there is no ledger, or an entry of it cannot be read.
    """
    ledger, wanted = LedgerFolder(folder), f'"campaign_id":"{name}"'.encode()
    for number, text in enumerate(ledger.all_entries(checkpoint_in(ledger.note(), folder / CHECKPOINT).size)):
        if wanted in text and (entry := _read(text, number, folder)).campaign_id == name:
            yield number, entry


def by_now(person: str) -> By:
    """A step that `person` takes now, to the second: nobody decides about a demand to the microsecond.

    Raises `ConfigError` when the name is written in another way than the one that names a person.
    """
    return By(person=person_named(person), at=datetime.now(UTC).replace(microsecond=0))


def _read(text: bytes, number: int, folder: Path) -> PublishedEntry:
    try:
        return read_entry(text)
    except ValueError as error:
        raise DataError(Problem(what=f"entry {number:,}: {error}", file=str(folder),
                                hint="see what else is wrong with `evenhand verify`")) from error
