"""The verifier: one presented credential becomes the few facts that a register keeps, or a reason why it is not accepted.

SD-JWT VC (draft-ietf-oauth-sd-jwt-vc over RFC 9901), VC 2.0 secured with JOSE (`vc+jwt`, also within a `vp+jwt`, and
`vc+sd-jwt`), and Open Badges 3.0 in its JWT form. Nothing is fetched: no key, no status list, no context, no type.
A credential that was expired, suspended or revoked is still a fact, and becomes one with that status.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evenhand.connectors.credentials.compact import Compact, NotAccepted, read_compact
from evenhand.connectors.credentials.disclosures import digest_of, disclosed
from evenhand.connectors.credentials.issuers import CredentialType, Issuer
from evenhand.connectors.credentials.proofs import Challenge, check_key_binding, check_presentation
from evenhand.connectors.credentials.signatures import check_signature
from evenhand.connectors.credentials.status_lists import StatusLists
from evenhand.connectors.credentials.times import Validity, validity
from evenhand.model.registry import CredentialStatus

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
SD_JWT_TYPES = ("dc+sd-jwt", "vc+sd-jwt")
VC_TYPES = ("vc+jwt", "vc+ld+jwt", "jwt", "")
"""Media types of a VC as JWT: VC-JOSE-COSE, its drafts, Open Badges 3.0, and none (`typ` is recommended, not required)."""
OPEN_BADGES = ("OpenBadgeCredential", "AchievementCredential")
SIGNED_OPENLY = ("iss", "nbf", "exp", "cnf", "vct", "aka_vcts", "status", "@context", "issuer", "validFrom", "validUntil",
                 "credentialStatus")
"""What a holder may not choose to hide (SD-JWT VC, section 2.2.2.3; for a VC what says as much)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What is kept of a credential. No name and no number."""

    profession: str
    jurisdiction: str | None
    issuer: str
    status: CredentialStatus
    expires_at: datetime | None
    digest: str
    """SHA-256 of what the issuer signed, hexadecimal; without the signature, of which there may be two for one credential."""
    is_bound: bool
    """Whether somebody with the holder's key presented it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A credential whose issuer's signature is good, and what it says."""

    token: Compact
    claims: Mapping[str, Any]
    issuer: Issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Checks credentials against an allow-list, status lists and one instant."""

    issuers: Mapping[str, Issuer]
    lists: StatusLists
    at: datetime
    audience: str | None = None
    """Who asks for credentials, as a key-binding proof must name it."""

    def confirm(self, presented: str, *, nonce: str | None = None) -> Confirmed:
        """What a register keeps of a presented credential. `nonce` is what its holder was asked to sign.

        Raises:
            NotAccepted: with the reason.
        """
        text = presented.strip()
        if not text.isascii() or text.startswith("{"):
            raise NotAccepted("it is not a compact token; proofs embedded in JSON (Data Integrity) are not supported",
                              hint="ask for the same credential in its JWT form")
        challenge = Challenge(audience=self.audience, nonce=nonce, at=self.at)
        if "~" in text:
            opened, is_bound = self._sd_jwt(text, challenge)
        elif (token := read_compact(text)).type == "vp+jwt":
            opened = self._vc(read_compact(check_presentation(token), what="the credential in the presentation"))
            check_presentation(token, challenge=challenge, claims=opened.claims, allowed=opened.issuer.algorithms)
            is_bound = True
        else:
            opened, is_bound = self._vc(token), False
        if opened.issuer.holder == "key" and not is_bound:
            raise NotAccepted("nothing proves that the account's owner holds it",
                              hint="ask for a presentation with key binding, or set `holder` of the issuer to `bearer`")
        return self._kept(opened, is_bound=is_bound)

    def _sd_jwt(self, text: str, challenge: Challenge) -> tuple[_Opened, bool]:
        first, *disclosures, proof = text.split("~")
        token = read_compact(first)
        if token.type not in SD_JWT_TYPES:
            raise NotAccepted(f"its type `{token.type[:30]}` is not read here",
                              hint=f"known with disclosures: {', '.join(f'`{one}`' for one in SD_JWT_TYPES)}")
        issuer = self._issuer(token)
        check_signature(token, issuer.keys, allowed=issuer.algorithms, what="the credential")
        claims = disclosed(token.payload, disclosures)
        if any(claims.get(name) != token.payload.get(name) for name in SIGNED_OPENLY):
            raise NotAccepted("it lets its holder hide what must be open", hint="ask the issuer for a valid credential")
        if "vct" not in claims:
            _require_vc(claims)
        if proof:
            signed = text[:-len(proof)]
            check_key_binding(proof, claims=claims, digest=digest_of(signed, token.payload), challenge=challenge,
                              allowed=issuer.algorithms)
        return _Opened(token=token, claims=claims, issuer=issuer), bool(proof)

    def _vc(self, token: Compact) -> _Opened:
        if token.type not in VC_TYPES:
            raise NotAccepted(f"its type `{token.type[:30]}` is not read here",
                              hint="known: `vc+jwt`, `dc+sd-jwt`, `vp+jwt` and `JWT`")
        _require_vc(token.payload)
        issuer = self._issuer(token)
        check_signature(token, issuer.keys, allowed=issuer.algorithms, what="the credential")
        return _Opened(token=token, claims=token.payload, issuer=issuer)

    def _issuer(self, token: Compact) -> Issuer:
        named = [_id(token.payload[name]) for name in ("iss", "issuer") if name in token.payload]
        if not named or len(set(named)) != 1 or named[0] is None:
            raise NotAccepted("it names no issuer, or two", hint="ask the issuer for a valid credential")
        if named[0] not in self.issuers:
            raise NotAccepted(f"its issuer `{named[0][:200]}` is not on the allow-list",
                              hint="add it there if it may say who is qualified")
        return self.issuers[named[0]]

    def _kept(self, opened: _Opened, *, is_bound: bool) -> Confirmed:
        claims, issuer = opened.claims, opened.issuer
        kind = _type_of(claims, issuer)
        times = validity(claims, at=self.at, what="the credential")
        status = self.lists.status(claims, issuer)
        if status is None and kind.needs_status:
            raise NotAccepted("it names no status list, and its type needs one", hint="ask the issuer for a valid credential")
        profession = kind.profession or _text_at(claims, kind.profession_claim)
        if not profession:
            raise NotAccepted(f"it does not disclose the profession in `{kind.profession_claim}`",
                              hint="ask the holder to present it with that claim")
        return Confirmed(profession=profession, jurisdiction=kind.jurisdiction or _text_at(claims, kind.jurisdiction_claim),
                         issuer=issuer.name, status=_status(status, times, self.at), expires_at=times.ends_at,
                         digest=hashlib.sha256(opened.token.text.rpartition(".")[0].encode("ascii")).hexdigest(),
                         is_bound=is_bound)


def _require_vc(claims: Mapping[str, Any]) -> None:
    context, types = claims.get("@context"), _texts(claims.get("type"))
    if "vc" in claims or not isinstance(context, list) or not context or context[0] != VC_CONTEXT:
        raise NotAccepted("it is not a VC 2.0", hint=f"its first `@context` is `{VC_CONTEXT}` and its claims are not in `vc`")
    if "VerifiableCredential" not in types:
        raise NotAccepted("its `type` does not name `VerifiableCredential`", hint="ask the issuer for a valid credential")
    if "proof" in claims:
        raise NotAccepted("it holds a second, embedded proof, which is not supported",
                          hint="ask the issuer for one that is only signed as a JWT")
    if not isinstance(_only(claims.get("credentialSubject")), Mapping):
        raise NotAccepted("it is not about one subject", hint="ask for a credential of one person")


def _type_of(claims: Mapping[str, Any], issuer: Issuer) -> CredentialType:
    if "vct" in claims:
        names = [*_texts(claims["vct"]), *_texts(claims.get("aka_vcts"))]
    else:
        names = [name for name in _texts(claims.get("type")) if name != "VerifiableCredential"]
        if any(name in OPEN_BADGES for name in names):
            names = [_text_at(claims, "credentialSubject.achievement.id") or ""]
    known = next((issuer.types[name] for name in names if name in issuer.types), None)
    if known is None:
        raise NotAccepted(f"its type `{', '.join(names)[:200]}` is not one for which its issuer is on the allow-list",
                          hint="add the type to the issuer if it says who is qualified")
    return known


def _status(listed: CredentialStatus | None, times: Validity, at: datetime) -> CredentialStatus:
    if listed in (CredentialStatus.REVOKED, CredentialStatus.SUSPENDED):
        return listed
    return CredentialStatus.EXPIRED if times.is_over(at) else CredentialStatus.VERIFIED


def _text_at(claims: Mapping[str, Any], way: str | None) -> str | None:
    """The text at a way such as `credentialSubject.licence.profession`; None where there is none."""
    value: Any = claims
    for step in (way or "").split("."):
        value = _only(value)
        value = value.get(step) if isinstance(value, Mapping) else None
    value = _only(value)
    return value.strip() or None if isinstance(value, str) else None


def _only(value: Any) -> Any:
    """The one thing in a list of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _id(value: Any) -> str | None:
    """The id of an issuer, which is a text or an object with one."""
    value = value.get("id") if isinstance(value, Mapping) else value
    return value if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
