"""Listings: a register may hold one article twice, as where two crawls wrote its quotation marks differently."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.fact_checks.grams import Rows
from evenhand.signals.fact_checks.index import Candidates


def first_listings(claims: pa.Array, titles: pa.Array) -> Rows:
    """For each fact-check the number of the first one with the same claim and headline, signs and case aside.

    Without a headline a fact-check is its own: two publishers may have looked at one claim.

    >>> first_listings(pa.array(["A 'ban'.", 'A "ban".', "A tax."]), pa.array(["Is it true?", "Is it true?", None])).tolist()
    [0, 0, 2]
    """
    own = np.arange(len(claims), dtype=np.int32)
    claim, title = _plain(claims), _plain(titles)
    numbers = pc.binary_join_element_wise(claim, title, "\n").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    _, first, nth = np.unique(numbers, return_index=True, return_inverse=True)
    has_title = pc.not_equal(title, "").to_numpy(zero_copy_only=False)
    listed: Rows = np.where(has_title, first[nth], own).astype(np.int32)
    return listed


def listed_once(found: Candidates, first: Rows) -> Candidates:
    """The candidates with every article once, as its first listing, with the score of its best one."""
    article = first[found.claim]
    order = np.lexsort((-found.score, article, found.row))
    row, claim = found.row[order], article[order]
    is_new = np.concatenate(([True], (row[1:] != row[:-1]) | (claim[1:] != claim[:-1]))) if len(row) else np.zeros(0, np.bool_)
    return replace(found, claim=article).keep(order[is_new])


def _plain(texts: pa.Array) -> pa.Array:
    """The letters and digits of each text in lower case, with one blank for all that stands between."""
    written = texts.cast(pa.string()).fill_null("")
    return pc.utf8_trim(pc.replace_substring_regex(pc.utf8_lower(written), r"[^\p{L}\p{M}\p{N}]+", " "), " ")
