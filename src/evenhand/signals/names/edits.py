"""Names one or two edits apart, found by keys: an edit puts a letter in, leaves one out, changes one or swaps two.

A name and a target one edit apart are equal once a letter is left out of either, and two edits apart once two are. The
index holds each target whole, without one letter and, up to `MAX_LETTERS_OF_PAIRS` letters, without two; of longer ones
any two of four pieces, of which two edits leave at least two whole. Of a name only those letters are left out before
which it begins like some target and behind which it ends like one: for most names, none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.names.codepoints import Offsets, Points, Texts, targets_places
from evenhand.signals.names.hashes import Bitmap, Hashes, KeyTable, PartHashes, scattered

MIN_EDIT_LETTERS, MAX_EDIT_LETTERS = 6, 64
"""Targets with fewer letters are one edit from too many ordinary words."""
MIN_LETTERS_OF_TWO = 10
"""Targets with fewer letters are not looked for two edits away."""
MAX_LETTERS_OF_PAIRS = 15
"""Longer targets would have too many pairs of letters to leave out."""
_SHORTEST_BEGINNING = 2
"""How many first and last letters are taken for a target's without a look."""
_N_PIECES = 4
_MAX_BAG_DIFFERENCE, _MAX_LENGTH_DIFFERENCE = 7, 3
"""Two edits change at most four of the letters that a name has, and its length by two; a letter pair as written another
three, and one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditKeys:
    """Targets by what is left of them after an edit or two."""

    beginnings: Bitmap
    """Every beginning of a target."""
    endings: Bitmap
    left_out: KeyTable
    """Targets whole, without one letter, and without two."""
    pieces: KeyTable
    """Longer targets by any two of their pieces."""
    bags: NDArray[np.uint64]
    """For each target one bit for each letter it has; different letters may share a bit."""
    lengths: Offsets

    @classmethod
    def of(cls, letters: Texts, *, others: Texts, of: Offsets) -> EditKeys:
        """The keys of targets with these letters, and with other letters that targets `of` have too.

        Only letters of a length that edits are looked for in have keys.
        """
        every = Texts.end_to_end([letters, others])
        fitting = np.flatnonzero((every.lengths >= MIN_EDIT_LETTERS) & (every.lengths <= MAX_EDIT_LETTERS))
        numbers = np.r_[np.arange(len(letters)), of][fitting]
        chosen = every.take(fitting)
        hashes, starts, ends = PartHashes.of(chosen), chosen.offsets[:-1], chosen.offsets[1:]
        part = np.repeat(np.arange(len(chosen)), chosen.lengths)
        place = np.arange(len(chosen.points))
        short = np.flatnonzero((chosen.lengths >= MIN_LETTERS_OF_TWO) & (chosen.lengths <= MAX_LETTERS_OF_PAIRS))
        owner, first, second = _pairs(starts[short], ends[short])
        keys = np.concatenate([hashes.wholes(), hashes.without(starts[part], ends[part], place),
                               hashes.without_two(starts[short[owner]], ends[short[owner]], first, second)])
        things = numbers[np.concatenate([np.arange(len(chosen)), part, short[owner]])].astype(np.int32)
        long = np.flatnonzero(chosen.lengths > MAX_LETTERS_OF_PAIRS)
        piece_keys, owner = _piece_keys(hashes, starts[long], ends[long], chosen.lengths[long], slack=0)
        return cls(beginnings=Bitmap.of(hashes.parts(starts[part], place + 1)),
                   endings=Bitmap.of(hashes.parts(place, ends[part])), left_out=KeyTable.of(keys, things),
                   pieces=KeyTable.of(piece_keys, numbers[long[owner]].astype(np.int32)),
                   bags=_bags(letters.points, letters.offsets), lengths=letters.lengths)

    def find(self, hashes: PartHashes, starts: Offsets, ends: Offsets, *, is_twice: NDArray[np.bool_]
             ) -> tuple[Offsets, Offsets]:
        """Pairs of a part's number and a target that may be an edit away, or two where `is_twice` says so."""
        lengths = ends - starts
        fits = (lengths >= MIN_EDIT_LETTERS - 1) & (lengths <= MAX_EDIT_LETTERS + 1)
        short = (lengths >= MIN_LETTERS_OF_TWO - 2) & (lengths <= MAX_LETTERS_OF_PAIRS + 2) & is_twice
        long = (lengths >= MAX_LETTERS_OF_PAIRS - 1) & (lengths <= MAX_EDIT_LETTERS + 2) & is_twice
        found = []
        for mask, search in ((fits & ~short, self._once), (short, self._twice), (long, self._by_pieces)):
            chosen = np.flatnonzero(mask)
            if len(chosen):
                part, target = search(hashes, starts[chosen], ends[chosen])
                found.append(chosen[part] * len(self.lengths) + target)
        pairs = np.unique(np.concatenate([*found, np.zeros(0, np.int64)]))
        part, target = pairs // max(1, len(self.lengths)), pairs % max(1, len(self.lengths))
        return part, target

    def _once(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """By the whole part, and without each letter between a beginning and an ending of targets.

        Places are halved: those from the middle on stay where the part begins like a target up to there, those before
        it where it ends like one.
        """
        part, low, high = np.arange(len(starts)), starts, ends
        keys, owners = [hashes.parts(starts, ends)], [part]
        while len(part):
            leaf = np.flatnonzero(high - low == 1)
            if len(leaf):
                keys.append(hashes.without(starts[part[leaf]], ends[part[leaf]], low[leaf]))
                owners.append(part[leaf])
            rest = np.flatnonzero(high - low > 1)
            part, low, high = part[rest], low[rest], high[rest]
            middle = (low + high) >> 1
            ending = np.minimum(middle + 1, ends[part])
            left = np.flatnonzero(self.endings.may_have(hashes.parts(ending, ends[part])) | (ending == ends[part]))
            right = np.flatnonzero(self.beginnings.may_have(hashes.parts(starts[part], middle)))
            part, low, high = (np.r_[part[left], part[right]], np.r_[low[left], middle[right]],
                               np.r_[middle[left], high[right]])
        asked, target = self.left_out.find(np.concatenate(keys))
        return np.concatenate(owners)[asked], target

    def _twice(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """By the part whole, without one letter, and without two, none behind what no target begins or ends with."""
        begun, ended = self._likely(hashes, starts, ends)
        last = np.minimum(starts + begun, ends - 1)
        """The last place that the first edit may have."""
        first = np.maximum(ends - 2 - ended, starts)
        """The first place that the second edit may have."""
        n_before, n_after = last - starts + 1, ends - np.maximum(first, last + 1)
        every = np.arange(len(starts))
        one = np.r_[np.repeat(every, n_before), np.repeat(every, n_after)]
        place = np.r_[targets_places(starts, n_before), targets_places(ends - n_after, n_after)]
        owner, left, right = _pairs(starts, ends, last=last, first=first)
        keys = np.concatenate([hashes.parts(starts, ends), hashes.without(starts[one], ends[one], place),
                               hashes.without_two(starts[owner], ends[owner], left, right)])
        asked, target = self.left_out.find(keys)
        return np.concatenate([every, one, owner])[asked], target

    def _likely(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """At most how many letters each part begins with like a target, and ends with like one."""
        counts = []
        for bitmap, is_end in ((self.beginnings, False), (self.endings, True)):
            count = np.full(len(starts), _SHORTEST_BEGINNING)
            asked, length = np.arange(len(starts)), _SHORTEST_BEGINNING + 1
            while len(asked):
                asked = asked[ends[asked] - starts[asked] >= length]
                one, other = (ends[asked] - length, ends[asked]) if is_end else (starts[asked], starts[asked] + length)
                asked = asked[bitmap.may_have(hashes.parts(one, other))]
                count[asked] = length
                length += 1
            counts.append(count)
        return counts[0], counts[1]

    def _by_pieces(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """By any two pieces of a target that is up to two letters shorter or longer."""
        lengths = ends - starts
        found = []
        bags = _bags(hashes.texts.points, np.r_[starts, ends], parted=True)
        for slack in (-2, 2):
            keys, owner = _piece_keys(hashes, starts, ends, lengths + slack, slack=1)
            asked, target = self.pieces.find(keys)
            part = owner[asked]
            near = (np.abs(self.lengths[target] - lengths[part]) <= _MAX_LENGTH_DIFFERENCE) & (
                np.bitwise_count(bags[part] ^ self.bags[target]) <= _MAX_BAG_DIFFERENCE)
            found.append((part[near], target[near]))
        return np.concatenate([part for part, _ in found]), np.concatenate([target for _, target in found])


def _pairs(starts: Offsets, ends: Offsets, *, last: Offsets | None = None, first: Offsets | None = None
           ) -> tuple[Offsets, Offsets, Offsets]:
    """All pairs of two places of each part, with its number: the one not after `last`, the other from `first` on."""
    counts = (ends if last is None else last + 1) - starts
    owner, left = np.repeat(np.arange(len(starts)), counts), targets_places(starts, counts)
    begin = left + 1 if first is None else np.maximum(left + 1, first[owner])
    counts = np.maximum(ends[owner] - begin, 0)
    number = np.repeat(np.arange(len(owner)), counts)
    return owner[number], left[number], targets_places(begin, counts)


def _piece_keys(hashes: PartHashes, starts: Offsets, ends: Offsets, lengths: Offsets, *, slack: int
                ) -> tuple[Hashes, Offsets]:
    """Keys of any two of the four pieces of targets of `lengths` letters, and the part that each key is of.

    The pieces stand a letter apart, so that no swap touches two of them; two are counted from either end. A piece behind
    an edit stands up to `slack` places off.
    """
    size = (lengths - (_N_PIECES - 1)) // _N_PIECES
    piece = (starts, starts + size + 1, ends - 2 * size - 1, ends - size)
    shifts = range(-slack, slack + 1)
    whole = [hashes.parts(piece[place], piece[place] + size) for place in (0, 3)]
    ways = [(hashes.parts(starts, starts + 2 * size + 1), 0), (hashes.parts(ends - 2 * size - 1, ends), 1),
            (_joined(whole[0], whole[1]), 2)]
    for shift in shifts:
        second, third = (hashes.parts(piece[place] + shift, piece[place] + shift + size) for place in (1, 2))
        ways += [(_joined(whole[0], third), 3), (_joined(second, whole[1]), 4),
                 (hashes.parts(piece[1] + shift, piece[1] + shift + 2 * size), 5)]
    keys = np.concatenate([scattered(key + np.uint64(way)) for key, way in ways])
    return keys, np.tile(np.arange(len(starts)), len(ways))


def _joined(first: Hashes, second: Hashes) -> Hashes:
    return scattered(first) + second


def _bags(points: Points, offsets: Offsets, *, parted: bool = False) -> NDArray[np.uint64]:
    """One bit for each letter that each text has; where `parted`, `offsets` are all starts and then all ends."""
    bits = np.uint64(1) << (points * np.uint32(0x9E3779B1) >> np.uint32(26)).astype(np.uint64)
    starts, ends = (offsets[:len(offsets) // 2], offsets[len(offsets) // 2:]) if parted else (offsets[:-1], offsets[1:])
    bags = np.zeros(len(starts), np.uint64)
    filled = np.flatnonzero(ends > starts)
    if len(filled):
        places = np.stack([starts[filled], ends[filled]], axis=1).ravel()
        bags[filled] = np.bitwise_or.reduceat(np.r_[bits, np.uint64(0)], places)[::2]
    return bags
