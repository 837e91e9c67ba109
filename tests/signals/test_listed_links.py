from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.signals.web.host_chain import LEVELS, below_domain
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.links import ADDRESSES, LINKS, addresses, links
from evenhand.signals.web.listed_links import listed_links
from evenhand.signals.web.redirects import HOPS, hops
from evenhand.signals.web.shared_hosts import HOSTS_OF_MANY, SHARED_HOSTS

QUERY = listed_links()


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def listed(engine: duckdb.DuckDBPyConnection, urls: list[str], entries: list[tuple[str, str]],
           website: str | None = None, leads_to: list[str] | None = None) -> list[dict[str, str | None]]:
    known = PublicSuffixes.bundled()
    posts = pa.record_batch({"account_id": ["a"] * len(urls), "post_id": [str(nth) for nth in range(len(urls))],
                             "text": pa.array(urls, pa.string()), "links": pa.array([None] * len(urls), pa.list_(pa.string()))})
    profile = pa.record_batch({"account_id": ["a"], "platform": ["x"], "handle": ["a"],
                               "website": pa.array([website], pa.string()), "bio": pa.array([None], pa.string())})
    way = pa.record_batch({"account_id": ["a"], "post_id": ["0"], "start": urls[:1] or ["a picture"],
                           "addresses": pa.array([leads_to], pa.list_(pa.string()))})
    tables = {"links": pa.Table.from_batches([links(known).run(posts)], LINKS),
              "hops": pa.Table.from_batches([hops(known).run(way)], HOPS),
              "addresses": pa.Table.from_batches([addresses(known).run(profile)], ADDRESSES),
              "link_lists": pa.table({name: pa.array(values, pa.string()) for name, values in {
                  "list_id": [f"l{nth}" for nth in range(len(entries))], "host": [host for host, _ in entries],
                  "label": [label for _, label in entries], "source": ["s"] * len(entries)}.items()})}
    for name, table in tables.items():
        engine.register(name, table)
    engine.sql(f"create or replace temp view {HOSTS_OF_MANY.name} as {HOSTS_OF_MANY.sql}")
    return sorted(engine.sql(QUERY.sql).arrow().read_all().to_pylist(), key=lambda row: (str(row["post_id"]), row["list_id"]))


@pytest.mark.parametrize(("url", "entry", "is_listed"), [
    ("https://evil.com/x", "evil.com", True),
    ("https://a.b.evil.com/x", "evil.com", True),
    ("https://a.b.evil.com/x", "b.evil.com", True),
    ("https://evil.com/x", "a.evil.com", False),
    ("https://notevil.com", "evil.com", False),
    ("https://evil.com.bank.com", "evil.com", False),
    ("https://a.b.c.d.e.f.g.h.i.j.k.evil.com", "evil.com", True),
    ("https://x.pages.dev", "pages.dev", False),
    ("https://x.pages.dev", "x.pages.dev", True),
    ("https://a.co.uk", "co.uk", False),
    ("https://a.com", "com", False),
    ("http://192.168.0.1/x", "192.168.0.1", True),
    ("http://x.onion/", "x.onion", True),
])
def test_an_entry_covers_its_host_and_all_below_but_no_public_suffix(
        engine: duckdb.DuckDBPyConnection, url: str, entry: str, *, is_listed: bool) -> None:
    assert bool(listed(engine, [url], [(entry, "scam")])) is is_listed


@pytest.mark.parametrize("entries", [
    [("evil.com", "scam"), ("a.evil.com", "allow")], [("a.evil.com", "scam"), ("evil.com", "allow")],
    [("evil.com", "allow"), ("evil.com", "scam"), ("evil.com", "phishing")]])
def test_an_allow_entry_at_any_level_beats_every_other(
        engine: duckdb.DuckDBPyConnection, entries: list[tuple[str, str]]) -> None:
    assert listed(engine, ["https://a.evil.com"], entries) == []


def test_an_allow_entry_does_not_spare_its_neighbours(engine: duckdb.DuckDBPyConnection) -> None:
    found = listed(engine, ["https://a.evil.com", "https://b.evil.com"], [("evil.com", "scam"), ("a.evil.com", "allow")])
    assert [row["host"] for row in found] == ["b.evil.com"]


def test_every_list_that_names_a_host_is_given_once_a_post(engine: duckdb.DuckDBPyConnection) -> None:
    entries = [("evil.com", "scam"), ("evil.com", "phishing")]
    found = listed(engine, ["https://evil.com/1 https://evil.com/2"], entries, "evil.com")
    assert [(row["post_id"], row["where"], row["host"], row["list_id"], row["list_label"], row["source"]) for row in found] == [
        ("0", "0", "evil.com", "l0", "scam", "s"), ("0", "0", "evil.com", "l1", "phishing", "s"),
        (None, "website", "evil.com", "l0", "scam", "s"), (None, "website", "evil.com", "l1", "phishing", "s")]


def test_the_step_is_portable() -> None:
    spark = sqlglot.transpile(QUERY.sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)[0]
    assert "LOCATE(" in spark
    assert set(QUERY.inputs) == {"links", "addresses", "hops", "link_lists", HOSTS_OF_MANY.name}


@pytest.mark.parametrize("way", [["https://evil.com/x"], ["https://go.example/1", "https://a.evil.com/x"],
                                 ["https://evil.com/x", "https://shop.example/"]])
def test_every_address_on_the_way_is_matched(engine: duckdb.DuckDBPyConnection, way: list[str]) -> None:
    rows = listed(engine, ["https://bit.ly/3x"], [("evil.com", "scam")], leads_to=way)

    assert [(row["post_id"], row["is_led_to"], str(row["host"]).endswith("evil.com")) for row in rows] == [("0", True, True)]


def test_an_address_that_the_post_writes_itself_counts_once(engine: duckdb.DuckDBPyConnection) -> None:
    rows = listed(engine, ["https://evil.com/x"], [("evil.com", "scam")], leads_to=["https://evil.com/y"])

    assert [row["is_led_to"] for row in rows] == [False]


def test_a_code_in_a_picture_leads_to_what_it_says(engine: duckdb.DuckDBPyConnection) -> None:
    rows = listed(engine, [], [("evil.com", "scam")], leads_to=["https://evil.com/y"])

    assert [(row["host"], row["is_led_to"]) for row in rows] == [("evil.com", True)]


def test_a_host_that_many_share_is_never_listed_as_a_whole(engine: duckdb.DuckDBPyConnection) -> None:
    hosts = [f"{www}{host}" for host in SHARED_HOSTS for www in ("", "www.")]
    urls = [f"https://{host}/3x" for host in hosts]
    assert not listed(engine, urls, [(host, "scam") for host in hosts], leads_to=["https://shop.example/"])


def test_an_allowed_host_that_many_share_still_spares_what_stands_below_it(engine: duckdb.DuckDBPyConnection) -> None:
    entries = [("google.com", "allow"), ("own.google.com", "scam")]
    assert not listed(engine, ["https://own.google.com/a"], entries)
    assert listed(engine, ["https://own.google.com/a"], entries[1:])


@given(hosts=st.lists(st.lists(st.sampled_from(["a", "b-c", "xn--d", "com"]), min_size=1, max_size=9), min_size=1, max_size=6),
       n_of_domain=st.integers(1, 3))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_host_stands_below_itself_and_the_names_above_it_up_to_its_domain(
        engine: duckdb.DuckDBPyConnection, hosts: list[list[str]], n_of_domain: int) -> None:
    engine.register("places", pa.table({"host": [".".join(labels) for labels in hosts],
                                        "domain": [".".join(labels[-n_of_domain:]) for labels in hosts]}))
    found = engine.execute(f"with {below_domain('places')} select distinct host, covering from below_domain").fetchall()
    assert set(found) == {(".".join(labels), ".".join(labels[level:])) for labels in hosts
                          for level in range(min(LEVELS, len(labels) - n_of_domain))}
