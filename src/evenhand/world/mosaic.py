"""Texts laid from pieces: every text is a row of numbers of pieces, and one gather lays all rows at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Pieces = NDArray[np.int32]
"""One row per text; each number names a piece of the pool. Piece 0 is empty."""


def lay(pool: pa.StringArray, pieces: Pieces) -> pa.StringArray:
    """The texts of the rows; null where a row has no letter in it.

    Pieces gathered in order stand in memory one after the other, so a text is where its first piece begins.

    >>> lay(pa.array(["", "a", "b"]), np.array([[1, 2], [0, 0], [2, 0]], np.int32)).to_pylist()
    ['ab', None, 'b']
    """
    n_rows, width = pieces.shape
    if not n_rows:
        return pa.array([], pa.string())
    laid = pool.take(pa.array(pieces.reshape(-1)))
    starts = np.frombuffer(laid.buffers()[1], np.int32, count=n_rows * width + 1)[::width]
    offsets = np.ascontiguousarray(starts)
    return without_empty(pa.StringArray.from_buffers(n_rows, pa.py_buffer(offsets), laid.buffers()[2]))


def without_empty(texts: pa.StringArray) -> pa.StringArray:
    """The same texts, null where they are empty: a snapshot knows no empty text."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32, count=len(texts) + 1)
    is_there = np.diff(offsets) > 0
    if is_there.all():
        return texts
    return pa.StringArray.from_buffers(len(texts), texts.buffers()[1], texts.buffers()[2], packed(is_there),
                                       int(len(texts) - is_there.sum()))


def packed(is_there: NDArray[np.bool_]) -> pa.Buffer:
    """A validity bitmap."""
    return pa.py_buffer(np.packbits(is_there, bitorder="little"))


def filled(texts: pa.StringArray) -> pa.StringArray:
    """The same texts, empty where they are null."""
    return pc.fill_null(texts, "")


def singles(texts: pa.StringArray) -> pa.ListArray:
    """A list of one text for each text; null for a null text."""
    is_there = np.asarray(pc.is_valid(texts).to_numpy(zero_copy_only=False))
    ends = np.zeros(len(texts) + 1, np.int32)
    np.cumsum(is_there, out=ends[1:])
    return pa.ListArray.from_arrays(pa.array(ends), texts.drop_null(), mask=pa.array(~is_there))


def merged(parts: Sequence[tuple[NDArray[np.int64], pa.StringArray]], n_rows: int) -> pa.StringArray:
    """Texts put together from parts that each hold some rows; rows that no part holds are null."""
    kept = [(rows, texts) for rows, texts in parts if len(rows)]
    order = np.full(n_rows, -1, np.int64)
    start = 0
    for rows, texts in kept:
        order[rows] = np.arange(start, start + len(texts))
        start += len(texts)
    if not kept:
        return pa.nulls(n_rows, pa.string())
    whole = pa.concat_arrays([texts for _, texts in kept])
    return whole.take(pa.array(order, mask=order < 0))
