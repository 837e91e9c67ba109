"""When an order is tried again: exponential backoff with jitter, drawn from the seed and the order's key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

_FULL = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How patient a worker is. The jitter is "full": evenly between nothing and the backoff (Brooker, 2015)."""

    seed: int = 0
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)
    max_failures: int = 8
    """After so many failures an order has failed for good."""
    poll: timedelta = timedelta(seconds=30)
    """How long to wait before an accepted order is asked about again."""

    def delay(self, key: str, *, failures: int, asked: float | None = None) -> timedelta:
        """How long to wait after the failure with that number, counted from 1; at least `asked` seconds.

        >>> Retry().delay("a/1", failures=1) == Retry().delay("a/1", failures=1) <= timedelta(seconds=1)
        True
        >>> Retry().delay("a/1", failures=3, asked=60) >= timedelta(seconds=60)
        True
        """
        backoff = min(self.longest, self.first * float(2 ** min(failures - 1, 32)))
        drawn = hashlib.blake2b(f"{self.seed}/{key}/{failures}".encode(), digest_size=8).digest()
        jittered = backoff * (int.from_bytes(drawn, "big") / _FULL)
        return jittered if asked is None else timedelta(seconds=asked) + jittered

    def gives_up(self, failures: int) -> bool:
        """True when an order with so many failures is not tried again."""
        return failures >= self.max_failures
