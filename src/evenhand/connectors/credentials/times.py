"""When a token is valid: the times in it, read with their zone and compared with one given instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from evenhand.connectors.credentials.compact import NotAccepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """From when until when. None where the token does not say."""

    issued_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None

    def is_over(self, at: datetime) -> bool:
        """Whether it ended; at the very instant of its end it has."""
        return self.ends_at is not None and at >= self.ends_at


def validity(claims: Mapping[str, Any], *, at: datetime, what: str) -> Validity:
    """The times of a token: `iat`, `nbf`, `exp` (RFC 7519), `validFrom` and `validUntil` (VC 2.0). The narrower one counts.

    Raises:
        NotAccepted: one of them is no time, or it was issued or begins after `at`.
    """
    issued = _numeric(claims, "iat", what)
    starts = [one for one in (_numeric(claims, "nbf", what), _written(claims, "validFrom", what)) if one]
    ends = [one for one in (_numeric(claims, "exp", what), _written(claims, "validUntil", what)) if one]
    if any(one > at for one in (*starts, *([issued] if issued else []))):
        raise NotAccepted(f"{what} is not valid yet", hint="present it again when it is")
    return Validity(issued_at=issued, starts_at=max(starts, default=None), ends_at=min(ends, default=None))


def _numeric(claims: Mapping[str, Any], name: str, what: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            pass
    raise NotAccepted(f"`{name}` of {what} is not a time", hint="it is the number of seconds since 1970")


def _written(claims: Mapping[str, Any], name: str, what: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise NotAccepted(f"`{name}` of {what} is not a time with its zone", hint="it looks like 2026-11-23T12:00:00Z")
    return moment
