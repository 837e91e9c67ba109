"""Entries: an event as published, with salted commitments where it speaks of a person, and what is kept apart to open them."""

from __future__ import annotations

import base64
import json
from binascii import b2a_base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol, Self

from evenhand.ledger.canonical import canonical, canonical_text, in_order
from evenhand.ledger.published_fields import NOBODY, PARTS, PUBLISHED, PUBLISHED_PREFIX
from evenhand.model.event import Event, EventKind, Json

VERSION = 1
"""Of the form of entries; raised when a field changes its meaning."""
COMMITTED = "committed"
"""The one key of an object that stands in the place of a value that is committed to."""
FIELDS = frozenset({"actor", "at", "body", "campaign_id", "kind", "version"})
N_DISCLOSED = 3
"""A disclosure is a list of salt, place and value."""


class Salts(Protocol):
    """Where salts come from: 128 random bits each, as text without `=` (RFC 9901, section 4.2.1)."""

    def fresh(self) -> str:
        """A salt that was never given before."""

    def of_person(self, campaign_id: str, actor: str) -> str:
        """The salt of one person who acts in one campaign: the same each time, so that outsiders can tell two from one."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What opens one commitment. Whoever has it can prove the value; once it is erased nobody can."""

    opened: bytes
    """A list of salt, place and value as canonical JSON."""

    @classmethod
    def of(cls, salt: str, place: str, value: Json) -> Self:
        """The disclosure of a value that stands at a place of an entry, such as `body.account_id`."""
        return cls(f"[{canonical_text(salt)},{canonical_text(place)},{canonical_text(value)}]".encode())

    @property
    def place(self) -> str:
        """Where in the entry the commitment stands."""
        return str(json.loads(self.opened)[1])

    @property
    def value(self) -> Json:
        """What was committed to."""
        value: Json = json.loads(self.opened)[2]
        return value

    @property
    def text(self) -> str:
        """The disclosure as SD-JWT writes it (RFC 9901, section 4.2.1)."""
        return base64url(self.opened)

    @property
    def commitment(self) -> str:
        """SHA-256 over the text, which is what is published."""
        return base64url(sha256(_base64url(self.opened)).digest())


def read_disclosure(text: str) -> Disclosure:
    """The disclosure that a text stands for.

    Raises:
        ValueError: it is none.
    """
    try:
        opened = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        parts = json.loads(opened)
    except ValueError as error:
        raise ValueError("this is not a disclosure: Base 64 of a list of salt, place and value") from error
    if not isinstance(parts, list) or len(parts) != N_DISCLOSED or not all(isinstance(part, str) for part in parts[:2]):
        raise ValueError("a disclosure is a list of salt, place and value")
    return Disclosure(opened)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event, ready for the ledger."""

    text: bytes
    """What is published and hashed."""
    disclosures: tuple[Disclosure, ...]
    """What is kept apart."""


def entry_of(event: Event, salts: Salts) -> Entry:
    """The entry of an event: names in `published_fields` stay, everything else becomes a commitment.

    Raises:
        ValueError: the event holds something that JSON cannot.
    """
    hidden: list[Disclosure] = []
    actor = canonical_text(NOBODY) if event.actor == NOBODY else _committed(
        Disclosure.of(salts.of_person(event.campaign_id, event.actor), "actor", event.actor), hidden)
    body = _written_parts(event.body, "body", salts, hidden)
    # written in canonical order at once: reading values twice would take as long again
    text = (f'{{"actor":{actor},"at":"{written_at(event.at)}","body":{body},'
            f'"campaign_id":{canonical_text(event.campaign_id)},"kind":"{event.kind.value}","version":{VERSION}}}')
    return Entry(text=text.encode(), disclosures=tuple(hidden))


def written_at(at: datetime) -> str:
    """A time as entries write it, in UTC.

    >>> written_at(datetime(2026, 11, 1, 8, 30, tzinfo=UTC))
    '2026-11-01T08:30:00Z'
    """
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _written_parts(facts: Mapping[str, Json], place: str, salts: Salts, hidden: list[Disclosure]) -> str:
    return "{" + ",".join([f"{canonical_text(name)}:{_written(name, facts[name], f'{place}.{name}', salts, hidden)}"
                           for name in in_order(facts)]) + "}"


def _written(name: str, value: Json, place: str, salts: Salts, hidden: list[Disclosure]) -> str:
    """A fact as it is published, in canonical form: itself, a commitment, or its parts."""
    if value is None or isinstance(value, bool) or (name in PUBLISHED and (type(value) is str or not _looks_committed(value))):
        return canonical_text(value)
    if isinstance(value, int) and name.startswith(PUBLISHED_PREFIX):
        return canonical_text(value)
    if name in PARTS and not _looks_committed(value):
        if isinstance(value, Mapping):
            return _written_parts(value, place, salts, hidden)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "[" + ",".join([_written(name, one, f"{place}.{number}", salts, hidden)
                                   for number, one in enumerate(value)]) + "]"
    return _committed(Disclosure.of(salts.fresh(), place, value), hidden)


def _committed(disclosure: Disclosure, hidden: list[Disclosure]) -> str:
    hidden.append(disclosure)
    return f'{{"{COMMITTED}":"{disclosure.commitment}"}}'


def _looks_committed(value: Json) -> bool:
    """True for a value that a reader would take for a commitment, which therefore has to be one."""
    if isinstance(value, (str, int, float)):
        return False
    if isinstance(value, Mapping):
        return COMMITTED in value or any(_looks_committed(one) for one in value.values())
    return isinstance(value, Sequence) and any(_looks_committed(one) for one in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEntry:
    """An entry as an outsider reads it. `actor` and values of `body` may be commitments."""

    campaign_id: str
    kind: EventKind
    at: datetime
    actor: Json
    body: Mapping[str, Json]
    document: Mapping[str, Json] = field(repr=False)
    """All of it, as JSON values."""

    def opened(self, disclosures: Iterable[Disclosure]) -> tuple[PublishedEntry, tuple[Disclosure, ...]]:
        """The entry with the values that the disclosures open, and the disclosures that open nothing in it."""
        document, unused = json.loads(canonical(self.document)), []
        for one in disclosures:
            holder, key = _holder(document, one.place)
            if holder is not None and holder[key] == {COMMITTED: one.commitment}:
                holder[key] = one.value
            else:
                unused.append(one)
        return PublishedEntry(campaign_id=self.campaign_id, kind=self.kind, at=self.at, actor=document["actor"],
                              body=document["body"], document=document), tuple(unused)

    def commitments(self) -> tuple[str, ...]:
        """The places of all values that are committed to."""
        return tuple(_committed_places({"actor": self.actor, "body": self.body}, ""))

    @property
    def event(self) -> Event:
        """The event, if everything is opened.

        Raises:
            ValueError: something is not; the text names the places.
        """
        if (closed := self.commitments()) or not isinstance(self.actor, str):
            raise ValueError(f"the entry cannot be read without what was kept apart for {', '.join(closed)}")
        return Event(campaign_id=self.campaign_id, kind=self.kind, at=self.at, actor=self.actor, body=self.body)


def read_entry(text: bytes) -> PublishedEntry:
    """The entry that a published text stands for.

    Raises:
        ValueError: the text does not have the form of an entry; it says in which respect.
    """
    try:
        document = json.loads(text)
        is_canonical = canonical(document) == text
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from error
    if not isinstance(document, dict) or document.keys() != FIELDS:
        raise ValueError(f"it does not have exactly the fields {', '.join(f'`{name}`' for name in sorted(FIELDS))}")
    if not is_canonical:
        raise ValueError("it is not in canonical form (RFC 8785)")
    if document["version"] != VERSION:
        raise ValueError(f"its version is `{document['version']}`, and this program reads version {VERSION}")
    if type(document["kind"]) is not str or document["kind"] not in _KINDS:
        raise ValueError(f"its kind `{document['kind']}` is unknown to this program")
    if type(document["campaign_id"]) is not str or type(document["body"]) is not dict:
        raise ValueError("its `campaign_id` is not text, or its `body` is not an object")
    if document["actor"] != NOBODY and not _is_commitment(document["actor"]):
        raise ValueError("its `actor` is neither `evenhand` nor a commitment")
    return PublishedEntry(campaign_id=document["campaign_id"], kind=_KINDS[document["kind"]], at=_read_at(document["at"]),
                          actor=document["actor"], body=document["body"], document=document)


_KINDS: Mapping[str, EventKind] = {kind.value: kind for kind in EventKind}


def _read_at(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or written_at(at) != text:
        raise ValueError(f"its time `{text}` is not one in UTC, such as `2026-11-01T08:30:00Z`")
    return at


def _is_commitment(value: object) -> bool:
    return isinstance(value, Mapping) and value.keys() == {COMMITTED} and isinstance(value[COMMITTED], str)


def _committed_places(value: Json, place: str) -> list[str]:
    if _is_commitment(value):
        return [place]
    if isinstance(value, Mapping):
        return [found for name, one in value.items() for found in _committed_places(one, f"{place}.{name}".lstrip("."))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [found for number, one in enumerate(value) for found in _committed_places(one, f"{place}.{number}")]
    return []


def _holder(document: Any, place: str) -> tuple[Any, Any]:
    """What holds the value at a place, and under which key or number; `(None, None)` where there is no such place."""
    holder, names = document, place.split(".")
    while True:
        key: Any = names[0]
        if isinstance(holder, list):
            key = int(key) if key.isascii() and key.isdigit() else len(holder)
        # a name may hold a point itself: then more parts are tried together
        n_parts = 1
        while isinstance(holder, dict) and key not in holder and n_parts < len(names):
            n_parts += 1
            key = ".".join(names[:n_parts])
        if not (isinstance(holder, dict) and key in holder) and not (isinstance(holder, list) and key < len(holder)):
            return None, None
        names = names[n_parts:]
        if not names:
            return holder, key
        holder = holder[key]


def base64url(data: bytes) -> str:
    """Base 64 for addresses, without `=` (RFC 4648, section 5).

    >>> base64url(bytes([251, 255]))
    '-_8'
    """
    return _base64url(data).decode()


def _base64url(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).translate(_FOR_ADDRESSES, b"=")


_FOR_ADDRESSES = bytes.maketrans(b"+/", b"-_")
