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

from evenhand.signals.names.codepoints import Mask, Offsets, Points, Texts, targets_places
from evenhand.signals.names.hashes import Bitmap, Hashes, KeyTable, PartHashes, scattered

MIN_EDIT_LETTERS, MAX_EDIT_LETTERS = 6, 64
"""Targets with fewer letters are one edit from too many ordinary words."""
MIN_LETTERS_OF_TWO = 10
"""Targets with fewer letters are not looked for two edits away."""
MAX_LETTERS_OF_PAIRS = 15
"""Longer targets would have too many pairs of letters to leave out."""
_SHORTEST_BEGINNING = 2
"""How many first and last letters are taken for a target's without a look."""
_BOTH = 3
_N_PIECES = 4
_MAX_BAG_DIFFERENCE, _MAX_LENGTH_DIFFERENCE = 7, 3
"""Two edits change at most four of the letters that a name has, and its length by two; a letter pair as written another
three, and one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Texts by what is left of them without some of their letters."""

    beginnings: Bitmap
    """Every beginning of a text."""
    endings: Bitmap
    both: Bitmap
    """The first and the last `_BOTH` letters of each text, together."""
    table: KeyTable
    """To the number of the text's target."""

    @classmethod
    def of(cls, texts: Texts, numbers: Offsets, *, is_twice: bool) -> LeftOut:
        """The keys of these texts: whole, without one letter, and if `is_twice` without two."""
        hashes, starts, ends = PartHashes.of(texts), texts.offsets[:-1], texts.offsets[1:]
        part, place = texts.rows, np.arange(len(texts.points))
        keys, owners = [hashes.wholes(), hashes.without(starts[part], ends[part], place)], [np.arange(len(texts)), part]
        if is_twice:
            owner, first, second = _pairs(starts, ends)
            keys.append(hashes.without_two(starts[owner], ends[owner], first, second))
            owners.append(owner)
        return cls(beginnings=Bitmap.of(hashes.parts(starts[part], place + 1)),
                   endings=Bitmap.of(hashes.parts(place, ends[part])), both=Bitmap.of(_ends(hashes, starts, ends)),
                   table=KeyTable.of(np.concatenate(keys), numbers[np.concatenate(owners)].astype(np.int32)))

    def once(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """Parts and targets, by the part whole and without each letter between a beginning and an ending of targets.

        The first places stay where the part ends like a target from there on, the last where it begins like one, those
        between where both its ends are like those of one. Then places are halved: those from the middle on stay where
        the part begins like a target up to there, those before it where it ends like one.
        """
        every = np.arange(len(starts))
        keys, owners = [hashes.parts(starts, ends)], [every]
        begin, end = starts + _BOTH, np.maximum(ends - _BOTH - 1, starts + _BOTH)
        first = np.flatnonzero(self.endings.may_have(hashes.parts(begin + 1, ends)))
        last = np.flatnonzero(self.beginnings.may_have(hashes.parts(starts, end)))
        middle = np.flatnonzero(end > begin)
        middle = middle[self.both.may_have(_ends(hashes, starts[middle], ends[middle]))]
        part = np.concatenate([first, middle, last])
        low = np.concatenate([starts[first], begin[middle], end[last]])
        high = np.concatenate([begin[first], end[middle], ends[last]])
        while len(part):
            middle = (low + high) >> 1
            ending = np.minimum(middle + 1, ends[part])
            left = np.flatnonzero(self.endings.may_have(hashes.parts(ending, ends[part])) | (ending == ends[part]))
            right = np.flatnonzero(self.beginnings.may_have(hashes.parts(starts[part], middle)))
            part, low, high = (np.r_[part[left], part[right]], np.r_[low[left], middle[right]],
                               np.r_[middle[left], high[right]])
            one = high - low == 1
            keys.append(hashes.without(starts[part[one]], ends[part[one]], low[one]))
            owners.append(part[one])
            part, low, high = (some[high - low > 1] for some in (part, low, high))
        asked, target = self.table.find(np.concatenate(keys))
        return np.concatenate(owners)[asked], target

    def twice(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """Parts and targets, by the part whole, without one letter, and without two.

        None is left out behind what no target begins with, and before what none ends with.
        """
        begun = self._likely(hashes, starts, ends, self.beginnings, is_end=False)
        ended = self._likely(hashes, starts, ends, self.endings, is_end=True)
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
        asked, target = self.table.find(keys)
        return np.concatenate([every, one, owner])[asked], target

    def _likely(self, hashes: PartHashes, starts: Offsets, ends: Offsets, bitmap: Bitmap, *, is_end: bool) -> Offsets:
        """At most how many letters each part begins, or ends, with like a target."""
        count = np.full(len(starts), _SHORTEST_BEGINNING)
        asked, length = np.arange(len(starts)), _SHORTEST_BEGINNING + 1
        while len(asked):
            asked = asked[ends[asked] - starts[asked] >= length]
            one, other = (ends[asked] - length, ends[asked]) if is_end else (starts[asked], starts[asked] + length)
            asked = asked[bitmap.may_have(hashes.parts(one, other))]
            count[asked] = length
            length += 1
        return count


@dataclass(frozen=True, slots=True, kw_only=True)
class EditKeys:
    """Targets that names an edit or two away are looked for."""

    one: LeftOut
    two: LeftOut
    """Those of up to `MAX_LETTERS_OF_PAIRS` letters that are looked for two edits away."""
    pieces: KeyTable
    """The longer ones by any two of their pieces."""
    bags: NDArray[np.uint64]
    """For each target one bit for each letter it has; different letters may share a bit."""
    lengths: Offsets
    min_of_two: int
    """Letters of the shortest target that is looked for two edits away."""

    @classmethod
    def of(cls, letters: Texts, others: Texts, owners: Offsets, *, is_once: Mask, is_twice: Mask) -> EditKeys:
        """The keys of targets with these letters; `owners` have `others` too.

        Of those of a fitting length the ones marked are looked for an edit, or two edits, away.
        """
        every = Texts.end_to_end([letters, others])
        numbers, lengths = np.r_[np.arange(len(letters)), owners], every.lengths
        fits = lengths <= MAX_EDIT_LETTERS
        once = np.flatnonzero(is_once[numbers] & fits & (lengths >= MIN_EDIT_LETTERS))
        twice = is_twice[numbers] & fits & (lengths >= MIN_LETTERS_OF_TWO)
        short = np.flatnonzero(twice & (lengths <= MAX_LETTERS_OF_PAIRS))
        long = np.flatnonzero(twice & (lengths > MAX_LETTERS_OF_PAIRS))
        chosen = every.take(long)
        keys, part = _piece_keys(PartHashes.of(chosen), chosen.offsets[:-1], chosen.offsets[1:], chosen.lengths, slack=0)
        return cls(one=LeftOut.of(every.take(once), numbers[once], is_twice=False),
                   two=LeftOut.of(every.take(short), numbers[short], is_twice=True),
                   pieces=KeyTable.of(keys, numbers[long[part]].astype(np.int32)),
                   bags=_bags(letters.points, letters.offsets[:-1], letters.offsets[1:]), lengths=letters.lengths,
                   min_of_two=int(lengths[short].min(initial=MAX_LETTERS_OF_PAIRS)))

    def find(self, hashes: PartHashes, starts: Offsets, ends: Offsets, *, is_twice: Mask) -> tuple[Offsets, Offsets]:
        """Pairs of a part's number and a target that may be an edit away, or two for the parts marked."""
        lengths = ends - starts
        fits = (lengths >= MIN_EDIT_LETTERS - 1) & (lengths <= MAX_EDIT_LETTERS + 1)
        short = (lengths >= self.min_of_two - 2) & (lengths <= MAX_LETTERS_OF_PAIRS + 2) & is_twice
        long = (lengths >= MAX_LETTERS_OF_PAIRS - 1) & (lengths <= MAX_EDIT_LETTERS + 2) & is_twice
        found = [np.zeros(0, np.int64)]
        for mask, search in ((fits, self.one.once), (short, self.two.twice), (long, self._by_pieces)):
            chosen = np.flatnonzero(mask)
            if len(chosen):
                part, target = search(hashes, starts[chosen], ends[chosen])
                found.append(chosen[part] * len(self.lengths) + target)
        pairs = np.sort(np.concatenate(found))
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]][:len(pairs)]]
        return pairs // max(1, len(self.lengths)), pairs % max(1, len(self.lengths))

    def _by_pieces(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """By any two pieces of a target that is up to two letters shorter or longer."""
        lengths = ends - starts
        parts, targets = [], []
        bags = _bags(hashes.texts.points, starts, ends)
        for slack in (-2, 2):
            keys, owner = _piece_keys(hashes, starts, ends, lengths + slack, slack=1)
            asked, target = self.pieces.find(keys)
            part = owner[asked]
            near = (np.abs(self.lengths[target] - lengths[part]) <= _MAX_LENGTH_DIFFERENCE) & (
                np.bitwise_count(bags[part] ^ self.bags[target]) <= _MAX_BAG_DIFFERENCE)
            parts.append(part[near])
            targets.append(target[near])
        return np.concatenate(parts), np.concatenate(targets)


def _ends(hashes: PartHashes, starts: Offsets, ends: Offsets) -> Hashes:
    """A key of the first and the last letters of each part."""
    return _joined(hashes.parts(starts, starts + _BOTH), hashes.parts(ends - _BOTH, ends))


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


def _bags(points: Points, starts: Offsets, ends: Offsets) -> NDArray[np.uint64]:
    """One bit for each letter that each part has."""
    bits = np.uint64(1) << (points * np.uint32(0x9E3779B1) >> np.uint32(26)).astype(np.uint64)
    bags = np.zeros(len(starts), np.uint64)
    filled = np.flatnonzero(ends > starts)
    if len(filled):
        places = np.stack([starts[filled], ends[filled]], axis=1).ravel()
        bags[filled] = np.bitwise_or.reduceat(np.r_[bits, np.uint64(0)], places)[::2]
    return bags
