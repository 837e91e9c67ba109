"""What is known of each character: class, scripts, folding and prototype, as arrays over all code points.

The tables are Unicode 17.0.0 (UTS #39 mappings of type MA among them), written by tools/build_unicode.py. Beside them
stand a few choices of our own for names, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.names.codepoints import N_POINTS, Mask, PointMap, Points, Texts
from evenhand.signals.names.scripts import ScriptTable

TABLE_FILES = ("characters.tsv", "compatibles.tsv", "confusables.tsv", "decompositions.tsv", "foldings.tsv",
               "simplified.tsv")
"""The files that `UnicodeTables.from_bytes` wants, in src/evenhand/data/unicode."""

LETTER, MARK, DIGIT, UPPER, LOWER, INVISIBLE, SEPARATOR, CHECK_MARK = (1 << bit for bit in range(8))
SPACELESS, JOINING, RIGHT_TO_LEFT, COMPATIBLE, PICTURE, FOREIGN_CAPITAL, FOREIGN_SMALL, DROPPED = (
    1 << bit for bit in range(8, 16))

SPACELESS_SCRIPTS = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Written without a space between words, or (Hangul) with names written together."""
JOINING_SCRIPTS = frozenset({
    "Arab", "Syrc", "Mong", "Nkoo", "Mand", "Deva", "Beng", "Gujr", "Guru", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh",
    "Khmr", "Mymr", "Tibt", "Java", "Bali"})
"""Scripts whose spelling uses the two invisible joiners U+200C and U+200D (UTS #39, 3.1.1)."""
RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Mand", "Rohg"})

CHECK_MARKS = "\u2713\u2714\u2705\u2611\U0001F5F8\U0001F5F9"
"""Marks that imitate a verification badge."""
LETTER_SIGNS = {"@": "a", "$": "s", "\u20AC": "e", "!": "l", "|": "l"}
"""Signs read as letters when they stand between letters. Not in UTS #39, which leaves such substitution open."""
LETTER_DIGITS = dict(zip("0123456789", "olzeasbtbg", strict=True))
"""Digits read as letters. UTS #39 has 0 and 1 only."""
READ_AS = {**LETTER_DIGITS, "i": "l"}
"""The last step of a skeleton: what one sees may be either. UTS #39 joins l with capital i only."""
SMALL_CAPITALS = dict(zip(
    "\u1D00\u0299\u1D04\u1D05\u1D07\uA730\u0262\u029C\u026A\u1D0A\u1D0B\u029F\u1D0D\u0274\u1D0F\u1D18\uA7AF\u0280\uA731"
    "\u1D1B\u1D1C\u1D20\u1D21\u028F\u1D22\u0138\u028D", "abcdefghijklmnopqrstuvwyzkm", strict=True))
"""Small capitals are a fashion in names, and (with kra and turned w) the prototypes of small Cyrillic letters. UTS #39
leaves them apart."""
SIGN_BASE = 0x10FF00
"""Private-use places that carry a sign of `LETTER_SIGNS` through folding."""

_QUOTES = "'\"`\u00B4\u2018\u2019\u201B\u2032\u02B9\u02BB\u02BC\u02BD\u02BE\u02BF\u05F3\u05F4\u201C\u201D\u2033\u00A8\u00B8"
"""Dropped, not separators: an apostrophe stands inside a word (O'Brien), gershayim inside a Hebrew abbreviation."""
_SIGNS_NOT_LETTERS = "\u2122\u2120"
"""NFKC would write TM and SM into the name."""
_VARIANT_LETTERS = {
    "\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0671": "\u0627", "\u0649": "\u064A",
    "\u06CC": "\u064A", "\u0629": "\u0647", "\u06C1": "\u0647", "\u0624": "\u0648", "\u0626": "\u064A",
    "\u06A9": "\u0643", "\u0640": "", "\u0130": "i"}
"""Spelling variants of one word: hamza and madda on alef, Persian and Urdu letter forms, tatweel; dotted capital I."""
_OPTIONAL_MARKS = (range(0x0591, 0x05C8), range(0x0610, 0x061B), range(0x064B, 0x0660), range(0x0670, 0x0671),
                   range(0x06D6, 0x06DD), range(0x06DF, 0x06E9), range(0x06EA, 0x06EE))
"""Hebrew points and Arabic vowel signs: written or left out at will."""
_ACCENTS = (range(0x0300, 0x0370), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00), range(0x20D0, 0x2100),
            range(0xFE20, 0xFE30))
"""Combining marks that the skeleton leaves out, so that an added or lost accent is no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnicodeTables:
    """Facts and maps over code points; equal `digest`, equal tables."""

    flags: NDArray[np.uint16]
    """`LETTER | MARK | …` of each code point."""
    scripts: ScriptTable
    folding: PointMap
    """Case folding, digits to ASCII, separators to a space, quotes and optional marks dropped."""
    cleaning: PointMap
    """As `folding`, with case kept."""
    prototype: PointMap
    """NFD, then the UTS #39 mapping, then NFD, of one code point."""
    letters: PointMap
    """From folded text to skeleton letters: prototypes in lower case without accents, Han simplified."""
    digest: str

    @classmethod
    def from_bytes(cls, files: Mapping[str, bytes]) -> UnicodeTables:
        """The tables from the bytes of the files that `TABLE_FILES` names. A KeyError names a missing one."""
        rows = {name: [line.split("\t") for line in files[name].decode("ascii").splitlines()] for name in TABLE_FILES}
        categories, names = _characters(rows["characters.tsv"])
        flags = _flags(categories, names, rows["characters.tsv"], rows["compatibles.tsv"])
        folds, decompositions = _pairs(rows["foldings.tsv"]), _pairs(rows["decompositions.tsv"])
        prototype = _prototype(decompositions, _pairs(rows["confusables.tsv"]))
        digest = sha256(b"".join(files[name] for name in TABLE_FILES)).hexdigest()
        return cls(
            flags=flags, scripts=ScriptTable.of(names), folding=_folding(flags, folds),
            cleaning=_folding(flags, {source: target for source, target in folds.items() if _is_digit(target)}),
            prototype=prototype, digest=digest,
            letters=_letters(PointMap(prototype.single.copy(), prototype.several), PointMap.from_pairs(folds),
                             _pairs(rows["simplified.tsv"])))


def _pairs(rows: Iterable[list[str]]) -> dict[int, tuple[int, ...]]:
    return {int(source, 16): tuple(int(point, 16) for point in target.split()) for source, target in rows}


def _is_digit(target: tuple[int, ...]) -> bool:
    return len(target) == 1 and 0x30 <= target[0] <= 0x39


def _characters(rows: Iterable[list[str]]) -> tuple[list[tuple[range, str]], list[tuple[range, str]]]:
    """Ranges with their category, and ranges with their scripts."""
    ranges = [(range(int(first, 16), int(last, 16) + 1), scripts, category) for first, last, scripts, category, _ in rows]
    return [(points, category) for points, _, category in ranges], [(points, scripts) for points, scripts, _ in ranges]


def _flags(categories: Iterable[tuple[range, str]], scripts: Iterable[tuple[range, str]], rows: Iterable[list[str]],
           compatibles: Iterable[list[str]]) -> NDArray[np.uint16]:
    flags = np.zeros(N_POINTS, np.uint16)
    flags[:] = LETTER

    def mark(points: range | list[int], flag: int) -> None:
        index = slice(points.start, points.stop) if isinstance(points, range) else points
        flags[index] |= np.uint16(flag)

    classes = {"Lu": LETTER | UPPER, "Lt": LETTER | UPPER, "Ll": LETTER | LOWER, "Nd": DIGIT, "Nl": DIGIT, "No": DIGIT,
               "So": SEPARATOR | PICTURE, "Sk": SEPARATOR | PICTURE, "Me": MARK | PICTURE, "Cn": LETTER}
    general = {"L": LETTER, "M": MARK, "P": SEPARATOR, "S": SEPARATOR, "Z": SEPARATOR, "C": SEPARATOR}
    for points, category in categories:
        flags[points.start:points.stop] = classes.get(category) or general[category[0]]
        if category == "Cc":
            mark(points, INVISIBLE)
    for points, names in scripts:
        members = frozenset(names.split())
        for group, flag in ((SPACELESS_SCRIPTS, SPACELESS), (JOINING_SCRIPTS, JOINING),
                            (RIGHT_TO_LEFT_SCRIPTS, RIGHT_TO_LEFT)):
            if members & group:
                mark(points, flag)
        if not members & {"Latn", "Zyyy", "Zinh"} and flags[points.start] & (UPPER | LOWER):
            mark(points, FOREIGN_CAPITAL if flags[points.start] & UPPER else FOREIGN_SMALL)
    for first, last, _, _, properties in rows:
        if properties:
            mark(range(int(first, 16), int(last, 16) + 1), INVISIBLE)
    for first, last in compatibles:
        mark(range(int(first, 16), int(last, 16) + 1), COMPATIBLE)
    mark([0x2800], INVISIBLE)
    flags[[0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85]] = SEPARATOR
    mark([ord(character) for character in CHECK_MARKS], CHECK_MARK)
    mark([ord(character) for character in _SIGNS_NOT_LETTERS + _QUOTES], DROPPED)
    return flags


def _folding(flags: NDArray[np.uint16], folds: Mapping[int, tuple[int, ...]]) -> PointMap:
    pairs = dict(folds)
    pairs.update({int(point): (0x20,) for point in np.flatnonzero(flags & SEPARATOR)})
    pairs.update({ord(source): tuple(map(ord, target)) for source, target in _VARIANT_LETTERS.items()})
    pairs.update(dict.fromkeys(_within(_OPTIONAL_MARKS), ()))
    pairs.update({int(point): () for point in np.flatnonzero(flags & (DROPPED | INVISIBLE))})
    pairs.update({SIGN_BASE + place: (ord(sign),) for place, sign in enumerate(LETTER_SIGNS)})
    return PointMap.from_pairs(pairs)


def _within(ranges: Iterable[range]) -> Iterator[int]:
    return (point for points in ranges for point in points)


_LAST_LETTER = 0x40000
"""No letter stands beyond; only tags, variation selectors and private use do."""


def _everything() -> Texts:
    """Each code point that may be a letter as a text of its own."""
    return Texts(np.arange(_LAST_LETTER, dtype=np.uint32), np.arange(_LAST_LETTER + 1, dtype=np.int64))


def _prototype(decompositions: Mapping[int, tuple[int, ...]], confusables: Mapping[int, tuple[int, ...]]) -> PointMap:
    decompose = PointMap.from_pairs({**decompositions, **_hangul_decompositions()})
    mapped = PointMap.from_pairs(dict(confusables)).apply(decompose.apply(_everything()))
    return PointMap.of(decompose.apply(mapped))


def _hangul_decompositions() -> dict[int, tuple[int, ...]]:
    """Syllables to jamo by the arithmetic of the Unicode Standard, 3.12."""
    pairs = {}
    for index in range(19 * 21 * 28):
        lead, vowel, tail = index // 588, index % 588 // 28, index % 28
        pairs[0xAC00 + index] = (0x1100 + lead, 0x1161 + vowel) + ((0x11A7 + tail,) if tail else ())
    return pairs


def _letters(prototype: PointMap, folding: PointMap, simplified: Mapping[int, tuple[int, ...]]) -> PointMap:
    """Prototype, folding and simplification until nothing changes; then accents go and look-alike letters join.

    Digits stay digits and i stays i (see `READ_AS`), but a letter whose prototype is a digit becomes the letter that
    this digit is read as. Hangul syllables stay whole: one jamo more is another syllable, not a misspelling. Han stays
    where UTS #39 takes it apart into letters of another script (a common character reads as four Hangul letters there).
    """
    simple = PointMap.from_pairs(dict(simplified))
    texts = _everything()
    read_as = prototype.apply(texts)
    whole = np.flatnonzero(_is_han(texts.points) & read_as.any(~_is_han(read_as.points) & (read_as.points != 0x30FC)))
    prototype.single[whole] = whole
    for _ in range(4):
        texts = simple.apply(folding.apply(prototype.apply(texts)))
    read = {**LETTER_DIGITS, **LETTER_SIGNS, **SMALL_CAPITALS}
    texts = PointMap.from_pairs({ord(sign): (ord(letter),) for sign, letter in read.items()}).apply(texts)
    bare = PointMap.from_pairs(dict.fromkeys(_within(_ACCENTS), ())).apply(texts)
    letters = PointMap.of(contracted(bare))
    own = np.r_[np.arange(0xAC00, 0xD7A4), np.arange(0x30, 0x3A), 0x20]
    letters.single[own] = own
    return letters


def _is_han(points: Points) -> Mask:
    return ((points >= 0x3400) & (points <= 0x9FFF)) | ((points >= 0x20000) & (points < 0x40000))


def contracted(texts: Texts) -> Texts:
    """The texts with letter pairs that read as one letter written as one: rn as m, vv as w, cl as d.

    UTS #39 has the first only, and the other way round. A run of three v is w, v.
    """
    points = texts.points
    if len(points) < 2:
        return texts
    joined = points[:-1] * np.uint32(0x100) + points[1:]
    r_n, v_v, c_l = (joined == ord(first) * 0x100 + ord(second) for first, second in ("rn", "vv", "cl"))
    pairs = r_n | v_v | c_l
    places = np.flatnonzero(pairs)
    pairs[places[(points[places] >= 0x80) | (points[places + 1] >= 0x80)]] = False  # others make the same number
    borders = texts.offsets[1:-1]
    pairs[borders[(borders > 0) & (borders < len(points))] - 1] = False
    if not pairs.any():
        return texts
    if (v_v[:-1] & v_v[1:]).any():
        place = np.arange(len(v_v))
        begun = np.maximum.accumulate(np.where(v_v & pairs, -1, place))
        pairs &= ~v_v | ((place - begun) % 2 == 1)
    out = points.copy()
    out[:-1][pairs & r_n] = ord("m")
    out[:-1][pairs & v_v] = ord("w")
    out[:-1][pairs & c_l] = ord("d")
    keep = np.ones(len(points), np.bool_)
    keep[1:][pairs] = False
    return Texts(out, texts.offsets).keep(keep)
