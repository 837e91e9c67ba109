"""Many entries at once: column by column for events of one shape, to the byte what `entry_of` makes of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from evenhand.ledger.canonical import canonical_text, in_order
from evenhand.ledger.entry import (
    COMMITTED,
    VERSION,
    FactName,
    Salts,
    base64url,
    base64url_each,
    entry_of,
    fact_name,
    written_at,
)
from evenhand.model.campaigns.event import NOBODY
from evenhand.model.campaigns.event_rows import EventRows
from evenhand.model.campaigns.instants import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Entries in their order, ready for the ledger."""

    texts: list[bytes]
    """What is published and hashed."""
    opens: list[bytes]
    """What is kept apart: of each entry its disclosures, separated by commas; empty where it has none."""


class _Fact(NamedTuple):
    """How one fact of a shape is written."""

    key: str
    write: Callable[[Any], str]
    """Its value as canonical JSON."""
    opening: str | None
    """The disclosure of a value that is committed to, with room for salt and value; None for one that is published."""


class _Shape(NamedTuple):
    """What events have in common whose bodies have the same names with values of the same kinds."""

    text: str
    """An entry with room for its time and its facts."""
    facts: tuple[_Fact, ...]
    n_hidden: int


_WRITERS: dict[type, Callable[[Any], str]] = {str: encode_basestring, int: canonical_text, float: canonical_text,
                                              bool: canonical_text}


def entries_of(rows: EventRows, salts: Salts) -> Entries:
    """The entries of events: the same texts and disclosures, with salts given in the same order, as `entry_of` makes.

    Raises:
        ValueError: an event holds something that JSON cannot; `entry_of` tells which one.
    """
    made = Entries(texts=[b""] * len(rows), opens=[b""] * len(rows))
    waiting: list[tuple[int, _Shape]] = []
    keys = zip(rows.campaign_ids, rows.kinds, rows.actors, rows.bodies, strict=True)
    for number, (campaign_id, kind, actor, body) in enumerate(keys):
        shape = _shape(campaign_id, kind, actor, tuple(body), tuple(map(type, body.values())))
        if shape is not None:
            waiting.append((number, shape))
            continue
        _together(waiting, rows, salts, made)  # before it, since salts are given in the order of the events
        waiting = []
        entry = entry_of(rows.event(number), salts)
        made.texts[number], made.opens[number] = entry.text, b",".join([one.opened for one in entry.disclosures])
    _together(waiting, rows, salts, made)
    return made


@lru_cache(maxsize=4096)
def _shape(campaign_id: str, kind: str, actor: str, names: tuple[str, ...], kinds: tuple[type, ...]) -> _Shape | None:
    """The shape of events that say plain values under these names; None where persons act or a fact has parts."""
    plain = {*_WRITERS, type(None)}
    if actor != NOBODY or not plain.issuperset(kinds) or not {str}.issuperset(map(type, names)):
        return None
    kind_of = dict(zip(names, kinds, strict=True))
    facts, written = list[_Fact](), list[str]()
    for key in in_order(dict.fromkeys(names)):
        name = fact_name(key, f"body.{key}")
        if kind_of[key] is type(None):
            written.append(_constant(name.written) + "null")
            continue
        opening = None if _stays(name, kind_of[key]) else f'["%s",{_constant(name.written_place)},%s]'
        facts.append(_Fact(key, _WRITERS[kind_of[key]], opening))
        written.append(_constant(name.written) + ("%s" if opening is None else f'{{"{COMMITTED}":"%s"}}'))
    text = (f'{{"actor":{canonical_text(NOBODY)},"at":"%s","body":{{{",".join(written)}}},'
            f'"campaign_id":{_constant(canonical_text(campaign_id))},"kind":"{kind}","version":{VERSION}}}')
    return _Shape(text, tuple(facts), sum(fact.opening is not None for fact in facts))


def _stays(name: FactName, kind: type) -> bool:
    """Whether a plain value is published as it is."""
    return name.is_published or kind is bool or (name.is_count and kind is int)


def _constant(text: str) -> str:
    return text.replace("%", "%%")


def _together(waiting: Sequence[tuple[int, _Shape]], rows: EventRows, salts: Salts, made: Entries) -> None:
    """Write the entries of events whose shapes are known, each shape's on its own."""
    if not waiting:
        return
    begins = [0, *accumulate(shape.n_hidden for _, shape in waiting)]
    given = salts.several(begins[-1])
    times = {time: written_at(instant(time)) for time in set(rows.times)}
    groups: dict[int, tuple[_Shape, list[int], list[int]]] = {}
    for (number, shape), begin in zip(waiting, begins, strict=False):
        _, numbers, firsts = groups.setdefault(id(shape), (shape, [], []))
        numbers.append(number)
        firsts.append(begin)
    for shape, numbers, firsts in groups.values():
        columns, opened = [[times[rows.times[number]] for number in numbers]], list[list[bytes]]()
        bodies = [rows.bodies[number] for number in numbers]
        for fact in shape.facts:
            written = [fact.write(body[fact.key]) for body in bodies]
            if fact.opening is not None:
                own = [given[first + len(opened)] for first in firsts]
                opened.append([text.encode() for text in map(fact.opening.__mod__, zip(own, written, strict=True))])
                written = _commitments(opened[-1])
            columns.append(written)
        texts = map(shape.text.__mod__, zip(*columns, strict=True))
        opens = map(b",".join, zip(*opened, strict=True)) if opened else [b""] * len(numbers)
        for number, text, some in zip(numbers, texts, opens, strict=True):
            made.texts[number], made.opens[number] = text.encode(), some


def _commitments(opened: Sequence[bytes]) -> list[str]:
    """The commitments that disclosures open, one for each."""
    is_even = len(set(map(len, opened))) == 1  # such as those of keys
    texts = base64url_each(opened) if is_even else [base64url(one) for one in opened]
    return base64url_each([sha256(text.encode()).digest() for text in texts])
