"""Adjudicated-legitimate memory: what an overturned decision leaves behind, so that the same finding is not made again."""

from __future__ import annotations

import hashlib
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.evidence import DIGEST_CHARACTERS, MAX_REASONS
from evenhand.model.registry import ADJUDICATIONS

_SEPARATOR = "\x1f"
_SAID = ("shown", "expected", "source")


def adjudications(decisions: pa.Table, *, decided_at: datetime) -> pa.Table:
    """What is remembered of `decisions` that were undone: one row each for the register of adjudications.

    `guards.adjudicated` compares the digests with the evidence of a later sweep.
    """
    n = decisions.num_rows
    return pa.table({
        "account_id": decisions["account_id"], "harm": decisions["harm"], "holder_id": decisions["holder_id"],
        "outcome": pa.repeat("legitimate", n), "evidence_digest": evidence_digests(decisions["reasons"]),
        "decided_at": pa.repeat(pa.scalar(decided_at, ADJUDICATIONS.field("decided_at").type), n)}, schema=ADJUDICATIONS)


def evidence_digests(reasons: pa.ChunkedArray) -> pa.Array:
    """The evidence of each decision as one text: a short hash for each reason, sorted, with a space between them.

    A decision names at most `MAX_REASONS` reasons. Where it names as many there may have been more, so its families of
    evidence are remembered instead: then only a family that was not there is new.
    """
    lists = reasons.combine_chunks()
    elements = pc.list_flatten(lists)
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    fields = [pc.struct_field(elements, "signal"), *(_said(pc.struct_field(elements, name)) for name in _SAID)]
    of_reason = _hashed(pc.binary_join_element_wise(*fields, _SEPARATOR))
    of_family = _hashed(pc.struct_field(elements, "family"))
    is_cut = (pc.list_value_length(lists).to_numpy(zero_copy_only=False) >= MAX_REASONS)[parents]
    encoded = pc.if_else(pa.array(is_cut), of_family, of_reason).dictionary_encode()
    order = pc.rank(encoded.dictionary, tiebreaker="first").to_numpy() - 1  # the place of each hash in their alphabet
    hashes = encoded.dictionary.take(pc.sort_indices(encoded.dictionary))
    pairs = np.unique(parents * max(1, len(hashes)) + order[encoded.indices.to_numpy(zero_copy_only=False)].astype(np.int64))
    counts = np.bincount((pairs // max(1, len(hashes))).astype(np.int64), minlength=len(lists))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    texts = hashes.take(pa.array(pairs % max(1, len(hashes))))
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), texts), " ")


def _said(column: pa.Array) -> pa.Array:
    """A column's text; a bare number counts as nothing, since it only says how many."""
    column = pc.fill_null(column, "")
    return pc.if_else(pc.match_substring_regex(column, "^[0-9]+$"), "", column)


def _hashed(texts: pa.Array) -> pa.Array:
    encoded = texts.dictionary_encode()
    hashes = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:DIGEST_CHARACTERS]
              for text in encoded.dictionary.to_pylist()]
    return pa.array(hashes, pa.string()).take(encoded.indices)
