"""Hashed features of texts, for linear models: runs of words and signs, and pieces of words.

A column of texts is read at once, as bytes, without a loop over rows; one text and a million go the same way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.words.folded import Bytes, Flags, Folded, Places, fold

Hashes = npt.NDArray[np.uint64]
Found = tuple[Places, Hashes]
"""Rows, and the hash of a feature that each has; a row may have the same feature more than once."""

_BASE = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BLANK = 0x20


def plainly(texts: pa.Array) -> Folded:
    """The texts folded, with every digit a zero, and between edges that are words of their own: ` | text | `."""
    plain = pc.replace_substring_regex(texts.cast(pa.string()).fill_null(""), "[0-9]", "0")
    return fold(pc.binary_join_element_wise(" | ", plain, " | ", ""))


def buckets(found: Found, *, kind: int, bits: int) -> tuple[Places, Places]:
    """The features as one of `2 ** bits` buckets each. Features of another kind go to other buckets."""
    row, hashes = found
    mixed = (hashes + np.uint64(kind) * _BASE) * _SPREAD
    return row, ((mixed ^ (mixed >> np.uint64(29))) * _SPREAD >> np.uint64(64 - bits)).astype(np.int64)


def pieces(folded: Folded, lengths: Sequence[int]) -> dict[int, Found]:
    """By length, the runs of so many bytes that stand within one word and the blanks beside it."""
    data, found = folded.data.astype(np.uint64), {}
    sizes = np.diff(folded.offsets)
    ends, rows = np.repeat(folded.ends, sizes), np.repeat(np.arange(len(folded)), sizes)
    blanks = np.concatenate(([0], np.cumsum(folded.data == _BLANK)))
    rolled = np.zeros(len(data), np.uint64)
    for length in range(1, max(lengths) + 1):
        rolled = rolled[:max(len(data) - length + 1, 0)] * _BASE + data[length - 1:]
        if length in lengths:
            places = np.arange(len(rolled))
            stands = places + length <= ends[:len(rolled)]
            if length > 2:
                stands &= blanks[places + length - 1] == blanks[places + 1]
            starts = np.flatnonzero(stands)
            found[length] = (rows[starts], rolled[starts])
    return found


def runs(folded: Folded, lengths: Sequence[int]) -> dict[int, Found]:
    """By length, the runs of so many words; a word is a run of letters and digits, or one sign."""
    starts, ends = _words_and_signs(folded.data)
    row = np.searchsorted(folded.offsets, starts, side="right") - 1
    one = _spans(folded.data, starts, ends)
    found, hashes = {}, one
    for length in range(1, max(lengths) + 1):
        if length > 1:
            hashes = hashes[:max(len(one) - length + 1, 0)] * _SPREAD + one[length - 1:]
        if length in lengths:
            own = np.flatnonzero(row[:len(hashes)] == row[length - 1:]) if len(hashes) else np.zeros(0, np.int64)
            found[length] = (row[own], hashes[own])
    return found


def _table(characters: str) -> Flags:
    return np.isin(np.arange(256), np.frombuffer(characters.encode(), np.uint8))


_IN_WORD = _table("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'") | (np.arange(256) >= 0x80)


def _words_and_signs(data: Bytes) -> tuple[Places, Places]:
    """Where words and signs begin and end."""
    inside = _IN_WORD[data]
    before, after = np.concatenate(([False], inside[:-1])), np.concatenate((inside[1:], [False]))
    sign = ~inside & (data > _BLANK)
    return np.flatnonzero(inside & ~before | sign), np.flatnonzero(inside & ~after | sign) + 1


def _spans(data: Bytes, starts: Places, ends: Places) -> Hashes:
    """A hash of the bytes of each span."""
    if not len(starts):
        return np.zeros(0, np.uint64)
    lengths = ends - starts
    powers = np.concatenate((np.ones(1, np.uint64), np.cumprod(np.full(int(lengths.max()), _BASE))))
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    values = (data[np.repeat(starts, lengths) + within].astype(np.uint64) + np.uint64(1)) * powers[within]
    return np.add.reduceat(values, np.cumsum(lengths) - lengths)
