"""The index of registered holders' names and handles that account names are looked up in (`targets.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.registry import HolderKind
from evenhand.signals.names.added_words import AddedWords, bare_words
from evenhand.signals.names.codepoints import Mask, Offsets
from evenhand.signals.names.forms import forms_of
from evenhand.signals.names.hashes import KeyTable, NameParts
from evenhand.signals.names.rarity import COMMON_WEIGHT, CONTAINED_BITS, Rarity, Shares, WordCounts, is_common, shared, weights
from evenhand.signals.names.targets import MAX_SPAN_TOKENS, EditRules, Targets, entries_of
from evenhand.signals.names.unicode_tables import UnicodeTables

MIN_STRENGTH = 0.05
"""Matches whose similarity times weight is less are left out of a sweep."""


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


def _digest(holders: pa.Table, tables: UnicodeTables, counts: WordCounts, added: AddedWords, min_strength: float) -> str:
    """A digest over everything that the index is made of, whatever the order or chunks of the table."""
    sink = pa.BufferOutputStream()
    table = holders.select(["holder_id", "kind", "name", "names", "handles"]).sort_by("holder_id").combine_chunks()
    with pa.ipc.new_stream(sink, table.schema.remove_metadata()) as writer:
        for batch in table.replace_schema_metadata(None).to_batches():
            writer.write_batch(batch)
    whole = sha256(sink.getvalue())
    for part in (tables.digest.encode(), counts.keys.tobytes(), counts.counts.tobytes(), added.source,
                 repr(min_strength).encode()):
        whole.update(part)
    return whole.hexdigest()
