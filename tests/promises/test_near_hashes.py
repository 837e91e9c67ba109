"""The index finds exactly the pairs that comparing all of them finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.signals.media.hashes import Hashes
from evenhand.signals.media.near_hashes import MAX_DISTANCE, HashIndex


def near_ones(seed: int, n_targets: int, n_queries: int, spread: int) -> tuple[Hashes, Hashes]:
    """Hashes, and others of which most are up to `spread` bits away from one of the first."""
    chance = np.random.default_rng(seed)
    targets = chance.integers(0, 2**64, (n_targets, 4), dtype=np.uint64, endpoint=False)
    queries = targets[chance.integers(0, n_targets, n_queries)].copy() if n_targets else np.zeros((n_queries, 4), np.uint64)
    for query in queries:
        for bit in chance.choice(256, chance.integers(0, spread + 1), replace=False):
            query[bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return targets, queries


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), n_targets=st.integers(0, 40), n_queries=st.integers(0, 60), spread=st.integers(0, 40),
       within=st.integers(0, MAX_DISTANCE))
def test_it_finds_what_comparing_all_pairs_finds(seed: int, n_targets: int, n_queries: int, spread: int, within: int) -> None:
    targets, queries = near_ones(seed, n_targets, n_queries, spread)
    all_pairs = np.bitwise_count(queries[:, None, :] ^ targets[None, :, :]).sum(axis=2, dtype=np.int64)
    found = HashIndex(targets).near(queries, within=within)
    expected = np.argwhere(all_pairs <= within)
    assert np.array_equal(np.stack([found.query, found.target], axis=1), expected)
    assert np.array_equal(found.distance, all_pairs[expected[:, 0], expected[:, 1]])


@settings(deadline=None, max_examples=100)
@given(bits=st.sets(st.integers(0, 255), min_size=MAX_DISTANCE, max_size=MAX_DISTANCE))
def test_no_choice_of_31_bits_hides_a_pair(bits: set[int]) -> None:
    target = np.zeros((1, 4), np.uint64)
    query = target.copy()
    for bit in bits:
        query[0, bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    assert HashIndex(target).near(query).distance.tolist() == [MAX_DISTANCE]


def test_31_bits_spread_over_all_pieces_are_found_and_32_are_not() -> None:
    for turned, found in ((31, [31]), (32, [])):
        query = np.zeros((1, 4), np.uint64)
        for nth in range(turned):
            bit = (nth % 16) * 16 + nth // 16
            query[0, bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
        assert HashIndex(np.zeros((1, 4), np.uint64)).near(query).distance.tolist() == found


def test_more_bits_than_the_index_can_find_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 31 bits"):
        HashIndex(np.zeros((1, 4), np.uint64)).near(np.zeros((1, 4), np.uint64), within=32)
