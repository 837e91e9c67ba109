"""Dates, times and lengths of time written in a condition."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from evenhand.policy.nearest import nearest

UNITS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1),
         "day": timedelta(days=1), "week": timedelta(weeks=1)}
"""Units of a fixed length."""
_VARYING = {"month": "30 days", "quarter": "91 days", "year": "365 days", "decade": "3650 days"}
MAX_SPAN = timedelta(days=36_500)
FIRST_YEAR, LAST_YEAR = 1990, 2200
"""No platform is older; a later year is a mistake in typing."""

Wrong = tuple[str, str]
"""What is wrong, and what to write instead."""


def moment(text: str) -> datetime | None:
    """The time that `text` (ISO 8601) means, in UTC; without a zone it is UTC. None when it means none.

    >>> moment("2026-01-01")
    datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not FIRST_YEAR <= value.year < LAST_YEAR:
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def span(text: str) -> timedelta | None:
    """The length of time that `text` such as `30 days` means; None when it means none."""
    match = re.fullmatch(r"\s*(\d{1,9})\s+([a-z]+?)s?\s*", text, re.ASCII | re.IGNORECASE)
    if match is None or match[2].lower() not in UNITS:
        return None
    value = int(match[1]) * UNITS[match[2].lower()]
    return value if value <= MAX_SPAN else None


def date_mistake(text: str) -> Wrong | None:
    """What is wrong with a date or time; None when nothing is."""
    if moment(text) is not None:
        return None
    return f"`{text}` is not a date", f"write year-month-day ({FIRST_YEAR} to {LAST_YEAR - 1}), such as '2026-01-31'"


def interval_mistake(text: str) -> Wrong | None:
    """What is wrong with a length of time; None when nothing is."""
    if span(text) is not None:
        return None
    match = re.fullmatch(r"\s*(-?\d+)\s+([^\W\d]+)\s*", text)
    unit = match[2].lower().removesuffix("s") if match else ""
    if match is None or unit in UNITS:
        return f"`{text}` is not a length of time", "write a whole number and a unit, such as '30 days' (at most 100 years)"
    if unit in _VARYING:
        return f"a {unit} has no fixed length", f"write days, such as '{_VARYING[unit]}'"
    near = nearest(unit, UNITS)
    known = "units: " + ", ".join(f"{name}s" for name in UNITS)
    return f"unknown unit `{match[2]}`", f"did you mean `{near}s`? {known}" if near else known
