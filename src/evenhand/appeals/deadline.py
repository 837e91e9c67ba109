"""Until when a person may appeal."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta

MONTHS = 6
"""DSA Article 20(1): at least six months, counted from the day on which the person is informed."""


def closes_at(delivered_at: datetime, *, window: timedelta = timedelta(0)) -> datetime:
    """The instant from which an appeal is too late: the end of the day six months after the statement was delivered.

    A platform's own `window` counts where it is longer. Days are those of `delivered_at`'s own time zone.

    >>> from datetime import UTC
    >>> closes_at(datetime(2026, 8, 31, 15, tzinfo=UTC)).isoformat()
    '2027-03-01T00:00:00+00:00'
    """
    months = delivered_at.month - 1 + MONTHS
    year, month = delivered_at.year + months // 12, months % 12 + 1
    day = min(delivered_at.day, monthrange(year, month)[1])
    last_day = max(delivered_at.replace(year=year, month=month, day=day), delivered_at + window)
    return last_day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
