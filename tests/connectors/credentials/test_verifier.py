"""A credential counts when everything about it is right, and is refused with the reason when one thing is not."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from issued_credentials import (
    AT,
    AUDIENCE,
    BOARD,
    KEYS,
    LIST,
    NONCE,
    NOW,
    Office,
    badge,
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

from evenhand.connectors.credentials.compact import NotAccepted, encoded
from evenhand.model.registry import CredentialStatus

BITS = bytes([0b0100_0000]) + bytes(16_383)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(folder=tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def open_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that takes credentials of bearers, in every algorithm, with a Token Status List."""
    return Office(folder=tmp_path_factory.mktemp("open"), holder="bearer", algorithms=tuple(KEYS),
                  lists=(token_list(bytes([0b1110_0100]), width=2),))


def presented(**changes: Any) -> str:
    """A VC 2.0 in a presentation of its holder; `changes` to what the holder signs."""
    credential = signed(vc(cnf={"jwk": public(key(owner="holder"))}), typ="vc+jwt")
    return signed({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"],
                   "nonce": NONCE, "aud": AUDIENCE, "verifiableCredential": [
                       {"type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{credential}"}]} | changes,
                  by=key(owner="holder"), typ="vp+jwt")


def test_an_sd_jwt_vc_gives_what_its_holder_disclosed(office: Office) -> None:
    text, digest = disclosure("salt", "profession", "lawyer")
    hidden = {name: value for name, value in licence(_sd=[digest, "another"]).items() if name != "profession"}

    kept = office.verifier().confirm(sd_jwt(hidden, text), nonce=NONCE)

    assert (kept.profession, kept.jurisdiction, kept.issuer) == ("lawyer", "US-CA", "Board of Medicine")
    assert (kept.status, kept.is_bound) == (CredentialStatus.VERIFIED, True)
    with pytest.raises(NotAccepted, match="does not disclose the profession"):
        office.verifier().confirm(sd_jwt(hidden), nonce=NONCE)


def test_a_vc_counts_inside_a_presentation_of_its_holder(office: Office) -> None:
    assert office.verifier().confirm(presented(), nonce=NONCE).profession == "dentist"


@pytest.mark.parametrize("algorithm", KEYS)
def test_every_allowed_algorithm_is_checked(open_office: Office, algorithm: str) -> None:
    token = signed(vc(), algorithm=algorithm, typ="vc+jwt", kid=key(algorithm).kid)

    assert open_office.verifier().confirm(token).profession == "dentist"


def test_an_open_badge_counts_by_its_achievement(open_office: Office) -> None:
    assert open_office.verifier().confirm(signed(badge(), typ="JWT")).profession == "registered nurse"
    other = badge(credentialSubject={"achievement": {"id": "https://board.example/achievements/teamwork"}})
    with pytest.raises(NotAccepted, match="not one for which its issuer is on the allow-list"):
        open_office.verifier().confirm(signed(other, typ="JWT"))


@pytest.mark.parametrize(("index", "status"), [(0, "verified"), (1, "revoked"), (2, "suspended")])
def test_a_token_status_list_says_whether_it_was_revoked(open_office: Office, index: int, status: str) -> None:
    token = sd_jwt(licence(status={"status_list": {"idx": index, "uri": LIST}}), bound=False)

    assert open_office.verifier().confirm(token).status == status


@pytest.mark.parametrize(("purpose", "index", "status"), [
    ("revocation", 0, "verified"), ("revocation", 1, "revoked"), ("suspension", 1, "suspended")])
def test_a_bitstring_status_list_says_whether_it_was_revoked(tmp_path: Path, purpose: str, index: int, status: str) -> None:
    office = Office(folder=tmp_path, holder="bearer", lists=(bitstring_list(BITS, purpose=purpose),))
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose, "statusListIndex": str(index),
             "statusListCredential": LIST}

    assert office.verifier().confirm(signed(vc(credentialStatus=entry), typ="vc+jwt")).status == status


def test_it_expires_at_the_very_instant_of_its_end(open_office: Office) -> None:
    token = sd_jwt(bound=False)
    end = AT + timedelta(seconds=1000)

    assert open_office.verifier(end - timedelta(microseconds=1)).confirm(token).status == CredentialStatus.VERIFIED
    assert open_office.verifier(end).confirm(token).status == CredentialStatus.EXPIRED


def test_it_is_not_valid_before_its_start(open_office: Office) -> None:
    token = signed(vc(validFrom="2026-11-01T00:00:01Z"), typ="vc+jwt")

    assert open_office.verifier(AT + timedelta(seconds=1)).confirm(token).profession == "dentist"
    with pytest.raises(NotAccepted, match="not valid yet"):
        open_office.verifier(AT).confirm(token)


def unsigned(payload: dict[str, Any], **header: Any) -> str:
    return f"{encoded(json.dumps({'alg': 'none'} | header).encode())}.{encoded(json.dumps(payload).encode())}."


def hmac_signed() -> str:
    """The attack of 2015: the public key, taken as a shared secret."""
    head = f"{encoded(json.dumps({'alg': 'HS256', 'typ': 'dc+sd-jwt'}).encode())}.{encoded(json.dumps(licence()).encode())}"
    secret = json.dumps(public(key())).encode()
    return f"{head}.{encoded(hmac.new(secret, head.encode(), hashlib.sha256).digest())}~"


def two_lists(folder: Path, *lists: str) -> Office:
    return Office(folder=folder, holder="bearer", lists=lists)


REFUSED: dict[str, tuple[Callable[[], str], str]] = {
    "no signature": (lambda: unsigned(licence(), typ="dc+sd-jwt") + "~", "signed with `none`, which is not allowed"),
    "a shared secret": (hmac_signed, "signed with `HS256`, which is not allowed"),
    "a key of its own": (lambda: sd_jwt(by=key(owner="mallory"), jwk=public(key(owner="mallory"))), "signature of .* is wrong"),
    "a key id nobody knows": (lambda: sd_jwt(kid="other"), "a key that is not on the allow-list"),
    "an algorithm of another key": (lambda: signed(vc(), algorithm="ES384", typ="vc+jwt"), "not on the allow-list"),
    "an extension": (lambda: sd_jwt().replace(sd_jwt().split(".")[0], encoded(
        b'{"alg":"ES256","typ":"dc+sd-jwt","crit":["x"],"x":1}'), 1), "asks for an extension"),
    "an issuer nobody allowed": (lambda: sd_jwt(licence(iss="https://other.example")), "is not on the allow-list"),
    "two issuers": (lambda: signed(vc(iss="https://other.example"), typ="vc+jwt"), "names no issuer, or two"),
    "another type": (lambda: sd_jwt(licence(vct="https://board.example/parking")), "not one for which its issuer"),
    "another media type": (lambda: signed(vc(), typ="at+jwt"), "its type `at.jwt`"),
    "the data model of before": (lambda: signed({"iss": BOARD, "vc": vc()}, typ="JWT"), "it is not a VC 2.0"),
    "embedded proof": (lambda: json.dumps(vc(proof={"type": "DataIntegrityProof"})), "Data Integrity.* not supported"),
    "two proofs": (lambda: signed(vc(proof={"type": "DataIntegrityProof"}), typ="vc+jwt"), "second, embedded proof"),
    "two subjects": (lambda: signed(vc(credentialSubject=[{}, {}]), typ="vc+jwt"), "not about one subject"),
    "a claim twice": (lambda: sd_jwt().replace(sd_jwt().split(".")[1], encoded(b'{"iss":"a","iss":"b"}'), 1),
                      "not JSON with each name once"),
    "no key binding": (lambda: sd_jwt(bound=False), "nothing proves that the account's owner holds it"),
    "a presentation without its holder": (lambda: signed(vc(), typ="vc+jwt"), "nothing proves"),
    "another nonce": (lambda: sd_jwt(proof={"nonce": "other"}), "signs another nonce"),
    "another audience": (lambda: sd_jwt(proof={"aud": "https://other.example"}), "made for somebody else"),
    "a proof from later": (lambda: sd_jwt(proof={"iat": NOW + 1}), "key-binding proof is not valid yet"),
    "a proof over another presentation": (lambda: sd_jwt(proof={"sd_hash": "x"}), "belongs to another presentation"),
    "a holder's key that the issuer did not name": (
        lambda: sd_jwt(licence(cnf={"jwk": public(key(owner="mallory"))})), "signature of the key-binding proof is wrong"),
    "no holder's key": (lambda: sd_jwt({name: value for name, value in licence().items() if name != "cnf"}),
                        "names no key of its holder"),
    "a stranger's disclosure": (lambda: sd_jwt(licence(), disclosure("s", "profession", "surgeon")[0]),
                                "not one that the issuer signed"),
    "a disclosure over what is there": (
        lambda: sd_jwt(licence(_sd=[disclosure("s", "profession", "surgeon")[1]]), disclosure("s", "profession", "surgeon")[0]),
        "stands where it does not belong"),
    "a hidden expiry": (
        lambda: sd_jwt({name: value for name, value in licence(_sd=[disclosure("s", "exp", NOW + 9)[1]]).items()
                        if name != "exp"}, disclosure("s", "exp", NOW + 9)[0]), "lets its holder hide what must be open"),
    "a status list nobody gave": (lambda: sd_jwt(licence(status={"status_list": {"idx": 0, "uri": LIST}})), "was not given"),
    "no status where one is needed": (lambda: sd_jwt(licence(vct="https://board.example/listed")), "names no status list"),
    "a status of another kind": (lambda: sd_jwt(licence(status={"ocsp": {}})), "in a way that is not supported"),
    "a time that is none": (lambda: sd_jwt(licence(exp="tomorrow")), "`exp` of the credential is not a time"),
    "a presentation of two": (lambda: presented(verifiableCredential=[{}, {}]), "does not hold one credential"),
    "a presentation for somebody else": (lambda: presented(aud="https://other.example"), "made for somebody else"),
    "a presentation that has expired": (lambda: presented(exp=NOW), "the presentation has expired"),
    "nothing": (lambda: "", "not a compact token"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_wrong_thing_is_enough_to_refuse_it(office: Office, name: str) -> None:
    make, reason = REFUSED[name]

    with pytest.raises(NotAccepted, match=reason) as refused:
        office.verifier().confirm(make(), nonce=NONCE)

    assert refused.value.hint


def test_a_proof_cannot_be_checked_without_knowing_the_question(office: Office) -> None:
    with pytest.raises(NotAccepted, match="without the nonce and the audience"):
        office.verifier().confirm(sd_jwt())
    with pytest.raises(NotAccepted, match="without the nonce and the audience"):
        office.verifier(audience=None).confirm(sd_jwt(), nonce=NONCE)


@pytest.mark.parametrize(("made", "reason"), [
    (lambda: token_list(b"\0", exp=NOW), "out of date"),
    (lambda: token_list(b"\0", exp=None, iat=NOW - 31 * 86_400), "out of date"),
    (lambda: token_list(b"\0", width=3), "wrong number of bits"),
    (lambda: token_list(b""), "not in its status list"),
    (lambda: token_list(b"\3", width=2), "a meaning of the issuer's own"),
    (lambda: token_list(b"\0", status_list={"bits": 1, "lst": encoded(b"xyz")}), "cannot be unpacked|cut off"),
    (lambda: signed({"sub": LIST, "iat": NOW, "status_list": {"bits": 1, "lst": "eNpjAAAAAQAB"}},
                    by=key(owner="mallory"), typ="statuslist+jwt"), "signature of its status list is wrong"),
    (lambda: bitstring_list(BITS), "not a Token Status List")])
def test_a_status_list_counts_only_when_it_is_the_issuers_and_fresh(tmp_path: Path, made: Callable[[], str],
                                                                    reason: str) -> None:
    token = sd_jwt(licence(status={"status_list": {"idx": 0, "uri": LIST}}), bound=False)

    with pytest.raises(NotAccepted, match=reason):
        two_lists(tmp_path, made()).verifier().confirm(token)


@pytest.mark.parametrize(("bits", "changes", "reason"), [
    (BITS[:100], {}, "too short"), (BITS, {"validUntil": "2026-10-31T00:00:00Z"}, "out of date"),
    (BITS, {"credentialSubject": {"type": "BitstringStatusList", "statusPurpose": "suspension", "encodedList": "u"}},
     "cannot be unpacked|cut off")])
def test_a_bitstring_list_counts_only_when_it_is_whole_and_fresh(tmp_path: Path, bits: bytes, changes: dict[str, Any],
                                                                 reason: str) -> None:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "0",
             "statusListCredential": LIST}

    with pytest.raises(NotAccepted, match=reason):
        two_lists(tmp_path, bitstring_list(bits, **changes)).verifier().confirm(
            signed(vc(credentialStatus=entry), typ="vc+jwt"))


@settings(max_examples=150)
@given(place=st.floats(0, 1, exclude_max=True), character=st.characters(min_codepoint=33, max_codepoint=126))
def test_a_changed_byte_never_verifies(office: Office, place: float, character: str) -> None:
    text, digest = disclosure("salt", "profession", "lawyer")
    whole = _once(text, digest)
    at = int(place * len(whole))
    changed = whole[:at] + character + whole[at + 1:]

    if changed != whole:
        with pytest.raises(NotAccepted):
            _verifier(office).confirm(changed, nonce=NONCE)


_MADE: dict[str, Any] = {}


def _once(text: str, digest: str) -> str:
    if "token" not in _MADE:
        hidden = {name: value for name, value in licence(_sd=[digest]).items() if name != "profession"}
        _MADE["token"] = sd_jwt(hidden, text)
    return str(_MADE["token"])


def _verifier(office: Office) -> Any:
    return _MADE.setdefault("verifier", office.verifier())


@settings(max_examples=100)
@given(st.text(alphabet="abcdefABCDEF0123456789-_.~{}\" ", max_size=60))
def test_whatever_is_presented_is_answered_with_a_reason(office: Office, text: str) -> None:
    with pytest.raises(NotAccepted):
        _verifier(office).confirm(text, nonce=NONCE)
