"""Selective disclosure: what the holder of an SD-JWT chose to show, put back where the issuer signed it (RFC 9901, 7.1).

Every disclosure must be one that the issuer signed, once, and none may be left over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evenhand.connectors.credentials.compact import NotAccepted, decoded, encoded, read_json

HASHES = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
"""Names of the IANA Named Information Hash Algorithm Registry that are strong enough."""
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Disclosure:
    """What was shown: a claim with its name, or an element of a list, whose name is None."""

    name: str | None
    value: Any


def digest_of(text: str, payload: Mapping[str, Any]) -> str:
    """The digest of `text` in the algorithm that the payload names, as an SD-JWT writes it.

    Raises:
        NotAccepted: the algorithm is not known.
    """
    name = payload.get("_sd_alg", "sha-256")
    if not isinstance(name, str) or name not in HASHES:
        raise NotAccepted("its disclosures are hashed in a way that is not known", hint=f"known: {', '.join(HASHES)}")
    return encoded(HASHES[name](text.encode("ascii")).digest())


def disclosed(payload: Mapping[str, Any], disclosures: Sequence[str]) -> dict[str, Any]:
    """The payload with everything that was disclosed, and without the digests of what was not.

    Raises:
        NotAccepted: a disclosure was not signed by the issuer, stands twice, or names what is there already.
    """
    shown = {digest_of(text, payload): _read(text) for text in disclosures}
    if len(shown) != len(disclosures):
        raise NotAccepted("a disclosure stands twice", hint="present it again")
    opening = _Opening(shown=shown, seen=set(), used=set())
    claims: dict[str, Any] = opening.opened(payload, 0)
    if opening.used != set(shown):
        raise NotAccepted("a disclosure is not one that the issuer signed", hint="present it again, unchanged")
    claims.pop("_sd_alg", None)
    return claims


def _read(text: str) -> _Disclosure:
    parts = read_json(decoded(text, "a disclosure"), "a disclosure")
    if isinstance(parts, list) and len(parts) in (2, 3) and isinstance(parts[0], str):
        if len(parts) == 2:  # noqa: PLR2004  # salt and value: an element of a list
            return _Disclosure(name=None, value=parts[1])
        if isinstance(parts[1], str) and parts[1] not in ("_sd", "..."):
            return _Disclosure(name=parts[1], value=parts[2])
    raise NotAccepted("a disclosure is not a list of salt, name and value", hint="present it again, unchanged")


@dataclass(slots=True, kw_only=True)
class _Opening:
    """One walk through a payload: digests that were met, and those that a disclosure answered."""

    shown: Mapping[str, _Disclosure]
    seen: set[str]
    used: set[str]

    def opened(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise NotAccepted("the credential is nested too deeply", hint="ask the issuer for a simpler one")
        if isinstance(value, Mapping):
            return self._object(value, depth)
        if isinstance(value, list):
            return [item for one in value for item in self._items(one, depth)]
        return value

    def _object(self, value: Mapping[str, Any], depth: int) -> dict[str, Any]:
        found = {name: self.opened(one, depth + 1) for name, one in value.items() if name != "_sd"}
        if "..." in found:
            raise NotAccepted("a claim is called `...`", hint="ask the issuer for a valid credential")
        digests = value.get("_sd", [])
        if not isinstance(digests, list):
            raise NotAccepted("`_sd` is not a list", hint="ask the issuer for a valid credential")
        for digest in digests:
            disclosure = self._answer(digest)
            if disclosure is None:
                continue
            if disclosure.name is None or disclosure.name in found:
                raise NotAccepted("a disclosure stands where it does not belong", hint="present it again, unchanged")
            found[disclosure.name] = self.opened(disclosure.value, depth + 1)
        return found

    def _items(self, value: Any, depth: int) -> list[Any]:
        if not (isinstance(value, Mapping) and set(value) == {"..."}):
            return [self.opened(value, depth + 1)]
        disclosure = self._answer(value["..."])
        if disclosure is None:
            return []
        if disclosure.name is not None:
            raise NotAccepted("a disclosure stands where it does not belong", hint="present it again, unchanged")
        return [self.opened(disclosure.value, depth + 1)]

    def _answer(self, digest: object) -> _Disclosure | None:
        if not isinstance(digest, str) or digest in self.seen:
            raise NotAccepted("a digest is no text, or stands twice", hint="ask the issuer for a valid credential")
        self.seen.add(digest)
        if digest in self.shown:
            self.used.add(digest)
        return self.shown.get(digest)
