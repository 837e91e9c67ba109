"""The words of a handle: `NotTheFBI_parody2` is “Not The FBI parody 2”."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.signals.words.folded import Folded


def handle_words(handles: pa.Array) -> pa.Array:
    """Each handle with spaces where its words part: at separators, at capitals, between letters and digits.

    >>> handle_words(pa.array(["NotTheFBI", "fbi_parody", "@ann2024"])).to_pylist()
    ['Not The FBI', 'fbi parody', ' ann 2024']
    """
    if not len(handles):
        return pa.array([], pa.string())
    texts = Folded.of(handles.cast(pa.large_string()).fill_null(""))
    data = texts.data.copy()
    separator = np.isin(data, np.frombuffer(b"_.-@~:/", np.uint8))
    data[separator] = 32
    upper, lower = (data >= 65) & (data <= 90), (data >= 97) & (data <= 122)
    digit = (data >= 48) & (data <= 57)
    letter = upper | lower | (data >= 0x80)
    parts = np.zeros(len(data), np.bool_)
    parts[1:] = (lower[:-1] & upper[1:]) | (digit[:-1] & letter[1:]) | (letter[:-1] & digit[1:])
    first = np.zeros(len(data), np.bool_)
    first[texts.starts[texts.starts < len(data)]] = True
    parts[1:-1] |= upper[:-2] & upper[1:-1] & lower[2:] & ~first[2:]
    parts[first] = False
    return _with_spaces(Folded(data=data, offsets=texts.offsets), parts)


def _with_spaces(texts: Folded, parts: np.typing.NDArray[np.bool_]) -> pa.Array:
    """The texts with a space put before each flagged byte."""
    added = np.concatenate(([0], np.cumsum(parts)))
    data = np.full(len(texts.data) + int(added[-1]), 32, np.uint8)
    data[np.arange(len(texts.data)) + added[1:]] = texts.data
    return Folded(data=data, offsets=texts.offsets + added[texts.offsets]).texts()
