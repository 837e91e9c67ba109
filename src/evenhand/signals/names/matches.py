"""The relation `name_matches`: account names that read as a registered holder's name or handle, with how and how alike.

A match is not a finding: namesakes, fans and the holder itself match too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.model.step import Kernel
from evenhand.signals.names.account_names import HANDLE, ROWS_AT_ONCE
from evenhand.signals.names.added_words import AddedWords
from evenhand.signals.names.codepoints import Offsets, Texts, targets_places
from evenhand.signals.names.hashes import NameParts
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.likeness import (
    AS_HANDLE,
    MATCHES,
    MAX_MATCHES,
    SKELETON,
    Likeness,
    equal_texts,
)
from evenhand.signals.names.rarity import Shares
from evenhand.signals.names.reading import ReadNames
from evenhand.signals.names.skeleton import small_skeleton_words
from evenhand.signals.names.targets import Targets
from evenhand.signals.names.unicode_tables import FOREIGN_SMALL, UnicodeTables

NAME_MATCHES = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("field", pa.string(), nullable=False),
    pa.field("shown", pa.string(), nullable=False),
    pa.field("holder_id", pa.string(), nullable=False),
    pa.field("holder_kind", pa.string(), nullable=False),
    pa.field("holder_name", pa.string(), nullable=False),
    pa.field("match", pa.string(), nullable=False),
    pa.field("similarity", pa.float64(), nullable=False),
    pa.field("weight", pa.float64(), nullable=False),
    pa.field("affix", pa.string()),
    pa.field("n_holders_sharing", pa.int32(), nullable=False),
])
"""`holder_name` is the name (or, where `match` is `handle`, the handle) as registered; `match` is how the name reads as
it: the same text, the same skeleton, with an added word (`affix`), as its handle, one or two edits away, or its words among
others or in another order; `weight` is how much that name singles its holder out; `n_holders_sharing` counts the holders
that have it."""


_OF_NAMES = pa.schema([pa.field("row", pa.int64(), nullable=False), *list(NAME_MATCHES)[3:]])


def name_matches_kernel(index: HolderIndex, tables: UnicodeTables) -> Kernel:
    """The step that makes `name_matches` of `names`: at most `MAX_MATCHES` holders for each name, the strongest first.

    Matches with a similarity times weight below the index's `min_strength` are left out.
    """

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        batch = batch.filter(pc.not_equal(batch.column("words"), ""))
        is_handle = pc.equal(batch.column("field"), HANDLE)
        shown, handles = batch.filter(pc.invert(is_handle)), batch.filter(is_handle)
        firsts, places = _different(shown.column("shown"))
        return pa.concat_batches([
            _expanded(shown, places, _of_names(shown.take(pa.array(firsts)), (index.names,), index, tables)),
            _expanded(handles, np.arange(len(handles)),
                      _of_names(handles, (index.names, index.handles), index, tables))])

    return Kernel(name="name_matches", source="names", columns=("account_id", "field", "shown", "folded", "words"),
                  run=run, schema=NAME_MATCHES, digest=index.digest,
                  sentence="a display name or handle that reads as a registered holder's name or handle")


def _different(names: pa.Array) -> tuple[Offsets, Offsets]:
    """The first row of each different name, and for every row the place of its name among those."""
    codes = names.dictionary_encode()
    places = codes.indices.to_numpy()
    firsts = np.empty(len(codes.dictionary), np.int64)
    firsts[places[::-1]] = np.arange(len(names))[::-1]
    return firsts, places


def _of_names(names: pa.RecordBatch, targets: tuple[Targets, ...], index: HolderIndex, tables: UnicodeTables
              ) -> pa.Table:
    """The matches of these names, with the `row` of the name."""
    pieces = []
    for start in range(0, len(names), ROWS_AT_ONCE):
        read = _read_names(names.slice(start, ROWS_AT_ONCE), index, tables)
        found = [_matches(read, some, index, is_handle=some is index.handles)
                 for some in targets]
        pieces.append(_best(found, index, start=start))
    return pa.Table.from_batches(pieces, schema=_OF_NAMES)


def _expanded(rows: pa.RecordBatch, places: Offsets, matches: pa.Table) -> pa.RecordBatch:
    """The matches of each row's name, whose number `places` gives."""
    matches = matches.combine_chunks()
    starts = np.searchsorted(matches["row"].to_numpy(), np.arange(places.max(initial=-1) + 2))
    counts = np.diff(starts)[places]
    taken = pa.array(targets_places(starts[places], counts))
    row = pa.array(np.repeat(np.arange(len(rows)), counts))
    return pa.RecordBatch.from_arrays(
        [*(rows.column(name).take(row) for name in ("account_id", "field", "shown")),
         *(_whole(matches[name]).take(taken) for name in _OF_NAMES.names[1:])], schema=NAME_MATCHES)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _read_names(batch: pa.RecordBatch, index: HolderIndex, tables: UnicodeTables) -> ReadNames:
    """The names, and again those with capitals that look Latin or letter pairs (rn, vv, cl) in their other reading."""
    words, folded = (Texts.from_arrow(batch.column(name)) for name in ("words", "folded"))
    rows, readings = [np.arange(len(batch))], [words]
    if (folded.points >= 0x80).any():
        doubtful = np.flatnonzero(folded.any((tables.flags.take(folded.points) & FOREIGN_SMALL) != 0))
        small = small_skeleton_words(folded.take(doubtful), tables.letters)
        second = np.flatnonzero(~equal_texts(small.to_arrow(), batch.column("words").take(pa.array(doubtful))))
        rows.append(doubtful[second])
        readings.append(small.take(second))
    shorter = np.flatnonzero(words.lengths < folded.lengths)
    plain = tables.letters.apply(folded.take(shorter))
    paired = np.flatnonzero(plain.lengths > words.lengths[shorter])
    rows.append(shorter[paired])
    readings.append(plain.take(paired))
    return ReadNames.of(np.concatenate(rows), NameParts.of(Texts.end_to_end(readings), tables), folded=folded,
                        added=index.added)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matches:
    """Matches of a batch, one row each, and which rows are a registered name or handle as it stands."""

    registered: Offsets

    row: Offsets
    holder: Offsets
    match: NDArray[np.int8]
    similarity: Shares
    weight: Shares
    n_sharing: NDArray[np.int32]
    like: Likeness
    names: ReadNames
    targets: Targets

    def texts(self, chosen: Offsets, added: AddedWords) -> tuple[pa.Array, pa.Array]:
        """Of the chosen ones, what is registered, and the added words."""
        like = self.like.take(chosen)
        return (self.targets.entries.shown.take(pa.array(like.entry)),
                like.around.texts(self.names.folded, self.row[chosen], added))


def _matches(names: ReadNames, targets: Targets, index: HolderIndex, *, is_handle: bool) -> _Matches:
    """All matches with these targets."""
    like = Likeness.of(names, targets, added=index.added, rarity=index.rarity, is_person=index.is_person)
    registered = names.rows[like.found.row[like.is_same if is_handle else like.match <= SKELETON]]
    like = like.take(np.flatnonzero((like.strength >= index.min_strength) & ~(is_handle & like.is_same)))
    match = np.full(len(like.match), AS_HANDLE, np.int8) if is_handle else like.match
    return _Matches(registered=registered, row=names.rows[like.found.row], holder=targets.entries.holder[like.entry],
                    match=match, similarity=like.similarity, weight=like.weight,
                    n_sharing=targets.n_sharing[like.found.target], like=like, names=names, targets=targets)


def _best(several: list[_Matches], index: HolderIndex, *, start: int) -> pa.RecordBatch:
    """Of each name and holder the strongest match, and of each name the strongest few, in the order of strength.

    A name that is a registered one in whole reads as that one only: registered bodies are named after one another.
    """
    row, holder, match, similarity, weight, n_sharing, registered = (
        np.concatenate([getattr(some, name) for some in several])
        for name in ("row", "holder", "match", "similarity", "weight", "n_sharing", "registered"))
    strength = similarity * weight
    order = np.lexsort((match, -strength, holder, row))
    is_registered = np.zeros(int(row.max(initial=-1)) + 1, np.bool_)
    is_registered[registered[registered < len(is_registered)]] = True
    order = order[(match[order] <= SKELETON) | ~is_registered[row[order]]]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (np.diff(row[order]) != 0) | (np.diff(holder[order]) != 0)
    order = order[fresh]
    order = order[np.lexsort((index.rank[holder[order]], match[order], -strength[order], row[order]))]
    rows = row[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    order = order[place < MAX_MATCHES]
    shown, affix = _texts(several, order, index.added)
    taken = pa.array(holder[order])
    return pa.RecordBatch.from_arrays([
        pa.array(row[order] + start), index.holder_ids.take(taken), index.holder_kinds.take(taken), shown,
        pa.array(MATCHES).take(pa.array(match[order])), pa.array(similarity[order]), pa.array(weight[order]), affix,
        pa.array(n_sharing[order])], schema=_OF_NAMES)


def _texts(several: list[_Matches], order: Offsets, added: AddedWords) -> tuple[pa.Array, pa.Array]:
    """What is registered and the added words, of the matches of several in this order."""
    ends = np.cumsum([len(some.row) for some in several])
    of = np.searchsorted(ends, order, side="right")
    chosen = [np.flatnonzero(of == number) for number in range(len(several))]
    texts = [some.texts(order[places] - (end - len(some.row)), added)
             for some, places, end in zip(several, chosen, ends, strict=True)]
    back = pa.array(np.argsort(np.concatenate(chosen)))
    shown, affix = (pa.concat_arrays(column).take(back) for column in zip(*texts, strict=True))
    return shown, affix
