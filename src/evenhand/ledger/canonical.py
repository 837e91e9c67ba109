"""JSON with one form for one value, after RFC 8785 (JSON Canonicalization Scheme): what is hashed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

from evenhand.model.campaigns.event import Json

LARGEST_INTEGER = 2**53 - 1
"""Beyond it two integers can be the same JSON number (RFC 7493, section 2.2)."""
LARGEST_WITHOUT_EXPONENT = 10**21
POINT_BEFORE = 21
"""Up to so many digits before the point, a number is written without an exponent (ECMAScript, Number::toString)."""
ZEROS_AFTER = 6
"""Up to one less zeros after the point, a number is written without an exponent (ECMAScript, Number::toString)."""


def canonical(value: Json) -> bytes:
    """The one form of a value: keys in order, no spaces, numbers as ECMAScript writes them, UTF-8.

    Raises:
        ValueError: the value is none that JSON can hold without loss: not a number, an integer beyond 2^53, a key that
            is no text, half a surrogate pair. Write it as text instead.

    >>> canonical({"b": [1.0, 1e-7, True, None], "a": "€"}).decode()
    '{"a":"€","b":[1,1e-7,true,null]}'
    """
    return canonical_text(value).encode()


def canonical_text(value: Any) -> str:
    """The same as text. Half a surrogate pair is not refused here."""
    kind = type(value)  # the common kinds by their exact type: a ledger writes tens of thousands of entries a second
    if kind is str:
        return encode_basestring(value)
    if kind is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        return str(value)
    if kind is dict:
        return "{" + ",".join([
            f"{encode_basestring(key)}:{encode_basestring(item) if type(item := value[key]) is str else canonical_text(item)}"
            for key in in_order(value)]) + "}"
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    if kind is list:
        return "[" + ",".join([encode_basestring(item) if type(item) is str else canonical_text(item) for item in value]) + "]"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _number(value)
    return canonical_text(_plain(value))


def _integer(value: int) -> str:
    """An integer; beyond 2^53 only one that is the shortest text of a floating-point number.

    >>> _integer(2**53)
    '9007199254740992'
    """
    written = int.__repr__(value)
    if abs(value) > LARGEST_INTEGER and not (abs(value) < LARGEST_WITHOUT_EXPONENT and _number(float(value)) == written):
        raise ValueError(f"the integer `{written[:40]}` is beyond 2^53, so that JSON cannot hold it: write it as text")
    return written


def _plain(value: object) -> Json:
    """The same value as exactly text, a dictionary or a list."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise ValueError(f"a value of type `{type(value).__name__}` is not JSON: write it as text")


def in_order(mapping: Mapping[str, Json]) -> list[str]:
    """Keys in the order of their UTF-16 code units, which differs from that of code points beyond U+FFFF."""
    try:
        is_ascii = "".join(mapping).isascii()
    except TypeError as error:
        raise ValueError("a key of JSON is text") from error
    return sorted(mapping, key=None if is_ascii else lambda key: key.encode("utf-16-be", "surrogatepass"))


def _number(value: float) -> str:
    """The shortest digits that read as the same number, laid out as ECMAScript does.

    >>> [_number(n) for n in (333333333.33333329, 1e30, 4.50, 2e-3, 1e-27, -0.0, 1e20, 2.0**60)]
    ['333333333.3333333', '1e+30', '4.5', '0.002', '1e-27', '0', '100000000000000000000', '1152921504606847000']
    """
    if not isfinite(value):
        raise ValueError(f"`{value}` is not a JSON number: write it as text")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= POINT_BEFORE:
        laid = digits + "0" * (point - len(digits))
    elif 0 < point <= POINT_BEFORE:
        laid = f"{digits[:point]}.{digits[point:]}"
    elif -ZEROS_AFTER < point <= 0:
        laid = f"0.{'0' * -point}{digits}"
    else:
        laid = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + f"e{point - 1:+d}"
    return sign + laid
