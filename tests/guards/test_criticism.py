"""Criticism spares; documenting and reporting, said in a profile text, only have a person look."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.criticism import GUARD
from evenhand.model.snapshot import ACCOUNTS
from evenhand.signals.words.criticism import criticisms
from evenhand.workflows.signals import lexicon


@pytest.fixture(scope="module")
def engine() -> Any:
    with DuckDBEngine(threads=1) as opened:
        yield opened


def hits(engine: DuckDBEngine, name: str, bio: str, *, holder: str = "Ministry of Health") -> set[tuple[str, str]]:
    """The guard's hits on an account that reads as `holder`: strength and kind."""
    row = {"account_id": "1", "handle": "a", "display_name": name, "bio": bio}
    account = pa.Table.from_pylist([row], schema=ACCOUNTS.schema)
    left = engine.run((criticisms(lexicon("criticism")), *GUARD.steps), keep=[GUARD.hits], tables={
        "accounts": account, "profiles": account, "suspect_ids": pa.table({"account_id": ["1"]}),
        "identity_evidence": pa.table({"account_id": ["1"], "expected": [holder]})})
    return {(row["strength"], row["expected"]) for row in left.relations[GUARD.hits].to_pylist()}


@pytest.mark.parametrize("bio", [
    "Official account of the Ministry of Health. We document cases.", "Official account, documentation of our work",
    "Wir dokumentieren. Offizielles Konto", "我们记录真相。官方账号", "हम दस्तावेज़ीकरण करते हैं। आधिकारिक खाता",
    "نرصد. الحساب الرسمي",
    "Фиксируем. Официальный аккаунт", "公式アカウント。発言を記録", "เราบันทึกหลักฐาน บัญชีทางการ", "공식 계정. 진실을 기록"])
def test_an_account_that_says_it_documents_is_not_spared_but_looked_at(engine: DuckDBEngine, bio: str) -> None:
    assert {strength for strength, _ in hits(engine, "Ministry of Health", bio)} == {"ask"}


@pytest.mark.parametrize("bio", [
    "The truth about the Ministry of Health", "La verità sul ministero", "A verdade sobre o ministério"])
def test_criticism_spares(engine: DuckDBEngine, bio: str) -> None:
    assert ("spare", "criticism") in hits(engine, "Ministry of Health", bio)


@pytest.mark.parametrize("bio", ["Official account", "Official account. News and services.", "官方账号", "Conta oficial"])
def test_an_official_claim_alone_is_neither(engine: DuckDBEngine, bio: str) -> None:
    assert hits(engine, "Ministry of Health", bio) == set()


def test_the_wider_words_do_not_spare_by_standing_in_the_name(engine: DuckDBEngine) -> None:
    for name in ("Documentation project of the Ministry of Health", "Chronik der Ministry of Health", "卫生部存档"):
        assert hits(engine, name, "Official account") == set()
