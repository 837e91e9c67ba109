"""Sentences: which sentence of a post is nearest to a claim, so that a person can be shown just that."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.fact_checks.index import Candidates, ClaimIndex

_BORDER = r"(?:[.!?…;]+(?:\s+|$)|[。！？؟।；\n\r]+\s*)"
MAX_SHOWN = 240
"""Characters of a sentence that are shown."""


def nearest_sentences(index: ClaimIndex, texts: pa.Array, found: Candidates) -> pa.Array:
    """For each pair the sentence of its text that shares most with its claim; the whole text where none does."""
    if not len(found):
        return pa.array([], pa.string())
    rows, own = np.unique(found.row, return_inverse=True)
    lists = pc.split_pattern_regex(texts.take(pa.array(rows)).cast(pa.string()).fill_null(""), _BORDER)
    begin = lists.offsets.to_numpy().astype(np.int64)
    begin = begin - begin[0]
    sentences = lists.flatten()
    counts = np.diff(begin)[own]
    pair = np.repeat(np.arange(len(found)), counts)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts) + begin[own[pair]]
    order = np.argsort(place, kind="stable")
    measured = index.measured(sentences, place[order].astype(np.int32), found.claim[pair[order]])
    score = np.empty(len(pair), np.float32)
    score[order] = measured.score
    ranked = np.lexsort((place, -score, pair))
    first = ranked[np.flatnonzero(np.concatenate(([True], np.diff(pair[ranked]) > 0)))]
    nearest = sentences.take(pa.array(place[first]))
    whole = texts.take(pa.array(found.row)).cast(pa.string())
    return pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(
        pc.if_else(pa.array(score[first] > 0), nearest, whole)), 0, MAX_SHOWN)
