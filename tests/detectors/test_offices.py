"""Two people who share a name: an office of another kind than the registered one is no claim to be its holder."""

from __future__ import annotations

import pyarrow as pa
import pytest

from evenhand.detectors.offices import OFFICE_WORDS, OFFICES, OTHER_OFFICES
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.registry import REGISTERS
from evenhand.model.snapshot import ACCOUNTS
from evenhand.signals.words.claims import claims
from evenhand.workflows.signals import lexicon


def is_another(bio: str, office: str | None, name: str = "Tom Cotton") -> bool:
    """Whether the office in `bio` is of another kind than the registered `office`."""
    row = {"account_id": "1", "handle": "a", "display_name": name, "bio": bio}
    account = pa.Table.from_pylist([row], schema=ACCOUNTS.schema)
    holder = {"holder_id": "h", "kind": "official", "name": "Tom Cotton", "office": office, "source": "s"}
    with DuckDBEngine(threads=1) as engine:
        left = engine.run((claims(lexicon("claims")), *OFFICES), keep=[OTHER_OFFICES.name], tables={
            "accounts": account, "candidates": account, "holders": pa.Table.from_pylist([holder], schema=pa.schema(
                [field for field in REGISTERS["holders"].schema if field.name in holder])),
            "identity_evidence": pa.table({"account_id": ["1"], "holder_id": ["h"], "holder_kind": ["official"]})})
    return bool(left.relations[OTHER_OFFICES.name].num_rows)


@pytest.mark.parametrize(("bio", "office"), [
    ("City councillor for Ward 3. Official account.", "U.S. Senator, AR"),
    ("Mayor of Littleton.", "U.S. Representative, MI-9"),
    ("Concejala de Cultura. Cuenta oficial.", "U.S. Senator, AR"), ("Bürgermeister von Ulm", "U.S. Senator, AR"),
    ("Member of Parliament for Lowe, Sydney", "U.S. Senator, CT"), ("시의원 김민석입니다.", "Mayor, Alton, IL"),
    ("市長です。", "参議院議員 (東京)"), ("Senator in the Student Union of Leeds", "U.S. Representative, ME-2"),
    ("Ambassador to Chile", "Governor, GA")])
def test_another_kind_of_office_is_somebody_else_s(bio: str, office: str) -> None:
    assert is_another(bio, office)


@pytest.mark.parametrize(("bio", "office"), [
    ("U.S. Senator. Official account.", "U.S. Senator, AR"), ("Congressman for Maine", "U.S. Representative, ME-2"),
    ("Cuenta oficial de la senadora de Estados Unidos.", "U.S. Senator, WA"),
    ("韩国国会议员，官方账号。", "국회의원 (비례대표, 2018)"),
    ("参議院議員 公式アカウント", "参議院議員 (比例)"), ("Mayor of Alton", "Mayor, Alton, IL"),
    ("Diputado. Cuenta oficial.", "U.S. Representative, TX-1"),
    ("Former mayor of Alton, now U.S. Senator", "U.S. Senator, AR"), ("City councillor and senator", "U.S. Senator, AR"),
    ("Mayor of Ulm", None), ("Mayor of Ulm", "Postmaster"), ("Gardener in Ulm", "U.S. Senator, AR"),
    ("Not the mayor of Ulm", "U.S. Senator, AR")])
def test_the_same_kind_an_unknown_one_or_none_says_nothing(bio: str, office: str | None) -> None:
    assert not is_another(bio, office)


def test_no_word_is_so_short_that_it_stands_in_others_by_chance() -> None:
    assert [word for words in OFFICE_WORDS.values() for word in words if word.isascii() and len(word) < 3] == []
