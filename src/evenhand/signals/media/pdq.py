"""PDQ: a 256-bit fingerprint of how a picture looks, and the fingerprints of its mirrored and turned versions.

The published algorithm (Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019): luminance,
two passes of a box blur, 64 × 64 samples, the 16 × 16 lowest frequencies of a discrete cosine transform, and one bit for
each that lies above their median. Two pictures that look alike differ in few bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.media.hashes import HASH_BITS, WORDS

SAMPLES, FREQUENCIES = 64, 16
BLUR_PASSES = 2
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue, as in the paper (ITU-R BT.601)."""
MAX_QUALITY = 100
QUALITY_SCALE = 90
"""Divides the sum of gradients; the paper's own choice."""

Plane = NDArray[np.float32]
Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A picture's PDQ hash and how much there was to go by."""

    words: NDArray[np.uint64]
    """256 bits as four numbers, the highest first, as in the usual hexadecimal writing."""
    quality: int
    """0–100: the gradients in the picture. Below 50 a hash is of a plain surface and says little."""


def luminance(rgb: NDArray[np.uint8]) -> Plane:
    """The luminance (0–255) of a picture given as rows × columns × 3 colours, or as rows × columns of grey."""
    if rgb.ndim == 2:
        return rgb.astype(np.float32)
    plane: Plane = rgb[..., 0] * LUMINANCE[0]
    plane += rgb[..., 1] * LUMINANCE[1]
    plane += rgb[..., 2] * LUMINANCE[2]
    return plane


def fingerprint(plane: Plane) -> Fingerprint:
    """The fingerprint of a luminance plane. Raises `ValueError` for a plane without pixels.

    >>> stripes = np.tile(np.arange(64, dtype=np.float32) % 8 * 32, (64, 1))
    >>> fingerprint(stripes).quality
    100
    >>> fingerprint(np.zeros((64, 64), np.float32)).quality
    0
    """
    if plane.ndim != 2 or not plane.size:
        raise ValueError("a picture has rows and columns of luminance")
    small = _sampled(_blurred(plane))
    frequencies = (_COSINES @ small @ _COSINES.T).astype(np.float32)
    return Fingerprint(words=_packed(_above_median(frequencies)), quality=_quality(small))


def _blurred(plane: Plane) -> Plane:
    """The plane after two passes of a box blur along rows and columns; windows are cut off at the border."""
    height, width = plane.shape
    for _ in range(BLUR_PASSES):
        plane = _box(plane, _window(width))
        plane = _box(plane.T, _window(height)).T
    return plane


def _window(length: int) -> int:
    """The width of the box for a side of `length` pixels: half the distance between two samples, rounded up."""
    return (length + 2 * SAMPLES - 1) // (2 * SAMPLES)


def _box(plane: Plane, window: int) -> Plane:
    """The mean of a window around each place along the rows: `half` places on, and the rest of the window back."""
    length = plane.shape[1]
    half = (window + 2) // 2
    sums = np.empty((plane.shape[0], length + 1), np.float64)
    sums[:, 0] = 0
    np.cumsum(plane, axis=1, out=sums[:, 1:])
    places = np.arange(length)
    last = np.minimum(places + half, length)
    first = np.maximum(places + half - window, 0)
    mean: Plane = ((sums[:, last] - sums[:, first]) / (last - first)).astype(np.float32)
    return mean


def _sampled(plane: Plane) -> Plane:
    """64 × 64 samples, each from the middle of its cell."""
    rows, columns = (((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(np.int64) for length in plane.shape)
    samples: Plane = plane[np.ix_(rows, columns)]
    return samples


def _quality(small: NDArray[np.float32]) -> int:
    """The sum of whole percents by which neighbouring samples differ, scaled to 0–100."""
    percent = [np.abs(np.diff(small, axis=axis) * 100 / 255).astype(np.int64).sum() for axis in (0, 1)]
    return min(MAX_QUALITY, int(sum(percent)) // QUALITY_SCALE)


def _cosines() -> Plane:
    frequency = np.arange(1, FREQUENCIES + 1)[:, None]
    place = 2 * np.arange(SAMPLES)[None, :] + 1
    cosines: Plane = (np.sqrt(2 / SAMPLES) * np.cos(np.pi / (2 * SAMPLES) * frequency * place)).astype(np.float32)
    return cosines


_COSINES = _cosines()


def _above_median(frequencies: NDArray[np.float32]) -> Bits:
    """One bit per frequency: above the lower median of all."""
    median = np.partition(frequencies, HASH_BITS // 2 - 1, axis=None)[HASH_BITS // 2 - 1]
    above: Bits = frequencies > median
    return above


def _packed(bits: Bits) -> NDArray[np.uint64]:
    """Rows × columns of bits as four numbers: the last row and the last column are the highest bits."""
    return np.packbits(bits[::-1, ::-1]).view(">u8").astype(np.uint64)[:WORDS]
