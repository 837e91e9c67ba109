"""Credentials and licences become rows of the register; every other record is told with its file, line and reason."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from issued_credentials import AT, AUDIENCE, NONCE, NOW, Office, disclosure, key, licence, sd_jwt, signed, vc

from evenhand.connectors.credentials.issuers import load_issuers
from evenhand.connectors.credentials.status_lists import load_status_lists
from evenhand.connectors.registries import load_registries
from evenhand.connectors.registries.licences import is_npi
from evenhand.errors import ConfigError, DataError
from evenhand.workflows.credentials.imports import CredentialSettings, import_credentials, import_licences
from evenhand.workflows.import_registry import Provenance, RegistryDiff, apply_import

SOURCE = Provenance(source="presented", as_of=date(2026, 11, 1))
HEADER = ("NPI,Entity Type Code,Healthcare Provider Taxonomy Code_1,Provider License Number State Code_1,"
          "NPI Deactivation Date,NPI Reactivation Date\n")


def look(folder: Path, records: list[dict[str, str]], holder: str = "key") -> RegistryDiff:
    office = Office(folder=folder, holder=holder)
    presented = folder / "presented.jsonl"
    presented.write_text("".join(json.dumps(record) + "\n" for record in records))
    return import_credentials(presented, CredentialSettings(issuers=office.issuers(), at=AT, audience=AUDIENCE),
                              provenance=SOURCE, into=folder / "registries")


def reasons(difference: RegistryDiff) -> list[tuple[int | None, str]]:
    return [(one.line, one.what) for one in difference.rejected]


def test_what_is_kept_is_no_name_no_number_and_no_token(tmp_path: Path) -> None:
    text, digest = disclosure("salt", "family_name", "Doe")
    token = sd_jwt(licence(_sd=[digest], number="L-1234"), text)

    apply_import(look(tmp_path, [{"account_id": "a1", "credential": token, "nonce": NONCE}]))

    row, = load_registries(tmp_path / "registries")["credentials"].to_pylist()
    assert {name: row[name] for name in ("account_id", "profession", "jurisdiction", "issuer", "status")} == {
        "account_id": "a1", "profession": "physician", "jurisdiction": "US-CA", "issuer": "Board of Medicine",
        "status": "verified"}
    assert row["expires_at"].timestamp() == NOW + 1000
    written = (tmp_path / "registries" / "credentials.parquet").read_bytes() + (
        tmp_path / "registries" / "imports.jsonl").read_bytes()
    assert not any(secret.encode() in written for secret in ("Doe", "L-1234", token[:20]))


def test_every_record_that_is_left_out_has_its_line_and_its_reason(tmp_path: Path) -> None:
    good = sd_jwt()
    difference = look(tmp_path, [
        {"account_id": "a1", "credential": good, "nonce": NONCE},
        {"account_id": "a2", "credential": sd_jwt(by=key(owner="mallory")), "nonce": "n2"},
        {"credential": good, "nonce": "n3"},
        {"account_id": "a4", "nonce": "n4"}])

    assert (difference.n_read, len(difference.added), difference.n_rejected) == (4, 1, 3)
    assert reasons(difference) == [(2, "the signature of the credential is wrong"), (3, "`account_id` is missing"),
                                   (4, "`credential` is missing")]


def test_one_nonce_serves_one_account(tmp_path: Path) -> None:
    difference = look(tmp_path, [{"account_id": name, "credential": sd_jwt(), "nonce": NONCE} for name in ("a1", "a2")])

    assert reasons(difference) == [(line, "its nonce was given to another account too") for line in (1, 2)]


def test_a_copy_that_two_accounts_show_helps_neither(tmp_path: Path) -> None:
    token = signed(vc(), typ="vc+jwt")
    difference = look(tmp_path, [{"account_id": name, "credential": token} for name in ("a1", "a2")], holder="bearer")

    assert difference.n_rejected == 2
    assert {what for _, what in reasons(difference)} == {
        "another account shows the same credential, and neither proves to hold it"}


def test_one_person_may_show_a_credential_for_two_accounts_with_their_key(tmp_path: Path) -> None:
    difference = look(tmp_path, [
        {"account_id": name, "credential": sd_jwt(proof={"nonce": name}), "nonce": name} for name in ("a1", "a2")])

    assert (len(difference.added), difference.n_rejected) == (2, 0)


def test_a_folder_is_read_as_one_and_a_problem_names_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "presented"
    folder.mkdir()
    (folder / "one.jsonl").write_text(json.dumps({"account_id": "a1", "credential": "x"}) + "\nnot json\n")
    (folder / "two.csv").write_text(f"account_id,credential\na2,{signed(vc(), typ='vc+jwt')}\n")
    office = Office(folder=tmp_path, holder="bearer")

    difference = import_credentials(folder, CredentialSettings(issuers=office.issuers(), at=AT), provenance=SOURCE,
                                    into=tmp_path / "registries")

    assert (difference.n_read, len(difference.added)) == (3, 1)
    assert [(Path(one.file or "").name, one.line) for one in difference.rejected] == [("one.jsonl", 1), ("one.jsonl", 2)]


def test_a_file_of_a_folder_that_cannot_be_read_is_left_out_as_one_record(tmp_path: Path) -> None:
    folder = tmp_path / "presented"
    folder.mkdir()
    (folder / "one.csv").write_bytes("account_id,credential\na1,x\n".encode("utf-16"))
    (folder / "three.parquet").write_text("no table")
    (folder / "two.csv").write_text(f"account_id,credential\na2,{signed(vc(), typ='vc+jwt')}\n")
    settings = CredentialSettings(issuers=Office(folder=tmp_path, holder="bearer").issuers(), at=AT)

    difference = import_credentials(folder, settings, provenance=SOURCE, into=tmp_path / "registries")

    assert (difference.n_read, len(difference.added), difference.n_rejected) == (3, 1, 2)
    assert [Path(one.file or "").name for one in difference.rejected] == ["one.csv", "three.parquet"]
    (folder / "two.csv").unlink()
    with pytest.raises(DataError) as nothing:
        import_credentials(folder, settings, provenance=SOURCE, into=tmp_path / "registries")
    assert len(nothing.value.problems) == 2


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenhand.connectors.credentials.signatures.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'evenhand\[credentials\]'"):
        look(tmp_path, [])


@pytest.mark.parametrize(("change", "what"), [
    (("id =", "ident ="), "unknown key `ident`"), (('keys = "board.jwks"', 'keys = "none.jwks"'), "`none.jwks` cannot be read"),
    (('holder = "key"', 'holder = "hand"'), "`hand` is not a way to prove"),
    (('holder = "key"', 'algorithms = ["HS256"]'), "names one that is not allowed"),
    (('profession_claim = "profession"', ""), "no `type` or no profession"),
    (("[[issuer]]", "[[issuers]]"), "names no issuer")])
def test_a_list_of_issuers_with_a_mistake_is_refused(tmp_path: Path, change: tuple[str, str], what: str) -> None:
    file = Office(folder=tmp_path).issuers()
    file.write_text(file.read_text().replace(*change, 1))

    with pytest.raises(DataError, match=what):
        load_issuers(file)


@pytest.mark.parametrize(("jwk", "what"), [
    (key().as_dict(private=True), "is a secret one"), ({"kty": "oct", "k": "AAAA"}, "is a secret one"),
    ({"kty": "EC", "crv": "secp256k1"}, "of a kind that is not used"),
    ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "has 17 bits"),
    ({"kty": "EC", "crv": "P-256", "use": "enc"}, "not for signatures"), ({"kty": "EC", "crv": "P-256"}, "cannot be read")])
def test_only_public_keys_for_signatures_stand_on_the_list(tmp_path: Path, jwk: dict[str, str], what: str) -> None:
    file = Office(folder=tmp_path).issuers()
    (tmp_path / "board.jwks").write_text(json.dumps({"keys": [jwk]}))

    with pytest.raises(DataError, match=what):
        load_issuers(file)


def test_a_file_that_is_no_status_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.jwt").write_text("hello")

    with pytest.raises(DataError, match="not a compact token"):
        load_status_lists([tmp_path / "list.jwt"], at=AT)


def look_up(folder: Path, rows: str, claims: str, mapping: str = "us-nppes") -> RegistryDiff:
    (folder / "register.csv").write_text(HEADER + rows)
    (folder / "claims.csv").write_text("account_id,number\n" + claims)
    return import_licences(folder / "register.csv", folder / "claims.csv", mapping=Path(mapping), provenance=SOURCE,
                           into=folder / "registries")


def test_a_licence_is_looked_up_by_its_number(tmp_path: Path) -> None:
    rows = "1234567893,1,207Q00000X,CA,,\n1245319599,1,163W00000X,,03/01/2024,\n"
    difference = look_up(tmp_path, rows, "a1,1234567893\na2,1245319599\n")

    kept = {row["account_id"]: (row["profession"], row["jurisdiction"], row["status"])
            for row in difference.merged.to_pylist()}
    assert kept == {"a1": ("physician", "US-CA", "verified"), "a2": ("registered nurse", "US", "unknown")}
    assert "1234567893" not in json.dumps(difference.merged.to_pylist(), default=str)


def test_a_quote_that_is_never_closed_costs_its_own_row_alone(tmp_path: Path) -> None:
    (tmp_path / "npidata.csv").write_text(
        HEADER + '1003000126,1,"207Q00000X,CA,,\n1234567893,1,207Q00000X,CA,,\n1003000134,1,207Q00000X,CA,,\n')
    (tmp_path / "claims.csv").write_text("account_id,number\na1,1003000126\na2,1234567893\na3,1003000134\n")

    difference = import_licences(tmp_path / "npidata.csv", tmp_path / "claims.csv", mapping=Path("us-nppes"),
                                 provenance=SOURCE, into=tmp_path / "registries")

    assert sorted(difference.merged["account_id"].to_pylist()) == ["a2", "a3"]
    assert [(Path(one.file or "").name, one.line) for one in difference.rejected] == [("claims.csv", 2), ("npidata.csv", 2)]


def test_a_row_that_is_no_text_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "npi.csv").write_bytes(HEADER.encode() + b"1234567893,1,207Q00000X,CA,,\n1245319599,1,207Q00000X,C\xe9,,\n")
    (tmp_path / "claims.csv").write_text("account_id,number\na1,1234567893\na2,1245319599\n")

    difference = import_licences(tmp_path / "npi.csv", tmp_path / "claims.csv", mapping=Path("us-nppes"), provenance=SOURCE,
                                 into=tmp_path / "registries")

    assert difference.merged["account_id"].to_pylist() == ["a1"]
    assert reasons(difference) == [(3, "the row of `1245319599` in the register is not UTF-8 text")]


@pytest.mark.parametrize(("rows", "claims", "reason"), [
    ("", "a1,1234567893\n", "`1234567893` is not in the register"),
    ("1234567893,1,207,CA,,\n" * 2, "a1,1234567893\n", "`1234567893` stands twice in the register"),
    ("1234567893,2,207,CA,,\n", "a1,1234567893\n", "has `2` as its `Entity Type Code`, not `1`"),
    ("1234567893,1,999,CA,,\n", "a1,1234567893\n", "licensed for something that the mapping does not name"),
    ("1234567893,1,207,CA,,\n", "a1,1234567894\n", "its check digit is wrong"),
    ("1234567893,1,207,CA,,\n", "a1,1234567893\na2,1234567893\n", "claimed by several accounts"),
    ("1234567893,1,207,CA,,\n", "a1,\n", "the account or its number is missing"),
    ("1,2\n1234567893,1,207,CA,,\n", "a1,1234567893\n", "the row has 2 fields, the header 6")])
def test_a_claim_that_cannot_be_confirmed_says_why(tmp_path: Path, rows: str, claims: str, reason: str) -> None:
    difference = look_up(tmp_path, rows, claims)

    assert any(reason in what for _, what in reasons(difference))
    assert all(one.line for one in difference.rejected)


def test_words_of_a_register_become_ours_and_a_day_ends_with_it(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('issuer = "Bar"\ndate_format = "%m/%d/%Y"\n[columns]\nnumber = "NPI"\n'
                       'profession = "Healthcare Provider Taxonomy Code_1"\nstatus = "Entity Type Code"\n'
                       'expires_at = "NPI Deactivation Date"\n[statuses]\nStruck = "revoked"\n')
    difference = look_up(tmp_path, "7,STRUCK,lawyer,,12/31/2026,\n8,resting,lawyer,,,\n9,x,lawyer,,31.12.2026,\n",
                         "a7,7\na8,8\na9,9\n", str(mapping))

    rows = {row["account_id"]: row for row in difference.merged.to_pylist()}
    assert (rows["a7"]["status"], rows["a7"]["expires_at"].isoformat()) == ("revoked", "2027-01-01T00:00:00+00:00")
    assert rows["a8"]["status"] == "unknown"
    assert reasons(difference) == [(4, "`31.12.2026` is not a day as the mapping writes it, `%m/%d/%Y`")]


def test_a_mapping_with_mistakes_tells_them_all(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('check = "luhn"\n[columns]\nnumbr = "NPI"\n[statuses]\nOk = "fine"\n')

    with pytest.raises(DataError) as error:
        look_up(tmp_path, "", "", str(tmp_path / "map.toml"))

    assert len(error.value.problems) == 6


@given(number=st.integers(100_000_000, 299_999_999), place=st.integers(0, 9), step=st.integers(1, 9))
def test_one_wrong_digit_of_an_npi_never_passes(number: int, place: int, step: int) -> None:
    whole = next(text for digit in range(10) if is_npi(text := f"{number}{digit}"))
    changed = whole[:place] + str((int(whole[place]) + step) % 10) + whole[place + 1:]

    assert not is_npi(changed)
