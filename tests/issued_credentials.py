"""A licensing board for tests: it issues credentials and status lists, and its members present them."""

from __future__ import annotations

import gzip
import hashlib
import json
import warnings
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from joserfc import jwk, jws

from evenhand.connectors.credentials.compact import encoded
from evenhand.connectors.credentials.issuers import load_issuers
from evenhand.connectors.credentials.status_lists import load_status_lists
from evenhand.connectors.credentials.verifier import Verifier

AT = datetime(2026, 11, 1, tzinfo=UTC)
NOW = int(AT.timestamp())
BOARD = "https://board.example"
VCT = "https://board.example/licence"
LIST = "https://board.example/status/1"
AUDIENCE = "https://platform.example"
NONCE = "n-0S6_WzA2Mj"
KEYS = {"ES256": ("EC", "P-256"), "ES384": ("EC", "P-384"), "ES512": ("EC", "P-521"), "Ed25519": ("OKP", "Ed25519"),
        "EdDSA": ("OKP", "Ed25519"), "RS256": ("RSA", 2048), "PS256": ("RSA", 2048)}


@cache
def key(algorithm: str = "ES256", owner: str = "board") -> Any:
    """A key pair of an owner, made once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwk.generate_key(*KEYS[algorithm], parameters={"kid": f"{owner}-{algorithm}"})


def signed(payload: dict[str, Any], *, by: Any = None, algorithm: str = "ES256", **header: Any) -> str:
    """A compact token."""
    by = by or key(algorithm)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jws.serialize_compact({"alg": algorithm, **header}, json.dumps(payload), by,
                                     registry=jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False))


def public(by: Any) -> dict[str, Any]:
    """The public half of a key."""
    return dict(by.as_dict(private=False))


def licence(**changes: Any) -> dict[str, Any]:
    """The payload of an SD-JWT VC of the board."""
    return {"iss": BOARD, "vct": VCT, "iat": NOW - 1000, "exp": NOW + 1000, "profession": "physician", "state": "US-CA",
            "cnf": {"jwk": public(key(owner="holder"))}} | changes


def disclosure(*parts: Any) -> tuple[str, str]:
    """A disclosure and its digest."""
    text = encoded(json.dumps(parts).encode())
    return text, encoded(hashlib.sha256(text.encode()).digest())


def sd_jwt(payload: dict[str, Any] | None = None, *disclosures: str, bound: bool = True, by: Any = None,
           proof: dict[str, Any] | None = None, **header: Any) -> str:
    """A presented SD-JWT VC. `proof` changes what its holder signs."""
    first = signed(payload or licence(), by=by, **{"typ": "dc+sd-jwt"} | header)
    shown = "~".join((first, *disclosures, ""))
    if not bound:
        return shown
    claims = {"iat": NOW - 5, "nonce": NONCE, "aud": AUDIENCE,
              "sd_hash": encoded(hashlib.sha256(shown.encode()).digest())} | (proof or {})
    return shown + signed(claims, by=key(owner="holder"), typ="kb+jwt")


def vc(**changes: Any) -> dict[str, Any]:
    """The payload of a VC 2.0 of the board."""
    return {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", "LicenceCredential"],
            "issuer": {"id": BOARD}, "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:example:holder", "licence": {"profession": "dentist", "state": "US-NY"}}} | changes


def badge(**changes: Any) -> dict[str, Any]:
    """The payload of an Open Badge, in the form of the example in the specification."""
    return vc(type=["VerifiableCredential", "OpenBadgeCredential"], issuer={"id": BOARD, "type": ["Profile"], "name": "Board"},
              credentialSubject={"id": "did:example:holder", "type": ["AchievementSubject"], "achievement": {
                  "id": "https://board.example/achievements/nurse", "type": ["Achievement"], "name": "Nurse"}}) | changes


def token_list(statuses: bytes, *, width: int = 1, **changes: Any) -> str:
    """A Token Status List over packed statuses."""
    return signed({"sub": LIST, "iat": NOW - 10, "exp": NOW + 10, "status_list": {
        "bits": width, "lst": encoded(zlib.compress(statuses))}} | changes, typ="statuslist+jwt")


def bitstring_list(bits: bytes, *, purpose: str = "revocation", **changes: Any) -> str:
    """A Bitstring Status List over bits."""
    return signed(vc(type=["VerifiableCredential", "BitstringStatusListCredential"], id=LIST, credentialSubject={
        "type": "BitstringStatusList", "statusPurpose": purpose, "encodedList": "u" + encoded(gzip.compress(bits))}) | changes,
        typ="vc+jwt")


ALLOW_LIST = f"""
[[issuer]]
id = "{BOARD}"
name = "Board of Medicine"
keys = "board.jwks"
HOLDER

[[issuer.credential]]
type = "{VCT}"
profession_claim = "profession"
jurisdiction_claim = "state"

[[issuer.credential]]
type = "LicenceCredential"
profession_claim = "credentialSubject.licence.profession"
jurisdiction_claim = "credentialSubject.licence.state"

[[issuer.credential]]
type = "https://board.example/achievements/nurse"
profession = "registered nurse"
jurisdiction = "US"

[[issuer.credential]]
type = "https://board.example/listed"
profession = "physician"
needs_status = true
"""


@dataclass(kw_only=True)
class Office:
    """A platform's office: a folder with an allow-list and status lists, and the verifier over them."""

    folder: Path
    holder: str = "key"
    algorithms: tuple[str, ...] = ("ES256",)
    lists: tuple[str, ...] = ()
    settings: str = field(default="")

    def issuers(self) -> Path:
        """The allow-list, written with the board's keys beside it."""
        keys = [public(key(algorithm)) for algorithm in self.algorithms]
        (self.folder / "board.jwks").write_text(json.dumps({"keys": keys}))
        file = self.folder / "issuers.toml"
        file.write_text(ALLOW_LIST.replace("HOLDER", f'holder = "{self.holder}"\n{self.settings}'))
        return file

    def status_files(self) -> list[Path]:
        """The status lists, one file each."""
        files = [self.folder / f"list-{nth}.jwt" for nth in range(len(self.lists))]
        for file, text in zip(files, self.lists, strict=True):
            file.write_text(text)
        return files

    def verifier(self, at: datetime = AT, audience: str | None = AUDIENCE) -> Verifier:
        """A verifier that asks as the platform."""
        return Verifier(issuers=load_issuers(self.issuers()), lists=load_status_lists(self.status_files(), at=at), at=at,
                        audience=audience)
