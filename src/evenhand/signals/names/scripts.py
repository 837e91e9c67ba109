"""Which scripts a name is written in, and whether one word mixes scripts that are not written together (UTS #39, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.names.codepoints import N_POINTS, Mask, Texts

_SINGLE = (
    "Latn", "Grek", "Cyrl", "Armn", "Hebr", "Arab", "Thaa", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda",
    "Mlym", "Sinh", "Thai", "Laoo", "Tibt", "Mymr", "Geor", "Ethi", "Khmr", "Hani", "Hira", "Kana", "Bopo", "Hang", "Syrc",
    "Mong", "Cher", "Cans", "Nkoo", "Yiii", "Tfng", "Lisu", "Adlm", "Java", "Bali", "Copt", "Goth", "Glag", "Runr", "Ogam",
    "Vaii", "Osge", "Olck", "Cakm", "Sund", "Bugi", "Tale", "Talu", "Lana", "Cham", "Limb", "Rohg", "Mtei")
"""Scripts with a bit of their own: those in use today (UAX #31, tables 5 and 7) and the ones most like Latin."""
_REST = len(_SINGLE)
_JPAN, _HANB, _KORE = (_REST + place for place in (1, 2, 3))
_SETS = {"Hani": (_JPAN, _HANB, _KORE), "Hira": (_JPAN,), "Kana": (_JPAN,), "Hang": (_KORE,), "Bopo": (_HANB,)}
"""The augmented script sets of UTS #39, 5.1."""
_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)
_LATIN = np.uint64(1 << _SINGLE.index("Latn"))
_WITH_LATIN = np.uint64(1 << _JPAN | 1 << _HANB | 1 << _KORE)
"""Written together with Latin even within a word (UTS #39, 5.2, highly restrictive)."""
_AS_HAN = {"Hira": "Hani", "Kana": "Hani", "Bopo": "Hani"}
"""Kana and bopomofo are parts of one writing system with Han; they do not count as further scripts."""


@dataclass(frozen=True, slots=True)
class ScriptTable:
    """The resolved script set of each code point, as bits, and its script for counting."""

    numbers: NDArray[np.uint16]
    """Number of each code point's set."""
    sets: NDArray[np.uint64]
    """Augmented script set for each number; every bit for what belongs to all scripts."""
    counted: NDArray[np.uint64]
    """The one bit that a character of this number counts as; none for what belongs to several scripts."""

    @classmethod
    def of(cls, ranges: Iterable[tuple[range, str]]) -> ScriptTable:
        """The table from ranges of code points with their Script_Extensions as four-letter codes."""
        numbers = np.zeros(N_POINTS, np.uint16)
        known = {"Zyyy": 0}
        for points, names in ranges:
            numbers[points.start:points.stop] = known.setdefault(names, len(known))
        return cls(numbers, np.array([_set_of(names) for names in known], np.uint64),
                   np.array([_counted(names) for names in known], np.uint64))


def _bit(name: str) -> int:
    return _SINGLE.index(name) if name in _SINGLE else _REST


def _set_of(names: str) -> np.uint64:
    members = names.split()
    if {"Zyyy", "Zinh"} & set(members):
        return _EVERY
    return np.uint64(sum({1 << bit for name in members for bit in (_bit(name), *_SETS.get(name, ()))}))


def _counted(names: str) -> np.uint64:
    if " " in names or names in {"Zyyy", "Zinh", "Zzzz"}:
        return np.uint64(0)
    return np.uint64(1 << _bit(_AS_HAN.get(names, names)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptUse:
    """What scripts each text is written in."""

    n_scripts: NDArray[np.int32]
    """Writing systems of its letters; kana counts as Han."""
    is_mixed: Mask
    """One of its words mixes scripts that are not written together. Two scripts in two words are no mixture."""
    is_foreign: Mask
    """It has letters, all of one script, and that script is not Latin."""


def script_use(texts: Texts, table: ScriptTable) -> ScriptUse:
    """How each text, its words parted by single spaces, uses scripts.

    Latin with Han, kana, hangul or bopomofo is usual within a word; all else must share one script, as UTS #39 resolves
    it with Script_Extensions and the augmented sets. A wholly Cyrillic, Greek or Arabic name is not mixed.
    """
    n_scripts = np.zeros(len(texts), np.int32)
    mixed, foreign = np.zeros(len(texts), np.bool_), np.zeros(len(texts), np.bool_)
    if not len(texts.points):
        return ScriptUse(n_scripts=n_scripts, is_mixed=mixed, is_foreign=foreign)
    numbers = table.numbers.take(texts.points)
    filled = np.flatnonzero(texts.lengths)
    used = np.bitwise_or.reduceat(table.counted[numbers], texts.offsets[:-1][filled])
    n_scripts[filled] = np.bitwise_count(used)
    foreign[filled] = (n_scripts[filled] == 1) & ((used & _LATIN) == 0)
    spaces = texts.points == 0x20
    begins = np.zeros(len(texts.points), np.bool_)
    begins[texts.offsets[:-1][filled]] = True
    begins[1:] |= spaces[:-1]
    words = np.flatnonzero(begins)
    sets = table.sets[numbers]
    together = np.bitwise_and.reduceat(sets, words)
    beside = np.bitwise_and.reduceat(np.where(sets & _LATIN, _EVERY, sets), words)
    strange = words[(together == 0) & ((beside & _WITH_LATIN) == 0)]
    mixed[np.searchsorted(texts.offsets, strange, side="right") - 1] = True
    return ScriptUse(n_scripts=n_scripts, is_mixed=mixed, is_foreign=foreign)
