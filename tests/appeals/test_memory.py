"""Promise: what a person found legitimate is not found again without new evidence, and is with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.appeals.memory import adjudications, evidence_digests
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.adjudicated import GUARD
from evenhand.model.evidence import MAX_REASONS
from evenhand.model.plan import REASON
from evenhand.model.registry import ADJUDICATIONS
from evenhand.model.snapshot import TIME

DECIDED_AT = datetime(2026, 6, 1, tzinfo=UTC)
EVIDENCE = pa.schema([*((name, pa.string()) for name in (
    "account_id", "harm", "holder_id", "family", "signal", "shown", "expected", "source")), ("posted_at", TIME)])
PROFILES = pa.schema([("account_id", pa.string()), ("handle", pa.string())])

texts = st.text(alphabet="aé1٣ 中\u200b|", max_size=4)
reasons = st.fixed_dictionaries({
    "signal": st.sampled_from(["name_reads_as", "claims_news", "links_listed"]),
    "family": st.sampled_from(["identity", "claim"]),
    "fact": texts, "where": st.sampled_from(["bio", "p1", "p2"]), "shown": texts, "expected": texts, "source": texts})


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as duckdb:
        yield duckdb


def decisions(*of_accounts: list[dict[str, str]], holder: str | None = "h") -> pa.Table:
    n = len(of_accounts)
    return pa.table({"account_id": [str(i) for i in range(n)], "harm": ["scam"] * n,
                     "holder_id": pa.array([holder] * n, pa.string()),
                     "reasons": pa.array(list(of_accounts), pa.list_(REASON))})


def is_spared(engine: DuckDBEngine, remembered: pa.Table, evidence: list[dict[str, Any]]) -> bool:
    rows = [{"account_id": "0", "harm": "scam", "holder_id": "h", "posted_at": None} | row for row in evidence]
    hits = engine.run(GUARD.steps, keep=[GUARD.hits], tables={
        "profiles": pa.Table.from_pylist([{"account_id": "0", "handle": "x"}], PROFILES), "adjudications": remembered,
        "evidence": pa.Table.from_pylist(rows, EVIDENCE)}).relations[GUARD.hits]
    return bool(hits.num_rows)


@settings(max_examples=25)
@given(before=st.lists(reasons, min_size=1, max_size=MAX_REASONS), data=st.data())
def test_no_finding_again_without_new_evidence(engine: DuckDBEngine, before: list[dict[str, str]], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(before), max_size=6))
    remembered = adjudications(decisions(before), decided_at=DECIDED_AT)
    assert is_spared(engine, remembered, again)


@settings(max_examples=25)
@given(before=st.lists(reasons, min_size=1, max_size=MAX_REASONS - 1), again=st.lists(reasons, max_size=3))
def test_one_new_reason_is_new_evidence(
        engine: DuckDBEngine, before: list[dict[str, str]], again: list[dict[str, str]]) -> None:
    remembered = adjudications(decisions(before), decided_at=DECIDED_AT)
    new = {"signal": "avatar_copies", "family": "identity", "shown": "x", "expected": "y", "source": "z"}
    assert not is_spared(engine, remembered, [*before, *again, new])


@pytest.mark.parametrize(("change", "spared"), [
    ({}, True),
    ({"expected": "15"}, True),  # how often is no new evidence
    ({"expected": "fifteen"}, False),
    ({"shown": "other.example"}, False),
    ({"source": "another list"}, False),
    ({"signal": "shared_listed_link"}, False),
    ({"shown": "other.example", "posted_at": DECIDED_AT}, True),  # that post was there when the person decided
    ({"shown": "other.example", "posted_at": DECIDED_AT + timedelta(seconds=1)}, False),
    ({"shown": "scam.example", "posted_at": DECIDED_AT + timedelta(days=1)}, True),  # the same link again
    ({"harm": "false_claim", "shown": "other"}, True),  # evidence of another harm; the hit speaks about this one only
    ({"holder_id": "other holder", "shown": "other"}, True),
])
def test_what_counts_as_new(engine: DuckDBEngine, change: dict[str, Any], spared: bool) -> None:
    reason = {"signal": "links_listed", "family": "content", "fact": "", "where": "p1", "shown": "scam.example",
              "expected": "14", "source": "list"}
    remembered = adjudications(decisions([reason]), decided_at=DECIDED_AT)
    assert is_spared(engine, remembered, [reason | change]) is spared


def test_a_decision_with_as_many_reasons_as_fit_is_remembered_by_its_families(engine: DuckDBEngine) -> None:
    many = [{"signal": "links_listed", "family": "content", "fact": "", "where": "p", "shown": f"s{i}.example", "expected": "",
             "source": ""} for i in range(MAX_REASONS)]
    remembered = adjudications(decisions(many), decided_at=DECIDED_AT)
    assert is_spared(engine, remembered, [*many, many[0] | {"shown": "thirteenth.example"}])
    assert not is_spared(engine, remembered, [*many, many[0] | {"family": "money"}])


def test_an_adjudication_without_a_digest_spares_whatever_the_evidence(engine: DuckDBEngine) -> None:
    row = {"account_id": "0", "harm": "scam", "holder_id": None, "outcome": "legitimate", "evidence_digest": None,
           "decided_at": DECIDED_AT}
    known = pa.Table.from_pylist([row], schema=ADJUDICATIONS)
    assert is_spared(engine, known, [{"signal": "x", "family": "money", "shown": "new"}])


def test_a_digest_depends_on_neither_the_order_nor_the_other_rows() -> None:
    one = {"signal": "a", "family": "claim", "fact": "f", "where": "bio", "shown": "x", "expected": "", "source": ""}
    two = one | {"signal": "b"}
    digests = evidence_digests(decisions([one, two], [two, one, one], [one], [])["reasons"]).to_pylist()
    assert digests[0] == digests[1]
    assert digests[2] in digests[0].split(" ")
    assert digests[3] == ""
    assert evidence_digests(decisions([one])["reasons"]).to_pylist() == [digests[2]]
