"""How fast orders may go out: a token bucket, told the time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """At most `per_second` orders on average, and at most `burst` at once; no limit when `per_second` is None."""

    per_second: float | None
    burst: int
    in_hand: float = 0.0
    """Orders that may go at `since` without waiting."""
    since: datetime | None = None

    def spend(self, n: int, *, at: datetime) -> tuple[Pace, timedelta]:
        """The pace after `n` more orders, and how long to wait before they go.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> pace, wait = Pace(per_second=10, burst=10).spend(10, at=noon)
        >>> wait.total_seconds()
        0.0
        >>> pace.spend(5, at=noon)[1].total_seconds()
        0.5
        """
        if self.per_second is None:
            return self, timedelta(0)
        since = self.since if self.since is not None else at
        filled = self.burst if self.since is None else self.in_hand + (at - since).total_seconds() * self.per_second
        left = min(float(self.burst), filled) - n
        return replace(self, in_hand=left, since=max(at, since)), timedelta(seconds=max(0.0, -left / self.per_second))
