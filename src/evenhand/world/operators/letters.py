"""Names as letters: many texts as one table of code points, so that letters can be moved in all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Points = NDArray[np.uint32]
LEAD2, LEAD3, LEAD4, TAIL = 0xC0, 0xE0, 0xF0, 0x80
"""First and following bytes of UTF-8 (RFC 3629)."""
NARROWEST = 3
"""A table has at least so many columns, so that every text has a second and a third place."""
TWO, THREE = 2, 3
FROM2, FROM3, FROM4 = 0x80, 0x800, 0x10000
"""Code points from which on that many bytes are needed."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Texts as code points, one row each, filled up with zeros."""

    points: Points

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many code points each text has."""
        n: NDArray[np.int64] = (self.points != 0).sum(axis=1)
        return n

    def wider(self, by: int) -> Points:
        """A copy with room for more."""
        return np.pad(self.points, ((0, 0), (0, by)))


def letters(texts: pa.StringArray) -> Letters:
    """The code points of texts without null and NUL."""
    n = len(texts)
    if not n:
        return Letters(np.zeros((0, NARROWEST), np.uint32))
    offsets = np.frombuffer(texts.buffers()[1], np.int32, count=n + 1, offset=4 * texts.offset).astype(np.int64)
    data = texts.buffers()[2]
    stored = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    used = stored[offsets[0]:offsets[-1]].astype(np.uint32)
    starts = np.nonzero((used & 0xC0) != TAIL)[0]
    size = np.diff(np.append(starts, len(used)))
    lead = used[starts]
    padded = np.append(used, np.zeros(3, np.uint32))
    tails = [padded[starts + i] & 0x3F for i in (1, 2, 3)]
    points = np.select(
        [size == 1, size == TWO, size == THREE],
        [lead, (lead & 0x1F) << 6 | tails[0], (lead & 0x0F) << 12 | tails[0] << 6 | tails[1]],
        (lead & 0x07) << 18 | tails[0] << 12 | tails[1] << 6 | tails[2]).astype(np.uint32)
    row = np.searchsorted(offsets[1:] - offsets[0], starts, side="right")
    first = np.searchsorted(row, np.arange(n))
    widest = int(np.bincount(row, minlength=n).max())
    table = np.zeros((n, max(NARROWEST, widest)), np.uint32)
    table[row, np.arange(len(row)) - first[row]] = points
    return Letters(table)


def texts(those: Letters) -> pa.StringArray:
    """The texts that letters spell; zeros in between are left out."""
    points = those.points
    is_there = points != 0
    flat = points[is_there]
    size = 1 + (flat >= FROM2).astype(np.int64) + (flat >= FROM3) + (flat >= FROM4)
    ends = np.cumsum(size)
    stored = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    begins = ends - size
    lead = np.select([size == 1, size == TWO, size == THREE], [flat, LEAD2 | flat >> 6, LEAD3 | flat >> 12], LEAD4 | flat >> 18)
    stored[begins] = lead
    for place in (1, 2, 3):
        has = size > place
        shift = (6 * (size[has] - 1 - place)).astype(np.uint32)
        stored[begins[has] + place] = TAIL | (flat[has] >> shift) & 0x3F
    offsets = np.zeros(len(points) + 1, np.int32)
    by_row = np.zeros(len(points), np.int64)
    np.add.at(by_row, np.nonzero(is_there)[0], size)
    np.cumsum(by_row, out=offsets[1:])
    return pa.StringArray.from_buffers(len(points), pa.py_buffer(offsets), pa.py_buffer(stored))


def closed_up(points: Points) -> Letters:
    """Letters with the zeros that stand between them moved to the end of each row."""
    order = np.argsort(points == 0, axis=1, kind="stable")
    return Letters(np.take_along_axis(points, order, axis=1))


def inserted(those: Letters, at: NDArray[np.int64], what: Points) -> Letters:
    """Letters with one more code point before the place `at` of each row; a zero in `what` adds nothing."""
    wide = those.wider(1)
    columns = np.arange(wide.shape[1])
    shifted = np.pad(those.points, ((0, 0), (1, 0)))
    points = np.where(columns < at[:, None], wide, shifted)
    points[np.arange(len(at)), at] = what
    return closed_up(points.astype(np.uint32))


def replaced(those: Letters, table: dict[int, int]) -> Letters:
    """Letters with every one that the table names changed."""
    keys = np.array(sorted(table), np.uint32)
    values = np.array([table[int(key)] for key in keys], np.uint32)
    place = np.minimum(np.searchsorted(keys, those.points), len(keys) - 1)
    return Letters(np.where(keys[place] == those.points, values[place], those.points))
