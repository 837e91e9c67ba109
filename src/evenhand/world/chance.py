"""Chance without state: every value is a function of the seed, a field's name and a number, in any order and anywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Indices = NDArray[np.int64]

GOLDEN, FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
"""The constants of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators")."""
ID_MASK = np.uint64((1 << 60) - 1)
ID_START = np.uint64(10**18)
"""Ids have 19 digits, so that their order as texts is their order as numbers."""
HALF = np.uint64(32)
PER_CENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Draws for one seed."""

    seed: int

    def draw(self, field: str, numbers: Numbers | Indices) -> Numbers:
        """64 bits for each of the numbers: the same for the same seed, field and number."""
        mixed = numbers.astype(np.uint64)
        mixed *= GOLDEN
        mixed += self.constant(field)
        mixed ^= mixed >> np.uint64(30)
        mixed *= FIRST
        mixed ^= mixed >> np.uint64(27)
        mixed *= SECOND
        mixed ^= mixed >> np.uint64(31)
        return mixed

    def constant(self, field: str) -> np.uint64:
        """What makes one field's draws differ from another's."""
        said = f"{self.seed}/{field}".encode()
        return np.uint64(int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "little"))

    def ids(self, field: str, numbers: Numbers | Indices) -> Numbers:
        """An id for each number, different for different numbers below 2^60: each step can be undone."""
        x = (numbers.astype(np.uint64) + (self.constant(field) & ID_MASK)) & ID_MASK
        for shift, factor in ((29, 0xBF58476D1CE4E5B9), (32, 0x94D049BB133111EB), (31, 0x9E3779B97F4A7C15)):
            x ^= x >> np.uint64(shift)
            x = (x * np.uint64(factor)) & ID_MASK
        x ^= x >> np.uint64(30)
        ids: Numbers = x + ID_START
        return ids


def again(draws: Numbers, turn: int = 1) -> Numbers:
    """Other draws made from these: no bit of them stands where it stood."""
    mixed = (draws ^ np.uint64(turn)) * SECOND
    mixed ^= mixed >> np.uint64(29)
    mixed *= FIRST
    return mixed


def below(draws: Numbers, limits: Indices | int) -> Indices:
    """A number from 0 up to but without the limit, from the upper half of each draw; limits are below 2^31."""
    limit = np.uint64(limits) if isinstance(limits, int) else limits.astype(np.uint64)
    found: Indices = (((draws >> HALF) * limit) >> HALF).astype(np.int64)
    return found


def below_too(draws: Numbers, limits: Indices | int) -> Indices:
    """As `below`, from the lower half of each draw, so that one draw serves twice."""
    return below(draws << HALF, limits)


def happens(draws: Numbers, per_cent: Indices | int) -> NDArray[np.bool_]:
    """True for about `per_cent` of a hundred draws."""
    hit: NDArray[np.bool_] = below(draws, PER_CENT) < per_cent
    return hit
