"""Names one or two edits apart, found by keys: an edit puts a letter in, leaves one out, changes one or swaps two.

A name and a target one edit apart are equal once a letter is left out of either, and two edits apart once two are. The
index holds each target whole, without one letter and, up to `MAX_LETTERS_OF_PAIRS` letters, without two; of longer ones
any two of four pieces, of which two edits leave at least two whole. Of a name only those letters are left out before
which it begins like some target and behind which it ends like one: for most names, none. What is left up to the place of
a second edit must begin like a target without one of its letters, too, and likewise at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenhand.signals.names.codepoints import Mask, Offsets, Texts, targets_places
from evenhand.signals.names.hashes import Bitmap, Hashes, KeyTable, PartHashes, joined
from evenhand.signals.names.letter_counts import LetterCounts
from evenhand.signals.names.pieces import Pieces

MIN_EDIT_LETTERS, MAX_EDIT_LETTERS = 6, 64
"""Targets with fewer letters are one edit from too many ordinary words."""
MIN_LETTERS_OF_TWO = 10
"""Targets with fewer letters are not looked for two edits away."""
MAX_LETTERS_OF_PAIRS = 15
"""Longer targets would have too many pairs of letters to leave out."""
_SHORTEST_BEGINNING = 2
"""How many first and last letters are taken for a target's without a look."""
_BOTH = 3
_CHECKED = range(4, 9)
"""So many first or last letters of what is left are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Texts by what is left of them without some of their letters."""

    beginnings: Bitmap
    """Every beginning of a text."""
    endings: Bitmap
    both: Bitmap
    """The first and the last `_BOTH` letters of each text, together."""
    fewer: tuple[Bitmap, Bitmap]
    """If two letters are left out: beginnings of `_CHECKED` letters of each text without one letter, and such endings."""
    table: KeyTable
    """To the number of the text's target."""

    @classmethod
    def of(cls, texts: Texts, numbers: Offsets, *, is_twice: bool) -> LeftOut:
        """The keys of these texts: whole, without one letter, and if `is_twice` without two."""
        hashes, starts, ends = PartHashes.of(texts), texts.offsets[:-1], texts.offsets[1:]
        part, place = texts.rows, np.arange(len(texts.points))
        keys, owners = [hashes.wholes(), hashes.without(starts[part], ends[part], place)], [np.arange(len(texts)), part]
        fewer = (Bitmap.of(keys[0][:0]), Bitmap.of(keys[0][:0]))
        if is_twice:
            owner, first, second = _pairs(starts, ends)
            keys.append(hashes.without_two(starts[owner], ends[owner], first, second))
            owners.append(owner)
            fewer = _fewer(hashes, starts, ends)
        return cls(beginnings=Bitmap.of(hashes.parts(starts[part], place + 1)),
                   endings=Bitmap.of(hashes.parts(place, ends[part])), both=Bitmap.of(_ends(hashes, starts, ends)),
                   fewer=fewer, table=KeyTable.of(np.concatenate(keys), numbers[np.concatenate(owners)].astype(np.int32)))

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
        middle = np.flatnonzero(self.both.may_have(_ends(hashes, starts, ends)) & (end > begin))
        part = np.concatenate([first, middle, last])
        low = np.concatenate([starts.take(first), begin.take(middle), end.take(last)])
        high = np.concatenate([begin.take(first), end.take(middle), ends.take(last)])
        while len(part):
            done = high - low == 1
            one = part.compress(done)
            keys.append(hashes.without(starts.take(one), ends.take(one), low.compress(done)))
            owners.append(one)
            part, low, high = (some.compress(~done) for some in (part, low, high))
            end, middle = ends.take(part), (low + high) >> 1
            ending = np.minimum(middle + 1, end)
            left = np.flatnonzero(self.endings.may_have(hashes.parts(ending, end)) | (ending == end))
            right = np.flatnonzero(self.beginnings.may_have(hashes.parts(starts.take(part), middle)))
            part, low, high = (np.concatenate([one.take(left), other.take(right)])
                               for one, other in ((part, part), (low, middle), (middle, high)))
        asked, target = self.table.find(np.concatenate(keys))
        return np.concatenate(owners).take(asked), target.astype(np.int64)

    def twice(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """Parts and targets, by the part whole, without one letter, and without two.

        None is left out behind what no target begins with, and before what none ends with; nor where what is left up to
        the second place begins like no target without one of its letters, or ends like none.
        """
        begun = self._likely(hashes, starts, ends, self.beginnings, is_end=False)
        ended = self._likely(hashes, starts, ends, self.endings, is_end=True)
        last = np.minimum(starts + begun, ends - 1)
        """The last place that the first edit may have."""
        first = np.maximum(ends - 2 - ended, starts)
        """The first place that the second edit may have."""
        every = np.arange(len(starts))
        left_of, left = self._left(hashes, starts, last, first)
        right_of, right = self._right(hashes, ends, last, first)
        n_right = np.bincount(right_of, minlength=len(starts))
        counts = n_right.take(left_of)
        pair = np.repeat(np.arange(len(left)), counts)
        other = targets_places((np.cumsum(n_right) - n_right).take(left_of), counts)
        ordered = np.flatnonzero(right.take(other) > left.take(pair))
        pair, other = pair.take(ordered), other.take(ordered)
        owner = left_of.take(pair)
        after = np.flatnonzero(right > last.take(right_of))
        one, place = np.concatenate([left_of, right_of.take(after)]), np.concatenate([left, right.take(after)])
        keys = np.concatenate([
            hashes.parts(starts, ends), hashes.without(starts.take(one), ends.take(one), place),
            hashes.without_two(starts.take(owner), ends.take(owner), left.take(pair), right.take(other))])
        asked, target = self.table.find(keys)
        return np.concatenate([every, one, owner]).take(asked), target.astype(np.int64)

    def _left(self, hashes: PartHashes, starts: Offsets, last: Offsets, first: Offsets) -> tuple[Offsets, Offsets]:
        """Parts and the places, up to `last`, of which the first letter left out may be one.

        Without it, what stands before a second edit (`first` or later) begins like a target without one of its letters.
        """
        counts = last - starts + 1
        part, place = np.repeat(np.arange(len(starts)), counts), targets_places(starts, counts)
        start = starts.take(part)
        n_checked = np.minimum(np.maximum(first.take(part), place + 1) - 1 - start, _CHECKED[-1])
        end = start + n_checked
        keys = hashes.without(start, end + 1, np.minimum(place, end))
        fits = np.flatnonzero((n_checked < _CHECKED[0]) | self.fewer[0].may_have(keys))
        return part.take(fits), place.take(fits)

    def _right(self, hashes: PartHashes, ends: Offsets, last: Offsets, first: Offsets) -> tuple[Offsets, Offsets]:
        """Parts and the places, from `first` on, of which the second letter left out may be one.

        Without it, what stands behind the first edit (`last`, or a swap there) ends like a target without a letter.
        """
        counts = ends - first
        part, place = np.repeat(np.arange(len(ends)), counts), targets_places(first, counts)
        end = ends.take(part)
        n_checked = np.minimum(end - np.minimum(last.take(part) + 2, place + 1) - 1, _CHECKED[-1])
        begin = end - np.maximum(n_checked, 0) - 1
        keys = hashes.without(begin, end, np.maximum(place, begin))
        fits = np.flatnonzero((n_checked < _CHECKED[0]) | self.fewer[1].may_have(keys))
        return part.take(fits), place.take(fits)

    def _likely(self, hashes: PartHashes, starts: Offsets, ends: Offsets, bitmap: Bitmap, *, is_end: bool
                ) -> Offsets:
        """At most how many letters each part begins, or ends, with like a target."""
        count = np.full(len(starts), _SHORTEST_BEGINNING)
        asked, length = np.arange(len(starts)), _SHORTEST_BEGINNING + 1
        while len(asked):
            long = ends - starts >= length
            asked, starts, ends = (array.compress(long) for array in (asked, starts, ends))
            one, other = (ends - length, ends) if is_end else (starts, starts + length)
            some = bitmap.may_have(hashes.parts(one, other))
            asked, starts, ends = (array.compress(some) for array in (asked, starts, ends))
            count[asked] = length
            length += 1
        return count


@dataclass(frozen=True, slots=True, kw_only=True)
class EditKeys:
    """Targets that names an edit or two away are looked for."""

    one: LeftOut
    two: LeftOut
    """Those of up to `MAX_LETTERS_OF_PAIRS` letters that are looked for two edits away."""
    pieces: Pieces
    """The longer ones by any two of their pieces."""
    n_targets: int
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
        return cls(one=LeftOut.of(every.take(once), numbers[once], is_twice=False),
                   two=LeftOut.of(every.take(short), numbers[short], is_twice=True),
                   pieces=Pieces.of(every.take(long), numbers[long], LetterCounts.of(letters, others, owners)),
                   n_targets=len(letters),
                   min_of_two=int(lengths[short].min(initial=MAX_LETTERS_OF_PAIRS)))

    def find(self, hashes: PartHashes, starts: Offsets, ends: Offsets, *, is_twice: Mask) -> tuple[Offsets, Offsets]:
        """Pairs of a part's number and a target that may be an edit away, or two for the parts marked."""
        lengths = ends - starts
        fits = (lengths >= MIN_EDIT_LETTERS - 1) & (lengths <= MAX_EDIT_LETTERS + 1)
        short = (lengths >= self.min_of_two - 2) & (lengths <= MAX_LETTERS_OF_PAIRS + 2) & is_twice
        long = (lengths >= MAX_LETTERS_OF_PAIRS - 1) & (lengths <= MAX_EDIT_LETTERS + 2) & is_twice
        found = [np.zeros(0, np.int64)]
        n_targets = max(1, self.n_targets)
        for table, mask, search in ((self.one.table, fits, self.one.once), (self.two.table, short, self.two.twice),
                                    (self.pieces.table, long, self.pieces.find)):
            chosen = np.flatnonzero(mask) if len(table.keys) else ()
            if len(chosen):
                part, target = search(hashes, starts[chosen], ends[chosen])
                found.append(chosen[part] * n_targets + target)
        pairs = np.sort(np.concatenate(found))
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]][:len(pairs)]]
        return pairs // n_targets, pairs % n_targets


def _ends(hashes: PartHashes, starts: Offsets, ends: Offsets) -> Hashes:
    """A key of the first and the last letters of each part."""
    return joined(hashes.parts(starts, starts + _BOTH), hashes.parts(ends - _BOTH, ends))


def _fewer(hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Bitmap, Bitmap]:
    """The beginnings and endings of each part without one of their letters, or none; parts have more than are checked."""
    begun, ended = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for n in _CHECKED:
        for place in range(n + 1):
            begun.append(hashes.without(starts, starts + n + 1, starts + place))
            ended.append(hashes.without(ends - n - 1, ends, ends - 1 - place))
    return Bitmap.of(np.concatenate(begun)), Bitmap.of(np.concatenate(ended))


def _pairs(starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets, Offsets]:
    """All pairs of two places of each part, with its number."""
    owner, left = np.repeat(np.arange(len(starts)), ends - starts), targets_places(starts, ends - starts)
    counts = ends[owner] - left - 1
    number = np.repeat(np.arange(len(owner)), counts)
    return owner[number], left[number], targets_places(left + 1, counts)
