"""Byte strings, searched for all together in one pass over a text."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property

import hyperscan
import numpy as np

from evenhand.signals.words.folded import Places


class Literals:
    """Byte strings compiled for one pass: at the first search, or when they are pickled, and then never again."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._literals = tuple(literals)

    @cached_property
    def _database(self) -> hyperscan.Database | None:
        if not self._literals:
            return None
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=self._literals, ids=list(range(len(self._literals))), elements=len(self._literals),
                         flags=0, literal=True)
        return database

    def __getstate__(self) -> tuple[tuple[bytes, ...], bytes | None]:
        """The strings, and the database as the bytes that the library writes."""
        return self._literals, None if self._database is None else hyperscan.dumpb(self._database)

    def __setstate__(self, state: tuple[tuple[bytes, ...], bytes | None]) -> None:
        """As it was pickled."""
        self._literals, database = state
        self.__dict__["_database"] = None if database is None else hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK)

    def scan(self, data: bytes) -> tuple[Places, Places]:
        """Every place where one of the strings stands: which one, and where it ends, in any order.

        >>> [places.tolist() for places in Literals([b"no", b"on"]).scan(b"noon")]
        [[0, 1], [2, 4]]
        """
        patterns, ends = array("I"), array("Q")
        note_pattern, note_end = patterns.append, ends.append

        def note(pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
            note_pattern(pattern)
            note_end(end)

        if self._database is not None and data:
            # a scratch of its own for each call, so that two threads may use one set
            self._database.scan(data, note, scratch=hyperscan.Scratch(self._database))
        return np.array(patterns, np.int64), np.array(ends, np.int64)
