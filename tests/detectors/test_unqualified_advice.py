"""Unqualified advice: what is found, what is left alone, and what the register of credentials changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from evenhand.detectors.unqualified_advice import DETECTOR
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.outside_register import GUARD as OUTSIDE
from evenhand.guards.verified_credential import GUARD as VERIFIED
from evenhand.model.registry import CREDENTIALS
from evenhand.model.snapshot import ACCOUNTS, POSTS
from evenhand.model.step import NOTED_POSTS
from evenhand.signals.advice import advice_steps
from evenhand.signals.advice.gate import Gate
from evenhand.workflows.signals import lexicon

DOCTOR = "Licensed physician. Private consultations, book your session."
ADVICE = "With your symptoms you should stop taking your tablets."
POSTED = datetime(2026, 10, 1, tzinfo=UTC)
Rows = list[dict[str, Any]]


def swept(bio: str, *texts: str, name: str = "Ann", credentials: Rows = []) -> dict[str, Rows]:  # noqa: B006 never changed
    """What the detector and the two guards leave for one account."""
    account = {"account_id": "1", "handle": "ann", "display_name": name, "bio": bio}
    posts = [{"post_id": f"p{nth}", "account_id": "1", "text": text, "created_at": POSTED} for nth, text in enumerate(texts)]
    row = {"account_id": "1", "issuer": "Chamber", "source": "t", "as_of": date(2026, 1, 1)}
    held = [row | {"credential_id": f"c{nth}"} | one
            for nth, one in enumerate(credentials)]
    steps = (*advice_steps(lexicon("advice"), lexicon("professions")), *DETECTOR.steps, *VERIFIED.steps, *OUTSIDE.steps)
    keep = [DETECTOR.found, DETECTOR.evidence, VERIFIED.hits, OUTSIDE.hits]
    with DuckDBEngine(threads=1) as engine:
        left = engine.run(steps, keep=keep, tables={
            "accounts": pa.Table.from_pylist([account], schema=ACCOUNTS.schema),
            "posts": pa.Table.from_pylist(posts, schema=POSTS.schema),
            NOTED_POSTS: pa.Table.from_pylist(posts, schema=POSTS.schema),
            "credentials": pa.Table.from_pylist(held, schema=CREDENTIALS)})
    return {step: left.relations[step].to_pylist() for step in keep}


def is_found(bio: str, *texts: str) -> bool:
    return bool(swept(bio, *texts)[DETECTOR.found])


def spared(credential: dict[str, Any], *, bio: str = DOCTOR) -> list[str]:
    return [hit["strength"] for hit in swept(bio, ADVICE, credentials=[credential])[VERIFIED.hits]]


def test_a_claimed_profession_that_advises_for_money_is_found_with_three_families() -> None:
    left = swept(DOCTOR, ADVICE)
    assert len(left[DETECTOR.found]) == 1
    assert {row["family"] for row in left[DETECTOR.evidence]} == {"claim", "content", "money"}


@pytest.mark.parametrize(("bio", "text"), [
    ("Licensed physician.", ADVICE),                                                    # no money
    ("Runner, mother of two.", "My doctor changed my tablets. You should ask about your dose."),
    ("Future physician. Book your session.", "I revise the heart before the exam."),
    ("Patients speak.", "Doctors take $200 per consultation and tell you to take pills."),
    ("Paid consultations.", "Not medical advice: stop taking your tablets."),
    (DOCTOR, "Lovely weather today."),
    (DOCTOR, "You should ask your doctor about your tablets."),
])
def test_talk_free_advice_students_criticism_and_disclaimers_are_not_found(bio: str, text: str) -> None:
    assert not is_found(bio, text)


def test_advice_without_a_claim_is_found_only_where_it_is_sold() -> None:
    assert is_found("I help you heal your thyroid. Paid consultations by DM.", "Stop taking your thyroid pills.")
    assert not is_found("I love my thyroid.", "Stop taking your thyroid pills.")


def test_a_fee_in_the_advising_post_counts_where_the_profile_is_about_that_field_and_the_fee_is_the_authors() -> None:
    told = "Stop taking your thyroid pills."
    assert is_found("A thyroid diary.", f"{told} Book a session, $60.")
    assert is_found("A thyroid diary.", f"{told} The consultation is $60.")             # a service and a price
    assert not is_found("A garden diary.", f"{told} Book a session, $60.")
    assert not is_found("A thyroid diary.", f"{told} They charged me $60 a session for that.")
    assert not is_found("A thyroid diary.", told, "Book a session, $60.")               # advice and fee in two posts


def test_who_claims_a_profession_and_takes_a_fee_in_a_post_sells_it() -> None:
    left = swept("Licensed physician.", "Private consultations about the heart, book now.")
    assert [row["signal"] for row in left[DETECTOR.evidence] if row["family"] == "content"] == ["sells_advice"]
    assert not is_found("Runner, mother of two.", "Private consultations about the heart, book now.")
    assert not is_found("Licensed physician.", "They charge $60 for a consultation about the heart.")
    assert is_found("Licensed physician. Consultation $80.", ADVICE)


def test_a_revoked_qualification_needs_no_fee() -> None:
    revoked = {"profession": "physician", "status": "revoked"}
    assert swept("Licensed physician.", ADVICE, credentials=[revoked])[DETECTOR.found]
    assert not swept("Licensed physician.", ADVICE, credentials=[revoked | {"status": "unknown"}])[DETECTOR.found]


@pytest.mark.parametrize(("credential", "strengths"), [
    ({"profession": "physician", "status": "verified"}, ["spare"]),
    ({"profession": "falconer", "status": "verified"}, ["spare"]),                      # a profession nobody can place
    ({"profession": "physician", "status": "expired"}, []),
    ({"profession": "physician", "status": "revoked"}, []),
    ({"profession": "physician", "status": "verified", "expires_at": POSTED}, []),      # it ended at that instant
    ({"profession": "physician", "status": "verified", "expires_at": datetime(2026, 10, 2, tzinfo=UTC)}, ["spare"]),
    ({"profession": "lawyer", "status": "verified"}, ["ask"]),                          # claims to be a physician
])
def test_a_credential_spares_while_it_is_valid_and_in_its_field(credential: dict[str, Any], strengths: list[str]) -> None:
    assert spared(credential) == strengths


def test_a_person_is_asked_about_teachers_bodies_and_without_a_register() -> None:
    held = [{"profession": "physician", "status": "unknown"}]
    lessons = swept("Paid lessons, $20 per hour.", "Before your exam you should read this lesson twice.", credentials=held)
    clinic = swept(DOCTOR, ADVICE, name="Harbour Clinic", credentials=held)
    assert [hit["expected"] for hit in lessons[OUTSIDE.hits]] == ["teaching"]
    assert [hit["expected"] for hit in clinic[OUTSIDE.hits]] == ["body"]
    assert [hit["expected"] for hit in swept(DOCTOR, ADVICE)[OUTSIDE.hits]] == ["no_register"]
    assert swept(DOCTOR, ADVICE, credentials=held)[OUTSIDE.hits] == []


def test_words_of_two_languages_do_not_add_up() -> None:
    # Indonesian `tarif` (a fee) is Turkish for a recipe
    assert not is_found("Öğretmen", "@can bu tarif sana: elmalı kek")


def test_the_gate_reads_bytes_as_written_and_whole_ascii_words() -> None:
    gate = Gate(["оплата", "my fee", "консульт*"])
    assert gate.passes(pa.array(["ОПЛАТА вперёд", "Оплата", "MY FEE", "my feet", "консультация", ""])).tolist() == [
        [True, True, True, False, True, False]]
    assert gate.passes(pa.array([], pa.string())).tolist() == [[]]
    assert gate.passes(pa.array(["my", " fee"])).tolist() == [[False, False]]
    assert Gate(["my fee"], ["my fee", "price"]).passes(pa.array(["my fee", "price"])).tolist() == [[True, False], [True, True]]
