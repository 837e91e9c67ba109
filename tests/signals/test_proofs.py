from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest
import sqlglot

from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.links import ADDRESSES, addresses
from evenhand.signals.web.proofs import proofs

QUERY = proofs()
HOLDERS = pa.table({"holder_id": ["maloy", "house"], "source": ["register", "register"]})
HANDLES = pa.table({"holder_id": ["maloy", "maloy", "house"], "platform": pa.array(["twitter", "bluesky", None], pa.string()),
                    "handle": ["RepMaloy", "maloy.house.gov", "@UsHouse"]})
DOMAINS = pa.table({"holder_id": ["maloy", "house"], "domain": ["www.maloy.house.gov", "house.gov"]})


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, table in {"holders": HOLDERS, "holder_handles": HANDLES, "holder_domains": DOMAINS}.items():
            connection.register(name, table)
        yield connection


def shown(engine: duckdb.DuckDBPyConnection, *, platform: str | None = "x", handle: str = "someone", website: str | None = None,
          verified: bool | None = None) -> set[tuple[str | None, str]]:
    accounts = pa.record_batch({"account_id": ["a"], "platform": pa.array([platform], pa.string()), "handle": [handle],
                                "website": pa.array([website], pa.string()), "bio": pa.array(["house.gov"], pa.string()),
                                "verified": pa.array([verified], pa.bool_())})
    engine.register("candidates", pa.Table.from_batches([accounts]))
    engine.register("addresses", pa.Table.from_batches([addresses(PublicSuffixes.bundled()).run(accounts)], ADDRESSES))
    rows = engine.sql(QUERY.sql).arrow().read_all().to_pylist()
    assert all(set(row) == {"account_id", "holder_id", "proof", "shown", "source"} for row in rows)
    return {(row["holder_id"], row["proof"]) for row in rows}


@pytest.mark.parametrize(("platform", "handle", "holders"), [
    ("twitter", "repmaloy", {"maloy"}), ("x", "@RepMaloy", {"maloy"}), (None, "RepMaloy", {"maloy"}),
    ("instagram", "RepMaloy", set()),
    ("anything", "ushouse", {"house"}), ("twitter", "RepMaIoy", set())])
def test_a_registered_handle_counts_on_its_platform_in_any_case(
        engine: duckdb.DuckDBPyConnection, platform: str | None, handle: str, holders: set[str]) -> None:
    assert shown(engine, platform=platform, handle=handle) == {(holder, "registered_handle") for holder in holders}


@pytest.mark.parametrize(("website", "holders"), [
    ("https://maloy.house.gov/contact", {"maloy", "house"}), ("www.maloy.house.gov", {"maloy", "house"}),
    ("house.gov", {"house"}), ("https://a.b.maloy.house.gov", {"maloy", "house"}), ("https://house.gov.evil.com", set()),
    ("https://nothouse.gov", set()), (None, set())])
def test_a_website_counts_for_every_holder_whose_domain_it_is_or_stands_below(
        engine: duckdb.DuckDBPyConnection, website: str | None, holders: set[str]) -> None:
    assert shown(engine, website=website) == {(holder, "registered_domain") for holder in holders}


@pytest.mark.parametrize(("platform", "handle", "proven"), [
    ("bluesky", "press.maloy.house.gov", True), ("atproto", "press.maloy.house.gov", True),
    (None, "press.maloy.house.gov", False),
    ("instagram", "press.maloy.house.gov", False), ("bluesky", "maloy-house.gov", False)])
def test_a_handle_below_a_holders_domain_is_proof_only_where_handles_are_domains(
        engine: duckdb.DuckDBPyConnection, platform: str | None, handle: str, *, proven: bool) -> None:
    assert (("maloy", "domain_handle") in shown(engine, platform=platform, handle=handle)) is proven


@pytest.mark.parametrize(("verified", "expected"), [(True, {(None, "verified")}), (False, set()), (None, set())])
def test_the_platforms_own_verification_names_no_holder(
        engine: duckdb.DuckDBPyConnection, expected: set[tuple[str | None, str]], *, verified: bool | None) -> None:
    assert shown(engine, verified=verified) == expected


def test_an_address_in_the_bio_proves_nothing(engine: duckdb.DuckDBPyConnection) -> None:
    assert shown(engine) == set()


def test_the_step_is_portable() -> None:
    sqlglot.transpile(QUERY.sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
