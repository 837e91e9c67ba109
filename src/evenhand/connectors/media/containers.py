"""Where metadata stands in a file: Exif, XMP and text blocks, found by the container's own structure.

Pictures inside the picture (thumbnails, parts that were put together) have metadata of their own, so the common containers
are walked block by block. In others the XMP packet is found by its marks, which the XMP standard provides for that.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from evenhand.connectors.media.exif import XMP as XMP_TAG
from evenhand.connectors.media.exif import exif_values
from evenhand.connectors.media.formats import Format

MAX_BLOCK = 8_000_000
"""Bytes of one metadata block that are read; generators write some hundred kilobytes at most."""
MAX_SCANNED = 16_000_000
"""Bytes at either end of a file that are searched for an XMP packet."""
MAX_BLOCKS = 100_000
"""Blocks of a file that are walked over."""

_JPEG_MARKER, _JPEG_APP1, _JPEG_DATA = 0xFF, 0xE1, (0xD9, 0xDA)
"""Bytes that begin a segment, name the one for metadata, and say that only pixels follow."""
_SEGMENT_HEAD, _CHUNK_HEAD = 4, 8
"""Bytes before the contents of a JPEG segment, and of a PNG or RIFF chunk."""
_XAP = b"http://ns.adobe.com/xap/1.0/\0"
_PNG_XMP = "XML:com.adobe.xmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The metadata blocks of one file, not yet understood."""

    exif: bytes = b""
    """A TIFF structure."""
    xmp: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    """A PNG's text chunks by keyword; the first of each counts."""


def metadata(file: BinaryIO, kind: Format) -> Metadata:
    """The metadata blocks of an open file. Where the file is cut off or damaged, those before that place."""
    walk = {Format.JPEG: _jpeg, Format.PNG: _png, Format.WEBP: _webp, Format.TIFF: _tiff}.get(kind, _scanned)
    file.seek(0)
    return walk(file)


def _jpeg(file: BinaryIO) -> Metadata:
    exif, xmp = b"", ""
    file.seek(2)
    for _ in range(MAX_BLOCKS):
        head = file.read(_SEGMENT_HEAD)
        if len(head) < _SEGMENT_HEAD or head[0] != _JPEG_MARKER or head[1] in _JPEG_DATA:
            break
        [length] = struct.unpack(">H", head[2:4])
        if head[1] != _JPEG_APP1:
            file.seek(max(length - 2, 0), io.SEEK_CUR)
            continue
        block = file.read(max(length - 2, 0))
        if block.startswith(b"Exif\0\0") and not exif:
            exif = block[6:]
        elif block.startswith(_XAP) and not xmp:
            xmp = block[len(_XAP):].decode("utf-8", "replace")
    return Metadata(exif=exif, xmp=xmp)


def _png(file: BinaryIO) -> Metadata:
    texts: dict[str, str] = {}
    exif = b""
    file.seek(8)
    for _ in range(MAX_BLOCKS):
        head = file.read(_CHUNK_HEAD)
        if len(head) < _CHUNK_HEAD:
            break
        length, name = struct.unpack(">I4s", head)
        if name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf") and length <= MAX_BLOCK:
            block = file.read(length)
            if name == b"eXIf":
                exif = exif or block
            else:
                keyword, text = _png_text(name, block)
                texts.setdefault(keyword, text)
            file.seek(4, io.SEEK_CUR)
        else:
            file.seek(length + 4, io.SEEK_CUR)
    return Metadata(exif=exif, xmp=texts.pop(_PNG_XMP, ""), texts=texts)


def _png_text(name: bytes, block: bytes) -> tuple[str, str]:
    """The keyword and text of a text chunk; the text is empty when it cannot be unpacked."""
    keyword, _, rest = block.partition(b"\0")
    encoding, is_packed = "latin-1", name == b"zTXt"
    if is_packed:
        rest = rest[1:]
    elif name == b"iTXt":
        encoding, is_packed = "utf-8", rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    if is_packed:
        rest = unpacked(rest)
    return keyword.decode("latin-1"), rest.decode(encoding, "replace")


def unpacked(data: bytes, *, is_gzip: bool = False) -> bytes:
    """What packed bytes hold, at most `MAX_BLOCK` of it; nothing when they are damaged."""
    try:
        return zlib.decompressobj(31 if is_gzip else 15).decompress(data, MAX_BLOCK)
    except zlib.error:
        return b""


def _webp(file: BinaryIO) -> Metadata:
    exif, xmp = b"", ""
    file.seek(12)
    for _ in range(MAX_BLOCKS):
        head = file.read(_CHUNK_HEAD)
        if len(head) < _CHUNK_HEAD:
            break
        name, length = struct.unpack("<4sI", head)
        if name in (b"EXIF", b"XMP ") and length <= MAX_BLOCK:
            block = file.read(length)
            if name == b"EXIF":
                exif = exif or block.removeprefix(b"Exif\0\0")
            else:
                xmp = xmp or block.decode("utf-8", "replace")
            file.seek(length % 2, io.SEEK_CUR)
        else:
            file.seek(length + length % 2, io.SEEK_CUR)
    return Metadata(exif=exif, xmp=xmp)


def _tiff(file: BinaryIO) -> Metadata:
    data = file.read(MAX_SCANNED)
    return Metadata(exif=data, xmp=exif_values(data).get(XMP_TAG, b"").decode("utf-8", "replace"))


def _scanned(file: BinaryIO) -> Metadata:
    return Metadata(xmp=next((packet for end in _ends(file) for packet in _packets(end)), ""))


def _ends(file: BinaryIO) -> Iterator[bytes]:
    """The first and, of a longer file, the last bytes."""
    yield file.read(MAX_SCANNED)
    size = file.seek(0, io.SEEK_END)
    if size > MAX_SCANNED:
        file.seek(max(MAX_SCANNED, size - MAX_SCANNED))
        yield file.read(MAX_SCANNED)


def _packets(data: bytes) -> Iterator[str]:
    begin = data.find(b"<x:xmpmeta")
    while begin >= 0:
        end = data.find(b"</x:xmpmeta>", begin)
        if 0 <= end - begin <= MAX_BLOCK:
            yield data[begin:end].decode("utf-8", "replace")
        begin = data.find(b"<x:xmpmeta", begin + 10)
