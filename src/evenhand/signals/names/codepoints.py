"""Many texts at once as flat arrays of code points, so that all further work on them is arithmetic on arrays.

`Texts` is the ragged array that every text signal is computed on; `PointMap` replaces each code point by none, one or
several others. There is no Python per text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Points = NDArray[np.uint32]
Offsets = NDArray[np.int64]
Mask = NDArray[np.bool_]

N_POINTS = 0x110000
"""Code points there can be; tables over code points have this length."""
_SEVERAL = np.uint32(0x80000000)
"""Above every code point: marks the entries of a `PointMap` that have none or several targets."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts laid end to end: text `i` is `points[offsets[i]:offsets[i + 1]]`."""

    points: Points
    offsets: Offsets

    @classmethod
    def from_arrow(cls, strings: pa.Array) -> Texts:
        """The texts of an Arrow string array; a null is an empty text.

        >>> Texts.from_arrow(pa.array(["añ", None, "𝐁"])).offsets.tolist()
        [0, 2, 2, 3]
        """
        if strings.type != pa.large_string():
            strings = strings.cast(pa.large_string())
        if strings.null_count:
            strings = pc.fill_null(strings, "")
        if len(strings) == 0:
            return cls(np.zeros(0, np.uint32), np.zeros(1, np.int64))
        _, offset_buffer, data = strings.buffers()
        starts = np.frombuffer(offset_buffer, np.int64)[strings.offset:strings.offset + len(strings) + 1]
        if data is None or starts[0] == starts[-1]:
            return cls(np.zeros(0, np.uint32), np.zeros(len(strings) + 1, np.int64))
        octets = np.frombuffer(data, np.uint8)[starts[0]:starts[-1]]
        starts = starts - starts[0]
        first = (octets & 0xC0) != 0x80
        points = np.frombuffer(octets.tobytes().decode("utf-8").encode("utf-32-le"), np.uint32)
        if len(points) == len(octets):
            return cls(points, starts)
        return cls(points, marked_before(first, starts))

    def to_arrow(self) -> pa.Array:
        """The texts as an Arrow string array without nulls."""
        data = self.points.astype("<u4", copy=False).tobytes().decode("utf-32-le").encode("utf-8")
        offsets = self.offsets
        if len(data) != len(self.points):
            size = (1 + (self.points >= 0x80).astype(np.int8) + (self.points >= 0x800) + (self.points >= 0x10000))
            offsets = np.concatenate([[0], np.cumsum(size, dtype=np.int64)])[offsets]
        buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.string(), len(self), buffers)

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Offsets:
        """How many code points each text has."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> Offsets:
        """For every code point, the number of its text."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def count(self, mask: Mask) -> NDArray[np.int32]:
        """How many code points of each text the mask marks."""
        if not mask.any():
            return np.zeros(len(self), np.int32)
        return np.diff(marked_before(mask, self.offsets)).astype(np.int32)

    def any(self, mask: Mask) -> Mask:
        """Whether the mask marks a code point of each text."""
        found = np.zeros(len(self), np.bool_)
        found[np.searchsorted(self.offsets, np.flatnonzero(mask), side="right") - 1] = True
        return found

    def keep(self, mask: Mask) -> Texts:
        """The texts without the code points that the mask does not mark."""
        if mask.all():
            return self
        return Texts(self.points.compress(mask), marked_before(mask, self.offsets))

    def insert(self, mask: Mask, point: int) -> Texts:
        """The texts with `point` put before every code point that the mask marks."""
        places = np.flatnonzero(mask)
        if not len(places):
            return self
        points = np.insert(self.points, places, np.uint32(point))
        return Texts(points, self.offsets + np.searchsorted(places, self.offsets, side="left"))

    def slices(self, starts: Offsets, ends: Offsets) -> Texts:
        """The texts between these places of `points`, one for each pair."""
        lengths = ends - starts
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        index = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
        return Texts(self.points.take(index), offsets)

    def take(self, rows: Offsets) -> Texts:
        """The texts with these numbers, in this order."""
        return self.slices(self.offsets[rows], self.offsets[rows + 1])

    @staticmethod
    def end_to_end(several: Sequence[Texts]) -> Texts:
        """All texts of the first, then all of the second, and so on."""
        ends = np.cumsum([0, *(len(texts.points) for texts in several)])
        offsets = [texts.offsets[:-1] + end for texts, end in zip(several, ends, strict=False)]
        return Texts(np.concatenate([texts.points for texts in several]), np.concatenate([*offsets, ends[-1:]]))

    def replace(self, rows: Offsets, others: Texts) -> Texts:
        """The texts with those numbered `rows` replaced by `others`, one for each."""
        if not len(rows):
            return self
        starts, ends = self.offsets[:-1].copy(), self.offsets[1:].copy()
        starts[rows] = others.offsets[:-1] + len(self.points)
        ends[rows] = others.offsets[1:] + len(self.points)
        return Texts(np.concatenate([self.points, others.points]), self.offsets).slices(starts, ends)


_WORD_BITS = 64


def marked_before(mask: Mask, places: Offsets) -> Offsets:
    """How many places the mask marks before each of these, which are 0 to the mask's length.

    A count for every 64 places and the bits of the last few: a quarter of the time of a running sum over all of them.

    >>> marked_before(np.array([True, False, True]), np.array([0, 1, 3])).tolist()
    [0, 1, 2]
    """
    octets = np.zeros((len(mask) // _WORD_BITS + 1) * (_WORD_BITS // 8), np.uint8)
    packed = np.packbits(mask, bitorder="little")
    octets[:len(packed)] = packed
    words = octets.view("<u8")
    counts = np.zeros(len(words) + 1, np.int64)
    np.cumsum(np.bitwise_count(words), out=counts[1:])
    word = places >> 6
    below = (np.uint64(1) << (places & (_WORD_BITS - 1)).astype(np.uint64)) - np.uint64(1)
    before: Offsets = counts.take(word) + np.bitwise_count(words.take(word) & below)
    return before


@dataclass(frozen=True, slots=True)
class PointMap:
    """What each code point becomes: none, one or several code points."""

    single: Points
    """The target, or a number above all code points for an entry of `several`."""
    several: Texts
    """The targets that are not exactly one code point."""

    @classmethod
    def of(cls, targets: Texts) -> PointMap:
        """The map that sends code point `i` to text `i`; those beyond the texts stay themselves."""
        one = np.flatnonzero(targets.lengths == 1)
        single = np.arange(N_POINTS, dtype=np.uint32)
        single[one] = targets.points[targets.offsets[:-1][one]]
        others = np.flatnonzero(targets.lengths != 1)
        single[others] = _SEVERAL + np.arange(len(others), dtype=np.uint32)
        return cls(single, targets.take(others))

    @classmethod
    def from_pairs(cls, pairs: dict[int, tuple[int, ...]]) -> PointMap:
        """The map with these targets; every other code point stays itself."""
        single = np.arange(N_POINTS, dtype=np.uint32)
        several = [(source, target) for source, target in pairs.items() if len(target) != 1]
        for source, target in pairs.items():
            if len(target) == 1:
                single[source] = target[0]
        single[[source for source, _ in several]] = _SEVERAL + np.arange(len(several), dtype=np.uint32)
        points = np.array([point for _, target in several for point in target], np.uint32)
        offsets = np.cumsum([0, *(len(target) for _, target in several)], dtype=np.int64)
        return cls(single, Texts(points, offsets))

    def apply(self, texts: Texts) -> Texts:
        """The texts with every code point replaced by its targets."""
        points = self.single.take(texts.points)
        is_several = points >= _SEVERAL
        places = np.flatnonzero(is_several)
        if not len(places):
            return Texts(points, texts.offsets)
        entries = (points[places] - _SEVERAL).astype(np.int64)
        lengths = self.several.lengths[entries]
        longer = np.zeros(len(places) + 1, np.int64)
        np.cumsum(lengths - 1, out=longer[1:])
        sizes = np.ones(len(points), np.int64)
        sizes[places] = lengths
        out = np.repeat(points, sizes)
        out[targets_places(places + longer[:-1], lengths)] = self.several.take(entries).points
        return Texts(out, texts.offsets + longer.take(marked_before(is_several, texts.offsets)))


def targets_places(starts: Offsets, lengths: Offsets) -> Offsets:
    """The places `start, start + 1, …` for each start, as many as its length says, end to end."""
    offsets = np.cumsum(lengths)
    total = int(offsets[-1]) if len(offsets) else 0
    return np.arange(total) + np.repeat(starts - offsets + lengths, lengths)
