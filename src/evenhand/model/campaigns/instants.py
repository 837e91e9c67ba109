"""Instants as whole microseconds since 1970 in UTC, as tables keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Microseconds from 1970 to `at`.

    >>> microseconds(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    return (at - EPOCH) // _MICROSECOND


def instant(microseconds_since_1970: int) -> datetime:
    """The aware time, in UTC, that many microseconds after 1970.

    >>> instant(86_400_000_000)
    datetime.datetime(1970, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return EPOCH + timedelta(microseconds=microseconds_since_1970)


HELD = microseconds(datetime(9999, 12, 31, tzinfo=UTC))
"""When an effect is due that nobody has let out yet."""
CONTESTED = HELD + 1
"""When a closing is due against which an appeal is open: nobody lets it out, whatever they have read."""
