"""Mentions: phrases of a word list found in one column of texts where they count, and what the words beside them do.

A word list says in which field and position a phrase counts; its markers (“not”, “former”, “fan of”) change what it
says when they stand close by, in the same sentence and in a language that the phrase belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.words.clauses import (
    is_alone,
    is_at_end,
    is_at_start,
    is_before_stop,
    sentence_border,
    words_before,
)
from evenhand.signals.words.folded import HANGUL, LETTER, Flags, Folded, Places
from evenhand.signals.words.lexicon import Entry, Lexicon, Marker, Position
from evenhand.signals.words.phrases import Phrase, PhraseSet, class_after

_BESIDE_BYTES = 72
"""How far a marker is looked for, in bytes of text: about ten words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """Found phrases in order of row and place: which row, which entry of the list, and where in the folded bytes."""

    row: Places
    entry: Places
    start: Places
    end: Places

    def __len__(self) -> int:
        """How many."""
        return len(self.row)

    def keep(self, kept: Flags | Places) -> Mentions:
        """Those that `kept` flags or names."""
        return Mentions(row=self.row[kept], entry=self.entry[kept], start=self.start[kept], end=self.end[kept])


@lru_cache(maxsize=16)
def _compiled(phrases: tuple[Phrase, ...]) -> PhraseSet:
    """The phrases compiled; the same ones are compiled once."""
    return PhraseSet(phrases)


class WordList:
    """A word list compiled for searching one field's texts."""

    def __init__(self, lexicon: Lexicon, field: str) -> None:
        distinct = {(entry.group, entry.text, entry.position): entry
                    for entry in reversed(lexicon.entries) if field in entry.fields}
        self.entries: tuple[Entry, ...] = tuple(reversed(distinct.values()))
        self.groups: tuple[str, ...] = tuple(dict.fromkeys(entry.group for entry in self.entries))
        self.group_of = np.array([self.groups.index(entry.group) for entry in self.entries], np.int64)
        self._positions = np.array([list(Position).index(entry.position) for entry in self.entries], np.int64)
        self._is_open = np.array([entry.text.endswith("*") for entry in self.entries], np.bool_)
        self._set = _compiled(tuple(Phrase(text=entry.text, group=f"{entry.group} {entry.position}",
                                           language=entry.languages[0]) for entry in self.entries))
        self._sides = {side: _Side([marker for marker in lexicon.markers if marker.side == side], self.entries)
                       for side in ("before", "after")}

    def find(self, folded: Folded) -> Mentions:
        """Every phrase that stands in its position, without those inside a longer phrase of the same group."""
        matches = self._set.matches(folded)
        row = matches.column("row").to_numpy()
        begins = folded.starts[row]
        found = Mentions(row=row, entry=matches.column("phrase").to_numpy().astype(np.int64),
                         start=begins + matches.column("start").to_numpy(), end=begins + matches.column("end").to_numpy())
        found = found.keep(self._is_placed(folded, found))
        found = found.keep(self._is_longest(found))
        return Mentions(row=found.row, entry=found.entry, start=found.start,
                        end=_word_end(folded, found.row, found.end, self._is_open[found.entry]))

    def stances(self, folded: Folded, found: Mentions, stances: Sequence[str], *, stops: bool = False) -> Places:
        """For each mention the place in `stances` of the weightiest marker beside it (later is weightier), or -1.

        With `stops`, a full stop right after the mention ends its sentence: "Parody. News that never happened". Without it,
        the next words still speak of the mention, as after an abbreviation: "Sen. (retired)".
        """
        weight = np.full(len(found), -1, np.int64)
        for name, side in self._sides.items():
            window, stance = side.read(folded, found, stances)
            if stops and name == "after":
                goes_on = ~is_before_stop(folded, found.row, found.end)[window]
                window, stance = window[goes_on], stance[goes_on]
            np.maximum.at(weight, window, stance)
        return weight

    def words_before(self, folded: Folded, found: Mentions) -> tuple[Places, Places]:
        """How many words, and how many bytes, stand before each mention in its clause (the last 72 bytes count)."""
        return words_before(folded, found.row, found.start, width=_BESIDE_BYTES)

    def _is_placed(self, folded: Folded, found: Mentions) -> Flags:
        """True where the phrase stands in the position that its entry asks for."""
        position = self._positions[found.entry]
        kept = np.ones(len(found), np.bool_)
        for place, test in ((Position.START, is_at_start), (Position.END, is_at_end), (Position.ALONE, is_alone)):
            some = np.flatnonzero(position == list(Position).index(place))
            kept[some] = test(folded, found.row[some], found.start[some], found.end[some])
        return kept

    def _is_longest(self, found: Mentions) -> Flags:
        """False for a mention inside a longer one of the same group, or in the same place as an earlier entry's."""
        group = self.group_of[found.entry]
        order = np.lexsort((found.entry, -found.end, found.start, group))
        end, same = found.end[order], group[order]
        span = int(end.max(initial=0)) + 1
        reach = np.maximum.accumulate(end + same * span)
        kept = np.ones(len(found), np.bool_)
        kept[order[1:]] = (end + same * span)[1:] > reach[:-1]
        return kept


class _Side:
    """The markers of one side, compiled."""

    def __init__(self, markers: Sequence[Marker], entries: Sequence[Entry]) -> None:
        self._is_before = bool(markers) and markers[0].side == "before"
        self._stances = [marker.stance for marker in markers]
        self._within = np.array([marker.within for marker in markers], np.int64)
        languages = sorted({_primary(marker.language) for marker in markers}
                           | {_primary(language) for entry in entries for language in entry.languages})
        self._language_of = np.array([languages.index(_primary(marker.language)) for marker in markers], np.int64)
        self._speaks = np.zeros((len(entries), len(languages)), np.bool_)
        for nth, entry in enumerate(entries):
            self._speaks[nth, [languages.index(_primary(language)) for language in entry.languages]] = True
        self._speaks[:, [languages.index(language) for language in ("en", "und") if language in languages]] = True
        self._set = _compiled(tuple(Phrase(text=marker.text, group=str(nth), language=marker.language)
                                    for nth, marker in enumerate(markers)))

    def read(self, folded: Folded, found: Mentions, stances: Sequence[str]) -> tuple[Places, Places]:
        """Which mention has a marker of which stance on this side; a mention may have several."""
        if not len(found) or not len(self._set):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        side = folded.before if self._is_before else folded.after
        windows = side(found.row, found.start if self._is_before else found.end, width=_BESIDE_BYTES)
        matches = self._set.matches(windows)
        window = matches.column("row").to_numpy()
        marker = matches.column("phrase").to_numpy().astype(np.int64)
        start = windows.starts[window] + matches.column("start").to_numpy()
        end = windows.starts[window] + matches.column("end").to_numpy()
        limit = sentence_border(windows, last=self._is_before)[window]
        if self._is_before:
            kept, first, last = start >= limit, end, windows.ends[window]
        else:
            kept, first, last = end <= limit, windows.starts[window], start
        kept &= self._speaks[found.entry[window], self._language_of[marker]]
        kept &= self._is_near(windows, first, last, self._within[marker])
        code = np.array([stances.index(stance) for stance in self._stances], np.int64)
        return window[kept], code[marker[kept]]

    def _is_near(self, windows: Folded, first: Places, last: Places, within: Places) -> Flags:
        """True where at most `within` words stand between the bytes `first` and `last`."""
        blanks = np.concatenate(([0], np.cumsum((windows.data == 32) | (windows.data == 10))))
        words = np.maximum(blanks[last] - blanks[first] - 1, 0)
        unspaced = np.concatenate(([0], np.cumsum(windows.data >= 0xE3)))
        run = unspaced[last] - unspaced[first]
        adjacent = last - first <= 2
        return np.where(within == 0, adjacent, (words <= within) & (run <= within * 3))


def _word_end(folded: Folded, row: Places, end: Places, is_open: Flags) -> Places:
    """The end of the word for phrases that leave it open, at most 24 characters on."""
    end = end.copy()
    going = np.flatnonzero(is_open)
    for _ in range(24):
        kind = class_after(folded, row[going], end[going])
        going = going[(kind == LETTER) | (kind == HANGUL)]
        if not len(going):
            break
        lead = folded.data[end[going]].astype(np.int64)
        end[going] += 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
    return end


def shown(raw: pa.Array, folded: Folded, found: Mentions) -> pa.Array:
    """The words as the account wrote them, or, where folding moved the bytes, as they were folded."""
    words = folded.cut(found.start, found.end).texts()
    raw = raw.cast(pa.large_string()).fill_null("")
    texts = Folded.of(raw)
    same = (texts.ends - texts.starts == folded.ends - folded.starts)[found.row]
    shift = texts.starts[found.row] - folded.starts[found.row]
    start, end = found.start + shift, found.end + shift
    some = np.flatnonzero(same)
    some = some[texts.is_border(start[some]) & texts.is_border(end[some])]
    written = texts.cut(start[some], end[some]).texts()
    equal = pc.equal(pc.utf8_lower(written), words.take(pa.array(some)))
    some = some[equal.to_numpy(zero_copy_only=False)]
    chosen = np.zeros(len(found), np.bool_)
    chosen[some] = True
    return pc.replace_with_mask(words, pa.array(chosen), written.filter(equal)) if len(some) else words


def _primary(language: str) -> str:
    """The language without script and region: `zh` for `zh-Hant`."""
    return language.partition("-")[0]


def first_of_each(found: Mentions, *keys: Places) -> Places:
    """Which mentions are the first of their row and `keys`, in order. Keys are small numbers from 0."""
    code = found.row.copy()
    for key in keys:
        code = code * (int(key.max(initial=0)) + 1) + key
    _, first = np.unique(code, return_index=True)
    return np.sort(first)


def spoken(words: WordList, raw: pa.Array, folded: Folded, found: Mentions) -> dict[str, pa.Array]:
    """The columns `group`, `language` and `shown` of the mentions."""
    groups = pa.array(words.groups, pa.string())
    languages = pa.array([entry.languages[0] for entry in words.entries], pa.string())
    return {"group": groups.take(pa.array(words.group_of[found.entry])), "language": languages.take(
        pa.array(found.entry)), "shown": shown(raw, folded, found)}


def joined(ids: pa.Array, parts: Sequence[tuple[Places, dict[str, pa.Array]]], schema: pa.Schema) -> pa.RecordBatch:
    """The parts, each with its account rows and its columns, as one batch with `account_id`, ordered by account row."""
    rows = np.concatenate([row for row, _ in parts])
    order = pa.array(np.argsort(rows, kind="stable"))
    columns = [ids.take(pa.array(rows)) if name == "account_id" else pa.concat_arrays(
        [columns[name].cast(pa.string()) for _, columns in parts]) for name in schema.names]
    return pa.RecordBatch.from_arrays([column.take(order) for column in columns], schema=schema)
