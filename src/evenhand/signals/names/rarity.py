"""How much a name tells about who is meant: bits by which its words single somebody out, and the weight they give.

A word's information is minus the binary logarithm of the share of holders (people and bodies apart) or of ordinary
texts that have it, whichever is the largest share. "Daily", "city" and "John" tell little, "Klobuchar" much. A name
that stands inside the names of many holders, or that several share, tells less than its words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.signals.names.added_words import AddedWords, numbered, skeleton_parts
from evenhand.signals.names.codepoints import Mask, Offsets, Points
from evenhand.signals.names.hashes import Hashes, KeyTable, NameParts
from evenhand.signals.names.unicode_tables import UnicodeTables

Shares = NDArray[np.float64]

PEOPLE, BODIES, TEXTS = range(3)
"""Columns of the counts."""
MAX_LETTER_BITS = 3.5
"""A letter tells at most this much: a short name is short whatever it says (English text has about 2, a random letter
4.7 bits)."""
MAX_HAN_BITS = 5.5
MAX_HANGUL_BITS = 4.5
"""Per character. Korean and Chinese personal names share few surnames; three characters carry 14 to 17 bits."""
PEOPLE_BITS = (14.0, 22.0)
"""A person's name weighs 0 up to one in 16,000 and 1 from one in four million on: "John Smith" has 13 bits, "Ted Cruz" 20.
One in four million leaves some 2,000 namesakes in the world."""
COMMON_WEIGHT = 0.45
"""The most that a body's name weighs that has no telling word ("Police Department"), or a word for local bodies and one
telling word ("City of Springfield": places are namesakes)."""
TELLING_BITS = 6.0
"""A word with fewer bits (one in 64 names has it) does not tell one body from another of its kind."""
ADDED_BITS = 4.0
"""The most that an added word tells."""
BODY_BITS = (8.0, 13.0)
"""A body's name weighs 0 up to one in 250 and 1 from one in 8,000 on: "The Times" 7, "Der Spiegel" 13."""
MIN_WORD_LETTERS, MAX_WORD_LETTERS, MAX_SEGMENTED_LETTERS = 3, 14, 40
"""Words that names written as one word are cut into, and the longest name that is cut."""
CONTAINED_BITS = 1.5
"""Bits that a name loses for each doubling of the holders in whose names it stands."""
SHARING = 0.5
"""Of n holders that have just this name each keeps 1 / (1 + SHARING log2 n) of its weight: of two, two thirds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCounts:
    """In how many names of people, names of bodies and texts each word stands."""

    keys: Hashes
    counts: NDArray[np.int64]
    """A row for each key, a column each for `PEOPLE`, `BODIES`, `TEXTS`."""
    totals: NDArray[np.int64]
    """How many people, bodies and texts were counted."""

    @classmethod
    def from_bytes(cls, data: bytes, tables: UnicodeTables) -> WordCounts:
        """The counts from the bytes of lexicons/word_counts.tsv; its first row holds the totals."""
        rows = [line.split("\t") for line in data.decode("utf-8").splitlines()]
        numbers = np.array([row[1:] for row in rows], np.int64).reshape(len(rows), 3)
        keys = skeleton_parts(pa.array([row[0] for row in rows]), tables).hashes.wholes()
        return cls(keys=keys[1:], counts=numbers[1:], totals=numbers[0])

    def with_names(self, keys: Hashes, owners: Offsets, is_person: Mask) -> WordCounts:
        """The counts together with those of further names: a word's key, its owner's number, whether owners are people.

        A word counts once for each owner.
        """
        order = np.lexsort((owners, keys))
        keys, owners = keys[order], owners[order]
        fresh = np.ones(len(keys), np.bool_)
        fresh[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
        pools = np.where(is_person[owners[fresh]], PEOPLE, BODIES)
        every, place = np.unique(np.r_[self.keys, keys[fresh]], return_inverse=True)
        counts = np.zeros((len(every), 3), np.int64)
        np.add.at(counts, place[:len(self.keys)], self.counts)
        np.add.at(counts, (place[len(self.keys):], pools), 1)
        own = np.array([is_person.sum(), (~is_person).sum(), 0])
        return WordCounts(keys=every, counts=counts, totals=self.totals + own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rarity:
    """The information of words, looked up by key."""

    known: KeyTable
    bits: Shares
    unknown: float
    """Bits of a word that was never counted."""

    @classmethod
    def of(cls, counts: WordCounts, added: AddedWords) -> Rarity:
        """The information by these counts. A word never seen counts as half a sighting; an added word tells little."""
        shares = (counts.counts + 0.5) / (counts.totals + 1)
        seen = np.where(counts.counts > 0, shares, 0.5 / (counts.totals.max() + 1)).max(axis=1, initial=0.0)
        keys, first = np.unique(np.r_[counts.keys, added.added.keys], return_index=True)
        bits = np.r_[-np.log2(seen), np.full(len(added.added.keys), ADDED_BITS)][first]
        bits[np.isin(keys, added.added.keys)] = np.minimum(bits[np.isin(keys, added.added.keys)], ADDED_BITS)
        return cls(known=numbered(keys), bits=bits, unknown=float(-np.log2(0.5 / (counts.totals[:2].max() + 1))))

    def token_bits(self, parts: NameParts) -> Shares:
        """Bits of each token, at most what its letters can tell."""
        keys = parts.hashes.parts(parts.token_starts, parts.token_ends)
        bits = np.full(len(keys), self.unknown)
        asked, number = self.known.find(keys)
        bits[asked] = self.bits[number]
        capacity: Shares = np.r_[0.0, np.cumsum(_letter_bits(parts.letters.points))]
        least: Shares = np.minimum(bits, capacity[parts.token_ends] - capacity[parts.token_starts])
        return least

    def segmented_bits(self, parts: NameParts) -> Shares:
        """Bits of each name when its letters are cut into known words in the way that tells least.

        For names written as one word: "dailynews" tells as little as "Daily News". At most the bits of an unknown word.
        """
        starts, lengths = parts.letters.offsets[:-1], parts.letters.lengths
        longest = int(min(lengths.max(initial=0), MAX_SEGMENTED_LETTERS))
        letter_bits = _letter_bits(parts.letters.points)
        least = np.zeros((longest + 1, len(lengths)))
        for end in range(1, longest + 1):
            rows = np.flatnonzero(lengths >= end)
            least[end, rows] = least[end - 1, rows] + letter_bits[starts[rows] + end - 1]
            for size in range(MIN_WORD_LETTERS, min(end, MAX_WORD_LETTERS) + 1):
                begin = starts[rows] + end - size
                asked, number = self.known.find(parts.hashes.parts(begin, begin + size))
                row = rows[asked]
                least[end, row] = np.minimum(least[end, row], least[end - size, row] + self.bits[number])
        bits = least[np.minimum(lengths, longest), np.arange(len(lengths))]
        return np.minimum(np.where(lengths > longest, self.unknown, bits), self.unknown)

    def is_known(self, keys: Hashes) -> Mask:
        """Whether the words of these keys were ever counted."""
        found = np.zeros(len(keys), np.bool_)
        found[self.known.places(keys)[0]] = True
        return found


def _letter_bits(points: Points) -> Shares:
    bits = np.full(len(points), MAX_LETTER_BITS)
    bits[(points >= 0xAC00) & (points <= 0xD7A3)] = MAX_HANGUL_BITS
    bits[((points >= 0x3400) & (points <= 0x9FFF)) | ((points >= 0x20000) & (points <= 0x3FFFF))] = MAX_HAN_BITS
    return bits


def weights(bits: Shares, is_person: Mask) -> Shares:
    """Weights from 0 to 1 for names with this much information, to six places: all machines' logarithms agree so far.

    >>> weights(np.array([13.0, 20.0, 10.5]), np.array([True, True, False])).tolist()
    [0.0, 0.75, 0.5]
    """
    low = np.where(is_person, PEOPLE_BITS[0], BODY_BITS[0])
    high = np.where(is_person, PEOPLE_BITS[1], BODY_BITS[1])
    weight: Shares = np.round(np.clip((bits - low) / (high - low), 0.0, 1.0), 6)
    return weight


def is_common(parts: NameParts, rarity: Rarity, added: AddedWords) -> Mask:
    """Whether each name is common by its make: no telling word, or one beside a word for local bodies.

    Characters of scripts without spaces count by the share of a telling word's bits that they have.
    """
    place = np.zeros(len(parts.token_rows), np.bool_)
    place[added.place.places(parts.hashes.parts(parts.token_starts, parts.token_ends))[0]] = True
    bits = np.where(place, 0.0, rarity.token_bits(parts))
    is_word = np.isin(parts.token_starts, parts.word_starts) & np.isin(parts.token_ends, parts.word_ends)
    telling = np.where(is_word, bits >= TELLING_BITS, bits / TELLING_BITS)
    n_telling, n_places = (np.bincount(parts.token_rows, weights=numbers, minlength=len(parts.letters))
                           for numbers in (telling, place))
    return (n_telling < 1) | ((n_places > 0) & (n_telling < 2))


def shared(weight: Shares, n_sharing: NDArray[np.int64]) -> Shares:
    """The weights of names that so many holders have, to six places."""
    less: Shares = np.round(weight / (1 + SHARING * np.log2(np.maximum(n_sharing, 1))), 6)
    return less
