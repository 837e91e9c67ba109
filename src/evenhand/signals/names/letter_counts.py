"""Which letters texts have and how often: what tells most texts apart that cannot be an edit or two from one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.names.codepoints import Offsets, Texts
from evenhand.signals.names.hashes import PartHashes

_N_COUNTS, _MOST = 32, 4
"""Letters are counted by their last five bits (those of the Latin alphabet apart, of others some together), up to four."""
_MAX_LETTERS_APART, _MAX_LENGTH_APART = 4, 2
"""Two edits change the counts of at most four letters by one, and a length by two."""

Bags = NDArray[np.uint64]
"""A row for each text: a bit for each letter that it has, for each that it has twice, and so on up to `_MOST` times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCounts:
    """The letters of targets: of each its own, and its other ones if it has some."""

    lengths: tuple[Offsets, Offsets]
    bags: tuple[Bags, Bags]

    @classmethod
    def of(cls, letters: Texts, others: Texts, owners: Offsets) -> LetterCounts:
        """The counts of targets with these letters; `owners` have `others` too."""
        lengths, bags = letters.lengths, _bags(letters)
        other_lengths, other_bags = lengths.copy(), bags.copy()
        other_lengths[owners], other_bags[owners] = others.lengths, _bags(others)
        return cls(lengths=(lengths, other_lengths), bags=(bags, other_bags))

    def alike(self, hashes: PartHashes, starts: Offsets, ends: Offsets, part: Offsets, target: Offsets) -> Offsets:
        """The pairs of a part and a target that differ in length and letters by no more than two edits make."""
        length = (ends - starts).take(part)
        near = np.flatnonzero((np.abs(self.lengths[0].take(target) - length) <= _MAX_LENGTH_APART)
                              | (np.abs(self.lengths[1].take(target) - length) <= _MAX_LENGTH_APART))
        part, target = part.take(near), target.take(near)
        number = np.full(len(starts), -1)
        number[part] = 0
        asked = np.flatnonzero(number == 0)
        number[asked] = np.arange(len(asked))
        bags = _bags(hashes.texts.slices(starts[asked], ends[asked]))
        row = number.take(part)
        apart = np.zeros((2, len(near)), np.uint8)
        for column in range(bags.shape[1]):
            bag = bags[:, column].take(row)
            apart += np.stack([np.bitwise_count(bag ^ some[:, column].take(target)) for some in self.bags])
            fits = np.flatnonzero((apart <= _MAX_LETTERS_APART).any(axis=0))
            near, row, target, apart = near.take(fits), row.take(fits), target.take(fits), apart.take(fits, axis=1)
        return near


def _bags(texts: Texts) -> Bags:
    places = texts.rows * _N_COUNTS + (texts.points & np.uint32(_N_COUNTS - 1))
    counts = np.bincount(places, minlength=len(texts) * _N_COUNTS).reshape(-1, 1, _N_COUNTS)
    has = counts >= np.arange(1, _MOST + 1).reshape(1, -1, 1)
    return np.packbits(has.reshape(len(texts), _MOST * _N_COUNTS), axis=1).view(np.uint64)
