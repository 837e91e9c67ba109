"""Forms of names: as registered, without what stands in brackets, without words they can do without, read in capitals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.names.added_words import AddedWords, bare_words
from evenhand.signals.names.codepoints import N_POINTS, Mask, Offsets, Points, Texts
from evenhand.signals.names.hashes import NameParts
from evenhand.signals.names.skeleton import FoldedNames, folded_names, skeleton_words, small_skeleton_words
from evenhand.signals.names.unicode_tables import UnicodeTables, contracted

_BRACKETED = r"\s*[(\[（【][^)\]）】]*[)\]）】]\s*$"
_IS_NUMERAL = np.zeros(N_POINTS, np.bool_)
_IS_NUMERAL[[ord(numeral) for numeral in "0123456789〇零二三四五六七八九十百千"]] = True
_SPACE = 0x20


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """Forms of names: one row each."""

    folded: Texts
    words: Texts
    names: Offsets
    """The number of the name that it is a form of."""
    origins: Offsets
    """The number of the form whose words say how much it tells."""

    def take(self, rows: Offsets, *, folded: Texts, words: Texts) -> Forms:
        """Further forms of these forms' names."""
        return Forms(folded=folded, words=words, names=self.names[rows], origins=self.origins[rows])


def forms_of(shown: pa.Array, tables: UnicodeTables, added: AddedWords, *, is_handle: bool) -> Forms:
    """The forms of all names that have at least one."""
    read = folded_names(Texts.from_arrow(shown), tables, is_handle=is_handle)
    forms = [_small(read, np.arange(len(shown)), tables)]
    if not is_handle:
        bracketed = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring_regex(shown, _BRACKETED), False)))
        bare = pc.replace_substring_regex(shown.take(pa.array(bracketed)), _BRACKETED, "")
        forms.append(_small(folded_names(Texts.from_arrow(bare), tables, is_handle=False), bracketed, tables))
    every = _together(forms)
    every = Forms(folded=every.folded, words=every.words, names=every.names, origins=np.arange(len(every.names)))
    capital = skeleton_words(read, tables)
    others = [every, every.take(read.capitals, folded=read.texts.take(read.capitals),
                                words=capital.take(read.capitals))]
    if not is_handle:
        parts = NameParts.of(every.words, tables)
        first, last = bare_words(parts, added)
        fewer = np.flatnonzero((last - first < parts.n_words()) & (last > first))
        folded = words_between(every.folded.take(fewer), first[fewer], last[fewer])
        others.append(every.take(fewer, folded=folded, words=small_skeleton_words(folded, tables.letters)))
    every = _together(others)
    joined = every.words.keep(every.words.points != _SPACE)
    pairs = contracted(joined)
    differing = np.flatnonzero(pairs.lengths != joined.lengths)
    every = _together([every, every.take(differing, folded=every.folded.take(differing), words=pairs.take(differing))])
    filled = np.flatnonzero(every.words.lengths > 0)
    number = np.zeros(len(every.names), np.int64)
    number[filled] = np.arange(len(filled))
    return Forms(folded=every.folded.take(filled), words=every.words.take(filled), names=every.names[filled],
                 origins=number[every.origins[filled]])


def _small(read: FoldedNames, names: Offsets, tables: UnicodeTables) -> Forms:
    return Forms(folded=read.texts, words=small_skeleton_words(read.texts, tables.letters), names=names, origins=names)


def _together(several: list[Forms]) -> Forms:
    return Forms(folded=Texts.end_to_end([forms.folded for forms in several]),
                 words=Texts.end_to_end([forms.words for forms in several]),
                 names=np.concatenate([forms.names for forms in several]),
                 origins=np.concatenate([forms.origins for forms in several]))


def words_between(texts: Texts, first: Offsets, last: Offsets) -> Texts:
    """Of each text the words from number `first` to before `last`, with the spaces between them."""
    spaces = np.flatnonzero(texts.points == _SPACE)
    before = np.searchsorted(spaces, texts.offsets)
    padded = np.r_[spaces, 0, 0]
    n_spaces = before[1:] - before[:-1]
    starts = np.where(first > 0, padded[before[:-1] + np.minimum(first, n_spaces) - 1] + 1, texts.offsets[:-1])
    ends = np.where(last <= n_spaces, padded[before[:-1] + np.maximum(np.minimum(last, n_spaces), 1) - 1],
                    texts.offsets[1:])
    return texts.slices(starts, np.where(last > first, np.maximum(starts, ends), starts))


def is_numeral(points: Points) -> Mask:
    """Which characters are numerals: digits, and the Han ones."""
    numeral: Mask = _IS_NUMERAL.take(points)
    return numeral


def digits_of(parts: NameParts, starts: Offsets, ends: Offsets) -> pa.Array:
    """The numerals in each of these places of the names, as text."""
    texts = Texts(parts.written, parts.letters.offsets).slices(starts, ends)
    return texts.keep(is_numeral(texts.points)).to_arrow()
