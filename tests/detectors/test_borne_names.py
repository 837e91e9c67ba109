"""A name in the profile is evidence where no name of the account reads as the holder's, and then a person decides."""

from __future__ import annotations

import pyarrow as pa
import pytest

from evenhand.detectors.identity import BORNE_EVIDENCE
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.named_in_profile import GUARD
from evenhand.model.step import Query
from evenhand.signals.names.matches import NAME_MATCHES
from evenhand.signals.words.borne_names import BORNE_NAMES

BORNE = {"account_id": "1", "shown": "Official account of Lynx News", "holder_id": "fox", "holder_kind": "media",
         "holder_name": "Lynx News", "similarity": 1.0, "weight": 0.9}
READING = {"account_id": "1", "field": "display_name", "shown": "Lynx News Ohio", "holder_id": "fox", "holder_kind": "media",
           "holder_name": "Lynx News", "match": "tokens", "similarity": 0.3, "weight": 0.9, "n_holders_sharing": 1}
ALL = Query(name="identity_evidence", inputs=("borne_evidence", "others"), sentence="all evidence of identity", sql="""
    select account_id, holder_id, signal from borne_evidence union all select account_id, holder_id, signal from others""")


def left(*, readings: list[dict[str, object]], others: list[str]) -> tuple[list[str], list[str]]:
    """The signals of the profile, and what the guard says."""
    with DuckDBEngine(threads=1) as engine:
        rows = engine.run((BORNE_EVIDENCE, ALL, *GUARD.steps), keep=[BORNE_EVIDENCE.name, GUARD.hits], tables={
            "borne_names": pa.Table.from_pylist([BORNE], schema=BORNE_NAMES),
            "name_matches": pa.Table.from_pylist(readings, schema=NAME_MATCHES),
            "suspect_ids": pa.table({"account_id": ["1"]}),
            "others": pa.table({name: pa.array([value] * len(others), pa.string()) if value else pa.array(others, pa.string())
                                for name, value in (("account_id", "1"), ("holder_id", "fox"), ("signal", ""))})}).relations
    return (rows[BORNE_EVIDENCE.name].column("signal").to_pylist(), rows[GUARD.hits].column("strength").to_pylist())


def test_a_neutral_name_with_such_a_profile_is_evidence_and_a_person_decides() -> None:
    assert left(readings=[], others=[]) == (["profile_bears_name"], ["ask"])


def test_an_account_whose_own_name_reads_as_the_holder_s_is_judged_by_its_name() -> None:
    assert left(readings=[READING], others=[]) == ([], [])


@pytest.mark.parametrize("other", ["address_lookalike", "address_embeds", "avatar_copies"])
def test_a_person_looks_whatever_else_reads_as_the_holder(other: str) -> None:
    """A branch shows the same picture, and its own address may hold the name."""
    assert left(readings=[], others=[other]) == (["profile_bears_name"], ["ask"])


def test_a_name_that_another_holder_has_is_no_reason_to_look_away() -> None:
    assert left(readings=[READING | {"holder_id": "post"}], others=[])[0] == ["profile_bears_name"]
