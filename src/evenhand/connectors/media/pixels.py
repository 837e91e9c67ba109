"""A picture's pixels: its PDQ fingerprint, and the settings that some generators hide in the lowest bits.

Reading needs the optional extra `media`. Only the first frame is decoded, and never more than `MAX_PIXELS`.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from evenhand.connectors.media.containers import MAX_BLOCK, unpacked
from evenhand.connectors.media.formats import Format
from evenhand.signals.media.pdq import Fingerprint, fingerprint, luminance

MAX_PIXELS = 100_000_000
"""Larger pictures are reported, not decoded: 100 megapixels take 400 MB. No phone makes larger ones."""
HASHED_SIDE = 512
"""Pictures are shrunk to this many pixels on the longer side before hashing, as the reference implementation does."""

_DECODERS = {Format.JPEG: "JPEG", Format.PNG: "PNG", Format.WEBP: "WEBP", Format.GIF: "GIF", Format.TIFF: "TIFF",
             Format.BMP: "BMP", Format.AVIF: "AVIF"}
_SIGNATURES = {b"stealth_pnginfo": False, b"stealth_pngcomp": True, b"stealth_rgbinfo": False, b"stealth_rgbcomp": True}
"""The marks before hidden settings, and whether these are packed."""
_SIGNED, _COUNT = 15, 4
"""Bytes of the mark and of the length that follows it."""
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def opened(file: BinaryIO, kind: Format) -> Image.Image:
    """The picture in an open file, not yet decoded.

    Raises `ValueError` when it is damaged or has more than `MAX_PIXELS`.
    """
    file.seek(0)
    with _decoding():
        picture = Image.open(file, formats=[_DECODERS[kind]])
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError(_too_many(f"{picture.width} × {picture.height}"))
    return picture


@contextmanager
def _decoding() -> Iterator[None]:
    """Within it, whatever a decoder raises over a damaged picture is a `ValueError` in words, and it warns of nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise ValueError(_too_many(error)) from error
    except (OSError, SyntaxError, ValueError, OverflowError, EOFError, IndexError, KeyError, struct.error) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _too_many(what: object) -> str:
    return f"more than {MAX_PIXELS:,} pixels: {what}"


def looked_at(picture: Image.Image) -> Fingerprint:
    """The picture's fingerprint; what is transparent counts as white, as most pages show it.

    Raises `ValueError` when the picture is damaged or cut off.
    """
    with _decoding():
        picture.thumbnail((HASHED_SIDE, HASHED_SIDE))
        return fingerprint(luminance(_colours(picture)))


def _colours(picture: Image.Image) -> NDArray[np.uint8]:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture.convert("RGBA"))
        picture = white
    return np.asarray(picture.convert("RGB"))


def hidden_text(picture: Image.Image) -> str:
    """Settings hidden in the lowest bits of the transparency, or of the colours, column by column; nothing is usual.

    Raises `ValueError` when the picture is damaged.

    >>> hidden_text(Image.new("RGBA", (64, 64)))
    ''
    """
    if picture.mode not in ("RGB", "RGBA") or picture.width * picture.height < 8 * (_SIGNED + _COUNT):
        return ""
    with _decoding():
        pixels = np.asarray(picture)
    planes = [pixels[..., :3]] if picture.mode == "RGB" else [pixels[..., 3:], pixels[..., :3]]
    return next((text for plane in planes if (text := _hidden(plane))), "")


def _hidden(plane: NDArray[np.uint8]) -> str:
    """The text in the lowest bits of rows × columns × channels, read column by column."""
    height, _, n_channels = plane.shape
    enough = -(-8 * (_SIGNED + _COUNT) // (height * n_channels))
    head = _lowest(plane[:, :enough])
    is_packed = _SIGNATURES.get(head[:_SIGNED])
    if is_packed is None:
        return ""
    [n_bits] = struct.unpack(">I", head[_SIGNED:_SIGNED + _COUNT])
    n_bytes = min(n_bits // 8, MAX_BLOCK)
    enough = -(-8 * (_SIGNED + _COUNT + n_bytes) // (height * n_channels))
    data = _lowest(plane[:, :enough])[_SIGNED + _COUNT:_SIGNED + _COUNT + n_bytes]
    return (unpacked(data, is_gzip=True) if is_packed else data).decode("utf-8", "replace")


def _lowest(columns: NDArray[np.uint8]) -> bytes:
    return np.packbits(np.swapaxes(columns, 0, 1).ravel() & 1).tobytes()
