"""Bytes to text, value by value: what is not UTF-8 is found without giving up on the rest."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.connectors.files.batch import Mask

PIECE = 1024
"""Values looked at together once a batch is known to hold a bad one."""


def decoded(values: pa.Array) -> tuple[pa.Array, Mask]:
    """The values (binary) as strings, null where they are not UTF-8, and where that is."""
    is_bad = np.zeros(len(values), np.bool_)
    whole = _text(values)
    if whole is not None:
        return whole, is_bad
    pieces = []
    for start in range(0, len(values), PIECE):
        piece = values.slice(start, PIECE)
        text = _text(piece)
        if text is None:
            read = [_one(value) for value in piece.to_pylist()]
            text = pa.array([one[0] for one in read], pa.string())
            is_bad[start:start + PIECE] = [one[1] for one in read]
        pieces.append(text)
    return pa.concat_arrays(pieces), is_bad


def _text(values: pa.Array) -> pa.Array | None:
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return None


def _one(value: bytes | None) -> tuple[str | None, bool]:
    try:
        return (None if value is None else value.decode("utf-8")), False
    except UnicodeDecodeError:
        return None, True
