"""Where tiles and entries stand in a published ledger (C2SP tlog-tiles), and how entries are bundled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evenhand.ledger.tree import TILE_WIDTH

LENGTH_BYTES = 2
"""Before each entry of a bundle, big-endian."""
LONGEST_ENTRY = 2 ** (8 * LENGTH_BYTES) - 1
"""Bytes."""


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Where a tile stands below the ledger's folder.

    >>> tile_path(0, 1234067), tile_path(1, 1, 17)
    ('tile/0/x001/x234/067', 'tile/1/001.p/17')
    """
    return f"tile/{level}/{_numbered(index, width)}"


def bundle_path(index: int, width: int = TILE_WIDTH) -> str:
    """Where a bundle of up to 256 entries stands.

    >>> bundle_path(273, 112)
    'tile/entries/273.p/112'
    """
    return f"tile/entries/{_numbered(index, width)}"


def _numbered(index: int, width: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start:start + 3] for start in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return name if width == TILE_WIDTH else f"{name}.p/{width}"


def refuse_longer(entry: bytes) -> None:
    """Raise `ValueError` when an entry is too long for a bundle."""
    if len(entry) > LONGEST_ENTRY:
        raise ValueError(f"it has {len(entry):,} bytes as an entry, more than {LONGEST_ENTRY:,}: keep long values elsewhere, "
                         "and put their digest into the event")


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries, none of them longer than 65,535 bytes, as one file: each after its length."""
    return b"".join([part for entry in entries for part in (len(entry).to_bytes(LENGTH_BYTES, "big"), entry)])


def entries_in(bundled: bytes) -> Iterator[bytes]:
    """The entries of a bundle.

    Raises:
        ValueError: the file ends within an entry.

    >>> list(entries_in(bundle([b"one", b""])))
    [b'one', b'']
    """
    place = 0
    while place < len(bundled):
        start = place + LENGTH_BYTES
        place = start + int.from_bytes(bundled[place:start], "big")
        if start > len(bundled) or place > len(bundled):
            raise ValueError("the bundle ends within an entry")
        yield bundled[start:place]
