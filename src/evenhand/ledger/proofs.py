"""Proofs made from tiles, and their verification (RFC 9162, section 2.1): that an entry is in, that nothing was rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from evenhand.ledger.tree import EMPTY_ROOT, HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, node_hash, root_of, split


class ReadTile(Protocol):
    """Where the tiles come from."""

    def __call__(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile. Raises the reader's own error when they are not there."""


class TreeHashes:
    """The hashes within a tree of `size` entries, worked out from its tiles, of which each is read once."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    @property
    def n_tiles_read(self) -> int:
        """How many tiles were needed so far."""
        return len(self._tiles)

    def leaf(self, index: int) -> bytes:
        """The hash of one entry."""
        return self._full(0, index)

    def over(self, start: int, end: int) -> bytes:
        """The root over the entries from `start` up to `end`, where `start` begins a subtree of that size."""
        n = end - start
        if n == 0:
            return EMPTY_ROOT
        if n & (n - 1) == 0:
            height = n.bit_length() - 1
            return self._full(height, start >> height)
        middle = start + largest_power(n)
        return node_hash(self.over(start, middle), self.over(middle, end))

    def root(self) -> bytes:
        """The root over all entries."""
        return self.over(0, self.size)

    def _full(self, height: int, index: int) -> bytes:
        """The root over the `index`-th group of `2 ** height` entries."""
        level, above = divmod(height, TILE_HEIGHT)
        first = index << above
        tile = self._tile(level, first // TILE_WIDTH)
        place = first % TILE_WIDTH
        return root_of(tile[place:place + (1 << above)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._tiles:
            n_hashes = self.size >> TILE_HEIGHT * level
            width = min(TILE_WIDTH, n_hashes - index * TILE_WIDTH)
            self._tiles[level, index] = split(self._read(level, index, width))
        return self._tiles[level, index]


def largest_power(n: int) -> int:
    """The largest power of two below `n`, where a tree of `n` entries is split."""
    return 1 << (n - 1).bit_length() - 1


def inclusion_proof(hashes: TreeHashes, index: int) -> tuple[bytes, ...]:
    """The hashes that lead from entry `index` to the root, from the bottom up.

    Raises:
        ValueError: the tree has no such entry.
    """
    if not 0 <= index < hashes.size:
        raise ValueError(f"there is no entry {index} in a tree of {hashes.size}")
    path: list[bytes] = []
    start, end = 0, hashes.size
    while end - start > 1:
        middle = start + largest_power(end - start)
        if index < middle:
            path.append(hashes.over(middle, end))
            end = middle
        else:
            path.append(hashes.over(start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(hashes: TreeHashes, old_size: int) -> tuple[bytes, ...]:
    """The hashes that show a tree of `old_size` entries to be the beginning of this one.

    Raises:
        ValueError: the old tree is larger than this one.
    """
    if not 0 <= old_size <= hashes.size:
        raise ValueError(f"a tree of {old_size} entries is not the beginning of one of {hashes.size}")
    path: list[bytes] = []
    start, end, is_known = 0, hashes.size, True
    if old_size in {0, hashes.size}:
        return ()
    while old_size != end:
        middle = start + largest_power(end - start)
        if old_size <= middle:
            path.append(hashes.over(middle, end))
            end = middle
        else:
            path.append(hashes.over(start, middle))
            start, is_known = middle, False
    if not is_known:
        path.append(hashes.over(start, end))
    return tuple(reversed(path))


def inclusion_holds(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """True when the proof leads from the hash of entry `index` to the root of a tree of `size` (section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(proof):
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(*, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """True when the proof shows the old tree to be the beginning of the new one (section 2.1.4.2)."""
    if not 0 <= old_size <= size or not _are_hashes(proof):
        return False
    if old_size == size:
        return not proof and old_root == root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_found, found = node_hash(sibling, old_found), node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old_found == old_root and found == root


def _are_hashes(proof: Sequence[bytes]) -> bool:
    return all(len(one) == HASH_BYTES for one in proof)
