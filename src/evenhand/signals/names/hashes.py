"""Hashes of every part of many names at once, and tables of keys to look them up in.

A text's hash is a polynomial over its code points modulo 2**64, each code point standing for a scattered 64-bit number.
From running sums the hash of any part of any text, and of any text without one of its characters, is two
multiplications. Equal texts have equal hashes; what two equal hashes claim is checked on the texts themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.names.codepoints import N_POINTS, Offsets, Points, Texts, targets_places
from evenhand.signals.names.skeleton import as_letters
from evenhand.signals.names.unicode_tables import MARK, SPACELESS, UnicodeTables

Hashes = NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Any odd number has an inverse modulo 2**64; this one is 2**64 over the golden ratio."""
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_MAX_BITMAP_BITS = 31


def scattered(numbers: Hashes) -> Hashes:
    """A well mixed 64-bit number for each number (the finaliser of splitmix64, Steele et al. 2014)."""
    mixed = numbers + _BASE
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


_SCATTERED = scattered(np.arange(N_POINTS, dtype=np.uint64))


def _powers(base: np.uint64, length: int) -> Hashes:
    powers = np.full(length, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, out=powers)


@dataclass(frozen=True, slots=True)
class PartHashes:
    """Hashes of parts of `texts`, which stay the same wherever a part stands."""

    texts: Texts
    _sums: Hashes
    _inverses: Hashes

    @classmethod
    def of(cls, texts: Texts) -> PartHashes:
        """The hashes of these texts."""
        n = len(texts.points)
        sums = np.zeros(n + 1, np.uint64)
        np.cumsum(_SCATTERED[texts.points] * _powers(_BASE, n), out=sums[1:])
        return cls(texts, sums, _powers(_INVERSE, n + 1))

    def parts(self, starts: Offsets, ends: Offsets) -> Hashes:
        """The hash of each part from place `start` to before `end` of the texts' points."""
        return (self._sums[ends] - self._sums[starts]) * self._inverses[starts]

    def wholes(self) -> Hashes:
        """The hash of each text."""
        return self.parts(self.texts.offsets[:-1], self.texts.offsets[1:])

    def shortened(self, starts: Offsets, ends: Offsets) -> tuple[Hashes, Offsets]:
        """The hashes of each part without one of its characters, and the number of the part each one belongs to."""
        lengths = ends - starts
        part = np.repeat(np.arange(len(starts)), lengths)
        place = targets_places(starts, lengths)
        sums, inverses = self._sums, self._inverses
        before = sums[place] - sums[starts][part]
        after = sums[ends][part] - sums[place + 1]
        return (before + after * _INVERSE) * inverses[starts][part], part


@dataclass(frozen=True, slots=True, kw_only=True)
class NameParts:
    """Names cut into words (parted by spaces) and tokens (words, and in scripts without spaces single characters)."""

    letters: Texts
    """The names without spaces, digits read as letters."""
    written: Points
    """The same places with digits as they are."""
    hashes: PartHashes
    word_starts: Offsets
    word_ends: Offsets
    word_rows: Offsets
    token_starts: Offsets
    token_ends: Offsets
    token_rows: Offsets

    @classmethod
    def of(cls, words: Texts, tables: UnicodeTables) -> NameParts:
        """The parts of names whose words are parted by single spaces."""
        spaces = words.points == 0x20
        begins = np.zeros(len(words.points) + 1, np.bool_)
        begins[words.offsets] = True
        begins[1:] |= spaces
        begins = begins[:-1][~spaces]
        joined = words.keep(~spaces)
        letters = Texts(as_letters(joined.points), joined.offsets)
        word_starts = np.flatnonzero(begins)
        flags = tables.flags[letters.points]
        alone = (flags & SPACELESS) != 0
        if alone.any():
            begins |= (alone & ((flags & MARK) == 0)) | (np.r_[False, alone[:-1]] & ~alone)
        token_starts = np.flatnonzero(begins)
        rows = letters.rows
        return cls(letters=letters, written=joined.points, hashes=PartHashes.of(letters),
                   word_starts=word_starts, word_ends=np.r_[word_starts[1:], len(letters.points)][:len(word_starts)],
                   word_rows=rows[word_starts], token_starts=token_starts,
                   token_ends=np.r_[token_starts[1:], len(letters.points)][:len(token_starts)],
                   token_rows=rows[token_starts])

    def spans(self, max_tokens: int) -> Iterator[tuple[Offsets, Offsets, Offsets]]:
        """Rows, starts and ends of all runs of one token, then of two, and so on."""
        for n in range(1, max_tokens + 1):
            first = np.flatnonzero(self.token_rows[:len(self.token_rows) - n + 1] == self.token_rows[n - 1:])
            if not len(first):
                return
            yield self.token_rows[first], self.token_starts[first], self.token_ends[first + n - 1]

    def bags(self) -> Hashes:
        """For each name the hash of its words in any order."""
        sums = np.zeros(len(self.word_starts) + 1, np.uint64)
        np.cumsum(scattered(self.hashes.parts(self.word_starts, self.word_ends)), out=sums[1:])
        first = np.searchsorted(self.word_rows, np.arange(len(self.letters) + 1))
        return sums[first[1:]] - sums[first[:-1]]

    def n_words(self) -> Offsets:
        """How many words each name has."""
        return np.bincount(self.word_rows, minlength=len(self.letters))


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Numbers of things by key, several things to a key; a bitmap turns away nearly all keys that are not in it."""

    keys: Hashes
    """Sorted, each once."""
    starts: Offsets
    """`things[starts[i]:starts[i + 1]]` have key `i`."""
    things: NDArray[np.int32]
    bitmaps: tuple[NDArray[np.uint8], NDArray[np.uint8]]
    """One bit for each possible top of a key, and of a key scattered anew."""
    shift: np.uint64

    @classmethod
    def of(cls, keys: Hashes, things: NDArray[np.int32]) -> KeyTable:
        """The table of these things, each under the key beside it; a repeated pair counts once."""
        order = np.lexsort((things, keys))
        keys, things = keys[order], things[order]
        if len(keys):
            fresh = np.r_[True, (keys[1:] != keys[:-1]) | (things[1:] != things[:-1])]
            keys, things = keys[fresh], things[fresh]
        unique, starts = np.unique(keys, return_index=True)
        bits = min(_MAX_BITMAP_BITS, max(16, len(unique).bit_length() + 4))
        shift = np.uint64(64 - bits)
        bitmaps = (_bitmap(unique >> shift, bits), _bitmap(scattered(unique) >> shift, bits))
        return cls(unique, np.r_[starts, len(things)], things, bitmaps, shift)

    def places(self, keys: Hashes) -> tuple[Offsets, Offsets]:
        """Which of the keys are in the table, and the place of each one found."""
        if not len(self.keys) or not len(keys):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        asked = np.flatnonzero(_marked(self.bitmaps[0], keys >> self.shift))
        asked = asked[_marked(self.bitmaps[1], scattered(keys[asked]) >> self.shift)]
        place = np.searchsorted(self.keys, keys[asked])
        place[place == len(self.keys)] = 0
        found = self.keys[place] == keys[asked]
        return asked[found], place[found]

    def find(self, keys: Hashes) -> tuple[Offsets, NDArray[np.int32]]:
        """Every pair of an asked key (its number) and a thing that has this key."""
        asked, place = self.places(keys)
        counts = self.starts[place + 1] - self.starts[place]
        return np.repeat(asked, counts), self.things[targets_places(self.starts[place], counts)]


def _bitmap(places: Hashes, bits: int) -> NDArray[np.uint8]:
    marked = np.zeros(1 << bits, np.bool_)
    marked[places] = True
    return np.packbits(marked, bitorder="little")


def _marked(bitmap: NDArray[np.uint8], places: Hashes) -> NDArray[np.bool_]:
    signed = places.view(np.int64)
    marked: NDArray[np.bool_] = (bitmap.take(signed >> 3) & (np.uint8(1) << (signed & 7).astype(np.uint8))) != 0
    return marked
