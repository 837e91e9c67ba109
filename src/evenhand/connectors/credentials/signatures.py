"""Signatures: checked with keys that are on the allow-list, in algorithms that are on a list, and with nothing else.

A key inside a token (`jwk`, `x5c`) or an address of one (`jku`, `x5u`) is never used: it would let the token vouch for
itself. `none` and everything with a shared secret (HMAC) are not on the list.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from evenhand.connectors.credentials.compact import Compact, NotAccepted, decoded
from evenhand.errors import ConfigError, Problem

ALGORITHMS: dict[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"), "ES384": ("EC", "P-384"), "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"), "Ed25519": ("OKP", "Ed25519"),
    "PS256": ("RSA", None), "PS384": ("RSA", None), "PS512": ("RSA", None),
    "RS256": ("RSA", None), "RS384": ("RSA", None), "RS512": ("RSA", None)}
"""Name → kind of key and curve (RFC 7518 section 3.1, RFC 8037, RFC 9864). Open Badges 3.0 asks for RS256."""
MIN_RSA_BITS = 2048
"""RFC 7518, sections 3.3 and 3.5."""
SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a key that nobody but its owner may know (RFC 7518, section 6)."""


def refuse_without_extra() -> None:
    """Raises `ConfigError` where the optional extra is not installed."""
    if find_spec("joserfc") is None:
        raise ConfigError(Problem(what="credentials need the optional extra", hint="pip install 'evenhand[credentials]'"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key as a JSON Web Key (RFC 7517)."""

    jwk: Mapping[str, Any]

    @property
    def name(self) -> str | None:
        """Its `kid`."""
        return self.jwk.get("kid")

    def fits(self, algorithm: str) -> bool:
        """Whether the key is one for this algorithm."""
        kind, curve = ALGORITHMS[algorithm]
        return (self.jwk["kty"] == kind and (curve is None or self.jwk.get("crv") == curve)
                and self.jwk.get("alg", algorithm) == algorithm)


def public_key(jwk: object, *, what: str = "the key") -> PublicKey:
    """A public key that may check signatures.

    Raises:
        NotAccepted: it is no public key, a weak one, or one for another use.
    """
    if not isinstance(jwk, Mapping):
        raise NotAccepted(f"{what} is not a JSON Web Key", hint='write it as `{"kty": "EC", "crv": "P-256", …}`')
    if SECRET & set(jwk):
        raise NotAccepted(f"{what} is a secret one", hint="give the public half only, and renew a key that was shown")
    if (jwk.get("kty"), jwk.get("crv")) not in list(ALGORITHMS.values()):
        raise NotAccepted(f"{what} is of a kind that is not used here",
                          hint="P-256, P-384, P-521, Ed25519 and RSA keys are used")
    uses = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(uses, list) or "verify" not in uses:
        raise NotAccepted(f"{what} is not for signatures", hint="give the key that the issuer signs with")
    if jwk["kty"] == "RSA":
        modulus = int.from_bytes(decoded(str(jwk.get("n", "")), f"`n` of {what}"), "big")
        if modulus.bit_length() < MIN_RSA_BITS:
            raise NotAccepted(f"{what} has {modulus.bit_length()} bits", hint=f"{MIN_RSA_BITS} bits are the least")
    _imported(jwk, what)
    return PublicKey(jwk=dict(jwk))


def check_signature(token: Compact, keys: Iterable[PublicKey], *, allowed: Iterable[str], what: str) -> None:
    """Returns when one of `keys` signed the token in an algorithm that is `allowed`.

    Raises:
        NotAccepted: none did, or the algorithm is not allowed.
    """
    from joserfc import jws  # noqa: PLC0415  # the extra, imported when asked for
    from joserfc.errors import JoseError  # noqa: PLC0415  # same

    algorithm = token.algorithm
    if algorithm not in ALGORITHMS or algorithm not in set(allowed):
        raise NotAccepted(f"{what} is signed with `{algorithm[:20]}`, which is not allowed",
                          hint="allowed are those of the allow-list; `none` and shared secrets never are")
    fitting = [key for key in keys if key.fits(algorithm)]
    named = token.header.get("kid")
    if named is not None:
        fitting = [key for key in fitting if key.name in (None, named)]
    if not fitting:
        raise NotAccepted(f"{what} is signed with a key that is not on the allow-list",
                          hint="add the issuer's key to its JWKS file if it is really the issuer's")
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    # A chain of certificates in the header, which is not used, and a long status list are larger than its limits.
    registry.max_header_length = registry.max_payload_length = len(token.text)
    for key in fitting:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")     # about algorithms that are old: which are allowed is said above
                jws.deserialize_compact(token.text, _imported(key.jwk, "the key"), registry=registry)
        except (JoseError, ValueError):
            continue
        return
    raise NotAccepted(f"the signature of {what} is wrong", hint="it was changed, cut off, or never issued like this")


def _imported(jwk: Mapping[str, Any], what: str) -> Any:
    from joserfc import jwk as keys  # noqa: PLC0415  # the extra, imported when asked for
    from joserfc.errors import JoseError  # noqa: PLC0415  # same

    kept = {name: value for name, value in jwk.items() if name in ("kty", "crv", "x", "y", "n", "e")}
    try:
        return keys.import_key(kept)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise NotAccepted(f"{what} cannot be read", hint="export it again as a JSON Web Key") from error
