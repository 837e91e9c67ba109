"""A claim that names the account's own name says who is meant, for bodies that nobody is called like by chance."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from evenhand.detectors.identity import NAMED_CLAIMS, SELF_NAMED
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.snapshot import ACCOUNTS
from evenhand.signals.names.matches import NAME_MATCHES
from evenhand.signals.words.claims import claims
from evenhand.workflows.signals import lexicon


def named(name: str, bio: str, *, holder: str = "Town of Colchester", kind: str = "institution", match: str = "same",
          field: str = "display_name") -> set[str]:
    """The claims that name the holder which the account's name reads as."""
    account = {"account_id": "1", "handle": "a", "display_name": name, "bio": bio}
    reading = {"account_id": "1", "field": field, "shown": name, "holder_id": "h", "holder_kind": kind, "holder_name": holder,
               "match": match, "similarity": 0.9, "weight": 0.4, "n_holders_sharing": 1}
    with DuckDBEngine(threads=1) as engine:
        left = engine.run((claims(lexicon("claims")), SELF_NAMED, NAMED_CLAIMS), keep=[NAMED_CLAIMS.name], tables={
            "accounts": pa.Table.from_pylist([account], schema=ACCOUNTS.schema),
            "candidates": pa.Table.from_pylist([account], schema=ACCOUNTS.schema),
            "name_matches": pa.Table.from_pylist([reading], schema=NAME_MATCHES)})
    rows: list[dict[str, Any]] = left.relations[NAMED_CLAIMS.name].to_pylist()
    return {row["claim"] for row in rows}


@pytest.mark.parametrize(("name", "bio", "claim"), [
    ("Town of Colchester", "Official account of the Town of Colchester", "official_account"),
    ("Tоwn оf Cоlchester", "Official account of the Tоwn оf Cоlchester", "official_account"),
    ("Town of Colchester | Help", "On behalf of Town of Colchester | Help: permits, payments", "self_named"),
    ("Stadt Kolchester", "Stadt Kolchester – amtliche Mitteilungen", "self_named"),
    ("コルチェスター町", "コルチェスター町の公式アカウント", "self_named")])
def test_a_body_is_named_in_its_own_letters(name: str, bio: str, claim: str) -> None:
    assert claim in named(name, bio)


@pytest.mark.parametrize("bio", [
    "Official account.", "I live in the Tow of Colchester", "Not the official Tow of Colchester", ""])
def test_a_claim_that_names_nobody_or_no_claim_singles_nobody_out(bio: str) -> None:
    assert named("Tow of Colchester", bio) == set()


def test_an_outlet_must_be_written_as_in_the_register_or_with_look_alike_letters() -> None:
    assert named("The Ecko", "We are The Ecko, official page", holder="The Echo", kind="media") == set()
    assert named("The Echo", "The Echo, official page", holder="The Echo", kind="media") == {"official_account"}
    assert named("Thе Echо", "Thе Echо, official page", holder="The Echo", kind="media", match="skeleton") == {
        "official_account"}


@pytest.mark.parametrize(("match", "is_named"), [("same", True), ("skeleton", True), ("affix", True), ("edit", False),
                                                 ("tokens", False)])
def test_a_name_a_letter_away_is_the_body_next_door_s(match: str, *, is_named: bool) -> None:
    bio = "Official account of the Tow of Colchester"
    assert bool(named("Tow of Colchester", bio, match=match)) is is_named


def test_a_handle_is_no_name_that_a_bio_could_hold() -> None:
    assert named("Tow of Colchester", "Official account of Tow of Colchester", field="handle") == set()


def test_every_word_beside_the_name_counts_and_not_only_the_first() -> None:
    assert named("Tow of Colchester", "This is the place for all. Press office of Tow of Colchester.") == {"self_named"}
