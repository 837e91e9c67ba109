"""The time, as the steps of a campaign are told it: the computer's, or a rehearsal's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What says how late it is, and how to wait."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]


def real_clock() -> Clock:
    """The computer's clock."""
    return Clock(now=lambda: datetime.now(UTC), sleep=time.sleep)


def set_clock(start: datetime) -> Clock:
    """A clock that stands at `start` and moves on only when somebody waits: for rehearsals and tests."""
    hands = [start]

    def sleep(seconds: float) -> None:
        hands[0] += timedelta(seconds=seconds)

    return Clock(now=lambda: hands[0], sleep=sleep)
