"""Addresses in texts, blanked out: an address says nothing of what a text claims. Array arithmetic only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evenhand.signals.words.folded import Bytes, Folded, Places

_BLANK = 0x20
_IS_WHITE = np.isin(np.arange(256), (0x09, 0x0A, 0x0C, 0x0D, _BLANK))
"""For each byte whether an address ends before it."""
_SCHEMES = (b"https", b"http")


def without_addresses(texts: pa.Array) -> pa.Array:
    """The large strings, none of them null, with blanks in place of each web address; every byte else stays in its place.

    >>> without_addresses(pa.array(["see HTTPS://a.example/x now", "www.b.example"], pa.large_string())).to_pylist()
    ['see                     now', '             ']
    """
    folded = Folded.of(texts)
    starts = _starts(folded.data)
    if not len(starts):
        return texts
    data = folded.data.copy()
    ends = _ends(folded, starts)
    lengths = ends - starts
    data[np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)] = _BLANK
    return pa.Array.from_buffers(pa.large_string(), len(folded),
                                 [None, pa.py_buffer(np.ascontiguousarray(folded.offsets)), pa.py_buffer(data)])


def _starts(data: Bytes) -> Places:
    """Where `http://`, `https://`, `www.` or `pic.twitter.com/` begins."""
    colons, dots = np.flatnonzero(data == ord(":")), np.flatnonzero(data == ord("."))
    colons = colons[_reads(data, colons, b"://")]
    found = [colons[_reads(data, colons - len(scheme), scheme)] - len(scheme) for scheme in _SCHEMES]
    dots = dots[dots >= 3] - 3
    return np.concatenate([*found, *(dots[_reads(data, dots, opening)] for opening in (b"www.", b"pic.twitter.com/"))])


def _reads(data: Bytes, places: Places, word: bytes) -> npt.NDArray[np.bool_]:
    """At which places `word` stands, in whatever case."""
    reads = (places >= 0) & (places <= len(data) - len(word))
    for nth, letter in enumerate(word):
        here = np.flatnonzero(reads)
        own = data[places[here] + nth]
        reads[here] = (own | _BLANK if chr(letter).isalpha() else own) == letter
    return reads


def _ends(folded: Folded, starts: Places) -> Places:
    """The next white space after each start, or the end of its text."""
    row = np.searchsorted(folded.ends, starts, side="right")
    rest = folded.cut(starts, folded.ends[row])
    white = np.flatnonzero(_IS_WHITE[rest.data])
    place = np.append(white, len(rest.data))[np.searchsorted(white, rest.starts)]
    ends: Places = starts + np.minimum(place, rest.ends) - rest.starts
    return ends
