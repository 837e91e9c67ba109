"""Upper and lower case, and spaces, exactly as the embedded engine takes them: character by character.

Python lower-cases a final Σ by its neighbours and İ to two characters, and upper-cases ß to two; the engine does
neither. Python and Arrow also know letters that came to Unicode later than the engine's tables. The engine leaves
those alone, and so does this. `tests/policy/compiled/test_letters.py` compares all characters with the engine.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable
from typing import Any

import hyperscan
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.words.folded import Folded

SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What `trim` takes away at both ends: Unicode's space separators (Zs), not line breaks or tabs."""

_LATE_CAPITALS = ("\u1c89\ua7cb-\ua7ce\ua7d2\ua7d4\ua7da-\ua7dd\ua7e2\uab6c\uab6d\U00010d50-\U00010d65"
                  "\U00016ea0-\U00016eb8\U0001df40-\U0001df7f")
"""Capitals of Unicode 16 and later, as ranges of a regular expression's class."""
_LATE_SMALL = ("\u019b\u0264\u0277\u027c\u1c8a\ua7cd-\ua7cf\ua7d3\ua7d5\ua7db\uab4b\uab4c\U00010d70-\U00010d85"
               "\U00016ebb-\U00016ed3\U0001df40-\U0001df7f")
"""Letters whose capitals came that late."""
_LATE_BEGINNINGS = ("\u1c89", "\U0001df40", "\U0001df7f", "\U00010d50", "\U00016ea0", "\ua7cb", "\uab6c")
"""One character for each start of the late capitals' bytes in UTF-8; the last byte is cut off."""

_ODD_LOWER = re.compile(f"[İΣ{_LATE_CAPITALS}]")
_PLAIN_RUN = re.compile(f"[^İΣ{_LATE_CAPITALS}]+")
_LOWER_OF_ODD = str.maketrans("İΣ", "iσ")


def lower(text: str) -> str:
    """The text in lower case, one character for each.

    >>> lower("ΟΔΟΣ İZMİR")
    'οδοσ izmir'
    """
    if text.isascii() or _ODD_LOWER.search(text) is None:
        return text.lower()
    return _PLAIN_RUN.sub(lambda run: run[0].lower(), text).translate(_LOWER_OF_ODD)


def upper(text: str) -> str:
    """The text in upper case, one character for each.

    >>> upper("straße")
    'STRAẞE'
    """
    return text.upper() if text.isascii() else "".join(map(_capital, text))


def _capital(character: str) -> str:
    if character == "ß" or _IS_LATE_SMALL.match(character):
        return "ẞ" if character == "ß" else character
    return next((form for form in (character.upper(), character.title()) if len(form) == 1), character)


_IS_LATE_SMALL = re.compile(f"[{_LATE_SMALL}]")


def lower_all(texts: pa.Array) -> pa.Array:
    """A large-string column in lower case; nulls stay.

    >>> lower_all(pa.array(["ΟΔΟΣ", None], pa.large_string())).to_pylist()
    ['οδοσ', None]
    """
    return _mended(pc.utf8_lower(texts), texts, _late_rows(texts), lower)


def upper_all(texts: pa.Array) -> pa.Array:
    """A large-string column in upper case; nulls stay."""
    late = pc.fill_null(pc.match_substring_regex(texts, f"[ß{_LATE_SMALL}]"), fill_value=False)
    return _mended(pc.utf8_upper(texts), texts, np.flatnonzero(late.to_numpy(zero_copy_only=False)), upper)


def _mended(made: pa.Array, texts: pa.Array, rows: Iterable[int], make: Callable[[str], str]) -> pa.Array:
    """`made` with the few `rows` that hold a letter Arrow knows and the engine does not made again, one by one."""
    some = np.fromiter(rows, np.int64)
    if not len(some):
        return made
    mask = np.zeros(len(texts), np.bool_)
    mask[some] = True
    again = [None if text is None else make(text) for text in texts.take(pa.array(some)).to_pylist()]
    return pc.replace_with_mask(made, pa.array(mask), pa.array(again, made.type))


def _late_rows(texts: pa.Array) -> Iterable[int]:
    """The rows in which a late capital may stand, found by the beginnings of their bytes in one pass."""
    folded = Folded.of(texts)
    ends = array("Q")
    note_end = ends.append

    def note(_pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
        note_end(end)

    data: Any = folded.data
    if len(data):
        try:
            scratch = _IDLE.pop()
        except IndexError:
            scratch = hyperscan.Scratch(_LATE)
        _LATE.scan(data, note, scratch=scratch)
        _IDLE.append(scratch)
    return np.unique(np.searchsorted(folded.offsets, np.array(ends, np.int64) - 1, side="right") - 1)


def _late_database() -> hyperscan.Database:
    beginnings = list(dict.fromkeys(character.encode()[:-1] for character in _LATE_BEGINNINGS))
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=beginnings, ids=list(range(len(beginnings))), elements=len(beginnings), flags=0,
                     literal=True)
    return database


_LATE = _late_database()
_IDLE: list[hyperscan.Scratch] = []
"""A scratch is used by one call at a time: taking one and giving it back are atomic."""
