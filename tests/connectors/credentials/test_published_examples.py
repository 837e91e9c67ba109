"""Examples from the specifications are read as their authors meant them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evenhand.connectors.credentials.compact import NotAccepted, decoded
from evenhand.connectors.credentials.issuers import load_issuers
from evenhand.connectors.credentials.status_lists import bitstring_status, load_status_lists, token_status, unpacked
from evenhand.connectors.credentials.verifier import Verifier

PUBLISHED = Path(__file__).parent / "published"
AT = datetime(2026, 11, 1, tzinfo=UTC)
RFC_9901 = {"kty": "EC", "crv": "P-256", "kid": "doc-signer-05-25-2022", "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
            "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}
VC_JOSE_COSE = {"kid": "ExHkBMW9fmbkvV266mRpuP2sUY_N_EWIN1lapUzO8ro", "alg": "ES384", "kty": "EC", "crv": "P-384",
                "x": "8XkmqX3pxcYduNID8cK4mYA531PV7szaGh-yk-XIM9OQKZSO94y3xe67nyFvt0QP",
                "y": "kWjcg1gBVM752eQzXlMfHwEOzuUB4zCgi2z6X1p03ljAcp6b_FEINR-eONp00gX0"}


def verifier(folder: Path, jwk: dict[str, str], allowed: str) -> Verifier:
    (folder / "keys.jwks").write_text(json.dumps({"keys": [jwk]}))
    (folder / "issuers.toml").write_text(f'[[issuer]]\nname = "Issuer"\nkeys = "keys.jwks"\n{allowed}')
    return Verifier(issuers=load_issuers(folder / "issuers.toml"), lists=load_status_lists([], at=AT), at=AT,
                    audience="https://example.com/verifier")


def sd_jwt_vc(folder: Path) -> Verifier:
    return verifier(folder, RFC_9901, """id = "https://example.com/issuer"
[[issuer.credential]]
type = "https://credentials.example.com/identity_credential"
profession = "example"
jurisdiction_claim = "address.country"
""")


def test_the_presentation_in_sd_jwt_vc_verifies_with_its_disclosures_and_its_key_binding(tmp_path: Path) -> None:
    kept = sd_jwt_vc(tmp_path).confirm((PUBLISHED / "sd-jwt-vc.txt").read_text(), nonce="1234567890")

    assert (kept.jurisdiction, kept.is_bound, kept.status) == ("US", True, "verified")
    assert kept.expires_at == datetime.fromtimestamp(1883000000, UTC)


def test_the_same_presentation_answers_no_other_nonce(tmp_path: Path) -> None:
    with pytest.raises(NotAccepted, match="another nonce"):
        sd_jwt_vc(tmp_path).confirm((PUBLISHED / "sd-jwt-vc.txt").read_text(), nonce="1234567891")


def test_a_credential_of_vc_jose_cose_verifies(tmp_path: Path) -> None:
    checker = verifier(tmp_path, VC_JOSE_COSE, """id = "https://university.example/issuers/565049"
holder = "bearer"
[[issuer.credential]]
type = "ExampleAlumniCredential"
profession_claim = "credentialSubject.degree.name"
""")

    assert checker.confirm((PUBLISHED / "vc-jose-cose.txt").read_text()).profession == "Bachelor of Science and Arts"


@pytest.mark.parametrize(("text", "width", "statuses"), [
    ("eNrbuRgAAhcBXQ", 1, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
    ("eNo76fITAAPfAgc", 2, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])])
def test_the_examples_of_token_status_lists_are_read(text: str, width: int, statuses: list[int]) -> None:
    bits = unpacked(decoded(text, "the list"), is_gzip=False)

    assert [token_status(bits, index=place, width=width) for place in range(len(statuses))] == statuses


def test_the_example_of_bitstring_status_lists_has_131072_entries_and_none_is_set() -> None:
    text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    bits = unpacked(decoded(text[1:], "the list"), is_gzip=True)

    assert len(bits) * 8 == 131_072
    assert not any(bitstring_status(bits, index=place) for place in range(0, 131_072, 997))
