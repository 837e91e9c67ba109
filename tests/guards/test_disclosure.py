"""Another trade beside the name spares from posing, and from nothing else; away from it, a person looks."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.disclosure import GUARD
from evenhand.model.snapshot import ACCOUNTS
from evenhand.signals.words.claims import claims
from evenhand.signals.words.disclosures import disclosures
from evenhand.workflows.signals import lexicon


@pytest.fixture(scope="module")
def engine() -> Any:
    with DuckDBEngine(threads=1) as opened:
        yield opened


def hits(engine: DuckDBEngine, name: str, bio: str, *, holder: str = "Le Figaro") -> set[tuple[str | None, str | None, str]]:
    """The guard's hits on an account that reads as `holder`: harm, holder, strength."""
    row = {"account_id": "1", "handle": "a", "display_name": name, "bio": bio}
    account = pa.Table.from_pylist([row], schema=ACCOUNTS.schema)
    steps = (claims(lexicon("claims")), disclosures(lexicon("disclosures")), *GUARD.steps)
    left = engine.run(steps, keep=[GUARD.hits], tables={
        "accounts": account, "profiles": account, "suspect_ids": pa.table({"account_id": ["1"]}),
        "identity_evidence": pa.table({"account_id": ["1"], "expected": [holder]})})
    return {(row["harm"], row["holder_id"], row["strength"]) for row in left.relations[GUARD.hits].to_pylist()}


@pytest.mark.parametrize(("name", "bio"), [
    ("Le Figaro", "Compte officiel du salon de coiffure Le Figaro à Lyon."),
    ("The Mirror", "Official account of The Mirror hair salon. News and offers."),
    ("Figaro Pizzeria", "Official account."), ("Министерство пиццы", "Официальный аккаунт пиццерии."),
    ("フィガロ", "フィガロ カフェの公式アカウントです。")])
def test_another_trade_beside_the_name_or_the_claim_spares_from_posing(engine: DuckDBEngine, name: str, bio: str) -> None:
    found = hits(engine, name, bio)
    assert {strength for _, holder, strength in found if holder is None} == {"spare"}
    assert {harm for harm, *_ in found} == {"impersonation_media", "impersonation_institution", "impersonation_military"}


def test_another_trade_away_from_the_name_asks_a_person_but_spares_who_imitates_nobody(engine: DuckDBEngine) -> None:
    found = hits(engine, "Le Figaro", "Official account of Le Figaro, news all day. Meet our editors in a coffee house.")
    assert {strength for _, holder, strength in found if holder is None} == {"ask"}
    assert {strength for _, holder, strength in found if holder} == {"spare"}


@pytest.mark.parametrize("bio", [
    "Official account of Le Figaro. Breaking news.", "Official account of Le Figaro, not a restaurant.",
    "Official account of Le Figaro. I love restaurants."])
def test_no_trade_spares_nobody(engine: DuckDBEngine, bio: str) -> None:
    assert hits(engine, "Le Figaro", bio) == set()


def test_a_trade_in_the_imitated_name_says_nothing(engine: DuckDBEngine) -> None:
    assert hits(engine, "Restaurant Daily", "Official account.", holder="Restaurant Daily") == set()


def test_a_parody_spares_from_everything(engine: DuckDBEngine) -> None:
    assert hits(engine, "Le Figaro", "Parody account. News that never happened.") == {(None, None, "spare")}
