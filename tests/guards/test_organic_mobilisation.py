"""People who act together in the open: whom the guard asks about when only an address stands beside what they post."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.organic_mobilisation import GUARD
from evenhand.signals.coordination.networks import NETWORK_DOMAINS

TEXT, WHOLE = pa.string(), pa.int64()
EMPTY = {"own_domains": {"account_id": TEXT, "domain": TEXT}, "networks_templates": {"account_id": TEXT, "group_id": TEXT},
         "networks_openings": {"account_id": TEXT, "group_id": TEXT}, "cohorts": {"account_id": TEXT},
         "followers": {"account_id": TEXT, "first_second": WHOLE},
         "registrations": {"account_id": TEXT, "created_hour": WHOLE},
         "together": {"account_id": TEXT, "post_id": TEXT, "at_second": WHOLE, "n_accounts": WHOLE, "n_inside": WHOLE}}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as one:
        yield one


def hits(engine: DuckDBEngine, *, leads_to: str, **others: pa.Table) -> set[tuple[str, str, str]]:
    """Account, strength and reason of each hit, for five members of one network that lead to one domain."""
    names = [f"a{n}" for n in range(5)]
    tables = {name: pa.schema(list(columns.items())).empty_table() for name, columns in EMPTY.items()}
    tables["networks"] = pa.table({"group_id": ["a0"] * 5, "account_id": names, "n_members": [5.0] * 5})
    tables["posted_domains"] = pa.table({"account_id": names, "domain": [leads_to] * 5})
    run = engine.run([NETWORK_DOMAINS, *GUARD.steps], tables=tables | others, keep=[GUARD.hits])
    return {(row["account_id"], row["strength"], row["expected"]) for row in run.relations[GUARD.hits].to_pylist()}


def test_a_person_looks_where_only_an_address_stands_beside_what_they_post(engine: DuckDBEngine) -> None:
    alone = {(f"a{n}", "ask", "address_alone") for n in range(5)}
    assert hits(engine, leads_to="harbour-strike.example") == alone


@pytest.mark.parametrize("relation", ["networks_templates", "networks_openings", "cohorts"])
def test_it_does_not_ask_where_handles_or_openings_are_alike(engine: DuckDBEngine, relation: str) -> None:
    alike = pa.table({"account_id": ["a0", "a1"]} | ({} if relation == "cohorts" else {"group_id": ["a0", "a0"]}))
    found = hits(engine, leads_to="harbour-strike.example", **{relation: alike})
    assert {account for account, _, reason in found if reason == "address_alone"} == {"a2", "a3", "a4"}


@pytest.mark.parametrize("domain", ["change.org", "openpetition.eu", "youtube.com", "bit.ly"])
def test_a_host_that_many_share_is_no_address_of_their_own(engine: DuckDBEngine, domain: str) -> None:
    assert hits(engine, leads_to=domain) == set()
