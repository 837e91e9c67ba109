"""Letters: texts of every script as one sequence of folded letters with a 0 between words. Array arithmetic only.

Web addresses are left out; names behind `#` and `@` are parted at their capitals; case, width, accents, vowel signs of
Arabic and Hebrew and apostrophes make no difference. The posts of a batch and the register's claims are read alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, normalize

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.fact_checks.addresses import without_addresses
from evenhand.signals.words.folded import HANGUL, UNSPACED_LETTER, Folded, Places, class_of

Points = npt.NDArray[np.int32]
Kinds = npt.NDArray[np.uint8]

SEPARATOR = 0
_DROPPED = -1
_UNKNOWN = -2
_KIND_BITS = 21
_LETTER = (1 << _KIND_BITS) - 1
_LONGEST_NAME = 48
"""A name behind `#` or `@` is parted at capitals that stand so near to its beginning."""
_APOSTROPHES = frozenset("'’ʼ`´＇")
_MARKS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED))
"""Marks that are left out: accents, and the vowel signs of Hebrew and Arabic. Those of Indic scripts are letters."""

_FIRST_DENSE = 0x2E80
"""Kana, Bopomofo and Chinese characters stand from here on; Thai, Lao, Khmer and Burmese before."""

LOWER, UPPER, SIGIL, UNSPACED, DENSE = 1, 2, 4, 8, 16
"""Kinds of a character: a lower-case or upper-case letter, `#` or `@`, in a script without spaces between words, and
among those one whose single characters tell as much as a word's part (Chinese, kana, Hangul)."""


_TAG = SEPARATOR | SIGIL << _KIND_BITS
"""What `#` and `@` are read as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Folded letters of a column: words set apart by 0, with a 0 first and last; `starts` is where each text begins."""

    points: Points
    kinds: Kinds
    starts: Places

    def rows_of(self, places: Places) -> npt.NDArray[np.int32]:
        """The text in which each place stands; places ascend."""
        counts = np.diff(np.searchsorted(places, np.append(self.starts, len(self.points))))
        return np.repeat(np.arange(len(self.starts), dtype=np.int32), counts)


def letters(texts: pa.Array) -> Letters:
    """The folded letters of a string column; a null is an empty text.

    >>> found = letters(pa.array(["Café #StopTheSteal’s https://example.org/x", None]))
    >>> "".join(chr(point) if point else " " for point in found.points).split()
    ['cafe', 'stop', 'the', 'steals']
    """
    texts = without_addresses(texts.cast(pa.large_string()).fill_null(""))
    # A blank before each text, so that words never run from one text into the next.
    empty, blank = pa.scalar("", pa.large_string()), pa.scalar(" ", pa.large_string())
    packed, starts = _read(pc.binary_join_element_wise(empty, texts, blank))
    packed = np.append(packed, np.int32(SEPARATOR))
    packed, starts = _without(packed, starts, np.flatnonzero(packed == _DROPPED))
    packed, starts = _parted(packed, starts)
    return Letters(points=packed & _LETTER, kinds=(packed >> _KIND_BITS).astype(np.uint8), starts=starts)


def _read(texts: pa.Array) -> tuple[Points, Places]:
    """The folded letter of each character with its kinds above it, and where each text begins."""
    data = Folded.of(texts).data.tobytes().decode()
    ends = np.cumsum(pc.utf8_length(texts).to_numpy())
    return _mapped(np.frombuffer(data.encode("utf-32-le"), np.int32)), np.concatenate(([0], ends[:-1]))


def _without(packed: Points, starts: Places, dropped: Places) -> tuple[Points, Places]:
    """The characters without those at the places `dropped`."""
    if not len(dropped):
        return packed, starts
    kept = np.ones(len(packed), np.bool_)
    kept[dropped] = False
    return packed[kept], starts - np.searchsorted(dropped, starts)


def _parted(packed: Points, starts: Places) -> tuple[Points, Places]:
    """A separator before each capital inside a name behind `#` or `@`."""
    kinds = (packed >> _KIND_BITS).astype(np.uint8)
    capital = np.flatnonzero(((kinds[1:] & UPPER) > 0) & ((kinds[:-1] & LOWER) > 0)) + 1
    if not len(capital):
        return packed, starts
    back = np.maximum(capital[:, None] - np.arange(1, _LONGEST_NAME + 1), 0)
    is_border = (packed[back] & _LETTER) == SEPARATOR
    border = back[np.arange(len(capital)), is_border.argmax(axis=1)]
    capital = capital[packed[border] == _TAG]
    return np.insert(packed, capital, SEPARATOR), starts + np.searchsorted(capital, starts)


@lru_cache(maxsize=1)
def _known() -> Points:
    """For each code point met so far the letter it folds to, with its kinds above; `_UNKNOWN` for the others."""
    return np.full(0x110000, _UNKNOWN, np.int32)


def _mapped(points: Points) -> Points:
    known = _known()
    found = known[points]
    if len(found) and found.min() == _UNKNOWN:
        for point in np.unique(points[found == _UNKNOWN]):
            letter, kind = _fold(int(point))
            known[point] = letter if letter == _DROPPED else letter | kind << _KIND_BITS
        found = known[points]
    return found


def _fold(point: int) -> tuple[int, int]:
    """The letter that a character folds to, and its kinds."""
    character = chr(point)
    if character in _APOSTROPHES or category(character) in ("Cf", "Me") or _is_mark(point):
        return _DROPPED, 0
    if character in "#@＃＠":
        return SEPARATOR, SIGIL
    wide = normalize("NFKC", character)[:1]
    lower = wide.lower()[:1]
    parts = normalize("NFD", lower)
    if len(parts) > 1 and all(_is_mark(ord(part)) for part in parts[1:]):
        lower = parts[0]
    if not lower or category(lower)[0] not in "LMN":
        return SEPARATOR, 0
    kind = UPPER if category(character) == "Lu" else LOWER if category(character) == "Ll" else 0
    writing = class_of(ord(lower))
    if writing in (UNSPACED_LETTER, HANGUL):
        kind |= UNSPACED | (DENSE if writing == HANGUL or ord(lower) >= _FIRST_DENSE else 0)
    return ord(lower), kind


def _is_mark(point: int) -> bool:
    return any(first <= point <= last for first, last in _MARKS)
