"""Holder binding: whoever presents a credential shows that they have the key which its issuer wrote into it (`cnf`).

A proof counts for one question only: it signs the nonce that the platform asked with, and names the platform.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evenhand.connectors.credentials.compact import Compact, NotAccepted, read_compact
from evenhand.connectors.credentials.signatures import PublicKey, check_signature, public_key
from evenhand.connectors.credentials.times import validity

ENVELOPE = "data:application/vc+jwt,"
"""How a presentation holds a credential (VC 2.0, section 4.13, `EnvelopedVerifiableCredential`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What the platform asked the holder to sign, and when the answer is looked at."""

    audience: str | None
    nonce: str | None
    at: datetime

    def check(self, claims: Mapping[str, Any], *, what: str) -> None:
        """Returns when a proof answers this challenge.

        Raises:
            NotAccepted: it answers another, or there was none.
        """
        if not self.nonce or not self.audience:
            raise NotAccepted(f"{what} cannot be checked without the nonce and the audience that were asked for",
                              hint="give the nonce with the record and the audience with `--audience`")
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), self.nonce.encode()):
            raise NotAccepted(f"{what} signs another nonce", hint="ask the holder again; a proof counts once")
        audience = claims.get("aud")
        if self.audience not in (audience if isinstance(audience, list) else [audience]):
            raise NotAccepted(f"{what} was made for somebody else", hint=f"its `aud` must be `{self.audience}`")
        if validity(claims, at=self.at, what=what).is_over(self.at):
            raise NotAccepted(f"{what} has expired", hint="ask the holder again")


def check_key_binding(proof: str, *, claims: Mapping[str, Any], digest: str, challenge: Challenge,
                      allowed: Iterable[str]) -> None:
    """Returns when a KB-JWT binds the presentation with this `digest` to its holder (RFC 9901, section 7.3).

    Raises:
        NotAccepted: it does not.
    """
    what = "the key-binding proof"
    token = read_compact(proof, what=what)
    if token.type != "kb+jwt":
        raise NotAccepted(f"{what} is of another type", hint="its `typ` is `kb+jwt`")
    check_signature(token, (_holder_key(claims),), allowed=allowed, what=what)
    if "iat" not in token.payload or token.payload.get("sd_hash") != digest:
        raise NotAccepted(f"{what} belongs to another presentation", hint="ask the holder to present it again")
    challenge.check(token.payload, what=what)


def check_presentation(token: Compact, *, challenge: Challenge | None = None, claims: Mapping[str, Any] | None = None,
                       allowed: Iterable[str] = ()) -> str:
    """The credential inside a `vp+jwt`. With a `challenge`, also checks that the holder of `claims` made the presentation.

    Raises:
        NotAccepted: it does not hold exactly one credential, or somebody else made it.
    """
    held, types = token.payload.get("verifiableCredential"), token.payload.get("type")
    held = held if isinstance(held, list) else [held]
    if "VerifiablePresentation" not in (types if isinstance(types, list) else [types]):
        raise NotAccepted("the presentation does not say that it is one", hint="its `type` is `VerifiablePresentation`")
    address = held[0].get("id") if len(held) == 1 and isinstance(held[0], Mapping) else None
    if not isinstance(address, str) or not address.startswith(ENVELOPE):
        raise NotAccepted("the presentation does not hold one credential as a JWT",
                          hint="ask the holder to present one credential alone")
    if challenge is not None and claims is not None:
        check_signature(token, (_holder_key(claims),), allowed=allowed, what="the presentation")
        challenge.check(token.payload, what="the presentation")
    return address.removeprefix(ENVELOPE)


def _holder_key(claims: Mapping[str, Any]) -> PublicKey:
    confirmation = claims.get("cnf")
    if not isinstance(confirmation, Mapping) or "jwk" not in confirmation:
        raise NotAccepted("it names no key of its holder", hint="ask the issuer for one with `cnf`")
    return public_key(confirmation["jwk"], what="the holder's key")
