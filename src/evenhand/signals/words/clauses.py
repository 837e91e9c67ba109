"""Clauses: where a sentence or clause begins and ends, and how a phrase stands in its text. Array arithmetic only."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from evenhand.signals.words.folded import NOT_A_LETTER, Flags, Folded, Places, classes
from evenhand.signals.words.phrases import class_after

_GLUE = np.array([ord(character) for character in ",&+@'’"], np.int64)
"""Signs that join a phrase to its neighbour instead of setting it off."""


def words_before(folded: Folded, row: Places, start: Places, *, width: int) -> tuple[Places, Places]:
    """How many words, and how many bytes, stand before each place in its clause; at most `width` bytes are seen."""
    windows = folded.before(row, start, width=width)
    border = sentence_border(windows, last=True, soft=True)
    clause = windows.cut(border, windows.ends)
    texts = pc.utf8_trim_whitespace(clause.texts())
    words = pc.if_else(pc.equal(texts, ""), 0, pc.add(pc.count_substring_regex(texts, r"\s+"), 1))
    return words.to_numpy().astype(np.int64), pc.binary_length(texts).to_numpy().astype(np.int64)


_HARD = np.array([ord(character) for character in "\n|!?;\u2022\u00b7\u061f\u06d4\u0964\u2026"], np.int64)
_SOFT = np.array([ord(character) for character in ",:&/()[]{}\"\u2013\u2014\u201c\u201d\u3001\u060c"], np.int64)
_SYMBOLS_FROM = 0x2190
"""From arrows on, whatever is not a letter (symbols, emoji, CJK punctuation) ends a clause."""
_ABBREVIATION_LETTERS = 4
"""A full stop ends a sentence after a word of at least this many letters: `Lt. Col. Smith` is one clause."""


def sentence_border(windows: Folded, *, last: bool, soft: bool = False) -> Places:
    """Where each window's last sentence begins (or its first one ends), as a place in its bytes."""
    leads, points = windows.code_points()
    window = np.searchsorted(windows.offsets, leads, side="right") - 1
    hard = _ends_clause(points, window, soft=soft)
    places = np.flatnonzero(hard)
    if last:
        border = windows.starts.copy()
        border[window[places]] = np.append(leads, len(windows.data))[places + 1]
        return border
    border = windows.ends.copy()
    border[window[places][::-1]] = leads[places][::-1]
    return border


def _ends_clause(points: Places, window: Places, *, soft: bool) -> Flags:
    """Which characters end a sentence, or with `soft` a clause; none depends on a neighbouring window."""
    letter = classes(points) != NOT_A_LETTER
    ends: Flags = np.isin(points, _HARD) | ((points >= _SYMBOLS_FROM) & ~letter & (points != 0x3001))
    following = np.append(points[1:], 0)
    following[np.flatnonzero(np.append(window[1:] != window[:-1], True)[:len(points)])] = 0
    run = np.concatenate(([0], np.cumsum(letter)))
    stop = np.flatnonzero(points == ord("."))
    first = np.maximum(stop - _ABBREVIATION_LETTERS, 0)
    after_word = (run[stop] - run[first] == _ABBREVIATION_LETTERS) & (window[first] == window[stop])
    ends[stop[after_word & (following[stop] == 32)]] = True
    if soft:
        ends |= np.isin(points, _SOFT) | ((points == ord("-")) & (following == 32))
    return ends


def is_at_start(folded: Folded, row: Places, start: Places, _end: Places) -> Flags:
    """True where no letter stands before the phrase in its row."""
    return _has_no_letter(folded.before(row, start, width=24)) & (
        start - folded.starts[row] <= 24)


def is_at_end(folded: Folded, row: Places, _start: Places, end: Places) -> Flags:
    """True where no letter stands after the phrase in its row."""
    return _has_no_letter(folded.after(row, end, width=24)) & (folded.ends[row] - end <= 24)


def _has_no_letter(windows: Folded) -> Flags:
    leads, points = windows.code_points()
    letters = leads[classes(points) != NOT_A_LETTER]
    none: Flags = np.searchsorted(letters, windows.starts) == np.searchsorted(letters, windows.ends)
    return none


def is_before_stop(folded: Folded, row: Places, end: Places) -> Flags:
    """True where a full stop follows the phrase, and a space or the end of the text follows that."""
    limit = folded.ends[row]
    after = _byte(folded, end + 1, end + 1 < limit)
    is_stop: Flags = (_byte(folded, end, end < limit) == ord(".")) & np.isin(after, (0, ord(" "), ord("\n")))
    return is_stop


def is_alone(folded: Folded, row: Places, start: Places, end: Places) -> Flags:
    """True where the next visible sign on both sides sets the phrase off, or there is none.

    A comma sets off the first words of a text only: “Parody, not affiliated”, but not “books, satire, cats”.
    """
    before = _nearest_sign(folded.before(row, start, width=8), last=True)
    after = _nearest_sign(folded.after(row, end, width=8), last=False)
    opens = is_at_start(folded, row, start, end) & (after == ord(","))
    is_set_off: Flags = _sets_off(before) & (_sets_off(after) | opens)
    next_byte = _byte(folded, end, end < folded.ends[row])
    hyphenated = (_byte(folded, start - 1, start > folded.starts[row]) == ord("-")) | (next_byte == ord("-"))
    dotted = (next_byte == ord(".")) & (
        class_after(folded, row, np.minimum(end + 1, folded.ends[row])) != NOT_A_LETTER)
    is_set_off &= ~(hyphenated | dotted)
    return is_set_off


def _sets_off(signs: Places) -> Flags:
    """True for a sign that is neither a letter nor joins a phrase to its neighbour; 0 stands for no sign."""
    free: Flags = (classes(signs) == NOT_A_LETTER) & ~np.isin(signs, _GLUE)
    return free


def _byte(folded: Folded, place: Places, inside: Flags) -> Places:
    """The byte at each place, 0 outside the row."""
    found = np.zeros(len(place), np.int64)
    found[inside] = folded.data[place[inside]]
    return found


def _nearest_sign(windows: Folded, *, last: bool) -> Places:
    """The code point nearest to the phrase that is not a space, 0 if there is none."""
    leads, points = windows.code_points()
    places, signs = leads[points != 32], points[points != 32]
    low, high = np.searchsorted(places, windows.starts), np.searchsorted(places, windows.ends)
    found = np.zeros(len(windows), np.int64)
    some = high > low
    found[some] = signs[high[some] - 1 if last else low[some]]
    return found
