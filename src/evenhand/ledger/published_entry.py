"""Entries as an outsider reads them: their form checked, and opened as far as the disclosures at hand go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evenhand.ledger.canonical import canonical
from evenhand.ledger.entry import COMMITTED, VERSION, Disclosure, written_at
from evenhand.model.campaigns.event import NOBODY, Event, EventKind, Json

FIELDS = frozenset({"actor", "at", "body", "campaign_id", "kind", "version"})


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
