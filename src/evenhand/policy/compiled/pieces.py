"""Many short texts looked for in one pass over a whole column."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any

import hyperscan
import numpy as np

from evenhand.signals.words.folded import Folded, Places


class PieceSet:
    """Texts compiled for one pass. It does not change once built, and several threads may use it."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = tuple(piece.encode() for piece in pieces)
        if not all(self._pieces):
            raise ValueError("the empty text stands everywhere: leave it out")

    def column_finder(self) -> Callable[[Folded], tuple[Places, Places]]:
        """A function that gives the rows of a column in which pieces stand, and which piece stands there.

        A pair comes as often as the piece stands in the row, in no order.
        """
        long = [number for number, piece in enumerate(self._pieces) if len(piece) > 1]
        single = [(number, piece[0]) for number, piece in enumerate(self._pieces) if len(piece) == 1]
        lengths = np.array([len(piece) for piece in self._pieces], np.int64)
        database = self._database(0, long) if long else None
        idle: list[hyperscan.Scratch] = []
        # a scratch is used by one call at a time: taking one and giving it back are atomic

        def find(texts: Folded) -> tuple[Places, Places]:
            numbers, ends = array("I"), array("Q")
            note_number, note_end = numbers.append, ends.append

            def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
                note_number(number)
                note_end(end)

            if database is not None and len(texts.data):
                data: Any = texts.data
                try:
                    scratch = idle.pop()
                except IndexError:
                    scratch = hyperscan.Scratch(database)
                database.scan(data, note, scratch=scratch)
                idle.append(scratch)
            number, end = np.array(numbers, np.int64), np.array(ends, np.int64)
            start = end - lengths[number]
            row = np.searchsorted(texts.offsets, start, side="right") - 1
            inside = end <= texts.ends[row]
            rows, found = [row[inside]], [number[inside]]
            for one, byte in single:
                # one byte stands too often for a call each; comparing all bytes with it is quicker
                places = np.flatnonzero(texts.data == byte)
                rows.append(np.searchsorted(texts.offsets, places, side="right") - 1)
                found.append(np.full(len(places), one, np.int64))
            return np.concatenate(rows), np.concatenate(found)

        return find

    def _database(self, flags: int, numbers: Sequence[int] | None = None) -> hyperscan.Database:
        wanted = range(len(self._pieces)) if numbers is None else numbers
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[self._pieces[number] for number in wanted], ids=list(wanted),
                         elements=len(wanted), flags=flags, literal=True)
        return database
