"""Which format a file has, by its first bytes; its name is never believed."""

from __future__ import annotations

from enum import StrEnum

HEAD_BYTES = 1_024
"""So many bytes tell the format."""


class Format(StrEnum):
    """Formats of media files that can be read, by their registered media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    TIFF = "image/tiff"
    BMP = "image/bmp"
    AVIF = "image/avif"
    HEIC = "image/heic"
    SVG = "image/svg+xml"
    PDF = "application/pdf"
    MP4 = "video/mp4"
    QUICKTIME = "video/quicktime"
    WAV = "audio/wav"
    MP3 = "audio/mpeg"


PICTURES = frozenset({Format.JPEG, Format.PNG, Format.WEBP, Format.GIF, Format.TIFF, Format.BMP, Format.AVIF})
"""Formats that are decoded to pixels for a fingerprint."""

_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format.JPEG), (b"\x89PNG\r\n\x1a\n", Format.PNG), (b"GIF87a", Format.GIF), (b"GIF89a", Format.GIF),
    (b"II*\x00", Format.TIFF), (b"MM\x00*", Format.TIFF), (b"BM", Format.BMP), (b"%PDF-", Format.PDF), (b"ID3", Format.MP3),
    (b"\xff\xfb", Format.MP3), (b"\xff\xf3", Format.MP3))
_BRANDS = {b"avif": Format.AVIF, b"avis": Format.AVIF, b"heic": Format.HEIC, b"heix": Format.HEIC, b"mif1": Format.HEIC,
           b"qt  ": Format.QUICKTIME}
_RIFF = {b"WEBP": Format.WEBP, b"WAVE": Format.WAV}


def format_of(head: bytes) -> Format | None:
    r"""The format of a file that starts with `head`; None when it is none of those that can be read.

    >>> str(format_of(b"\x89PNG\r\n\x1a\n....")), format_of(b"#!/bin/sh")
    ('image/png', None)
    """
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], Format.MP4)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return Format.SVG if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in text else None
