"""What a person reads when an allow-list cannot be used, and why a credential that an account presented is not accepted."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from error_texts import error_texts
from issued_credentials import (
    AT,
    BOARD,
    LIST,
    NONCE,
    NOW,
    Office,
    bitstring_list,
    disclosure,
    key,
    licence,
    public,
    sd_jwt,
    signed,
    token_list,
    vc,
)

from evenhand.connectors.credentials.compact import encoded
from evenhand.connectors.credentials.issuers import load_issuers
from evenhand.connectors.credentials.presented import read_presented
from evenhand.connectors.credentials.status_lists import load_status_lists
from evenhand.connectors.credentials.verifier import Verifier
from evenhand.errors import DataError

Golden = Callable[[str, str], None]
Mistakes = dict[str, Callable[[], object]]
VP = {"type": ["VerifiablePresentation"], "nonce": NONCE, "aud": "https://platform.example"}


def raw(header: object, payload: object, signature: bytes = b"signature") -> str:
    """A compact token that nobody signed."""
    return ".".join(encoded(part if isinstance(part, bytes) else json.dumps(part).encode())
                    for part in (header, payload, signature))


class Desk:
    """Reads what one account presents."""

    def __init__(self, folder: Path, verifier: Verifier) -> None:
        self.folder, self.verifier = folder, verifier

    def told(self, *tokens: str | None, nonce: str | None = NONCE) -> NoReturn:
        """Why the tokens, each of another account, are not accepted."""
        records = [{"account_id": f"a{nth}", "credential": token, "nonce": nonce} for nth, token in enumerate(tokens, start=1)]
        return self.problems(*records)

    def problems(self, *records: object) -> NoReturn:
        """Why the records are not accepted."""
        file = self.folder / "presented.jsonl"
        file.write_text("".join(json.dumps(record) + "\n" for record in records))
        raise DataError(read_presented(file, self.verifier).problems)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, Office(folder=tmp_path).verifier())


@pytest.fixture
def bearers(tmp_path: Path) -> Desk:
    return Desk(tmp_path, Office(folder=tmp_path, holder="bearer").verifier())


def test_records_and_tokens_that_are_none(golden: Golden, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    payload = licence()
    mistakes: Mistakes = {
        "a folder without records": lambda: read_presented(tmp_path / "empty", desk.verifier),
        "records that lack something": lambda: desk.problems({"credential": "x"}, {"account_id": "a"}),
        "one nonce for two accounts": lambda: desk.told(sd_jwt(), sd_jwt()),
        "JSON with an embedded proof": lambda: desk.told('{"proof": {}}'),
        "any text": lambda: desk.told("my licence"),
        "a header that is not base64url": lambda: desk.told("a+b.e30.e30"),
        "a header that is not JSON": lambda: desk.told(raw(b"{", {})),
        "a name twice in the header": lambda: desk.told(raw(b'{"alg": "ES256", "alg": "none"}', {})),
        "a header that is a list": lambda: desk.told(raw([], {})),
        "no algorithm": lambda: desk.told(raw({"typ": "vc+jwt"}, {})),
        "an extension": lambda: desk.told(raw({"alg": "ES256", "crit": ["exp"]}, {})),
        "another type": lambda: desk.told(raw({"alg": "ES256", "typ": "at+jwt"}, payload)),
        "another type with disclosures": lambda: desk.told(raw({"alg": "ES256", "typ": "at+jwt"}, payload) + "~"),
    }
    golden("errors/connectors/credentials/tokens.txt", error_texts(mistakes, hide={str(tmp_path): "/presented"}))


def test_credentials_whose_issuer_did_not_sign_them(golden: Golden, desk: Desk, tmp_path: Path) -> None:
    nobody = {name: value for name, value in licence().items() if name != "iss"}
    mistakes: Mistakes = {
        "no issuer": lambda: desk.told(sd_jwt(nobody)),
        "another issuer": lambda: desk.told(sd_jwt(licence(iss="https://mill.example"))),
        "another type of credential": lambda: desk.told(sd_jwt(licence(vct="https://board.example/diploma"))),
        "a shared secret": lambda: desk.told(raw({"alg": "HS256", "typ": "dc+sd-jwt"}, licence()) + "~"),
        "a key that is not on the list": lambda: desk.told(sd_jwt(by=key(owner="mill"), kid="mill-ES256")),
        "changed afterwards": lambda: desk.told(raw({"alg": "ES256", "typ": "dc+sd-jwt"}, licence(), bytes(64)) + "~"),
        "not valid yet": lambda: desk.told(sd_jwt(licence(nbf=NOW + 60))),
        "a time that is none": lambda: desk.told(sd_jwt(licence(exp="soon"))),
        "no profession": lambda: desk.told(sd_jwt({name: value for name, value in licence().items() if name != "profession"})),
        "a status that is needed": lambda: desk.told(sd_jwt(licence(vct="https://board.example/listed"))),
    }
    golden("errors/connectors/credentials/issued.txt", error_texts(mistakes, hide={str(tmp_path): "/presented"}))


def test_disclosures_that_the_issuer_did_not_sign(golden: Golden, desk: Desk, tmp_path: Path) -> None:
    shown, digest = disclosure("salt", "degree", "MD")
    again, of_claim = disclosure("salt", "state", "US-CA")
    element, of_element = disclosure("salt", "DE")
    hidden, of_hidden = disclosure("salt", "cnf", {"jwk": public(key(owner="other"))})
    openly = {name: value for name, value in licence().items() if name != "cnf"}
    deep: Any = 1
    for _ in range(60):
        deep = {"a": deep}
    mistakes: Mistakes = {
        "hashed in another way": lambda: desk.told(sd_jwt(licence(_sd=[digest], _sd_alg="md5"), shown)),
        "twice": lambda: desk.told(sd_jwt(licence(_sd=[digest]), shown, shown)),
        "never signed": lambda: desk.told(sd_jwt(licence(), shown)),
        "no disclosure": lambda: desk.told(sd_jwt(licence(_sd=[digest]), encoded(b'["salt"]'))),
        "nested too deeply": lambda: desk.told(sd_jwt(licence(more=deep))),
        "a claim of dots": lambda: desk.told(sd_jwt(licence(**{"...": 1}))),
        "digests that are no list": lambda: desk.told(sd_jwt(licence(_sd=digest))),
        "a digest twice": lambda: desk.told(sd_jwt(licence(_sd=[digest, digest]))),
        "a claim that is there already": lambda: desk.told(sd_jwt(licence(_sd=[of_claim]), again)),
        "an element where a claim belongs": lambda: desk.told(sd_jwt(licence(_sd=[of_element]), element)),
        "a claim where an element belongs": lambda: desk.told(sd_jwt(licence(countries=[{"...": digest}]), shown)),
        "what must be open": lambda: desk.told(sd_jwt(openly | {"_sd": [of_hidden]}, hidden)),
    }
    golden("errors/connectors/credentials/disclosures.txt", error_texts(mistakes, hide={str(tmp_path): "/presented"}))


def test_vcs_that_are_not_of_the_kind_that_is_read(golden: Golden, bearers: Desk, tmp_path: Path) -> None:
    def told(**changes: Any) -> NoReturn:
        return bearers.told(signed(vc(**changes), typ="vc+jwt"))

    golden("errors/connectors/credentials/vcs.txt", error_texts({
        "of version 1": lambda: told(**{"@context": ["https://www.w3.org/2018/credentials/v1"]}),
        "no credential": lambda: told(type=["LicenceCredential"]),
        "a second proof": lambda: told(proof={}),
        "two subjects": lambda: told(credentialSubject=[{}, {}]),
        "two issuers": lambda: told(iss="https://mill.example"),
        "a time without its zone": lambda: told(validFrom="2026-01-01T00:00:00"),
    }, hide={str(tmp_path): "/presented"}))


def test_presentations_that_their_holder_did_not_make(golden: Golden, desk: Desk, tmp_path: Path) -> None:
    bare = {name: value for name, value in licence().items() if name != "cnf"}
    alone = signed(vc(), typ="vc+jwt")
    enveloped = [{"id": f"data:application/vc+jwt,{alone}"}]
    shown = sd_jwt(bound=False)
    other = Desk(tmp_path, Office(folder=tmp_path).verifier(audience=None))
    golden("errors/connectors/credentials/presentations.txt", error_texts({
        "nobody presents it": lambda: desk.told(shown),
        "no key of a holder": lambda: desk.told(sd_jwt(bare)),
        "no nonce was asked for": lambda: desk.told(sd_jwt(), nonce=None),
        "the platform has no name": lambda: other.told(sd_jwt()),
        "another nonce": lambda: desk.told(sd_jwt(proof={"nonce": "another"})),
        "for somebody else": lambda: desk.told(sd_jwt(proof={"aud": "https://mill.example"})),
        "an old proof": lambda: desk.told(sd_jwt(proof={"exp": NOW - 1})),
        "another presentation": lambda: desk.told(sd_jwt(proof={"sd_hash": "x"})),
        "another type of proof": lambda: desk.told(shown + signed({}, by=key(owner="holder"), typ="jwt")),
        "another holder": lambda: desk.told(shown + signed({}, by=key(owner="other"), typ="kb+jwt")),
        "no presentation": lambda: desk.told(signed({"verifiableCredential": enveloped}, typ="vp+jwt")),
        "two credentials": lambda: desk.told(signed(VP | {"verifiableCredential": enveloped * 2}, typ="vp+jwt")),
        "a presentation without a key of its holder": lambda: desk.told(
            signed(VP | {"verifiableCredential": enveloped}, typ="vp+jwt")),
    }, hide={str(tmp_path): "/presented"}))


def test_one_bearers_credential_of_two_accounts(golden: Golden, bearers: Desk, tmp_path: Path) -> None:
    token = signed(vc(), typ="vc+jwt")
    golden("errors/connectors/credentials/bearers.txt", error_texts({
        "of two accounts": lambda: bearers.told(token, token, nonce=None),
    }, hide={str(tmp_path): "/presented"}))


def listed(**entry: Any) -> str:
    """A credential with a place in a Token Status List."""
    return sd_jwt(licence(status={"status_list": {"uri": LIST, "idx": 3} | entry}))


def in_bitstring(**entry: Any) -> str:
    """A credential with a place in a Bitstring Status List, presented by its bearer."""
    return signed(vc(credentialStatus={"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                                       "statusListIndex": "3", "statusListCredential": LIST} | entry), typ="vc+jwt")


def test_status_lists_that_say_nothing(golden: Golden, tmp_path: Path) -> None:
    def told(listing: str | None, token: str, *, holder: str = "key") -> NoReturn:
        office = Office(folder=tmp_path, holder=holder, lists=() if listing is None else (listing,))
        return Desk(tmp_path, office.verifier()).told(token)

    bits = partial(bitstring_list, bytes(16_384))
    unpacked = {"type": "BitstringStatusList", "statusPurpose": "revocation"}
    mistakes: Mistakes = {
        "not given": lambda: told(None, listed()),
        "kept in another way": lambda: told(token_list(bytes(2)), sd_jwt(licence(status={"list": 1}))),
        "a place that is no number": lambda: told(token_list(bytes(2)), listed(idx="three")),
        "a place beyond its end": lambda: told(token_list(bytes(2)), listed(idx=300)),
        "a list of another kind": lambda: told(bits(), listed()),
        "three bits": lambda: told(token_list(bytes(2), width=3), listed()),
        "the issuer's own meaning": lambda: told(token_list(bytes([0b11_000000]), width=2), listed()),
        "signed by somebody else": lambda: told(signed({"sub": LIST}, by=key(owner="mill"), typ="statuslist+jwt", kid="m"),
                                                listed()),
        "out of date": lambda: told(token_list(bytes(2), exp=NOW - 1), listed()),
        "no list in it": lambda: told(token_list(bytes(2), status_list={}), listed()),
        "not packed": lambda: told(token_list(bytes(2), status_list={"bits": 1, "lst": "AAAA"}), listed()),
        "cut off": lambda: told(token_list(bytes(2), status_list={"bits": 1, "lst": encoded(b"\x78\x9c\x63")}), listed()),
        "a bitstring kept in another way": lambda: told(bits(), in_bitstring(type="StatusList2021Entry"), holder="bearer"),
        "another purpose of the credential": lambda: told(bits(), in_bitstring(statusPurpose="message"), holder="bearer"),
        "another purpose of the list": lambda: told(bits(purpose="suspension"), in_bitstring(), holder="bearer"),
        "no bitstring in it": lambda: told(bits(credentialSubject=unpacked), in_bitstring(), holder="bearer"),
        "a bitstring that is too short": lambda: told(bitstring_list(bytes(2)), in_bitstring(), holder="bearer"),
        "a bitstring of another packing": lambda: told(bits(credentialSubject=unpacked | {
            "encodedList": "u" + encoded(gzip.compress(bytes(16_384))[:40])}), in_bitstring(), holder="bearer"),
    }
    golden("errors/connectors/credentials/status.txt", error_texts(mistakes, hide={str(tmp_path): "/presented"}))


def test_files_of_status_lists_that_are_none(golden: Golden, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("nowhere.jwt", "list.pdf", "text.jwt", "bare.jwt", "one.jwt", "again.jwt")]
    for file, text in zip(files[1:], ("é", "revoked: 7", signed({}, typ="statuslist+jwt"), token_list(b"a"), token_list(b"b")),
                          strict=True):
        file.write_text(text)
    golden("errors/connectors/credentials/status_files.txt", error_texts({
        "six files": lambda: load_status_lists(files, at=AT + timedelta(0)),
    }, hide={str(tmp_path): "/issuers"}))


ALL_WRONG = f"""\
isuer = 1
[[issuer]]
name = "Board of Medicine"
kyes = "board.jwks"
algorithms = ["HS256"]
holder = "passport"

[[issuer]]
id = "{BOARD}"
name = "Board of Dentistry"
keys = "board.jwks"
[[issuer.credential]]
type = "LicenceCredential"
proffession = "dentist"
jurisdiction = 7
needs_status = "yes"
"""
SOUND = f"""\
[[issuer]]
id = "{BOARD}"
name = "Board"
keys = "board.jwks"
[[issuer.credential]]
type = "Licence"
profession = "physician"
"""


def test_allow_lists_that_cannot_be_used(golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "issuers.toml"
    sound = public(key())

    def allowed(text: str) -> object:
        file.write_text(text)
        return load_issuers(file)

    def with_keys(*keys: object) -> object:
        (tmp_path / "board.jwks").write_text(json.dumps({"keys": keys}))
        return allowed(SOUND)

    def without_the_extra() -> object:
        with monkeypatch.context() as here:
            here.setitem(sys.modules, "joserfc", None)
            return load_issuers(file)

    small = {"kty": "RSA", "e": "AQAB", "n": encoded(bytes([255]) * 128)}
    mistakes: Mistakes = {
        "the extra is not installed": without_the_extra,
        "it is not there": lambda: load_issuers(tmp_path / "nowhere.toml"),
        "it is not TOML": lambda: allowed("[[issuer]\n"),
        "nobody is on it": lambda: allowed("# nobody yet\n"),
        "everything in it is wrong": lambda: allowed(ALL_WRONG),
        "no file of keys": lambda: allowed(SOUND),
        "no keys in it": with_keys,
        "keys that are none": lambda: with_keys("key"),
        "a secret key": lambda: with_keys(sound | {"d": "secret"}),
        "a key of another kind": lambda: with_keys({"kty": "EC", "crv": "secp256k1"}),
        "a key for another use": lambda: with_keys(sound | {"use": "enc"}),
        "a short key": lambda: with_keys(sound, small),
        "a key without its length": lambda: with_keys({"kty": "RSA", "n": "="}),
        "half a key": lambda: with_keys({name: value for name, value in sound.items() if name != "y"}),
        "an issuer twice": lambda: [(tmp_path / "board.jwks").write_text(json.dumps({"keys": [sound]})), allowed(SOUND * 2)],
    }
    golden("errors/connectors/credentials/issuers.txt", error_texts(mistakes, hide={str(tmp_path): "/issuers"}))
