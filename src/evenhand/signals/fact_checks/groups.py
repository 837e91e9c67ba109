"""Claim groups: which fact-checks of a register are about the same claim, so that publishers can be counted.

Two are about the same claim when each one's claim matches the other's, as a post would. Chains join: the group of a claim
is everything that can be reached by such matches.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.signals.fact_checks.index import ClaimIndex
from evenhand.signals.fact_checks.likeness import Likeness
from evenhand.signals.words.folded import Places

_CHUNK = 4096


def claim_groups(index: ClaimIndex, likeness: Likeness) -> Places:
    """For each claim the number of the first claim of its group."""
    rows, claims = [], []
    for start in range(0, len(index), _CHUNK):
        part: pa.Array = index.claims.slice(start, _CHUNK)
        found, _ = likeness.matching(part, index.candidates(part, min_cover=likeness.min_cover()))
        rows.append(found.row.astype(np.int64) + start)
        claims.append(found.claim.astype(np.int64))
    one, other = np.concatenate(rows), np.concatenate(claims)
    n = len(index)
    codes, back = one * n + other, other * n + one
    mutual = np.isin(codes, back) & (one != other)
    return _first_of_each(one[mutual], other[mutual], n)


def _first_of_each(one: Places, other: Places, n: int) -> Places:
    """The smallest number that each of `n` numbers is joined with, directly or by others."""
    group = np.arange(n)
    while True:
        before = group.copy()
        np.minimum.at(group, one, group[other])
        np.minimum.at(group, other, group[one])
        group = group[group]
        if (group == before).all():
            return group
