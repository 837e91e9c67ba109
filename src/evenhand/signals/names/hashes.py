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

from evenhand.signals.names.codepoints import N_POINTS, Mask, Offsets, Points, Texts, marked_before, targets_places
from evenhand.signals.names.skeleton import as_letters
from evenhand.signals.names.unicode_tables import MARK, SPACELESS, UnicodeTables

Hashes = NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Any odd number has an inverse modulo 2**64; this one is 2**64 over the golden ratio."""
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_TWICE = np.uint64(pow(int(_BASE), -2, 1 << 64))
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
"""Any odd number far from the powers of `_BASE`."""
_MAX_BITMAP_BITS = 31


def scattered(numbers: Hashes) -> Hashes:
    """A well mixed 64-bit number for each number (the finaliser of splitmix64, Steele et al. 2014)."""
    mixed = numbers + _BASE
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def joined(first: Hashes, second: Hashes) -> Hashes:
    """A key of two parts of a text, which need not stand side by side."""
    return first * _SPREAD + second


_SCATTERED = scattered(np.arange(N_POINTS, dtype=np.uint64))


def _powers(base: np.uint64, length: int) -> Hashes:
    powers = np.full(length, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, out=powers)


_KEPT = 1 << 19
"""Powers kept at hand: more than a batch has letters, as a rule."""
_BASES, _INVERSES = _powers(_BASE, _KEPT), _powers(_INVERSE, _KEPT)


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
        bases, inverses = (_BASES[:n], _INVERSES) if n < _KEPT else (_powers(_BASE, n), _powers(_INVERSE, n + 1))
        sums = np.zeros(n + 1, np.uint64)
        np.cumsum(_SCATTERED.take(texts.points) * bases, out=sums[1:])
        return cls(texts, sums, inverses)

    def parts(self, starts: Offsets, ends: Offsets) -> Hashes:
        """The hash of each part from place `start` to before `end` of the texts' points."""
        hashes: Hashes = (self._sums.take(ends) - self._sums.take(starts)) * self._inverses.take(starts)
        return hashes

    def wholes(self) -> Hashes:
        """The hash of each text."""
        return self.parts(self.texts.offsets[:-1], self.texts.offsets[1:])

    def without(self, starts: Offsets, ends: Offsets, place: Offsets) -> Hashes:
        """The hash of each part without the character at `place`."""
        sums = self._sums
        hashes: Hashes = ((sums.take(place) - sums.take(starts) + (sums.take(ends) - sums.take(place + 1)) * _INVERSE)
                          * self._inverses.take(starts))
        return hashes

    def without_two(self, starts: Offsets, ends: Offsets, first: Offsets, second: Offsets) -> Hashes:
        """The hash of each part without the characters at `first` and, further on, `second`."""
        sums = self._sums
        between, after = sums.take(second) - sums.take(first + 1), sums.take(ends) - sums.take(second + 1)
        hashes: Hashes = ((sums.take(first) - sums.take(starts) + between * _INVERSE + after * _TWICE)
                          * self._inverses.take(starts))
        return hashes


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
        word_ends, word_rows = _ends_and_rows(word_starts, letters)
        token_starts, token_ends, token_rows = word_starts, word_ends, word_rows
        if (letters.points >= 0x80).any():
            flags = tables.flags.take(letters.points)
            alone = (flags & SPACELESS) != 0
            begins |= (alone & ((flags & MARK) == 0)) | (np.r_[False, alone[:-1]] & ~alone)
            token_starts = np.flatnonzero(begins)
            token_ends, token_rows = _ends_and_rows(token_starts, letters)
        return cls(letters=letters, written=joined.points, hashes=PartHashes.of(letters), word_starts=word_starts,
                   word_ends=word_ends, word_rows=word_rows, token_starts=token_starts, token_ends=token_ends,
                   token_rows=token_rows)

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
        ends = np.cumsum(self.n_words())
        return np.diff(sums[np.r_[0, ends]])

    def n_words(self) -> Offsets:
        """How many words each name has."""
        return np.bincount(self.word_rows, minlength=len(self.letters))

    def words_before(self, places: Offsets) -> Offsets:
        """How many words, of all names, begin before each place of the letters."""
        return marked_before(_marked(self.word_starts, self.letters), places)

    def word_at(self, places: Offsets) -> Offsets:
        """The number, among those of all names, of the word that each place is in; behind the letters, how many there are."""
        return self.words_before(places + 1) - 1

    def tokens_before(self, places: Offsets) -> Offsets:
        """As `words_before`, of tokens."""
        return marked_before(_marked(self.token_starts, self.letters), places)

    def token_at(self, places: Offsets) -> Offsets:
        """As `word_at`, of tokens."""
        return self.tokens_before(places + 1) - 1


def _marked(starts: Offsets, letters: Texts) -> Mask:
    """The places of the letters where something starts, and the one behind them."""
    marked = np.zeros(len(letters.points) + 1, np.bool_)
    marked[starts] = True
    marked[-1] = True
    return marked


def _ends_and_rows(starts: Offsets, letters: Texts) -> tuple[Offsets, Offsets]:
    """Where each word or token ends, and the name that it is in."""
    ends = np.r_[starts[1:], len(letters.points)][:len(starts)]
    return ends, np.repeat(np.arange(len(letters)), letters.count(_marked(starts, letters)))


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Keys of which it is known that they are not in a set, or that they may be: one in sixteen of the others at most."""

    bits: NDArray[np.uint8]
    shift: np.uint64

    @classmethod
    def of(cls, keys: Hashes) -> Bitmap:
        """The bitmap of these keys, which need not be different ones."""
        n_bits = min(_MAX_BITMAP_BITS, max(16, len(keys).bit_length() + 4))
        shift = np.uint64(64 - n_bits)
        marked = np.zeros(1 << n_bits, np.bool_)
        marked[keys >> shift] = True
        return cls(np.packbits(marked, bitorder="little"), shift)

    def may_have(self, keys: Hashes) -> NDArray[np.bool_]:
        """Whether each key may be in the set; one that is always may."""
        places = (keys >> self.shift).view(np.int64)
        bits = self.bits.take(places >> 3) >> (places & 7).astype(np.uint8)
        return (bits & np.uint8(1)).view(np.bool_)


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Numbers of things by key, several things to a key; bitmaps turn away nearly all keys that are not in it."""

    keys: Hashes
    """Sorted, each once."""
    starts: NDArray[np.int32]
    """`things[starts[i]:starts[i + 1]]` have key `i`."""
    things: NDArray[np.int32]
    bitmaps: tuple[Bitmap, Bitmap]
    """Of the keys, and of the keys scattered anew."""
    buckets: NDArray[np.int32]
    """The place of the first key with each beginning, and of the first one behind."""
    shift: np.uint64

    @classmethod
    def of(cls, keys: Hashes, things: NDArray[np.int32]) -> KeyTable:
        """The table of these things, each under the key beside it; a repeated pair counts once."""
        order = np.argsort(keys)
        keys, things = keys[order], things[order]
        twins = np.flatnonzero(_beside_equal(keys))
        things[twins] = things[twins][np.lexsort((things[twins], keys[twins]))]
        fresh = np.ones(len(keys), np.bool_)
        fresh[1:] = keys[1:] != keys[:-1]
        if not fresh.all():
            unlike = fresh.copy()
            unlike[1:] |= things[1:] != things[:-1]
            keys, things, fresh = keys[unlike], things[unlike], fresh[unlike]
        starts = np.flatnonzero(fresh)
        unique = keys[starts]
        bits = max(1, len(unique).bit_length())
        shift = np.uint64(64 - bits)
        counts = np.bincount((unique >> shift).view(np.int64), minlength=1 << bits)
        return cls(unique, np.r_[starts, len(things)].astype(np.int32), things,
                   (Bitmap.of(unique), Bitmap.of(scattered(unique))), np.r_[0, np.cumsum(counts)].astype(np.int32), shift)

    def places(self, keys: Hashes) -> tuple[Offsets, Offsets]:
        """Which of the keys are in the table, and the place of each one found."""
        if not len(self.keys) or not len(keys):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        asked = np.flatnonzero(self.bitmaps[0].may_have(keys))
        keys = keys.take(asked)
        again = np.flatnonzero(self.bitmaps[1].may_have(scattered(keys)))
        asked, keys = asked.take(again), keys.take(again)
        bucket = (keys >> self.shift).view(np.int64)
        place, end = self.buckets[bucket].astype(np.int64), self.buckets[bucket + 1]
        behind = np.flatnonzero(place < end)
        while len(behind):
            behind = behind[self.keys[place[behind]] < keys[behind]]
            place[behind] += 1
            behind = behind[place[behind] < end[behind]]
        found = np.flatnonzero(place < end)
        found = found[self.keys[place[found]] == keys[found]]
        return asked.take(found), place.take(found)

    def find(self, keys: Hashes) -> tuple[Offsets, NDArray[np.int32]]:
        """Every pair of an asked key (its number) and a thing that has this key."""
        asked, place = self.places(keys)
        starts = self.starts[place].astype(np.int64)
        counts = self.starts[place + 1] - starts
        return np.repeat(asked, counts), self.things[targets_places(starts, counts)]


def _beside_equal(ordered: Hashes) -> NDArray[np.bool_]:
    """Which keys have an equal one beside them."""
    equal = ordered[1:] == ordered[:-1]
    beside: NDArray[np.bool_] = np.r_[equal, False][:len(ordered)] | np.r_[False, equal][:len(ordered)]
    return beside
