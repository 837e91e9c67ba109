"""Words that may be addresses: the pieces of texts between what an address cannot hold. Array arithmetic only."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.signals.words.folded import Bytes, Flags, Folded, Places

MARK = "\ue000"
"""Stands behind a dot or a scheme that was written so that it cannot be clicked."""
_MARK_BYTES = MARK.encode()
_BREAKS = ("\t\n\f\r <>\"'`{}|\\^\u00ab\u00bb" + "".join(map(chr, range(0x2018, 0x2020))) + "\u3000\u3001"
           + "".join(map(chr, range(0x3003, 0x3021))) + "\uff08\uff09\uff0c\uff1a\uff1b\uff01\uff1f\uff1e\uff1c")
"""What an address cannot hold, or what people put around it."""
_WIDE = [character.encode() for character in _BREAKS if ord(character) >= 0x80]
_IS_BREAK = np.isin(np.arange(256), [ord(character) for character in _BREAKS if ord(character) < 0x80])
_OPENS_WIDE = np.isin(np.arange(256), [wide[0] for wide in _WIDE])
_IS_LETTER = np.array([byte >= 0x80 or chr(byte).isalnum() for byte in range(256)])
"""Bytes of letters, digits and whatever is not ASCII."""


def address_words(texts: pa.Array) -> tuple[Places, pa.Array]:
    """The pieces of large strings that hold `://`, or a dot between letters, each with the row that it stands in.

    >>> row, words = address_words(pa.array(["see a.example, or “http://b.example/x”", "no one. here"], pa.large_string()))
    >>> row.tolist(), words.to_pylist()
    ([0, 0], ['a.example,', 'http://b.example/x'])
    """
    folded = Folded.of(texts)
    is_break = _breaks(folded.data)
    signs = _signs(folded, is_break)
    if not len(signs):
        return np.zeros(0, np.int64), pa.array([], pa.string())
    row = np.searchsorted(folded.ends, signs, side="right")
    breaks = np.flatnonzero(is_break)
    after = np.searchsorted(breaks, signs)
    start = np.maximum(np.concatenate(([-1], breaks))[after] + 1, folded.starts[row])
    end = np.minimum(np.append(breaks, len(folded.data))[after], folded.ends[row])
    first = np.flatnonzero(np.concatenate(([True], start[1:] != start[:-1])))
    return row[first], folded.cut(start[first], end[first]).texts()


def _breaks(data: Bytes) -> Flags:
    """Which bytes are of a character that parts words."""
    found: Flags = _IS_BREAK[data]
    leads = np.flatnonzero(_OPENS_WIDE[data])
    for wide in _WIDE if len(leads) else ():
        here = leads[leads <= len(data) - len(wide)]
        for nth, byte in enumerate(wide):
            here = here[data[here + nth] == byte]
        for nth in range(len(wide)):
            found[here + nth] = True
    return found


def _signs(folded: Folded, is_break: Flags) -> Places:
    """Where `://` stands, and where a dot, with or without a mark behind it, stands between letters; in order."""
    data = folded.data
    colons, dots = np.flatnonzero(data == ord(":")), np.flatnonzero(data == ord("."))
    colons = colons[colons < len(data) - 2]
    colons = colons[(data[colons + 1] == ord("/")) & (data[colons + 2] == ord("/"))]
    after = dots + 1
    marked = np.flatnonzero(after < len(data) - len(_MARK_BYTES))
    for nth, byte in enumerate(_MARK_BYTES):
        marked = marked[data[after[marked] + nth] == byte]
    after[marked] += len(_MARK_BYTES)
    row = np.searchsorted(folded.ends, dots, side="right")
    inside = np.flatnonzero((dots > folded.starts[row]) & (after < folded.ends[row]))
    before, after = dots[inside] - 1, after[inside]
    is_between = _IS_LETTER[data[before]] & ~is_break[before] & _IS_LETTER[data[after]] & ~is_break[after]
    return np.sort(np.concatenate((colons, dots[inside[is_between]])))
