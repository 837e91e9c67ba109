"""Grams and word tokens: what posts and claims are compared by, as numbers, in every script.

A gram is four letters of a word with its borders ("_cla", "laim", "aim_"); where characters tell more (Chinese, kana,
Hangul) it is two of them. A token is the first five letters of a word, which is its stem more often than not in
languages that inflect; in scripts without spaces the grams are the tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenhand.signals.fact_checks.letters import DENSE, SEPARATOR, UNSPACED, Letters
from evenhand.signals.words.folded import Places

Keys = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int32]

_MULTIPLIERS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1], np.uint32)
"""Odd constants of the xxHash and Knuth mixers: neighbouring letters end far apart."""
TOKEN_LETTERS = 5
PAIR_WORTH = 2.2
"""Two Chinese characters say what five or six letters say, and make one gram where these make two or three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Keys with the row of the text that each stands in, in the order of the text; a key may stand several times."""

    row: Rows
    key: Keys
    pairs: Keys
    """The keys among them that stand for two characters which tell as much as several letters."""

    def worth_of(self, keys: Keys) -> npt.NDArray[np.float64]:
        """How much more than usual each key is worth."""
        return np.where(np.isin(keys, self.pairs), PAIR_WORTH, 1.0)


def grams(letters: Letters) -> Marks:
    """The grams of each text."""
    points, kinds = letters.points, letters.kinds
    if len(points) < 3:
        return _none()
    dense = (kinds & DENSE) > 0
    pair = np.flatnonzero(dense[:-1] & dense[1:])
    size = len(points) - 3
    if size <= 0:
        place = np.zeros(0, np.int64)
    else:
        is_letter = points != SEPARATOR
        inside = is_letter[1:1 + size] & is_letter[2:2 + size]
        if dense.any():
            inside &= ~(dense[:size] | dense[1:1 + size] | dense[2:2 + size] | dense[3:3 + size])
        place = np.flatnonzero(inside)
    four, two = _hashed(points, place, 4), _hashed(points, pair, 2)
    return Marks(row=np.concatenate((letters.rows_of(place + 1), letters.rows_of(pair))), key=np.concatenate((four, two)),
                 pairs=np.unique(two))


def tokens(letters: Letters) -> Marks:
    """The word tokens of each text."""
    points, kinds = letters.points, letters.kinds
    if len(points) < 3:
        return _none()
    is_letter = points != SEPARATOR
    unspaced = (kinds & UNSPACED) > 0
    start = np.flatnonzero(is_letter[1:] & ~is_letter[:-1] & ~unspaced[1:]) + 1
    pair = np.flatnonzero(((kinds[:-1] & kinds[1:]) & DENSE) > 0)
    key, row = [_words(points, start), _hashed(points, pair, 2)], [letters.rows_of(start), letters.rows_of(pair)]
    loose = unspaced & ((kinds & DENSE) == 0)
    if loose.any() and len(points) > 4:
        four = np.flatnonzero(loose[:-3] & loose[1:-2] & loose[2:-1] & loose[3:])
        key.append(_hashed(points, four, 4))
        row.append(letters.rows_of(four))
    return Marks(row=np.concatenate(row), key=np.concatenate(key), pairs=np.zeros(0, np.uint32))


def _none() -> Marks:
    return Marks(row=np.zeros(0, np.int32), key=np.zeros(0, np.uint32), pairs=np.zeros(0, np.uint32))


def _words(points: npt.NDArray[np.int32], start: Places) -> Keys:
    """The hash of the first letters of the words that begin at `start`."""
    points = np.append(points, np.zeros(TOKEN_LETTERS, np.int32)).view(np.uint32)
    key: Keys = points[start] * _MULTIPLIERS[0]
    going: npt.NDArray[np.bool_] | None = None
    for nth in range(1, TOKEN_LETTERS):
        letter = points[start + nth]
        is_letter = letter != SEPARATOR
        going = is_letter if going is None else going & is_letter
        key += letter * _MULTIPLIERS[nth] * going
    key ^= key >> np.uint32(15)
    key *= _MULTIPLIERS[1]
    key ^= key >> np.uint32(13)
    return key


def _hashed(points: npt.NDArray[np.int32], place: Places, n: int) -> Keys:
    key = np.full(len(place), n, np.uint32)
    for nth in range(n):
        key = _mixed(key, points[place + nth], nth)
    return key


def _mixed(key: Keys, letter: npt.NDArray[np.int32], nth: int) -> Keys:
    mixed: Keys = (key ^ letter.astype(np.uint32)) * _MULTIPLIERS[nth]
    mixed ^= mixed >> np.uint32(15)
    return mixed
