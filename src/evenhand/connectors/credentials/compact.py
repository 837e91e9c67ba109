"""Compact tokens (RFC 7515), read strictly: one way to write each of them, no name twice, nothing that is not needed.

A token that could be written in a second way would let a changed character pass as the same token.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

MAX_CHARACTERS = 1_000_000
"""A longer token is a mistake in the export: credentials with many disclosures stay below a tenth of that."""
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


class NotAccepted(ValueError):
    """Why a credential is not accepted: `what` says it in words, `hint` what to do next."""

    def __init__(self, what: str, *, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """One signed token whose signature nobody has checked yet."""

    text: str
    header: dict[str, Any]
    payload: dict[str, Any]

    @property
    def algorithm(self) -> str:
        """The name of the algorithm that the header gives."""
        return str(self.header["alg"])

    @property
    def type(self) -> str:
        """The media type that the header gives, lower case, without `application/`; empty where it gives none."""
        return str(self.header.get("typ", "")).lower().removeprefix("application/")


def read_compact(text: str, *, what: str = "the credential", most: int = MAX_CHARACTERS) -> Compact:
    """A compact token of at most `most` characters, as its header and payload.

    Raises:
        NotAccepted: it is not three parts in base64url of which the first two are JSON objects, or it asks for an extension.
    """
    parts = text.split(".")
    if len(text) > most or len(parts) != 3:  # noqa: PLR2004  # header, payload, signature
        raise NotAccepted(f"{what} is not a compact token", hint="give the text as it was issued, `header.payload.signature`")
    header = read_object(decoded(parts[0], f"the header of {what}"), f"the header of {what}")
    payload = read_object(decoded(parts[1], f"the payload of {what}"), f"the payload of {what}")
    decoded(parts[2], f"the signature of {what}")
    if not isinstance(header.get("alg"), str):
        raise NotAccepted(f"the header of {what} names no algorithm", hint="ask the issuer for a signed one")
    if "crit" in header or "b64" in header:
        raise NotAccepted(f"the header of {what} asks for an extension that is not supported",
                          hint="ask the issuer for one without `crit`")
    return Compact(text=text, header=header, payload=payload)


def decoded(text: str, what: str) -> bytes:
    """The bytes that base64url text without padding stands for.

    Raises:
        NotAccepted: it is not base64url, or not the only way to write these bytes.

    >>> decoded("aGk", "a word")
    b'hi'
    """
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if _ALPHABET.fullmatch(text) else None
    except binascii.Error:
        content = None
    if content is None or encoded(content) != text:
        raise NotAccepted(f"{what} is not base64url", hint="give the text as it was issued, in one piece")
    return content


def encoded(content: bytes) -> str:
    """Base64url text without padding.

    >>> encoded(b"hi")
    'aGk'
    """
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def read_json(content: bytes, what: str) -> Any:
    """A JSON document in which no name stands twice.

    Raises:
        NotAccepted: it is none.
    """
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotAccepted(f"{what} is not JSON with each name once", hint="ask the issuer for a valid one") from error


def read_object(content: bytes, what: str) -> dict[str, Any]:
    """A JSON object in which no name stands twice.

    Raises:
        NotAccepted: it is none.
    """
    value = read_json(content, what)
    if not isinstance(value, dict):
        raise NotAccepted(f"{what} is not a JSON object", hint="ask the issuer for a valid one")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is not JSON")
