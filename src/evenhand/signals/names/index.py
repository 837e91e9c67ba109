"""The index of registered holders' names and handles that account names are looked up in.

Every form of a name (as registered, without "The" or "Inc", without what stands in brackets, read in capitals) has a
key: the hash of its skeleton letters. Those of at least six letters also have keys by which names an edit or two away
are found (`edits.py`). Nothing is compared pair by pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.model.registry import HolderKind
from evenhand.signals.names.added_words import AddedWords, bare_words, core_lengths
from evenhand.signals.names.codepoints import Mask, Offsets, Texts
from evenhand.signals.names.edits import MIN_LETTERS_OF_TWO, EditKeys
from evenhand.signals.names.forms import Forms, digits_of, forms_of
from evenhand.signals.names.hashes import Bitmap, KeyTable, NameParts, PartHashes
from evenhand.signals.names.rarity import COMMON_WEIGHT, CONTAINED_BITS, Rarity, Shares, WordCounts, is_common, shared, weights
from evenhand.signals.names.skeleton import as_letters
from evenhand.signals.names.unicode_tables import MARK, SPACELESS, UnicodeTables

MIN_LETTERS, MIN_SPACELESS_LETTERS = 4, 2
"""A shorter form is found as registered only, not by a look-alike skeleton. Han, kana and hangul characters tell more."""
MIN_LETTERS_OF, MIN_SPACELESS_LETTERS_OF, MIN_PERSON_LETTERS_OF = (6, 12), (10, 16), (9, 16)
"""Letters other than added words that a name has at least for one edit and for two to count: in general, in Han, kana and
hangul, where one other character makes another name, and in names of people, who are two letters from other people."""
TOO_FEW_LETTERS = 0.04
"""Factor on the weight of a name with fewer: less strength than a sweep looks at. Only who asks for all matches gets it."""
MIN_INSIDE_WEIGHT = 0.3
"""A name that weighs less is not looked for inside longer names."""
MAX_SPAN_TOKENS = 16
"""Names of more words (in scripts without spaces, characters) are not looked for inside longer names."""
MIN_STRENGTH = 0.05
"""Matches whose similarity times weight is less are left out of a sweep."""
_SPACE = 0x20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Who has which target: one row each, those of a target together, best first."""

    target: Offsets
    holder: Offsets
    """Row of the holder in the registry table."""
    weight: Shares
    name: Offsets
    """The number of the name."""
    shown: pa.Array
    """The name or handle as registered."""
    folded: pa.Array
    """The form, folded, without spaces."""
    digits: pa.Array
    """The numerals of the form, in order."""
    is_bare: Mask
    """The form lacks a word that the name has and can do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRules:
    """Which targets are looked for an edit or two away: those whose match can have `min_strength`."""

    min_strength: float
    is_person: Mask
    """Which holders are people."""
    is_twice: bool
    """Two edits are looked for at all."""

    def marked(self, entries: Entries, core: Offsets, lengths: Offsets, is_spaceless: Mask) -> tuple[Mask, Mask]:
        """The targets that are looked for an edit away, and those two edits away."""
        people, bodies = np.zeros(len(core)), np.zeros(len(core))
        is_person = self.is_person[entries.holder]
        for best, chosen in ((people, is_person), (bodies, ~is_person)):
            np.maximum.at(best, entries.target[chosen], entries.weight[chosen])
        marked = []
        for n in (1, 2):
            enough = core >= min_letters(n, is_spaceless)
            of_person = enough & (lengths >= MIN_PERSON_LETTERS_OF[n - 1])
            marked.append(np.maximum(bodies * np.where(enough, 1.0, TOO_FEW_LETTERS),
                                     people * np.where(of_person, 1.0, TOO_FEW_LETTERS)) >= self.min_strength)
        return marked[0], marked[1] & self.is_twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Names, or handles, to be found. A target is the skeleton letters of one form."""

    exact: KeyTable
    """Key to target."""
    inside: KeyTable
    """As `exact`, for targets that are looked for inside longer names."""
    beginnings: Bitmap
    """Hashes of every beginning of the targets that are looked for inside longer names."""
    edits: EditKeys
    numerals: Bitmap
    """The numerals that entries have."""
    core: Offsets
    """Letters of each target that are not of added words."""
    is_spaceless: Mask
    """Some of its letters are of a script without spaces."""
    bags: KeyTable
    """Hash of the words in any order to target, for forms of several words."""
    letters: pa.Array
    """Skeleton letters of each target."""
    plain: pa.Array
    """The same with letter pairs as written (`journal`, not `joumal`): an edit may stand inside a pair."""
    lengths: Offsets
    is_short: Mask
    """Found as registered only."""
    n_sharing: NDArray[np.int32]
    """Holders that have this target."""
    starts: Offsets
    """The entries of target `i` are rows `starts[i]` to before `starts[i + 1]` of `entries`."""
    entries: Entries

    @classmethod
    def of(cls, forms: Forms, parts: NameParts, entries: Entries, *, tables: UnicodeTables, added: AddedWords, rules: EditRules
           ) -> Targets:
        """The targets of these forms with their parts, numbered as in `entries`."""
        keys, first, target = np.unique(parts.hashes.wholes(), return_index=True, return_inverse=True)
        letters = parts.letters.take(first)
        best = np.zeros(len(keys))
        np.maximum.at(best, entries.target, entries.weight)
        plain = _plain_letters(forms, tables).take(first)
        paired = np.flatnonzero(plain.lengths != letters.lengths)
        n_spaceless = _n_spaceless(letters, tables)
        is_short = (letters.lengths < MIN_LETTERS) & (n_spaceless < MIN_SPACELESS_LETTERS)
        inside = np.flatnonzero((best >= MIN_INSIDE_WEIGHT) & ~is_short)
        several = np.flatnonzero(parts.n_words() > 1)
        numbers = np.arange(len(keys), dtype=np.int32)
        core = core_lengths(parts, added)[first]
        numerals = PartHashes.of(Texts.from_arrow(pc.unique(entries.digits))).wholes()
        once, twice = rules.marked(entries, core, letters.lengths, n_spaceless > 0)
        return cls(
            exact=KeyTable.of(keys, numbers), inside=KeyTable.of(keys[inside], numbers[inside]),
            beginnings=_beginnings(letters.take(inside)),
            edits=EditKeys.of(letters, plain.take(paired), paired, is_once=once, is_twice=twice),
            numerals=Bitmap.of(numerals), core=core, is_spaceless=n_spaceless > 0,
            bags=KeyTable.of(parts.bags()[several], target[several].astype(np.int32)), letters=letters.to_arrow(),
            plain=plain.to_arrow(), lengths=letters.lengths, is_short=is_short,
            n_sharing=np.bincount(entries.target, minlength=len(keys)).astype(np.int32),
            starts=np.searchsorted(entries.target, np.arange(len(keys) + 1)), entries=entries)


def min_letters(n_edits: int, is_spaceless: Mask | np.bool_) -> NDArray[np.int64]:
    """How many letters other than added words a name needs for so many edits to count in full."""
    return np.where(is_spaceless, MIN_SPACELESS_LETTERS_OF[n_edits - 1], MIN_LETTERS_OF[n_edits - 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderIndex:
    """What names are matched against."""

    names: Targets
    handles: Targets
    holder_ids: pa.Array
    holder_kinds: pa.Array
    is_person: Mask
    rank: Offsets
    """The place of each holder when sorted by id."""
    rarity: Rarity
    added: AddedWords
    min_strength: float
    digest: str
    """Differs where anything that matches depend on differs."""

    @classmethod
    def build(cls, holders: pa.Table, *, tables: UnicodeTables, counts: WordCounts, added: AddedWords,
              min_strength: float = MIN_STRENGTH) -> HolderIndex:
        """The index of a table of `HOLDERS`. Names that fold to nothing are left out.

        It finds what has at least `min_strength`, the similarity times the weight.
        """
        kinds, ids = (holders[name].combine_chunks() for name in ("kind", "holder_id"))
        is_person = np.asarray(pc.equal(kinds, str(HolderKind.OFFICIAL)))
        shown, owners = _names_of(holders)
        handles, handle_owners = _handles_of(holders)
        forms = forms_of(shown, tables, added, is_handle=False)
        handle_forms = forms_of(handles, tables, added, is_handle=True)
        parts, handle_parts = (NameParts.of(some.words, tables) for some in (forms, handle_forms))
        rarity = Rarity.of(counts.with_names(
            np.concatenate([some.hashes.parts(some.token_starts, some.token_ends) for some in (parts, handle_parts)]),
            np.r_[owners[forms.names][parts.token_rows], handle_owners[handle_forms.names][handle_parts.token_rows]],
            is_person), added)
        rank = np.asarray(pc.rank(ids, tiebreaker="first")).astype(np.int64)
        name_owners = owners[forms.names]
        n_containing, n_sharing = _others(parts, name_owners)
        bits = bits_of(parts, rarity, added) - CONTAINED_BITS * np.log2(n_containing)
        name_weights = weights(bits[forms.origins], is_person[name_owners])
        common = is_common(parts, rarity, added)[forms.origins] & ~is_person[name_owners]
        name_weights[common] = np.minimum(name_weights[common], COMMON_WEIGHT)
        name_weights = shared(name_weights, n_sharing)
        most = np.zeros(len(ids))
        np.maximum.at(most, name_owners, name_weights)
        holder_of_handle = handle_owners[handle_forms.names]
        handle_bits = np.minimum(bits_of(handle_parts, rarity, added), rarity.segmented_bits(handle_parts))
        handle_weights = np.minimum(weights(handle_bits[handle_forms.origins], is_person[holder_of_handle]),
                                    most[holder_of_handle])
        name_entries = entries_of(forms, parts, shown, name_owners, name_weights, rank)
        handle_entries = entries_of(handle_forms, handle_parts, handles, holder_of_handle, handle_weights, rank)
        targets, handle_targets = (
            Targets.of(*some, tables=tables, added=added,
                       rules=EditRules(min_strength=min_strength, is_person=is_person, is_twice=is_twice))
            for some, is_twice in (((forms, parts, name_entries), True), ((handle_forms, handle_parts, handle_entries), False)))
        return cls(
            names=targets, handles=handle_targets, holder_ids=ids, holder_kinds=kinds, is_person=is_person, rank=rank,
            rarity=rarity, added=added, min_strength=min_strength,
            digest=_digest(holders, tables, counts, added, min_strength))


def _names_of(holders: pa.Table) -> tuple[pa.Array, Offsets]:
    """Every name of every holder, and the holder's row."""
    main, names = holders["name"].combine_chunks(), holders["names"].combine_chunks()
    owners = np.r_[np.arange(len(main)), np.asarray(pc.list_parent_indices(names))]
    return pa.concat_arrays([main, names.flatten().field("name")]), owners.astype(np.int64)


def _handles_of(holders: pa.Table) -> tuple[pa.Array, Offsets]:
    handles = holders["handles"].combine_chunks()
    return handles.flatten().field("handle"), np.asarray(pc.list_parent_indices(handles)).astype(np.int64)


def bits_of(parts: NameParts, rarity: Rarity, added: AddedWords) -> Shares:
    """What the words of each form tell, but for those it can do without."""
    first, last = bare_words(parts, added)
    n_words = parts.n_words()
    begins = np.cumsum(n_words) - n_words
    ends = np.r_[parts.word_ends, 0]
    bare_ends = np.where(n_words > 0, ends[begins + np.maximum(last, 1) - 1], 0)
    starts = np.r_[parts.word_starts, 0][np.minimum(begins + first, len(parts.word_starts))]
    rows = parts.token_rows
    counted = (parts.token_starts >= starts[rows]) & (parts.token_ends <= bare_ends[rows])
    return np.bincount(rows, weights=rarity.token_bits(parts) * counted, minlength=len(parts.letters)).astype(np.float64)


def _others(parts: NameParts, owners: Offsets) -> tuple[Offsets, Offsets]:
    """For each form the number of holders in whose names it stands, and of those that have just it."""
    keys, target = np.unique(parts.hashes.wholes(), return_inverse=True)
    exact = KeyTable.of(keys, np.arange(len(keys), dtype=np.int32))
    n_owners = int(owners.max(initial=0)) + 1
    pairs = [target * n_owners + owners]
    n_sharing = _n_partners(pairs, len(keys), n_owners)
    for rows, starts, ends in parts.spans(MAX_SPAN_TOKENS):
        asked, found = exact.find(parts.hashes.parts(starts, ends))
        pairs.append(found.astype(np.int64) * n_owners + owners[rows[asked]])
    return _n_partners(pairs, len(keys), n_owners)[target], n_sharing[target]


def _n_partners(pairs: list[Offsets], n_targets: int, n_owners: int) -> Offsets:
    """For each target the number of different owners it is paired with; a pair is target times `n_owners` plus owner."""
    return np.bincount(np.unique(np.concatenate(pairs)) // n_owners, minlength=n_targets)


def entries_of(forms: Forms, parts: NameParts, shown: pa.Array, owners: Offsets, form_weights: Shares,
             rank: Offsets) -> Entries:
    """One row for each target and holder that has it: the form that weighs most, then the one named first."""
    target = np.unique(parts.hashes.wholes(), return_inverse=True)[1]
    order = np.lexsort((forms.names, -form_weights, owners, target))
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (np.diff(target[order]) != 0) | (np.diff(owners[order]) != 0)
    form = order[fresh]
    form = form[np.lexsort((rank[owners[form]], -form_weights[form], target[form]))]
    folded = forms.folded.keep(forms.folded.points != _SPACE).take(form).to_arrow()
    return Entries(target=target[form], holder=owners[form], weight=form_weights[form], name=forms.names[form],
                   shown=shown.take(pa.array(forms.names[form])), folded=folded,
                   digits=digits_of(parts, parts.letters.offsets[:-1][form], parts.letters.offsets[1:][form]),
                   is_bare=parts.n_words()[form] < parts.n_words()[forms.origins[form]])


def _n_spaceless(letters: Texts, tables: UnicodeTables) -> NDArray[np.int32]:
    flags = tables.flags[letters.points]
    return letters.count(((flags & SPACELESS) != 0) & ((flags & MARK) == 0))


def _plain_letters(forms: Forms, tables: UnicodeTables) -> Texts:
    words = tables.letters.apply(forms.folded)
    words = words.keep(words.points != _SPACE)
    return Texts(as_letters(words.points), words.offsets)


def _beginnings(letters: Texts) -> Bitmap:
    return Bitmap.of(PartHashes.of(letters).parts(letters.offsets[:-1][letters.rows], np.arange(1, len(letters.points) + 1)))


def _digest(holders: pa.Table, tables: UnicodeTables, counts: WordCounts, added: AddedWords, min_strength: float) -> str:
    """A digest over everything that the index is made of, whatever the order or chunks of the table."""
    sink = pa.BufferOutputStream()
    table = holders.select(["holder_id", "kind", "name", "names", "handles"]).sort_by("holder_id").combine_chunks()
    with pa.ipc.new_stream(sink, table.schema.remove_metadata()) as writer:
        for batch in table.replace_schema_metadata(None).to_batches():
            writer.write_batch(batch)
    whole = sha256(sink.getvalue())
    for part in (tables.digest.encode(), counts.keys.tobytes(), counts.counts.tobytes(), added.source, repr(min_strength).encode()):
        whole.update(part)
    return whole.hexdigest()
