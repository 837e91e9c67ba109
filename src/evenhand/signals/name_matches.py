"""The relation `name_matches`: account names that read as a registered holder's name or handle, with how and how alike.

A match is not a finding: namesakes, fans and the holder itself match too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from evenhand.model.step import Kernel
from evenhand.signals.codepoints import Mask, Offsets, Texts, targets_places
from evenhand.signals.hashes import NameParts
from evenhand.signals.name_candidates import BAG, INSIDE, NEAR, WHOLE, Candidates, WordKinds, candidates
from evenhand.signals.name_index import HolderIndex, Targets, digits_of, words_between
from evenhand.signals.names import HANDLE
from evenhand.signals.rarity import Shares
from evenhand.signals.skeleton import small_skeleton_words
from evenhand.signals.unicode_tables import FOREIGN_SMALL, UnicodeTables

MAX_MATCHES = 5
"""Matches kept for one name, the strongest."""
MIN_STRENGTH = 0.05
"""A match whose similarity times weight is less is left out."""
MATCHES = ("same", "skeleton", "affix", "handle", "edit", "tokens")
"""From the surest on; of equal strength the surer is kept."""
SAME, SKELETON, AFFIX, AS_HANDLE, EDIT, TOKENS = range(len(MATCHES))
REORDERED, PERSON_REORDERED = 0.7, 0.95
"""Similarity of a name whose words stand in another order, as family and given name may."""
MIN_PERSON_EDIT_LETTERS = 9
"""Shorter names of people are one letter from the names of too many other people."""
WITH_ADDED_WORD, WITH_NAMING_WORD = 0.9, 0.6
"""Factors for a name with an added word around it, and for one with a word that as often makes a name of its own."""
AMONG_WORDS, PERSON_AMONG_WORDS = 0.35, 0.9
"""Factors, times the share of the letters, for a name among other words. Bodies are named within bodies ("Green Township
Fire Department"), people seldom are."""
UNBOUNDED, ONE_WORD = 0.5, 0.5
"""Further factors where no border of a word sets the name off (in scripts without spaces), and for a single word."""
KNOWN_WORDS = 0.25
"""Factor on the weight of a name one edit away when all its words are words of other names or of texts: "Marion County"
is no misspelt "Martin County"."""
ROWS_AT_ONCE = 16_384
"""Rows whose arrays fit a processor's cache; results do not depend on it."""

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
it: the same text, the same skeleton, with an added word (`affix`), as its handle, one edit away, or its words among
others or in another order; `weight` is how much that name singles its holder out; `n_holders_sharing` counts the holders
that have it."""


def name_matches_kernel(index: HolderIndex, tables: UnicodeTables) -> Kernel:
    """The step that makes `name_matches` of `names`: at most `MAX_MATCHES` holders for each name, the strongest first."""

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        pieces = [piece for start in range(0, len(batch), ROWS_AT_ONCE)
                  for piece in _of_slice(batch.slice(start, ROWS_AT_ONCE), index, tables)]
        if not pieces:
            return pa.RecordBatch.from_pylist([], schema=NAME_MATCHES)
        return pa.concat_batches(pieces)

    return Kernel(name="name_matches", source="names", columns=("account_id", "field", "shown", "folded", "words"),
                  run=run, schema=NAME_MATCHES, digest=index.digest,
                  sentence="a display name or handle that reads as a registered holder's name or handle")


def _of_slice(batch: pa.RecordBatch, index: HolderIndex, tables: UnicodeTables) -> list[pa.RecordBatch]:
    is_handle = pc.equal(batch.column("field"), HANDLE)
    pieces = []
    for rows, targets in ((batch.filter(pc.invert(is_handle)), (index.names,)),
                          (batch.filter(is_handle), (index.names, index.handles))):
        if len(rows):
            names = _ReadNames.of(rows, index, tables)
            found = [_matches(names, some, index, is_handle=some is index.handles) for some in targets]
            pieces.append(_best(rows, _together(found), index))
    return pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadNames:
    """Names of a batch in all their readings: some of letters that look Latin in capitals have two."""

    rows: Offsets
    """The batch row of each reading."""
    parts: NameParts
    kinds: WordKinds
    folded: Texts

    @classmethod
    def of(cls, batch: pa.RecordBatch, index: HolderIndex, tables: UnicodeTables) -> _ReadNames:
        words, folded = (Texts.from_arrow(batch.column(name)) for name in ("words", "folded"))
        doubtful = np.flatnonzero(folded.any((tables.flags[folded.points] & FOREIGN_SMALL) != 0))
        small = small_skeleton_words(folded.take(doubtful), tables.letters)
        second = np.flatnonzero(~_equal(small.to_arrow(), batch.column("words").take(pa.array(doubtful))))
        rows = np.r_[np.arange(len(batch)), doubtful[second]]
        readings = Texts.end_to_end([words, small.take(second)])
        parts = NameParts.of(readings, tables)
        return cls(rows=rows, parts=parts, kinds=WordKinds.of(parts, index.added), folded=folded.take(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matches:
    """Matches of a batch, one row each, and which rows are a registered name or handle as it stands."""

    registered: Offsets

    row: Offsets
    holder: Offsets
    shown: pa.Array
    match: NDArray[np.int8]
    similarity: Shares
    weight: Shares
    affix: pa.Array
    n_sharing: NDArray[np.int32]


def _matches(names: _ReadNames, targets: Targets, index: HolderIndex, *, is_handle: bool) -> _Matches:
    """All matches with these targets that hold when looked at letter by letter."""
    found = candidates(names.parts, targets, index.added, names.kinds)
    found = found.take(_holds(found, names.parts, targets))
    counts = np.minimum(targets.starts[found.target + 1] - targets.starts[found.target], MAX_MATCHES)
    entry = targets_places(targets.starts[found.target], counts)
    found = found.take(np.repeat(np.arange(len(found.row)), counts))
    entries, taken = targets.entries, pa.array(entry)
    around = _Around.of(found, names, index, is_bare=entries.is_bare[entry])
    same = around.is_nothing & (found.how != NEAR) & _equal(around.folded_place(names, found), entries.folded.take(taken))
    keep = _numbers_agree(found, names, entries.digits.take(taken)) & (same | ~targets.is_short[found.target])
    is_person = index.is_person[entries.holder[entry]]
    keep &= is_person | ~around.has_lone_digit
    keep &= ~is_person | (found.how != NEAR) | (targets.lengths[found.target] >= MIN_PERSON_EDIT_LETTERS)
    match, similarity = _described(found, names, targets, around=around, same=same,
                                   is_person=is_person)
    registered = names.rows[found.row[keep & (same if is_handle else match <= SKELETON)]]
    if is_handle:
        keep &= ~same
        match[:] = AS_HANDLE
    weight = entries.weight[entry] * np.where(_has_known_words_only(found, names, index), KNOWN_WORDS, 1.0)
    chosen = np.flatnonzero(keep & (similarity * weight >= MIN_STRENGTH))
    return _Matches(registered=registered, row=names.rows[found.row[chosen]], holder=entries.holder[entry[chosen]],
                    shown=entries.shown.take(pa.array(entry[chosen])), match=match[chosen],
                    similarity=similarity[chosen], weight=weight[chosen],
                    affix=around.take(chosen).texts(names.folded.take(found.row[chosen]), index),
                    n_sharing=targets.n_sharing[found.target[chosen]])


def _equal(first: pa.Array, second: pa.Array) -> Mask:
    return np.asarray(pc.equal(first, second))


def _holds(found: Candidates, parts: NameParts, targets: Targets) -> Mask:
    """Whether each candidate is what its key says: the same letters, or one edit apart."""
    letters = parts.letters.slices(found.start, found.end).to_arrow()
    expected = targets.letters.take(pa.array(found.target))
    holds = _equal(letters, expected)
    holds[found.how == NEAR] = False
    near = np.flatnonzero(found.how == NEAR)
    if len(near):
        chosen = pa.array(near)
        holds[near] = cpdist(letters.take(chosen).to_pylist(), expected.take(chosen).to_pylist(),
                             scorer=OSA.distance, score_cutoff=1) == 1
    bags = found.how == BAG
    holds[bags] = ~holds[bags] & (found.end - found.start == targets.lengths[found.target])[bags]
    return holds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What stands around the place of each candidate in its name."""

    is_nothing: Mask
    """Nothing that the name could not do without."""
    is_added: Mask
    """Only added words and numbers."""
    is_naming: Mask
    """One of the words makes names of its own as often."""
    is_set_off: Mask
    """The place begins and ends where words do."""
    has_lone_digit: Mask
    """A number of one digit is among the words around: "Channel 5" is another body than "Channel"."""
    first: Offsets
    """The first word of the name that the place touches, counted from 0, and the one after the last."""
    last: Offsets
    n_words: Offsets
    pieces: tuple[NDArray[np.int32], NDArray[np.int32]]
    """The added word that is the rest of the first, and of the last word; -1 for none."""

    @classmethod
    def of(cls, found: Candidates, names: _ReadNames, index: HolderIndex, *, is_bare: Mask) -> _Around:
        """What is around these candidates. Where the target is bare, a needless word counts as another than it lacks."""
        parts, kinds = names.parts, names.kinds
        begin = np.searchsorted(parts.word_rows, found.row)
        end = np.searchsorted(parts.word_rows, found.row, side="right")
        first = np.searchsorted(parts.word_ends, found.start, side="right")
        last = np.searchsorted(parts.word_starts, found.end, side="left")
        left, left_known = _piece(parts.word_starts[first], found.start, parts, index)
        right, right_known = _piece(found.end, parts.word_ends[last - 1], parts, index)

        def around(words: Mask) -> Offsets:
            count = np.r_[0, np.cumsum(words)]
            return count[first] - count[begin] + count[end] - count[last]

        offsets = parts.letters.offsets
        whole = (found.start == offsets[:-1][found.row]) & (found.end == offsets[1:][found.row])
        known, no_piece = left_known & right_known, (left < 0) & (right < 0)
        return cls(
            is_nothing=whole | (known & no_piece & (around(~kinds.is_needless) == 0) & ~is_bare),
            is_added=known & (around(~kinds.is_added) == 0), is_set_off=no_piece & known,
            is_naming=(is_bare & (around(kinds.is_needless) > 0)) | (around(kinds.is_naming) > 0) | _is_naming(left, index) | _is_naming(right, index),
            has_lone_digit=around(kinds.is_number & (parts.word_ends - parts.word_starts == 1)) > 0,
            first=first - begin, last=last - begin, n_words=end - begin, pieces=(left, right))

    def folded_place(self, names: _ReadNames, found: Candidates) -> pa.Array:
        """The folded words of each place, without spaces."""
        texts = words_between(names.folded.take(found.row), self.first, self.last)
        return texts.keep(texts.points != 0x20).to_arrow()

    def take(self, chosen: Offsets) -> _Around:
        """Of the chosen candidates."""
        return _Around(
            is_nothing=self.is_nothing[chosen], is_added=self.is_added[chosen], is_naming=self.is_naming[chosen],
            is_set_off=self.is_set_off[chosen], has_lone_digit=self.has_lone_digit[chosen], first=self.first[chosen],
            last=self.last[chosen], n_words=self.n_words[chosen],
            pieces=(self.pieces[0][chosen], self.pieces[1][chosen]))

    def texts(self, folded: Texts, index: HolderIndex) -> pa.Array:
        """The added words, parted by spaces, from the folded names; null where there are none but others."""
        zero = np.zeros(len(folded), np.int64)
        before = words_between(folded, zero, self.first).to_arrow()
        after = words_between(folded, self.last, self.n_words).to_arrow()
        left, right = (index.added.texts.take(pa.array(piece, mask=piece < 0)) for piece in self.pieces)
        pieces = [pc.fill_null(piece, "") for piece in (before, left, right, after)]
        text = pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.binary_join_element_wise(*pieces, " "), " +", " "))
        return pc.if_else(pa.array(self.is_added & ~self.is_nothing), text, None)


def _piece(starts: Offsets, ends: Offsets, parts: NameParts, index: HolderIndex) -> tuple[NDArray[np.int32], Mask]:
    """The number of the added word that each piece of a word is (-1 for none), and whether it is one or empty."""
    number = np.full(len(starts), -1, np.int32)
    filled = np.flatnonzero(ends > starts)
    asked, word = index.added.added.find(parts.hashes.parts(starts[filled], ends[filled]))
    number[filled[asked]] = word
    return number, (ends <= starts) | (number >= 0)


def _is_naming(words: NDArray[np.int32], index: HolderIndex) -> Mask:
    return np.where(words >= 0, index.added.is_naming[words], False)


def _numbers_agree(found: Candidates, names: _ReadNames, expected: pa.Array) -> Mask:
    """Whether name and target have the same numerals, or the name has digits that read as letters of the target.

    With 0 and 1 that may be any; other digits only where the target has none and they stand within a word.
    """
    shown = digits_of(names.parts, found.start, found.end)
    agree = _equal(shown, expected)
    others = [pc.replace_substring_regex(digits, "[01]", "") for digits in (shown, expected)]
    numbers = np.r_[0, np.cumsum(names.kinds.is_number)]
    starts, ends = names.parts.word_starts, names.parts.word_ends
    free = numbers[np.searchsorted(ends, found.end, side="right")] == numbers[np.searchsorted(starts, found.start)]
    within = (np.asarray(pc.binary_length(expected)) == 0) & free
    return agree | ((found.how != NEAR) & (found.how != BAG) & (_equal(*others) | within))


def _described(found: Candidates, names: _ReadNames, targets: Targets, *, around: _Around, same: Mask,
               is_person: Mask) -> tuple[NDArray[np.int8], Shares]:
    """How each candidate matches, and how alike the two names are."""
    offsets = names.parts.letters.offsets
    whole = (offsets[1:] - offsets[:-1])[found.row]
    match = np.array([SKELETON, TOKENS, EDIT, TOKENS], np.int8)[found.how]
    match[(found.how == INSIDE) & around.is_added] = AFFIX
    match[(found.how == INSIDE) & around.is_nothing] = SKELETON
    match[same] = SAME
    similarity = np.ones(len(match))
    similarity[found.how == NEAR] -= 1.0 / targets.lengths[found.target[found.how == NEAR]]
    bags = found.how == BAG
    similarity[bags] = np.where(is_person[bags], PERSON_REORDERED, REORDERED)
    tokens = names.parts.token_starts
    one = np.searchsorted(tokens, found.end) - np.searchsorted(tokens, found.start) == 1
    among = np.where(is_person, PERSON_AMONG_WORDS, AMONG_WORDS) * (found.end - found.start) / whole
    among *= np.where(around.is_set_off, 1.0, UNBOUNDED) * np.where(one, ONE_WORD, 1.0)
    added = np.where(around.is_naming, WITH_NAMING_WORD, WITH_ADDED_WORD)
    similarity *= np.where(around.is_nothing, 1.0, np.where(around.is_added, added, among))
    return match, similarity


def _has_known_words_only(found: Candidates, names: _ReadNames, index: HolderIndex) -> Mask:
    """Whether a name one edit away is made of words that are known as such."""
    near = found.how == NEAR
    if not near.any():
        return near
    parts = names.parts
    unknown = ~index.rarity.is_known(parts.hashes.parts(parts.token_starts, parts.token_ends))
    count = np.r_[0, np.cumsum(unknown)]
    first = np.searchsorted(parts.token_ends, found.start, side="right")
    last = np.searchsorted(parts.token_starts, found.end, side="left")
    return near & (count[last] == count[first])


def _together(several: list[_Matches]) -> _Matches:
    return _Matches(
        registered=np.concatenate([some.registered for some in several]),
        row=np.concatenate([some.row for some in several]), holder=np.concatenate([some.holder for some in several]),
        shown=pa.concat_arrays([some.shown for some in several]),
        match=np.concatenate([some.match for some in several]),
        similarity=np.concatenate([some.similarity for some in several]),
        weight=np.concatenate([some.weight for some in several]),
        affix=pa.concat_arrays([some.affix for some in several]),
        n_sharing=np.concatenate([some.n_sharing for some in several]))


def _best(batch: pa.RecordBatch, found: _Matches, index: HolderIndex) -> pa.RecordBatch:
    """Of each name and holder the strongest match, and of each name the strongest few, in the order of strength.

    A name that is a registered one in whole reads as that one only: registered bodies are named after one another.
    """
    strength = found.similarity * found.weight
    order = np.lexsort((found.match, -strength, found.holder, found.row))
    order = order[(found.match[order] <= SKELETON) | ~np.isin(found.row[order], found.registered)]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (np.diff(found.row[order]) != 0) | (np.diff(found.holder[order]) != 0)
    order = order[fresh]
    order = order[np.lexsort((index.rank[found.holder[order]], found.match[order], -strength[order],
                              found.row[order]))]
    rows = found.row[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    order = order[place < MAX_MATCHES]
    row, holder = pa.array(found.row[order]), pa.array(found.holder[order])
    return pa.RecordBatch.from_arrays([
        *(batch.column(name).take(row) for name in ("account_id", "field", "shown")),
        index.holder_ids.take(holder), index.holder_kinds.take(holder), found.shown.take(pa.array(order)),
        pa.array(MATCHES).take(pa.array(found.match[order])), pa.array(found.similarity[order]),
        pa.array(found.weight[order]), found.affix.take(pa.array(order)), pa.array(found.n_sharing[order])],
        schema=NAME_MATCHES)
