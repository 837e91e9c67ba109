"""The Merkle tree of RFC 6962 (and RFC 9162), grown at its right edge and cut into tiles of 256 hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
TILE_WIDTH = 256
"""Hashes in a full tile (C2SP tlog-tiles)."""
TILE_HEIGHT = 8
"""Levels of the tree that one tile stands for."""
EMPTY_ROOT = sha256().digest()
"""The root of a tree without entries (RFC 6962, section 2.1)."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry: SHA-256 over 0x00 and the entry.

    >>> leaf_hash(b"").hex()
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees that meet: SHA-256 over 0x01 and both."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over subtrees that stand side by side, all of the same size but the last, which may be smaller.

    >>> root_of([leaf_hash(b""), leaf_hash(b"\\x00")]).hex()
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'
    """
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        last = row[-1:] if len(row) % 2 else []
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)] + last
    return row[0]


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [hashes[start:start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Up to 256 hashes that stand side by side, each the root over `256 ** level` entries."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        """How many hashes there are; a tile with 256 is full and never changes."""
        return len(self.hashes) // HASH_BYTES


class Growth:
    """A tree that entries are appended to. It keeps only the tiles that are not full: at most 255 hashes a level."""

    def __init__(self) -> None:
        self.size = 0
        """Entries in the tree."""
        self._edge: list[list[bytes]] = [[]]

    @classmethod
    def resumed(cls, size: int, edge: Sequence[bytes]) -> Growth:
        """The tree of `size` entries whose unfinished tiles are `edge`, level by level, empty ones included.

        Raises:
            ValueError: the tiles are not those of a tree of this size.
        """
        growth = cls()
        growth.size = size
        growth._edge = [split(hashes) for hashes in edge] or [[]]
        if [len(row) for row in growth._edge] != [width for _, width in edges(size)] and size:
            raise ValueError(f"these are not the unfinished tiles of a tree of {size} entries")
        return growth

    def append(self, leaves: Sequence[bytes]) -> list[Tile]:
        """Append the hashes of entries; the tiles that this filled, each level in order."""
        full: list[Tile] = []
        start = 0
        while start < len(leaves):
            row = self._edge[0]
            taken = leaves[start:start + TILE_WIDTH - len(row)]
            row.extend(taken)
            start += len(taken)
            self.size += len(taken)
            if len(row) == TILE_WIDTH:
                full += self._carry()
        return full

    def _carry(self) -> list[Tile]:
        """Turn tiles that are full into a hash of the level above."""
        full: list[Tile] = []
        level = 0
        while len(row := self._edge[level]) == TILE_WIDTH:
            index = (self.size >> TILE_HEIGHT * (level + 1)) - 1
            full.append(Tile(level=level, index=index, hashes=b"".join(row)))
            self._edge[level] = []
            if level + 1 == len(self._edge):
                self._edge.append([])
            self._edge[level + 1].append(root_of(row))
            level += 1
        return full

    def unfinished(self) -> list[Tile]:
        """The tiles that are begun and not full, from the entries upwards."""
        return [Tile(level=level, index=self.size >> TILE_HEIGHT * (level + 1), hashes=b"".join(row))
                for level, row in enumerate(self._edge) if row]

    def root(self) -> bytes:
        """The root over all entries."""
        below: list[bytes] = []
        for row in self._edge:
            hashes = row + below
            below = [root_of(hashes)] if hashes else []
        return below[0] if below else EMPTY_ROOT


def edges(size: int) -> list[tuple[int, int]]:
    """For each level of a tree of `size` entries: how many full tiles it has, and the width of the one begun (or 0).

    >>> edges(70_000)
    [(273, 112), (1, 17), (0, 1)]
    """
    found = []
    while True:
        found.append((size >> TILE_HEIGHT, size % TILE_WIDTH))
        size >>= TILE_HEIGHT
        if not size:
            return found
