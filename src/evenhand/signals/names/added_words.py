"""Words put around a name, such as "official" or "city of", and what is left of a name without them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from evenhand.signals.names.codepoints import Mask, Offsets, Texts, marked_before
from evenhand.signals.names.hashes import Bitmap, Hashes, KeyTable, NameParts, PartHashes
from evenhand.signals.names.skeleton import folded_names, small_skeleton_words
from evenhand.signals.names.unicode_tables import UnicodeTables

MIN_CUT_LETTERS = 3
"""Shorter added words are not cut off a name written as one word: too many words begin with "us" or end in "tv"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedWords:
    """Words put around somebody's name, and words that a name can do without."""

    added: KeyTable
    """By hash of its skeleton letters: the number of an added word."""
    texts: pa.Array
    """The added words as listed."""
    is_naming: Mask
    """Of each added word: as often it makes a name of its own."""
    lengths: tuple[int, ...]
    """How many skeleton letters added words have, each number once, ascending."""
    beginnings: Bitmap
    """The first `MIN_CUT_LETTERS` letters of each added word."""
    endings: Bitmap
    leading: KeyTable
    trailing: KeyTable
    place: KeyTable
    """Words for local bodies."""
    source: bytes
    """What it was read from."""

    @classmethod
    def from_bytes(cls, data: bytes, tables: UnicodeTables) -> AddedWords:
        """The words from the bytes of lexicons/added_words.toml."""
        lists = {role: {word for words in by_language.values() for word in words}
                 for role, by_language in tomllib.loads(data.decode("utf-8")).items()}
        every = sorted(lists["added"] | lists["naming"])
        parts = skeleton_parts(pa.array(every), tables)
        long = parts.letters.take(np.flatnonzero(parts.letters.lengths >= MIN_CUT_LETTERS))
        hashes, starts, ends = PartHashes.of(long), long.offsets[:-1], long.offsets[1:]
        beginnings = hashes.parts(starts, starts + MIN_CUT_LETTERS)
        endings = hashes.parts(ends - MIN_CUT_LETTERS, ends)
        leading, trailing, place = (numbered(skeleton_parts(pa.array(sorted(lists[role])), tables).hashes.wholes())
                                    for role in ("leading", "trailing", "place"))
        return cls(added=numbered(parts.hashes.wholes()), texts=pa.array(every), source=data,
                   is_naming=np.array([word not in lists["added"] for word in every]),
                   lengths=tuple(np.unique(parts.letters.lengths).tolist()), beginnings=Bitmap.of(beginnings),
                   endings=Bitmap.of(endings), leading=leading, trailing=trailing,
                   place=place)


def numbered(keys: Hashes) -> KeyTable:
    """A table that gives each key its place among `keys`."""
    return KeyTable.of(keys, np.arange(len(keys), dtype=np.int32))


def skeleton_parts(names: pa.Array, tables: UnicodeTables) -> NameParts:
    """The parts of the skeleton words of these names, read in small letters."""
    folded = folded_names(Texts.from_arrow(names), tables, is_handle=False)
    return NameParts.of(small_skeleton_words(folded.texts, tables.letters), tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordKinds:
    """Which words of the names are added words, which are numbers, and which the name can do without."""

    is_added: Mask
    is_naming: Mask
    """Of the added words those that as often make a name of its own; a number does."""
    is_number: Mask
    is_needless: Mask
    cuts: tuple[Offsets, Offsets, Offsets]
    """Rows, starts and ends of what added words leave of names of a single word."""

    @classmethod
    def of(cls, parts: NameParts, added: AddedWords) -> WordKinds:
        """The kinds of the words of these names. A number counts as an added word."""
        digit = (parts.written >= ord("0")) & (parts.written <= ord("9"))
        n_digits = marked_before(digit, parts.word_ends) - marked_before(digit, parts.word_starts)
        is_number = n_digits == parts.word_ends - parts.word_starts
        is_added = is_number.copy()
        is_naming = is_number.copy()
        found, word = added.added.find(parts.hashes.parts(parts.word_starts, parts.word_ends))
        is_added[found], is_naming[found] = True, added.is_naming[word]
        first, last = bare_words(parts, added)
        n_words = parts.n_words()
        place = np.arange(len(is_number)) - (np.cumsum(n_words) - n_words)[parts.word_rows]
        is_needless = (place < first[parts.word_rows]) | (place >= last[parts.word_rows])
        return cls(is_added=is_added | is_needless, is_naming=is_naming & ~is_needless, is_number=is_number,
                   is_needless=is_needless, cuts=cut_words(parts, added))


def bare_words(parts: NameParts, added: AddedWords) -> tuple[Offsets, Offsets]:
    """For each name, its first word that it cannot do without, and the word after its last, counted from its first."""
    n_words = parts.n_words()
    begins = np.cumsum(n_words) - n_words
    filled = np.flatnonzero(n_words)
    first, last = np.zeros(len(n_words), np.int64), n_words.copy()
    for table, place, number, change in ((added.leading, begins, first, 1), (added.trailing, begins + n_words - 1, last, -1)):
        word = place[filled]
        droppable = table.places(parts.hashes.parts(parts.word_starts[word], parts.word_ends[word]))[0]
        number[filled[droppable]] += change
    none_left = last <= first
    first[none_left], last[none_left] = 0, n_words[none_left]
    return first, last


def cut_words(parts: NameParts, added: AddedWords) -> tuple[Offsets, Offsets, Offsets]:
    """Of names of a single word (such as handles without capitals), what added words at its ends leave.

    Every added word of at least `MIN_CUT_LETTERS` letters is tried at either end, and the longest at both ends together.
    """
    rows = np.flatnonzero(parts.n_words() == 1)
    starts, ends = parts.letters.offsets[:-1][rows], parts.letters.offsets[1:][rows]
    first, last = starts.copy(), ends.copy()
    cuts = []
    long = np.flatnonzero(ends - starts > MIN_CUT_LETTERS)
    fronts = long[added.beginnings.may_have(parts.hashes.parts(starts[long], starts[long] + MIN_CUT_LETTERS))]
    backs = long[added.endings.may_have(parts.hashes.parts(ends[long] - MIN_CUT_LETTERS, ends[long]))]
    for length in (length for length in added.lengths if length >= MIN_CUT_LETTERS):
        front, back = (some[ends[some] - starts[some] > length] for some in (fronts, backs))
        front = front[added.added.places(parts.hashes.parts(starts[front], starts[front] + length))[0]]
        back = back[added.added.places(parts.hashes.parts(ends[back] - length, ends[back]))[0]]
        first[front] = starts[front] + length
        last[back] = ends[back] - length
        cuts += [(front, first[front], ends[front]), (back, starts[back], last[back])]
    both = np.flatnonzero((first > starts) & (last < ends) & (last > first))
    cuts.append((both, first[both], last[both]))
    return (rows[np.concatenate([cut[0] for cut in cuts])], np.concatenate([cut[1] for cut in cuts]),
            np.concatenate([cut[2] for cut in cuts]))


def core_lengths(parts: NameParts, added: AddedWords) -> Offsets:
    """How many letters each name has that are not of added words."""
    kinds = WordKinds.of(parts, added)
    lengths = np.where(kinds.is_added, 0, parts.word_ends - parts.word_starts)
    core = np.bincount(parts.word_rows, weights=lengths, minlength=len(parts.letters)).astype(np.int64)
    rows, starts, ends = kinds.cuts
    np.minimum.at(core, rows, ends - starts)
    return core
