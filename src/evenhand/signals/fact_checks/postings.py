"""Postings: which texts of the register hold a key, and how much a key tells, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenhand.signals.fact_checks.grams import Keys, Marks, Rows
from evenhand.signals.words.folded import Places

Weights = npt.NDArray[np.float32]

BACKGROUND_TEXTS = 10_000
"""How many ordinary texts the list of common words stands for: a register of three claims then still knows that “the”
tells nothing and “ivermectin” much."""
_BITS = 22
"""Keys are looked up by their first bits: 4 million places for some 100,000 keys, so that one in 40 foreign keys is taken
for a known one, which can only bring a text to a closer look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """In how many of `BACKGROUND_TEXTS` ordinary texts a key stands; a key that is not named stands in none."""

    key: Keys
    count: npt.NDArray[np.float64]

    def counts(self, keys: Keys) -> npt.NDArray[np.float64]:
        """The count of each key."""
        if not len(self.key):
            return np.zeros(len(keys))
        place = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        return np.where(self.key[place] == keys, self.count[place], 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """The keys of a register's texts: key i stands in the texts `text[begin[i]:begin[i + 1]]`, `times` times."""

    place_of: npt.NDArray[np.int32]
    """For the first bits of a key its number among `keys`, -1 for none."""
    keys: Keys
    begin: Places
    text: Rows
    times: Weights
    weight: Weights
    """For each key the logarithm of one in how many texts, ordinary ones and the register's own, has it."""

    def weights_of_postings(self) -> Weights:
        """The weight of each posting's key."""
        weights: Weights = np.repeat(self.weight, np.diff(self.begin))
        return weights

    def numbers(self, keys: Keys) -> npt.NDArray[np.int32]:
        """The number of each key; -1 for one that no text of the register has, but for a chance in 40."""
        numbers: npt.NDArray[np.int32] = self.place_of[keys >> np.uint32(32 - _BITS)]
        return numbers


def post(marks: Marks, background: Background, *, n_texts: int) -> Postings:
    """The postings of the register's texts."""
    code = marks.key.astype(np.uint64) << np.uint64(32) | marks.row.astype(np.uint64)
    code, times = np.unique(code, return_counts=True)
    key, text = (code >> np.uint64(32)).astype(np.uint32), (code & np.uint64(0xFFFFFFFF)).astype(np.int32)
    keys, first = np.unique(key, return_index=True)
    begin = np.append(first, len(key)).astype(np.int64)
    count = np.diff(begin) + background.counts(keys)
    total = n_texts + BACKGROUND_TEXTS
    place_of = np.full(1 << _BITS, -1, np.int32)
    place_of[(keys >> np.uint32(32 - _BITS)).astype(np.int64)] = np.arange(len(keys), dtype=np.int32)
    return Postings(place_of=place_of, keys=keys, begin=begin, text=text, times=times.astype(np.float32),
                    weight=(np.log1p((total - count + 0.5) / (count + 0.5)) * marks.worth_of(keys)).astype(np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMarks:
    """What each claim is made of: claim i holds the key numbers `number[begin[i]:begin[i + 1]]`, each worth `value`."""

    begin: Places
    number: npt.NDArray[np.int32]
    value: Weights
    totals: Weights
    """The sum of each claim's values."""

    @classmethod
    def of(cls, postings: Postings, value: Weights, *, n_texts: int) -> ClaimMarks:
        """The postings turned round: by claim instead of by key."""
        number = np.repeat(np.arange(len(postings.keys), dtype=np.int32), np.diff(postings.begin))
        order = np.argsort(postings.text, kind="stable")
        counts = np.bincount(postings.text, minlength=n_texts)
        return cls(begin=np.concatenate(([0], np.cumsum(counts))), number=number[order], value=value[order],
                   totals=np.bincount(postings.text, weights=value, minlength=n_texts).astype(np.float32))

    @classmethod
    def among(cls, postings: Postings, marks: Marks, *, n_texts: int) -> ClaimMarks:
        """The given marks of the claims, each key once, with the postings' weights."""
        code = distinct(marks.row.astype(np.int64) << 32 | postings.numbers(marks.key))
        row, number = code >> 32, (code & 0xFFFFFFFF).astype(np.int32)
        counts = np.bincount(row, minlength=n_texts)
        value = postings.weight[number]
        return cls(begin=np.concatenate(([0], np.cumsum(counts))), number=number, value=value,
                   totals=np.bincount(row, weights=value, minlength=n_texts).astype(np.float32))

    def shared(self, held: npt.NDArray[np.int64], own: Places, claim: Rows) -> Weights:
        """For each pair of a text and a claim the worth of what both have; `held` are codes of text and number, sorted."""
        source, place = spread(self.begin, claim)
        if not len(held):
            return np.zeros(len(claim), np.float32)
        wanted = own[source] << 32 | self.number[place]
        found = held[np.minimum(np.searchsorted(held, wanted), len(held) - 1)] == wanted
        return np.bincount(source[found], weights=self.value[place[found]], minlength=len(claim)).astype(np.float32)


def spread(begin: Places, numbers: npt.NDArray[np.int32]) -> tuple[Places, Places]:
    """For the postings of each number: the place among `numbers`, and the place among the postings."""
    lengths = begin[numbers + 1] - begin[numbers]
    source = np.repeat(np.arange(len(numbers)), lengths)
    first = np.cumsum(lengths) - lengths
    return source, np.arange(len(source)) - np.repeat(first - begin[numbers], lengths)


def distinct(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The codes sorted, each once. Sorting whole numbers is far faster than the table that `numpy.unique` fills."""
    if not len(codes):
        return codes
    codes = np.sort(codes)
    return codes[np.concatenate(([True], codes[1:] != codes[:-1]))]
