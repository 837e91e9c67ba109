"""Which registered hashes lie within a few bits of a given one, found without comparing all pairs.

Multi-index hashing (Norouzi, Punjani, Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012): a hash is cut
into 16 pieces of 16 bits. Two hashes that differ in at most 31 bits agree, in at least one piece, in all bits but one, since
16 pieces with two or more differences make 32. So each piece is looked up as it is and with each of its bits turned, and only
what shares such a piece is compared in full. The result is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.media.hashes import HASH_BITS, SAME_PICTURE, Hashes, distances

PIECES, PIECE_BITS = 16, 16
PIECE_VALUES = 1 << PIECE_BITS
MAX_DISTANCE = 2 * PIECES - 1
"""The largest distance for which one piece must agree but for one bit."""
PAIRS_AT_ONCE = 2_000_000
"""Candidate pairs compared at a time, 32 bytes a side."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Pairs of hashes that lie near each other: the row of the query, the row in the index, and the bits that differ."""

    query: Places
    target: Places
    distance: Places


class HashIndex:
    """An index over hashes. It takes 128 bytes of memory for each of them, and 8 MB for itself."""

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        pieces = _pieces(hashes)
        self._order = np.empty((PIECES, len(hashes)), np.int32)
        self._start = np.empty((PIECES, PIECE_VALUES + 1), np.int64)
        for piece in range(PIECES):
            self._order[piece] = np.argsort(pieces[:, piece], kind="stable")
            counts = np.bincount(pieces[:, piece], minlength=PIECE_VALUES)
            self._start[piece] = np.concatenate(([0], np.cumsum(counts)))

    def __len__(self) -> int:
        """How many hashes are in the index."""
        return len(self._hashes)

    def near(self, queries: Hashes, *, within: int = SAME_PICTURE) -> Near:
        """All pairs of a query and an indexed hash that differ in at most `within` bits, in order of the queries.

        Raises `ValueError` when `within` is more than 31, since more cannot be found through one piece.

        >>> index = HashIndex(np.array([[0, 0, 0, 0], [1, 2, 3, 4]], np.uint64))
        >>> found = index.near(np.array([[0, 0, 0, 7]], np.uint64))
        >>> found.target.tolist(), found.distance.tolist()
        ([0, 1], [3, 6])
        """
        if not 0 <= within <= MAX_DISTANCE:
            raise ValueError(f"at most {MAX_DISTANCE} bits may differ, not {within}")
        if len(self) < len(queries):   # looking up costs more than building: the smaller side is looked up
            target, query = HashIndex(queries)._near(self._hashes, within)  # noqa: SLF001  # its own kind
            order = np.lexsort((target, query))
            query, target = query[order], target[order]
        else:
            query, target = self._near(queries, within)
        return Near(query=query, target=target, distance=distances(queries[query], self._hashes[target]))

    def _near(self, queries: Hashes, within: int) -> tuple[Places, Places]:
        codes = [np.zeros(0, np.int64)]
        for query, target in self._candidates(_pieces(queries)):
            first_half = np.bitwise_count(queries[query, 0] ^ self._hashes[target, 0])
            first_half += np.bitwise_count(queries[query, 1] ^ self._hashes[target, 1])
            likely = np.flatnonzero(first_half <= within)
            likely = likely[distances(queries[query[likely]], self._hashes[target[likely]]) <= within]
            codes.append(query[likely] * np.int64(len(self)) + target[likely])
        code = np.unique(np.concatenate(codes))
        query, target = np.divmod(code, max(len(self), 1))
        return query, target

    def _candidates(self, pieces: NDArray[np.uint16]) -> Iterator[tuple[Places, Places]]:
        """Pairs that agree in a piece but for one bit, some at a time; a pair may come several times."""
        turned = [0, *(1 << bit for bit in range(PIECE_BITS))]
        for piece in range(PIECES if len(self) else 0):
            start, order = self._start[piece], self._order[piece]
            for bits in turned:
                value = (pieces[:, piece] ^ np.uint16(bits)).astype(np.int64)
                first, count = start[value], start[value + 1] - start[value]
                yield from _pairs(first, count, order)


def _pairs(first: Places, count: Places, order: NDArray[np.int32]) -> Iterator[tuple[Places, Places]]:
    """For each row, the `count` entries of `order` from `first` on, at most `PAIRS_AT_ONCE` or one row at a time."""
    rows = np.flatnonzero(count)
    ends = np.cumsum(count[rows])
    begin = 0
    while begin < len(rows):
        done = int(ends[begin - 1]) if begin else 0
        stop = max(begin + 1, int(np.searchsorted(ends, done + PAIRS_AT_ONCE, side="right")))
        some = rows[begin:stop]
        n_each = count[some]
        place = np.arange(int(n_each.sum())) + np.repeat(first[some] - np.cumsum(n_each) + n_each, n_each)
        yield np.repeat(some, n_each), order[place].astype(np.int64)
        begin = stop


def _pieces(hashes: Hashes) -> NDArray[np.uint16]:
    """The 16 pieces of each hash."""
    return np.ascontiguousarray(hashes).view(np.uint16).reshape(len(hashes), HASH_BITS // PIECE_BITS)
