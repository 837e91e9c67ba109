"""Names in all their readings, and the places of them that are looked up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenhand.signals.names.added_words import AddedWords, WordKinds
from evenhand.signals.names.codepoints import Offsets, Texts, marked_before
from evenhand.signals.names.edits import MAX_EDIT_LETTERS, MIN_EDIT_LETTERS
from evenhand.signals.names.forms import is_numeral
from evenhand.signals.names.hashes import Hashes, NameParts, PartHashes

NO_NUMERALS = np.uint64(0)
"""The hash of no numerals at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPlaces:
    """Places of names that may be a target but for an edit or two: whole names, and what is left without added words."""

    rows: Offsets
    starts: Offsets
    ends: Offsets
    numerals: Hashes
    """The hash of the numerals in each place."""

    @classmethod
    def of(cls, parts: NameParts, kinds: WordKinds) -> EditPlaces:
        """The places of these names that have as many letters as targets an edit away."""
        core_rows, core_starts, core_ends = _cores(parts, kinds)
        starts = np.r_[parts.letters.offsets[:-1], core_starts]
        ends = np.r_[parts.letters.offsets[1:], core_ends]
        lengths = ends - starts
        fits = np.flatnonzero((lengths >= MIN_EDIT_LETTERS - 1) & (lengths <= MAX_EDIT_LETTERS + 2))
        rows = np.r_[np.arange(len(parts.letters)), core_rows][fits]
        starts, ends = starts[fits], ends[fits]
        return cls(rows=rows, starts=starts, ends=ends, numerals=_numerals(parts, starts, ends))


def _cores(parts: NameParts, kinds: WordKinds) -> tuple[Offsets, Offsets, Offsets]:
    """What is left of names without the added words at their ends, where that is less than the whole."""
    own = np.flatnonzero(~kinds.is_added)
    rows = parts.word_rows[own]
    first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]][:len(rows)])
    last = np.r_[first[1:], len(rows)][:len(first)] - 1
    core_rows = rows[first]
    starts, ends = parts.word_starts[own[first]], parts.word_ends[own[last]]
    offsets = parts.letters.offsets
    less = (starts > offsets[:-1][core_rows]) | (ends < offsets[1:][core_rows])
    cut_rows, cut_starts, cut_ends = kinds.cuts
    return np.r_[core_rows[less], cut_rows], np.r_[starts[less], cut_starts], np.r_[ends[less], cut_ends]


def _numerals(parts: NameParts, starts: Offsets, ends: Offsets) -> Hashes:
    numeral = is_numeral(parts.written)
    keys = np.full(len(starts), NO_NUMERALS, np.uint64)
    if not numeral.any():
        return keys
    first, last = marked_before(numeral, starts), marked_before(numeral, ends)
    some = np.flatnonzero(last > first)
    numerals = parts.written[numeral]
    keys[some] = PartHashes.of(Texts(numerals, np.array([0, len(numerals)]))).parts(first[some], last[some])
    return keys


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNames:
    """Names in all their readings: some whose letters look Latin in capitals have two."""

    rows: Offsets
    """The name of each reading."""
    folded: Texts
    """Of each name."""
    parts: NameParts
    """Of each reading, as all that follows."""
    kinds: WordKinds
    wholes: Hashes
    several: Offsets
    """Readings of several words."""
    bags: Hashes
    """The hash of their words in any order."""
    places: EditPlaces

    @classmethod
    def of(cls, rows: Offsets, parts: NameParts, *, folded: Texts, added: AddedWords) -> ReadNames:
        """The readings with these parts."""
        kinds = WordKinds.of(parts, added)
        several = np.flatnonzero(parts.n_words() > 1)
        return cls(rows=rows, folded=folded, parts=parts, kinds=kinds, wholes=parts.hashes.wholes(), several=several,
                   bags=parts.bags()[several], places=EditPlaces.of(parts, kinds))
