"""What the compiled function calls while it runs: values taken from an event, and arithmetic that Python does otherwise.

A value that has another type than its column raises `TypeError`; `refusal` then says everything that is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from numbers import Real
from operator import index
from typing import Any, SupportsIndex

from evenhand.errors import DataError, Problem
from evenhand.model.expression import Column

LEAST_WHOLE, GREATEST_WHOLE = -(1 << 63), (1 << 63) - 1
"""The whole numbers that the engine stores."""
MAX_SHOWN = 40
"""Characters of a value that an error repeats."""
REMEMBERED = 1_024
"""Different answers of one function that are kept, since most events are answered like another."""
_OF_BYTE = tuple(tuple(bool(byte >> bit & 1) for bit in range(8)) for byte in range(256))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def text_of(value: object) -> str:
    """A text of a class of its own, such as an enum, as a plain text."""
    if not isinstance(value, str):
        raise TypeError
    return value[:]


def whole_of(value: object) -> int:
    """A whole number of another class; a float counts when it is whole."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise TypeError
    whole = index(value)
    if not LEAST_WHOLE <= whole <= GREATEST_WHOLE:
        raise TypeError
    return whole


def double_of(value: object) -> float:
    """A number of another class as a double."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError
    try:
        return float(value)
    except OverflowError:
        raise TypeError from None


def fact_of(value: object) -> bool:
    """Yes or no: `True` and `False` and nothing else, since 1 or a text may mean anything."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def microseconds_of(value: object) -> int:
    """A time (a `datetime`, or ISO 8601 text) as microseconds since 1970. Without a zone it is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise TypeError from None
    if not isinstance(value, datetime):
        raise TypeError
    return ((value if value.tzinfo is not None else value.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


READERS: Mapping[str, tuple[Callable[[object], object], str]] = {
    "varchar": (text_of, "a text"), "bigint": (whole_of, "a whole number"), "double": (double_of, "a number"),
    "boolean": (fact_of, "true or false"), "timestamp": (microseconds_of, "a time, such as 2026-01-31T12:00:00Z"),
}


def refusal(event: Mapping[str, Any], columns: Sequence[Column], error: Exception) -> Exception:
    """The error that names every value of the event with another type than its column; `error` itself if there is none."""
    problems = []
    for column in columns:
        value, (read, wanted) = event.get(column.name), READERS[column.stored]
        try:
            if value is not None:
                read(value)
        except TypeError:
            shown = repr(value)
            shown = shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN - 1]}…"
            problems.append(Problem(what=f"`{column.name}` of an event is {shown}",
                                    hint=f"give {wanted}, or leave it out when it is not known"))
    return DataError(problems) if problems else error


def rounded(value: float, digits: int) -> float:
    """The number rounded to so many digits, halves away from zero, as the engine does it in binary."""
    scale = 10.0 ** digits
    scaled = value * scale
    if not math.isfinite(scaled):
        return value
    whole = math.trunc(scaled)
    rest = scaled - whole
    if abs(rest) >= 0.5:  # noqa: PLR2004 - a half
        whole += 1 if rest > 0 else -1
    return whole / scale


def modulo(left: float, right: float) -> float:
    """The rest of a division, with the sign of `left`; of an infinite number it is not a number."""
    return math.nan if math.isinf(left) else math.fmod(left, right)


def greatest(values: tuple[Any, ...]) -> Any:
    """The largest of the known values; None when none is known. What is not a number is the largest."""
    known = [value for value in values if value is not None]
    return max(known, key=_order) if known else None


def least(values: tuple[Any, ...]) -> Any:
    """The smallest of the known values; None when none is known."""
    known = [value for value in values if value is not None]
    return min(known, key=_order) if known else None


def _order(value: Any) -> tuple[bool, Any]:
    is_nan = isinstance(value, float) and math.isnan(value)
    return is_nan, 0 if is_nan else value


def all_of(values: tuple[bool | None, ...]) -> bool | None:
    """`and` with three values: no when one is no, else unknown when one is unknown."""
    return False if False in values else None if None in values else True


def any_of(values: tuple[bool | None, ...]) -> bool | None:
    """`or` with three values: yes when one is yes, else unknown when one is unknown."""
    return True if True in values else None if None in values else False


def opposite(value: bool | None) -> bool | None:  # noqa: FBT001 - the one value that it turns
    """`not` with three values."""
    return None if value is None else not value


def first_known(values: tuple[Any, ...]) -> Any:
    """The first value that is known; None when none is."""
    return next((value for value in values if value is not None), None)


def answers_of(n_conditions: int) -> Callable[[int], tuple[bool, ...]]:
    """A function from a number whose bits say which conditions hold to one answer for each condition.

    >>> answers_of(3)(0b101)
    (True, False, True)
    """
    n_bytes = (n_conditions + 7) // 8

    @lru_cache(maxsize=REMEMBERED)
    def answers(held: int) -> tuple[bool, ...]:
        return tuple(chain.from_iterable(map(_OF_BYTE.__getitem__, held.to_bytes(n_bytes, "little"))))[:n_conditions]

    return answers
