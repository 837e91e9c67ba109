"""Folded text: one column of texts as one run of bytes, made comparable, cut and searched without a loop over rows.

Folding is NFKC, lower case, no invisible characters, and runs of white space as one space; line breaks stay. Rows that
are clean already, most of a real platform's, pay one search and the lower-casing only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, name

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_CLEAN = (
    " -~\n\u00a1-\u00a7\u00a9\u00ab\u00ae\u00b0\u00b6\u00b7\u00bb\u00bf-\u0131\u0134-\u013e\u0141-\u0148"
    "\u014a-\u017e\u0180-\u01c3\u038e-\u03a1\u03a3-\u03cf\u0388-\u038a\u038c\u03fa-\u0482\u048a-\u052f\u0531-\u0556"
    "\u0559-\u0586\u05d0-\u05ea\u0621-\u064a\u0660-\u066f\u0679-\u06d5\u0900-\u093b\u093d-\u094c\u0e01-\u0e32"
    "\u10d0-\u10fb\u1e00-\u1e99\u1ea0-\u1eff\u2010\u2013\u2014\u2018-\u201e\u2022\u20a9-\u20bf\u2190-\u222b"
    "\u2231-\u2328\u2500-\u2a0b\u3001-\u3029\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\uac00-\ud7a3"
    "\U0001f1e6-\U0001f1ff\U0001f300-\U0001f64f\U0001f680-\U0001f6d7\U0001f900-\U0001fa53")
"""Characters that NFKC leaves alone in any order, as ranges of a regular expression's class (a test tries each)."""
_UNCLEAN = f"[^{_CLEAN}]|  "
_INVISIBLE = ("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
              "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+")
"""Default-ignorable characters (Unicode 17, `DerivedCoreProperties.txt`) and directional marks: they show nothing."""
_CONTROL = r"\x00-\x09\x0b-\x1f\x7f\x{85}\x{2028}\x{2029}"
_BLANK = f" *[{_CONTROL}][ {_CONTROL}]*|  +"
"""Control characters, separators and double spaces, which fold to one space. A line break is kept."""
_UNSPACED = ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "BOPOMOFO")
"""Scripts written without spaces between words: in them a phrase may stand anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A column of folded texts: UTF-8 `data`, and row i is `data[offsets[i]:offsets[i + 1]]`."""

    data: Bytes
    offsets: Places

    @classmethod
    def of(cls, texts: pa.Array) -> Folded:
        """A large-string column without nulls as it is, with nothing folded."""
        _, offsets_buffer, data_buffer = texts.buffers()
        if not len(texts):
            return cls(data=np.zeros(0, np.uint8), offsets=np.zeros(1, np.int64))
        offsets = np.frombuffer(offsets_buffer, np.int64)[texts.offset:texts.offset + len(texts) + 1]
        data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.zeros(0, np.uint8)
        return cls(data=data[offsets[0]:offsets[-1]], offsets=offsets - offsets[0])

    def __len__(self) -> int:
        """How many rows."""
        return len(self.offsets) - 1

    @property
    def starts(self) -> Places:
        """Where each row begins in `data`."""
        return self.offsets[:-1]

    @property
    def ends(self) -> Places:
        """Where each row ends in `data`."""
        return self.offsets[1:]

    def cut(self, starts: Places, ends: Places) -> Folded:
        """The pieces `data[starts[i]:ends[i]]` as a column of their own; a piece may be empty."""
        lengths = np.maximum(ends - starts, 0)
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
        return Folded(data=self.data[places], offsets=offsets)

    def texts(self) -> pa.Array:
        """The rows as a string array. Pieces must have been cut at character borders."""
        return pa.Array.from_buffers(pa.large_string(), len(self), [
            None, pa.py_buffer(np.ascontiguousarray(self.offsets)), pa.py_buffer(np.ascontiguousarray(self.data)),
        ]).cast(pa.string())

    def before(self, rows: Places, places: Places, *, width: int) -> Folded:
        """Up to `width` bytes of the rows' text that stand before `places`, cut at a character border."""
        starts = np.maximum(self.starts[rows], places - width)
        return self.cut(self._border(starts, places), places)

    def after(self, rows: Places, places: Places, *, width: int) -> Folded:
        """Up to `width` bytes of the rows' text that stand after `places`, cut at a character border."""
        row_ends = self.ends[rows]
        ends = np.minimum(row_ends, places + width)
        return self.cut(places, self._border(ends, row_ends))

    def _border(self, places: Places, limits: Places) -> Places:
        """`places` moved on, but not past `limits`, to where a character begins."""
        places = places.copy()
        for _ in range(3):
            inside = places < limits
            inside[inside] = (self.data[places[inside]] & 0xC0) == 0x80
            places[inside] += 1
        return places

    def is_border(self, places: Places) -> Flags:
        """True where a character begins, or the text ends."""
        found = places >= len(self.data)
        inside = np.flatnonzero(~found)
        found[inside] = (self.data[places[inside]] & 0xC0) != 0x80
        return found

    def code_points(self) -> tuple[Places, Places]:
        """Where each character begins in `data`, and which code point it is."""
        data = self.data
        leads = np.flatnonzero((data & 0xC0) != 0x80)
        first = data[leads].astype(np.int64)
        size = 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
        points = np.where(size == 1, first, first & (0xFF >> (size + 1)))
        for nth in (1, 2, 3):
            more = size > nth
            points[more] = (points[more] << 6) | (data[leads[more] + nth] & 0x3F)
        return leads, points


def fold(texts: pa.Array) -> Folded:
    """A string column folded for comparison; a null becomes an empty text.

    >>> fold(pa.array(["  Ｏfficial\\u200b  ACCOUNT", None])).texts().to_pylist()
    [' official account', '']
    """
    texts = texts.cast(pa.large_string()).fill_null("")
    unclean = pc.match_substring_regex(texts, _UNCLEAN)
    if pc.any(unclean).as_py():
        texts = pc.replace_with_mask(texts, unclean, _cleaned(texts.filter(unclean)))
    return Folded.of(pc.utf8_lower(texts))


def _cleaned(texts: pa.Array) -> pa.Array:
    """The texts in NFKC, without invisible characters, with runs of white space as one space."""
    return _replaced(pc.utf8_normalize(_replaced(texts, _INVISIBLE, ""), "NFKC"), _BLANK, " ")


def _replaced(texts: pa.Array, pattern: str, replacement: str) -> pa.Array:
    """The same as replacing in every text, but only texts with a match are written anew: most have none."""
    some = pc.match_substring_regex(texts, pattern)
    if not pc.any(some).as_py():
        return texts
    return pc.replace_with_mask(texts, some, pc.replace_substring_regex(texts.filter(some), pattern, replacement))


@lru_cache(maxsize=1)
def _known_classes() -> npt.NDArray[np.int8]:
    """The class of each code point met so far, -1 for the others."""
    return np.full(0x110000, -1, np.int8)


def class_of(point: int) -> int:
    """0: not part of a word; 1: part of a word in a script with spaces; 2: in one without; 3: Hangul."""
    character = chr(point)
    if category(character)[0] not in "LMN":
        return 0
    if point < 0x0E00:
        return 1
    title = name(character, "")
    if title.startswith("HANGUL"):
        return 3
    return 2 if title.startswith(_UNSPACED) else 1


NOT_A_LETTER, LETTER, UNSPACED_LETTER, HANGUL = 0, 1, 2, 3


def classes(points: Places) -> npt.NDArray[np.int8]:
    """For each code point `NOT_A_LETTER`, `LETTER`, `UNSPACED_LETTER` or `HANGUL`; digits and marks are letters."""
    known = _known_classes()
    found = known[points]
    if (found < 0).any():
        for point in np.unique(points[found < 0]):
            known[point] = class_of(int(point))
        found = known[points]
    return found
