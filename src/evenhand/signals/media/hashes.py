"""PDQ hashes as numbers: read from and written as 64 hexadecimal digits, compared by the bits in which they differ.

A hash is a row of four unsigned 64-bit numbers, the highest bits first. Mirroring or turning a picture flips the sign of some
frequencies and swaps rows with columns, so that the hash of the mirrored picture follows from the hash alone, but for the
few bits whose frequency lies next to the median.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

HASH_BITS, WORDS, SIDE = 256, 4, 16
HEX_DIGITS = 64
SAME_PICTURE = 31
"""Two hashes that differ in at most so many of 256 bits are of the same picture (the paper's recommended threshold)."""
MIN_QUALITY = 50
"""Hashes of a lower quality are of plain surfaces and are not compared (the paper's recommended threshold)."""

Hashes = NDArray[np.uint64]
"""One row of four numbers per hash."""
TRANSFORMS = ("as it is", "turned left", "upside down", "turned right", "mirrored", "flipped", "mirrored and turned left",
              "mirrored and turned right")
"""The eight ways to lay a picture down, in the order of `all_transforms`."""


def from_text(texts: pa.Array) -> tuple[Hashes, NDArray[np.int64]]:
    """The hashes among `texts` and the row of each; what is not 64 hexadecimal digits is left out.

    >>> hashes, rows = from_text(pa.array(["f" * 64, None, "short", "0" * 63 + "1"]))
    >>> rows.tolist(), hashes[1].tolist()
    ([0, 3], [0, 0, 0, 1])
    """
    right = pc.fill_null(pc.match_substring_regex(texts.cast(pa.string()), f"^[0-9a-fA-F]{{{HEX_DIGITS}}}$"), False)
    rows = np.flatnonzero(right.to_numpy(zero_copy_only=False))
    kept = texts.filter(right).cast(pa.large_string())
    digits = kept.buffers()[2].to_pybytes()[:HEX_DIGITS * len(kept)] if len(kept) else b""
    raw = bytes.fromhex(digits.decode("ascii"))
    return np.frombuffer(raw, ">u8").astype(np.uint64).reshape(-1, WORDS), rows


def to_text(words: NDArray[np.uint64]) -> str:
    """A hash as 64 hexadecimal digits."""
    return words.astype(">u8").tobytes().hex()


def distinct(hashes: Hashes) -> tuple[Hashes, NDArray[np.int64]]:
    """The different hashes, and for each row its place among them."""
    whole = np.ascontiguousarray(hashes).view([(str(word), np.uint64) for word in range(WORDS)]).ravel()
    different, place = np.unique(whole, return_inverse=True)
    return different.view(np.uint64).reshape(-1, WORDS), place.astype(np.int64)


def distances(left: Hashes, right: Hashes) -> NDArray[np.int64]:
    """In how many bits the hashes of the two sides differ, pair by pair.

    >>> distances(np.array([[0, 0, 0, 7]], np.uint64), np.array([[0, 0, 0, 1]], np.uint64)).tolist()
    [2]
    """
    differing: NDArray[np.int64] = np.bitwise_count(left ^ right).sum(axis=1, dtype=np.int64)
    return differing


def all_transforms(hashes: Hashes) -> NDArray[np.uint64]:
    """The hashes that the mirrored and turned versions of the pictures have: rows × 8 × 4, in the order of `TRANSFORMS`."""
    grid = _grid(hashes)
    turned = np.swapaxes(grid, 1, 2)
    even_rows, even_columns = _flips()
    both = even_rows ^ even_columns
    variants = (grid, turned ^ even_rows, grid ^ both, turned ^ even_columns, grid ^ even_columns, grid ^ even_rows,
                turned, turned ^ both)
    return np.stack([_ungrid(variant) for variant in variants], axis=1)


def _flips() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which bits change when the picture is turned upside down along its rows, or mirrored along its columns.

    The cosine of frequency k is odd about the middle for odd k. Frequencies count from 1, places from 0.
    """
    is_odd = np.arange(SIDE) % 2 == 0
    return np.repeat(is_odd[:, None], SIDE, axis=1), np.repeat(is_odd[None, :], SIDE, axis=0)


def _grid(hashes: Hashes) -> NDArray[np.bool_]:
    """The bits as rows × 16 × 16 frequencies."""
    raw = hashes.astype(">u8").view(np.uint8).reshape(-1, HASH_BITS // 8)
    bits: NDArray[np.bool_] = np.unpackbits(raw, axis=1).reshape(-1, SIDE, SIDE)[:, ::-1, ::-1].astype(np.bool_)
    return bits


def _ungrid(grid: NDArray[np.bool_]) -> Hashes:
    packed = np.packbits(grid[:, ::-1, ::-1].reshape(-1, HASH_BITS), axis=1)
    return packed.view(">u8").astype(np.uint64).reshape(-1, WORDS)
