"""Entries: an event as published, with salted commitments where it speaks of a person, and what is kept apart to open them."""

from __future__ import annotations

import base64
import json
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, Protocol, Self

from evenhand.ledger.canonical import canonical_text, in_order
from evenhand.ledger.published_fields import PARTS, PUBLISHED, PUBLISHED_PREFIX
from evenhand.model.campaigns.event import NOBODY, Event, Json

VERSION = 1
"""Of the form of entries; raised when a field changes its meaning."""
COMMITTED = "committed"
"""The one key of an object that stands in the place of a value that is committed to."""
N_DISCLOSED = 3
"""A disclosure is a list of salt, place and value."""


class Salts(Protocol):
    """Where salts come from: 128 random bits each, as text without `=` (RFC 9901, section 4.2.1)."""

    def fresh(self) -> str:
        """A salt that was never given before."""

    def several(self, n: int) -> list[str]:
        """So many of them, as if asked for one after the other."""

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


class FactName(NamedTuple):
    """What the name of a fact means at its place: looked up once, since a ledger's entries have the same few."""

    place: str
    written: str
    """The name as canonical JSON, with the colon."""
    written_place: str
    is_published: bool
    is_count: bool
    has_parts: bool


@lru_cache(maxsize=4096)
def fact_name(name: str, place: str) -> FactName:
    """What a name means at a place of an entry, such as `body.account_id`."""
    return FactName(place=place, written=f"{canonical_text(name)}:", written_place=canonical_text(place),
                    is_published=name in PUBLISHED, is_count=name.startswith(PUBLISHED_PREFIX), has_parts=name in PARTS)


def _written_parts(facts: Mapping[str, Json], place: str, salts: Salts, hidden: list[Disclosure]) -> str:
    written = []
    for key in in_order(facts):
        name = fact_name(key, f"{place}.{key}")
        written.append(name.written + _written(name, key, facts[key], salts, hidden))
    return "{" + ",".join(written) + "}"


def _written(name: FactName, key: str, value: Json, salts: Salts, hidden: list[Disclosure]) -> str:
    """A fact as it is published, in canonical form: itself, a commitment, or its parts."""
    if type(value) is not str or name.is_published:
        if value is None or isinstance(value, bool) or (name.is_published and not _looks_committed(value)) or (
                name.is_count and isinstance(value, int)):
            return canonical_text(value)
        if name.has_parts and not _looks_committed(value):
            if isinstance(value, Mapping):
                return _written_parts(value, name.place, salts, hidden)
            if isinstance(value, Sequence) and not isinstance(value, str):
                return "[" + ",".join([_written(fact_name(key, f"{name.place}.{number}"), key, one, salts, hidden)
                                       for number, one in enumerate(value)]) + "]"
    opened = f"[{canonical_text(salts.fresh())},{name.written_place},{canonical_text(value)}]"
    return _committed(Disclosure(opened.encode()), hidden)


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


def base64url(data: bytes) -> str:
    """Base 64 for addresses, without `=` (RFC 4648, section 5).

    >>> base64url(bytes([251, 255]))
    '-_8'
    """
    return _base64url(data).decode()


def _base64url(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).translate(FOR_ADDRESSES, b"=")


def base64url_each(values: Sequence[bytes]) -> list[str]:
    """The same of values that are all of one length, encoded in one go.

    >>> base64url_each([bytes([251, 255]), bytes(2)])
    ['-_8', 'AAA']
    """
    if not values:
        return []
    filled = bytes(-len(values[0]) % 3)  # every value fills whole groups of letters then, and can be cut out
    letters = (len(values[0]) + len(filled)) // 3 * 4
    text = b2a_base64(filled.join(values) + filled, newline=False).translate(FOR_ADDRESSES).decode()
    return [text[start:start + letters - len(filled)] for start in range(0, letters * len(values), letters or 1)] or [
        ""] * len(values)


FOR_ADDRESSES = bytes.maketrans(b"+/", b"-_")
"""The letters in which Base 64 for addresses differs."""
