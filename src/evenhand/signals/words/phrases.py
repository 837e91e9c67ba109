"""Phrases: thousands of them, in every script, found in a column of texts in one pass.

All phrases are compiled into one Hyperscan database of plain byte strings; the folded texts of a batch are scanned as
one run of bytes with one call. A match that crosses from one row into the next, or that stands inside a longer word,
is dropped afterwards with array arithmetic. Measured figures: docs/concepts/evidence-and-guards.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import combining, normalize

import numpy as np
import pyarrow as pa

from evenhand.signals.words.folded import HANGUL, LETTER, NOT_A_LETTER, Flags, Folded, Places, classes, fold
from evenhand.signals.words.literals import Literals

MATCHES = pa.schema([("row", pa.int64()), ("phrase", pa.int32()), ("start", pa.int32()), ("end", pa.int32())])
"""One match: the row, the phrase's place in the set, and the bytes of the folded row where it stands."""

_SCAN_BYTES = 1 << 30
"""Hyperscan counts the length of one scan in 32 bits; more than this is scanned in several calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One phrase to look for. A `*` at its end or start means that the word may go on there."""

    text: str
    group: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    """What a set of phrases is compiled to: one pattern for each spelling of each phrase, all in one database."""

    phrases: Places
    """Which phrase each pattern is a spelling of."""
    lengths: Places
    free_left: Flags
    """True where a pattern may stand right after a letter."""
    free_right: Flags
    literals: Literals

    @classmethod
    def of(cls, phrases: Sequence[Phrase]) -> _Patterns:
        """The patterns of some phrases, compiled."""
        bare = fold(pa.array([phrase.text.strip("*").strip() for phrase in phrases], pa.string())).texts()
        written = [(nth, spelling) for nth, text in enumerate(bare.to_pylist()) for spelling in spellings(text)]
        patterns = [spelling.encode() for _, spelling in written]
        owners = np.array([nth for nth, _ in written], np.int64)
        heads, tails = _edges([spelling for _, spelling in written])
        open_left = np.array([phrase.text.startswith("*") for phrase in phrases], np.bool_)
        open_right = np.array([phrase.text.endswith("*") for phrase in phrases], np.bool_)
        return cls(phrases=owners, lengths=np.array([len(pattern) for pattern in patterns], np.int64),
                   free_left=(heads != LETTER) & (heads != HANGUL) | open_left[owners],
                   free_right=(tails != LETTER) | open_right[owners], literals=Literals(patterns))


class PhraseSet:
    """Phrases for one pass over any column of texts. It does not change once built; it is compiled at the first search.

    Two phrases with the same text in the same group are one; the first stays. A pickled set holds what was compiled.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        distinct = {(phrase.text, phrase.group): phrase for phrase in reversed(phrases)}
        self.phrases: tuple[Phrase, ...] = tuple(dict.fromkeys(
            distinct[phrase.text, phrase.group] for phrase in phrases))

    @cached_property
    def _patterns(self) -> _Patterns:
        return _Patterns.of(self.phrases)

    def __getstate__(self) -> dict[str, object]:
        """The phrases and what is compiled of them, so that another process need not compile them again."""
        return {"phrases": self.phrases, "_patterns": self._patterns}

    def __len__(self) -> int:
        """How many different phrases."""
        return len(self.phrases)

    def matches(self, texts: pa.Array | Folded) -> pa.RecordBatch:
        """Every place where a phrase stands as whole words, as `MATCHES`, ordered by row, start, end and phrase.

        Texts are folded first unless they are already. Matches may overlap and contain one another.

        >>> found = PhraseSet([Phrase(text="official account", group="claim", language="en")])
        >>> found.matches(pa.array(["The OFFICIAL account", "unofficial accounts"])).to_pylist()
        [{'row': 0, 'phrase': 0, 'start': 4, 'end': 20}]
        """
        folded = texts if isinstance(texts, Folded) else fold(texts)
        pattern, end = self._scan(folded)
        start = end - self._patterns.lengths[pattern]
        row = np.searchsorted(folded.offsets, start, side="right") - 1
        kept = end <= folded.ends[row]
        kept[kept] = self._is_whole(folded, pattern[kept], row[kept], start[kept], end[kept])
        row, phrase, start, end = row[kept], self._patterns.phrases[pattern[kept]], start[kept], end[kept]
        order = np.lexsort((phrase, end, start))
        begins = folded.starts[row]
        columns = [row, phrase, start - begins, end - begins]
        return pa.RecordBatch.from_arrays(
            [pa.array(column[order], kind) for column, kind in zip(columns, MATCHES.types, strict=True)],
            schema=MATCHES)

    def _scan(self, folded: Folded) -> tuple[Places, Places]:
        """Which pattern ends where in the folded bytes, in any order."""
        pieces = [self._scan_piece(folded, first, last) for first, last in _pieces(folded.offsets)]
        if not pieces:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate([pattern for pattern, _ in pieces]), np.concatenate([end for _, end in pieces])

    def _scan_piece(self, folded: Folded, first: int, last: int) -> tuple[Places, Places]:
        """The same for the rows from `first` to before `last`."""
        begin = int(folded.offsets[first])
        pattern, end = self._patterns.literals.scan(folded.data[begin:folded.offsets[last]].tobytes())
        return pattern, end + begin

    def _is_whole(self, folded: Folded, pattern: Places, row: Places, start: Places, end: Places) -> Flags:
        """True where the match is not a part of a longer word."""
        before, after = class_before(folded, row, start), class_after(folded, row, end)
        left: Flags = (before != LETTER) & (before != HANGUL) | self._patterns.free_left[pattern]
        right: Flags = (after != LETTER) & (after != HANGUL) | self._patterns.free_right[pattern]
        return left & right


def class_before(folded: Folded, row: Places, place: Places) -> Places:
    """The class of the character before each place, `NOT_A_LETTER` at the row's start."""
    found = _ascii_class(folded, place - 1, place > folded.starts[row])
    wide = np.flatnonzero(found < 0)
    found[wide] = edge(folded.before(row[wide], place[wide], width=4), last=True)
    return found


def class_after(folded: Folded, row: Places, place: Places) -> Places:
    """The class of the character after each place, `NOT_A_LETTER` at the row's end."""
    found = _ascii_class(folded, place, place < folded.ends[row])
    wide = np.flatnonzero(found < 0)
    found[wide] = edge(folded.after(row[wide], place[wide], width=1), last=False)
    return found


def _ascii_class(folded: Folded, place: Places, inside: Flags) -> Places:
    """The class of the ASCII character at each place, `NOT_A_LETTER` outside the row, -1 for any other character."""
    found = np.full(len(place), NOT_A_LETTER, np.int64)
    found[inside] = _ASCII_CLASSES[folded.data[place[inside]]]
    return found


_ASCII_CLASSES = np.array([LETTER if chr(byte).isalnum() else NOT_A_LETTER for byte in range(128)] + [-1] * 128, np.int64)


def edge(pieces: Folded, *, last: bool) -> Places:
    """The class of each piece's last (or first) character; `NOT_A_LETTER` for an empty piece."""
    leads, points = pieces.code_points()
    found = np.full(len(pieces), NOT_A_LETTER, np.int64)
    low = np.searchsorted(leads, pieces.starts)
    high = np.searchsorted(leads, pieces.ends)
    some = high > low
    found[some] = classes(points[high[some] - 1 if last else low[some]])
    return found


def _pieces(offsets: Places) -> list[tuple[int, int]]:
    """Runs of rows, first and past the last, that hold at most `_SCAN_BYTES` each (a longer row stands alone)."""
    pieces, first, n_rows = [], 0, len(offsets) - 1
    while first < n_rows:
        last = int(np.searchsorted(offsets, offsets[first] + _SCAN_BYTES, side="right")) - 1
        last = min(n_rows, max(first + 1, last))
        pieces.append((first, last))
        first = last
    return pieces


def _edges(texts: Sequence[str]) -> tuple[Places, Places]:
    """The classes of each text's first and last character."""
    return (classes(np.array([ord(text[0]) for text in texts], np.int64)).astype(np.int64),
            classes(np.array([ord(text[-1]) for text in texts], np.int64)).astype(np.int64))


_GREEK_LATIN_CYRILLIC = re.compile(r"[a-z\u00df-\u024f\u0370-\u052f\u1e00-\u1fff]")
_ARABIC = str.maketrans("أإآىةکی", "ااايهكي")
_PERSIAN = str.maketrans("كيى", "کیی")
_ARABIC_FINAL_YEH = re.compile(r"ي\b")
_PLAIN = str.maketrans("ßıøłđðςё", "sioldðσе")


def spellings(text: str) -> tuple[str, ...]:
    """The folded phrase and the other ways people type it: without accents, with hyphens, with a plain alef.

    >>> spellings("fan club")
    ('fan club', 'fan-club', 'fan_club', 'fan\\nclub')
    """
    plain = "".join(_unaccented(character) for character in text)
    found = [text, plain.replace("ß", "ss").translate(_PLAIN), text.replace("ß", "ss"), text.replace("ς", "σ"),
             text.replace("ı", "i"), text.translate(_ARABIC), text.translate(_PERSIAN), _ARABIC_FINAL_YEH.sub("ى", text)]
    found += [spelling.replace("'", "\u2019") for spelling in found if "'" in spelling]
    if _GREEK_LATIN_CYRILLIC.search(text):
        found += [spelling.replace(" ", joint) for spelling in tuple(found) for joint in "-_" if " " in spelling]
    found += [spelling.replace(" ", "\n") for spelling in tuple(found) if " " in spelling]
    return tuple(dict.fromkeys(found))


def _unaccented(character: str) -> str:
    """A Latin or Greek letter without its accents; й, combining signs of other scripts and all else as they are."""
    if not ("\u00c0" <= character <= "\u024f" or "\u0370" <= character <= "\u03ff"
            or "\u1e00" <= character <= "\u1fff"):
        return character
    return "".join(part for part in normalize("NFD", character) if not combining(part))
