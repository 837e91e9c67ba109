"""Keep a ledger: make its key, append events from a file, hand out what opens an entry, erase it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evenhand.errors import ConfigError, DataError, Problem
from evenhand.ledger.checkpoint import VerifierKey
from evenhand.ledger.entry import Disclosure
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.stores.ledger.keys import make_key, read_signer
from evenhand.stores.ledger.private import PrivateFolder
from evenhand.stores.ledger.writer import LedgerWriter

BATCH_EVENTS = 8192
"""Events appended under one checkpoint."""
MOST_PROBLEMS = 20
FIELDS = frozenset({"campaign_id", "kind", "at", "actor", "body"})

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What was appended."""

    first: int
    n_events: int
    size: int
    """Entries in the ledger now."""
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What can be opened of some entries, and whether it is erased now."""

    entries: tuple[int, ...]
    is_erased: bool


def make_ledger_key(name: str, path: Path) -> VerifierKey:
    """Make the key pair of a ledger that will be called `name`: the private key in `path`, the public one beside it.

    Raises:
        ConfigError: the name is none for a ledger, a file is there already, or `cryptography` is not installed.
    """
    return make_key(name, path)


def append_events(file: Path, folder: Path, *, private: Path, key: Path, after: int | None = None,
                  progress: Report | None = None) -> Appended:
    """Append the events of a JSONL file to the ledger in `folder`. Nothing is appended when one of them is wrong.

    Raises:
        DataError: lines that are no events, all of them at once; a key, folder or size that does not fit.
    """
    n_events = _checked(file)
    signer, said = read_signer(key), progress or (lambda _done, _total: None)
    with LedgerWriter(folder, private=private, signers=[signer]) as ledger:
        first = ledger.size
        batch: list[Event] = []
        for event in _events(file):
            batch.append(event)
            if len(batch) == BATCH_EVENTS:
                after = ledger.append(batch, after=after).stop
                batch = []
                said(after - first, n_events)
        ledger.append(batch, after=after)
        return Appended(first=first, n_events=ledger.size - first, size=ledger.size, folder=folder)


def disclose(entry: int, *, private: Path, places: Sequence[str] = ()) -> tuple[Disclosure, ...]:
    """What opens an entry, to be handed to the person whom it concerns; only some `places` of it, if any are named.

    Raises:
        DataError: there is nothing: the entry holds no commitment, it is erased, or it has no such place.
    """
    found = existing(private).of(entry)
    if not found:
        raise DataError(Problem(what=f"nothing is kept that opens entry {entry:,}", file=str(private),
                                hint="it speaks of no person, or what opened it was erased"))
    if missing := [place for place in places if place not in {one.place for one in found}]:
        raise DataError(Problem(what=f"entry {entry:,} has no commitment at {', '.join(f'`{one}`' for one in missing)}",
                                hint=f"it has {', '.join(f'`{one.place}`' for one in found)}"))
    return tuple(one for one in found if not places or one.place in places)


def erase(*, private: Path, entries: Sequence[int] = (), value: str | None = None, write: bool = False) -> Erasure:
    """Erase what opens some entries: those named, and those that hold `value`. Without `write` only look for them.

    The ledger stays as it is and verifies as before; nobody can read the erased values from it again.

    Raises:
        DataError: there is no such folder.
    """
    folder = existing(private)
    wanted = {entry for entry in entries if folder.of(entry)} | (set(folder.find(value)) if value is not None else set())
    if write:
        folder.erase(wanted)
        if value is not None:
            folder.forget_person(value)
    return Erasure(entries=tuple(sorted(wanted)), is_erased=write)


def existing(private: Path) -> PrivateFolder:
    """The private folder of a ledger. Raises `DataError` when there is none."""
    if not private.is_dir():
        raise DataError(Problem(what=f"there is no folder `{private}`", hint="name the one that the ledger was written with"))
    return PrivateFolder(private)


def _checked(file: Path) -> int:
    """How many events the file holds."""
    problems, n_events = [], 0
    for number, line in _lines(file):
        try:
            event_of(line)
            n_events += 1
        except ValueError as error:
            problems.append(Problem(what=str(error), file=str(file), line=number,
                                    hint="correct the line; nothing was appended"))
            if len(problems) == MOST_PROBLEMS:
                break
    if problems:
        raise DataError(problems)
    return n_events


def _events(file: Path) -> Iterator[Event]:
    for _, line in _lines(file):
        yield event_of(line)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        with file.open(encoding="utf-8") as lines:
            yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    except UnicodeDecodeError as error:
        raise ConfigError(Problem(what="the file is not UTF-8", file=str(file), hint="write it as JSON lines")) from error


def event_of(line: str) -> Event:
    """The event that a line of JSON stands for: `campaign_id`, `kind`, `at`, `actor`, `body`.

    Raises:
        ValueError: it is none.
    """
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise ValueError(f"this line is not JSON: {str(error).lower()}") from error
    if not isinstance(fields, dict) or fields.keys() != FIELDS:
        raise ValueError(f"an event has exactly the fields {', '.join(f'`{name}`' for name in sorted(FIELDS))}")
    if fields["kind"] not in {kind.value for kind in EventKind}:
        raise ValueError(f"there is no kind of event `{fields['kind']}`")
    if not all(type(fields[name]) is str for name in ("campaign_id", "at", "actor")) or type(fields["body"]) is not dict:
        raise ValueError("`campaign_id`, `at` and `actor` are texts, `body` is an object")
    return Event(campaign_id=fields["campaign_id"], kind=EventKind(fields["kind"]), actor=fields["actor"],
                 at=_time(fields["at"]), body=fields["body"])


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"`at` is `{text}`, not a time such as `2026-11-01T08:30:00Z`") from error
