"""The tree grows as RFC 6962 defines it, in whichever portions."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import LEAVES, ROOTS

from evenhand.ledger.tree import EMPTY_ROOT, TILE_WIDTH, Growth, edges, leaf_hash


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def test_the_reference_roots() -> None:
    growth = Growth()
    assert growth.root() == EMPTY_ROOT
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        growth.append([leaf_hash(leaf)])
        assert growth.root() == root


@settings(max_examples=30)
@given(st.lists(st.integers(0, 700), max_size=5))
def test_the_root_is_that_of_the_definition_however_entries_arrive(portions: list[int]) -> None:
    leaves = [str(number).encode() for number in range(sum(portions))]
    growth, start = Growth(), 0
    for portion in portions:
        growth.append([leaf_hash(leaf) for leaf in leaves[start:start + portion]])
        start += portion
    assert growth.root() == by_definition(leaves)


@settings(max_examples=20)
@given(st.integers(0, 3 * TILE_WIDTH), st.integers(0, 3 * TILE_WIDTH))
def test_a_tree_goes_on_from_its_unfinished_tiles(before: int, after: int) -> None:
    leaves = [leaf_hash(str(number).encode()) for number in range(before + after)]
    whole, first = Growth(), Growth()
    whole.append(leaves)
    first.append(leaves[:before])
    edge = [b""] * len(edges(before))
    for tile in first.unfinished():
        edge[tile.level] = tile.hashes
    second = Growth.resumed(before, edge)
    second.append(leaves[before:])
    assert (second.root(), second.unfinished()) == (whole.root(), whole.unfinished())


def test_tiles_are_full_in_order_and_hash_upwards() -> None:
    growth = Growth()
    full = growth.append([leaf_hash(b"") for _ in range(TILE_WIDTH**2 + TILE_WIDTH + 3)])
    assert [(tile.level, tile.index) for tile in full] == [*((0, index) for index in range(256)), (1, 0), (0, 256)]
    assert [(tile.level, tile.index, tile.width) for tile in growth.unfinished()] == [(0, 257, 3), (1, 1, 1), (2, 0, 1)]
    assert edges(growth.size) == [(257, 3), (1, 1), (0, 1)]


def test_the_example_of_the_tiles_specification() -> None:
    assert edges(70_000) == [(273, 112), (1, 17), (0, 1)]
    assert edges(256) == [(1, 0), (0, 1)]


def test_tiles_of_another_tree_are_refused() -> None:
    with pytest.raises(ValueError, match="not the unfinished tiles"):
        Growth.resumed(3, [bytes(32 * 2)])
