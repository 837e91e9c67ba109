"""Chance that anybody can repeat: numbers from a published seed, the same on every machine."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


def generator(seed: str, *, purpose: str) -> np.random.Generator:
    """The random numbers of a published seed for one purpose; two purposes share none.

    >>> int(generator("2026-11-01", purpose="example").integers(100)) == int(
    ...     generator("2026-11-01", purpose="example").integers(100))
    True
    """
    words = np.frombuffer(hashlib.sha256(f"{purpose}:{seed}".encode()).digest(), np.uint32)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([int(word) for word in words])))


def shares(seed: str, positions: NDArray[np.int64], *, purpose: str) -> NDArray[np.float64]:
    """One number in [0, 1) for each position, whatever else is asked for: SplitMix64 (Steele, Lea, Flood 2014).

    >>> float(shares("s", np.array([5]), purpose="x")[0]) == float(shares("s", np.array([4, 5]), purpose="x")[1])
    True
    """
    start = np.frombuffer(hashlib.sha256(f"{purpose}:{seed}".encode()).digest()[:8], np.uint64)[0]
    words = positions.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    words = words ^ (words >> np.uint64(31))
    return np.asarray((words >> np.uint64(11)).astype(np.float64) * 2.0**-53)
