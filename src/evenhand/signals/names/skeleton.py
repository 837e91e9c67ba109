"""Folded names and skeletons: what a name is when decoration is taken off, and what it can be mistaken for on sight.

Folding takes case, width, invisible characters, punctuation and pictures off. Names that look alike have the same
skeleton: `uts39_skeleton` is the one of the Unicode Standard; `skeleton_words` builds on it for folded names, without
accents, with letter pairs (rn, vv, cl) and traditional and simplified Han read as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.signals.names.codepoints import N_POINTS, Mask, PointMap, Points, Texts, targets_places
from evenhand.signals.names.unicode_tables import (
    CHECK_MARK,
    COMPATIBLE,
    DIGIT,
    DROPPED,
    FOREIGN_CAPITAL,
    INVISIBLE,
    JOINING,
    LETTER,
    LETTER_SIGNS,
    LOWER,
    PICTURE,
    READ_AS,
    RIGHT_TO_LEFT,
    SIGN_BASE,
    UPPER,
    UnicodeTables,
    contracted,
)

_SPACE = 0x20
_NONE = np.zeros(0, np.int64)
_JOINERS = (0x200C, 0x200D)
_DIRECTION_MARKS = (0x200E, 0x200F, 0x061C)
_IS_SIGN = np.zeros(N_POINTS, np.bool_)
_IS_SIGN[[ord(sign) for sign in LETTER_SIGNS]] = True
_READ = np.arange(128, dtype=np.uint32)
_READ[[ord(sign) for sign in READ_AS]] = [ord(letter) for letter in READ_AS.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedNames:
    """Names after folding, with what was found on the way."""

    texts: Texts
    """NFKC, case folded, words parted by one space."""
    capitals: NDArray[np.int64]
    """Rows with capitals of a script other than Latin; they can look like Latin where the small letters do not."""
    cased: Texts
    """Those rows, folded with their case kept."""
    n_invisible: NDArray[np.int32]
    """Characters that show nothing and that the spelling does not need."""
    n_check_marks: NDArray[np.int32]
    """Marks that imitate a verification badge."""


def folded_names(names: Texts, tables: UnicodeTables, *, is_handle: bool) -> FoldedNames:
    """The names folded; of handles also the words that capitals and digits set off parted by spaces.

    Canonical composition is Arrow's (utf8proc), on the few rows whose characters need it.
    """
    flags = tables.flags.take(names.points)
    dropped = (flags & (INVISIBLE | DROPPED)) != 0
    n_check_marks = names.count((flags & CHECK_MARK) != 0)
    n_invisible = np.zeros(len(names), np.int32)
    if dropped.any():
        n_invisible = _n_needless(names, flags)
        names = names.keep(~dropped)
        flags = tables.flags.take(names.points)
    compatible = names.any((flags & COMPATIBLE) != 0)
    if compatible.any():
        rows = np.flatnonzero(compatible)
        composed = pc.utf8_normalize(names.take(rows).to_arrow(), form="NFKC")
        names = names.replace(rows, Texts.from_arrow(composed))
        flags = tables.flags.take(names.points)
    names = _parted(names, flags) if is_handle else _with_letter_signs(names, flags)
    capitals = np.flatnonzero(names.any((flags & FOREIGN_CAPITAL) != 0)) if (flags & FOREIGN_CAPITAL).any() else _NONE
    return FoldedNames(texts=_spaced(names, tables.folding), capitals=capitals,
                       cased=_spaced(names.take(capitals), tables.cleaning),
                       n_invisible=n_invisible, n_check_marks=n_check_marks)


def _n_needless(names: Texts, flags: NDArray[np.uint16]) -> NDArray[np.int32]:
    """How many invisible characters each name has that it does not need."""
    count = np.zeros(len(names), np.int32)
    rows = np.flatnonzero(names.any((flags & INVISIBLE) != 0))
    if len(rows):
        some = names.take(rows)
        places = targets_places(names.offsets[:-1][rows], some.lengths)
        count[rows] = some.count(_needless(some, flags[places]))
    return count


def _needless(names: Texts, flags: NDArray[np.uint16]) -> Mask:
    """Invisible characters but those that spelling or emoji need: joiners, direction marks, variation selectors."""
    invisible = (flags & INVISIBLE) != 0
    points = names.points
    places = np.arange(len(points))
    visible = np.maximum.accumulate(np.where(invisible, 0, places))
    begins = np.repeat(names.offsets[:-1], names.lengths)
    before = np.where(visible >= begins, flags[visible], 0)
    pictured = ((before & PICTURE) != 0) & ((points == 0x200D) | (points & 0xFFFF0 == 0xFE00) | (points >= 0xE0000))
    keycap = ((before & DIGIT) != 0) & (points == 0xFE0F)
    joined = ((before & JOINING) != 0) & np.isin(points, _JOINERS)
    directed = np.isin(points, _DIRECTION_MARKS)
    if directed.any():
        directed &= np.repeat(names.any((flags & RIGHT_TO_LEFT) != 0), names.lengths)
    needless: Mask = invisible & ~(pictured | keycap | joined | directed)
    return needless


def _parted(names: Texts, flags: NDArray[np.uint16]) -> Texts:
    """Handles with a space where a small letter meets a capital and before the last of several capitals, and at numbers.

    One or two digits between letters stay: there they may stand for letters.
    """
    if not len(flags):
        return names
    begins = np.zeros(len(flags) + 1, np.bool_)
    begins[names.offsets] = True
    first, last = begins[:-1], begins[1:]

    def before(mask: Mask) -> Mask:
        moved: Mask = np.r_[False, mask[:-1]] & ~first
        return moved

    def after(mask: Mask) -> Mask:
        moved: Mask = np.r_[mask[1:], False] & ~last
        return moved

    upper, lower = (flags & UPPER) != 0, (flags & LOWER) != 0
    border = upper & (before(lower) | (before(upper) & after(lower)))
    digit = (flags & DIGIT) != 0
    if digit.any():
        letter = (flags & LETTER) != 0
        one = digit & before(letter) & after(letter)
        two = digit & before(letter) & after(digit & after(letter))
        inner = one | two
        inner |= before(inner) | before(before(two))
        border |= ((digit & before(letter)) | (letter & before(digit))) & ~inner
    return names.insert(border, _SPACE)


def _with_letter_signs(names: Texts, flags: NDArray[np.uint16]) -> Texts:
    """The names with signs that stand between letters carried through folding (`n@sa`)."""
    signs = _IS_SIGN.take(names.points)
    if not signs.any():
        return names
    letter = (flags & LETTER) != 0
    between = np.zeros(len(flags), np.bool_)
    between[1:-1] = letter[:-2] & signs[1:-1] & letter[2:]
    edges = names.offsets[1:-1]
    between[edges[edges < len(flags)]] = False
    between[edges[edges > 0] - 1] = False
    points = names.points.copy()
    for place, sign in enumerate(LETTER_SIGNS):
        points[between & (names.points == ord(sign))] = SIGN_BASE + place
    return Texts(points, names.offsets)


def _spaced(names: Texts, folding: PointMap) -> Texts:
    """The names folded, with one space between words and none at the ends."""
    texts = folding.apply(names)
    spaces = texts.points == _SPACE
    if not spaces.any():
        return texts
    follows = np.ones(len(spaces), np.bool_)
    follows[1:] = spaces[:-1]
    begins = texts.offsets[:-1][texts.lengths > 0]
    follows[begins] = True
    texts = texts.keep(~(spaces & follows))
    filled = texts.lengths > 0
    last = texts.offsets[1:][filled] - 1
    trailing = last[texts.points[last] == _SPACE]
    if not len(trailing):
        return texts
    keep = np.ones(len(texts.points), np.bool_)
    keep[trailing] = False
    return texts.keep(keep)


def uts39_skeleton(strings: pa.Array, tables: UnicodeTables) -> pa.Array:
    """The skeleton of UTS #39, 4: NFD, default ignorables dropped, prototypes, NFD. Nulls become empty."""
    texts = Texts.from_arrow(pc.utf8_normalize(strings, form="NFD"))
    texts = texts.keep((tables.flags.take(texts.points) & INVISIBLE) == 0)
    return pc.utf8_normalize(tables.prototype.apply(texts).to_arrow(), form="NFD")


def skeleton_words(names: FoldedNames, tables: UnicodeTables) -> Texts:
    """The skeleton of each word, parted by single spaces; digits are still digits.

    Where more letters look Latin in the capitals as written than in small letters, that reading is given;
    `small_skeleton_words` has the other.
    """
    words = small_skeleton_words(names.texts, tables.letters)
    if not len(names.capitals):
        return words
    small, cased = words.take(names.capitals), small_skeleton_words(names.cased, tables.letters)
    more = cased.count(cased.points >= 128) < small.count(small.points >= 128)
    return words.replace(names.capitals[more], cased.take(np.flatnonzero(more)))


def small_skeleton_words(folded: Texts, letters: PointMap) -> Texts:
    """The skeleton of each word of folded names, read in small letters."""
    return contracted(letters.apply(folded))


def as_letters(points: Points) -> Points:
    """Code points of skeleton words with digits read as letters, and i as l."""
    if not len(points) or points.max() < len(_READ):
        return _READ.take(points)
    return np.where(points < len(_READ), _READ[np.minimum(points, len(_READ) - 1)], points)


def skeletons(words: Texts) -> Texts:
    """Skeletons from skeleton words: no spaces, digits read as letters, and i as l."""
    joined = contracted(words.keep(words.points != _SPACE))
    return Texts(as_letters(joined.points), joined.offsets)


def without_doubled(words: Texts) -> Texts:
    """The words with each run of one letter as a single letter."""
    first = np.ones(len(words.points), np.bool_)
    first[1:] = words.points[1:] != words.points[:-1]
    first[words.offsets[:-1][words.lengths > 0]] = True
    return words.keep(first)


def reads_as_latin(words: Texts) -> Mask:
    """Whether the skeleton has at least two characters, all of them ASCII letters or digits."""
    return ~words.any(words.points >= 128) & (words.lengths >= 2)
