"""The few Exif values that name a generator, read from a TIFF structure with every offset checked."""

from __future__ import annotations

import struct
from collections.abc import Iterator

DESCRIPTION, SOFTWARE, XMP, EXIF_FOLDER, USER_COMMENT = 0x010E, 0x0131, 0x02BC, 0x8769, 0x9286
"""Tags of the TIFF 6.0 and Exif 3.0 standards."""

_WORD, _HEAD, _ENTRY = 4, 8, 12
"""Bytes of an offset, of the header, and of one entry of a folder."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
_MAX_ENTRIES, _MAX_VALUE = 1_000, 4_000_000
"""More than any camera writes; a file that claims more is damaged, and the rest is not read."""
_CHARSETS = {b"ASCII\0\0\0": "latin-1", b"JIS\0\0\0\0\0": "iso2022_jp", b"UNICODE\0": "utf-16"}


def exif_values(data: bytes) -> dict[int, bytes]:
    """The raw values of the tags above, by tag. What is damaged or points outside `data` is left out."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < _HEAD:
        return {}
    found: dict[int, bytes] = {}
    [first] = struct.unpack(order + "I", data[_WORD:_HEAD])
    for tag, value in _entries(data, first, order):
        if tag == EXIF_FOLDER and len(value) >= _WORD:
            [inner] = struct.unpack(order + "I", value[:_WORD])
            found |= {t: v for t, v in _entries(data, inner, order) if t == USER_COMMENT}
        elif tag in (DESCRIPTION, SOFTWARE, XMP):
            found[tag] = value
    return found


def _entries(data: bytes, offset: int, order: str) -> Iterator[tuple[int, bytes]]:
    if offset + 2 > len(data):
        return
    [n_entries] = struct.unpack(order + "H", data[offset:offset + 2])
    for nth in range(min(n_entries, _MAX_ENTRIES)):
        start = offset + 2 + _ENTRY * nth
        if start + _ENTRY > len(data):
            return
        tag, kind, count = struct.unpack(order + "HHI", data[start:start + 8])
        size = _SIZES.get(kind, 0) * count
        [place] = struct.unpack(order + "I", data[start + 8:start + _ENTRY])
        begin = start + 8 if size <= _WORD else place
        if 0 < size <= _MAX_VALUE and begin + size <= len(data):
            yield tag, data[begin:begin + size]


def text_of(value: bytes) -> str:
    """A plain text value."""
    return value.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def comment_of(value: bytes, *, big_endian: bool) -> str:
    """A `UserComment`: its first eight bytes name its character set."""
    charset = _CHARSETS.get(value[:8])
    if charset is None:
        return value.lstrip(b"\0").decode("utf-8", "replace").strip("\0 ")
    if charset == "utf-16":
        charset = "utf-16-be" if big_endian else "utf-16-le"
    return value[8:].decode(charset, "replace").strip("\0 ")
