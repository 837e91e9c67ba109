"""Operators on single letters: dropped, doubled, swapped, mistyped, replaced by look-alikes, decorated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.world.chance import Numbers, below
from evenhand.world.operators.letters import Letters, Points, closed_up, inserted, letters, replaced, texts

LEAST, LONG = 4, 12
"""Shorter texts lose no letters, or not two: what is left would be another name."""
Bend = Callable[[pa.StringArray, Numbers, pa.StringArray], pa.StringArray]
"""Gives the bent texts; the draws decide where, and the last argument is a word in the account's language for each."""

LATIN_TO_CYRILLIC = dict(zip(map(ord, "aceopxyijsABCEHKMOPTXYI"), map(ord, "асеорхуіјѕАВСЕНКМОРТХУІ"), strict=True))
CYRILLIC_TO_LATIN = {cyrillic: latin for latin, cyrillic in LATIN_TO_CYRILLIC.items()}
LATIN_TO_GREEK = dict(zip(map(ord, "oviuABEZHIKMNOPTYX"), map(ord, "ονιυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"), strict=True))
FULLWIDTH = {point: point + 0xFEE0 for point in range(0x21, 0x7F)}
BOLD = {ord("A") + i: 0x1D5D4 + i for i in range(26)} | {ord("a") + i: 0x1D5EE + i for i in range(26)}
"""Mathematical sans-serif bold, the letters of "fancy text" sites."""
SCRIPT = {ord("A") + i: 0x1D4D0 + i for i in range(26)} | {ord("a") + i: 0x1D4EA + i for i in range(26)}
"""Mathematical bold script."""
CIRCLED = {ord("A") + i: 0x24B6 + i for i in range(26)} | {ord("a") + i: 0x24D0 + i for i in range(26)}
SMALL_CAPITALS = dict(zip(map(ord, "abcdefghijklmnoprtuvwyz"), map(ord, "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ"), strict=True))
ACCENTED = dict(zip(map(ord, "aeioucnszyAEIOU"), map(ord, "áéíóúçñšžýÁÉÍÓÚ"), strict=True))
DOTTED = dict(zip(map(ord, "adehiklmnorstuz"), map(ord, "ạḍẹḥịḳḷṃṇọṛṣṭụẓ"), strict=True))
LEET = dict(zip(map(ord, "oiestaOIESTA"), map(ord, "013574013574"), strict=True))
CAPITAL_I = {ord("l"): ord("I"), ord("I"): ord("l")}
VOWELS = dict(zip(map(ord, "aeiouаеиоуη"), map(ord, "eaoueеаоиаι"), strict=True))
SPOKEN = dict(zip(map(ord, "ckszvwyi"), map(ord, "kczsw viy".replace(" ", "")), strict=True))
"""Letters that sound alike in many languages."""
KEYS = dict(zip(map(ord, "qwertyuiopasdfghjklzxcvbnm"), map(ord, "wqrtyuiopisdfghjklkxcvbnbn"), strict=True))
"""Each letter's neighbour on a QWERTY keyboard."""
DENSE = {ord(a): ord(b) for a, b in zip(
    "ーカ力口ロ工エ二ニ八ハタ夕日曰末未土士己已人入", "一力カロ口エ工ニ二ハ八夕タ曰日未末士土已己入人", strict=True)}
"""Han and Kana that look alike."""
ARABIC = {ord(a): ord(b) for a, b in zip("كيىهةأإآ", "کیيةهاأا", strict=True)}
HEBREW = {ord(a): ord(b) for a, b in zip("וזסםחהכב", "זוםסהחבכ", strict=True)}
THAI = {ord(a): ord(b) for a, b in zip("ดคผพถภขชบป", "คดพผภถชขปบ", strict=True)}
DEVANAGARI = {ord(a): ord(b) for a, b in zip("िीुूशसबव", "ीिूुसशवब", strict=True)}
HANGUL = {ord(a): ord(b) for a, b in zip("대데부브시씨신선", "데대브부씨시선신", strict=True)}
SAME_SCRIPT = VOWELS | ARABIC | HEBREW | THAI | DEVANAGARI | HANGUL
PAIRS = (("m", "rn"), ("w", "vv"), ("d", "cl"), ("n", "ri"), ("M", "IVI"), ("W", "VV"))
"""One letter and what looks like it, written with several."""
INVISIBLE = (0x200B, 0x200C, 0x200D, 0x2060, 0x00AD, 0xFE0F)
MARKS = (0x0301, 0x0307, 0x0323, 0x0335)
"""Combining acute, dot above, dot below, short stroke."""


def _places(those: Letters, draws: Numbers, *, margin: int = 1) -> NDArray[np.int64]:
    """A place inside each text, neither its first letter nor, with a margin, its last."""
    return 1 + below(draws, np.maximum(those.lengths - 1 - margin, 1))


def _is_letter(points: Points) -> NDArray[np.bool_]:
    """Letters and digits; what stands between words is not."""
    are: NDArray[np.bool_] = (points > ord("/")) & (points != ord("_"))
    return are


def drop_letter(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """One letter is missing."""
    those = letters(given)
    points = those.points.copy()
    at, rows = _places(those, draws), np.arange(len(points))
    may = (those.lengths > LEAST) & _is_letter(points[rows, at]) & (at < those.lengths)
    points[rows[may], at[may]] = 0
    return texts(closed_up(points))


def double_letter(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """One letter stands twice."""
    those = letters(given)
    at, rows = _places(those, draws, margin=0), np.arange(len(given))
    at = np.minimum(at, those.points.shape[1] - 1)
    what = those.points[rows, at]
    return texts(inserted(those, at, np.where(_is_letter(what), what, 0).astype(np.uint32)))


def swap_letters(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """Two neighbours have changed places."""
    those = letters(given)
    points, rows = those.points.copy(), np.arange(len(given))
    at = _places(those, draws)
    may = (those.lengths > LEAST) & (at + 1 < those.lengths)
    rows, at = rows[may], at[may]
    both = _is_letter(points[rows, at]) & _is_letter(points[rows, at + 1])
    rows, at = rows[both], at[both]
    points[rows, at], points[rows, at + 1] = points[rows, at + 1].copy(), points[rows, at].copy()
    return texts(Letters(points))


def one_of(table: dict[int, int]) -> Bend:
    """An operator that changes one letter that the table names."""

    def bend(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
        those = letters(given)
        changed = replaced(those, table).points
        may = changed != those.points
        n = may.sum(axis=1)
        nth = below(draws, np.maximum(n, 1))
        is_chosen = may & (np.cumsum(may, axis=1) - 1 == nth[:, None])
        return texts(Letters(np.where(is_chosen, changed, those.points)))

    return bend


def all_of(table: dict[int, int]) -> Bend:
    """An operator that changes every letter that the table names."""

    def bend(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
        return texts(replaced(letters(given), table))

    return bend


def _inserting(what: tuple[int, ...]) -> Bend:
    """An operator that puts one of these code points into the text."""

    def bend(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
        those = letters(given)
        chosen = np.array(what, np.uint32)[(draws % np.uint64(len(what))).astype(np.int64)]
        return texts(inserted(those, _places(those, draws, margin=0), chosen))

    return bend


def one_as_many(given: pa.StringArray, draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """One letter is written with several that look like it together, such as `rn` for `m`."""
    those = letters(given)
    wide = np.zeros((len(given), those.points.shape[1], 3), np.uint32)
    wide[:, :, 0] = those.points
    table = {ord(one): [ord(letter) for letter in many] for one, many in PAIRS}
    may = np.isin(those.points, list(table))
    nth = below(draws, np.maximum(may.sum(axis=1), 1))
    is_chosen = may & (np.cumsum(may, axis=1) - 1 == nth[:, None])
    for one, many in table.items():
        wide[is_chosen & (those.points == one), :len(many)] = many
    return texts(closed_up(wide.reshape(len(given), -1)))


def spaced_out(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A space stands between all letters."""
    return _between(given, ord(" "))


def dotted_out(given: pa.StringArray, _draws: Numbers, _words: pa.StringArray) -> pa.StringArray:
    """A full stop stands between all letters."""
    return _between(given, ord("."))


def _between(given: pa.StringArray, what: int) -> pa.StringArray:
    those = letters(given)
    wide = np.zeros((len(given), those.points.shape[1], 2), np.uint32)
    wide[:, :, 0] = those.points
    is_inner = np.arange(those.points.shape[1]) < (those.lengths - 1)[:, None]
    wide[:, :, 1] = np.where(is_inner, what, 0)
    return texts(closed_up(wide.reshape(len(given), -1)))


def two_edits(given: pa.StringArray, draws: Numbers, words: pa.StringArray) -> pa.StringArray:
    """Two letters of a long text are wrong."""
    once = swap_letters(given, draws, words)
    twice = one_of(SAME_SCRIPT)(once, draws * np.uint64(0x9E3779B97F4A7C15), words)
    return _either(letters(given).lengths >= LONG, twice, given)


def _either(choose: NDArray[np.bool_], first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    both = pa.concat_arrays([first, second])
    rows = np.arange(len(choose))
    return both.take(pa.array(np.where(choose, rows, rows + len(first))))


NAME_LETTERS = {
    "drop_letter": drop_letter, "double_letter": double_letter, "swap_letters": swap_letters,
    "neighbour_key": one_of(KEYS), "vowel": one_of(SAME_SCRIPT), "sounds_alike": one_of(SPOKEN), "leet": all_of(LEET),
    "capital_i": one_of(CAPITAL_I), "one_as_many": one_as_many, "cyrillic_one": one_of(LATIN_TO_CYRILLIC),
    "cyrillic_all": all_of(LATIN_TO_CYRILLIC), "latin_in_cyrillic": all_of(CYRILLIC_TO_LATIN), "greek": all_of(LATIN_TO_GREEK),
    "fullwidth": all_of(FULLWIDTH), "bold": all_of(BOLD), "bold_script": all_of(SCRIPT), "circled": all_of(CIRCLED),
    "small_capitals": all_of(SMALL_CAPITALS), "accent": one_of(ACCENTED), "dots_below": all_of(DOTTED),
    "dense_letters": all_of(DENSE),
    "invisible": _inserting(INVISIBLE), "combining_mark": _inserting(MARKS), "spaced_out": spaced_out, "dotted_out": dotted_out,
    "two_edits": two_edits,
}
HANDLE_LETTERS = {
    "handle_drop_letter": drop_letter, "handle_double_letter": double_letter, "handle_swap_letters": swap_letters,
    "handle_neighbour_key": one_of(KEYS), "handle_vowel": one_of(VOWELS), "handle_leet": all_of(LEET),
    "handle_capital_i": one_of(CAPITAL_I), "handle_rn": one_as_many, "handle_underscore": _inserting((ord("_"),)),
    "handle_sounds_alike": one_of(SPOKEN),
}
