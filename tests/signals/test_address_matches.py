"""Web addresses against registered domains: look-alikes are found, registered ones and what is below them never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.step import Kernel, Query
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.unicode_tables import UnicodeTables
from evenhand.signals.web.address_matches import ADDRESS_MATCHES, AddressIndex, address_matches
from evenhand.signals.web.hosts import PublicSuffixes

type_of_matches = Callable[..., list[dict[str, Any]]]
SUFFIXES = PublicSuffixes.bundled()
HOMOGRAPH = "xn--" + "spi\u0435gelsaal".encode("punycode").decode("ascii") + ".de"
"""With a Cyrillic letter."""


@pytest.fixture(scope="module")
def addresses(register: pa.Table, index: HolderIndex, tables: UnicodeTables) -> AddressIndex:
    return AddressIndex.build(register, names=index, tables=tables, suffixes=SUFFIXES)


@pytest.fixture(scope="module")
def matches_of(addresses: AddressIndex) -> type_of_matches:
    link_matches = address_matches(addresses)[0]
    assert isinstance(link_matches, Kernel)

    def matches(*hosts: str) -> list[dict[str, Any]]:
        return list(link_matches.run(_links(hosts)).to_pylist())

    return matches


def _links(hosts: tuple[str, ...]) -> pa.RecordBatch:
    split = [SUFFIXES.host(host) for host in hosts]
    columns = {name: pa.array([getattr(host, name) if host else None for host in split], pa.string())
               for name in ("host", "domain", "suffix", "label")}
    ids = pa.array([str(number) for number in range(len(hosts))], pa.string())
    return pa.record_batch({"account_id": ids, "post_id": ids, "where": ids, **columns})


@pytest.mark.parametrize(("host", "holder_domain", "match"), [
    ("spiegelsaal.ltd", "spiegelsaal.de", "other_suffix"),
    ("news.spiegelsaal.today", "spiegelsaal.de", "other_suffix"),
    ("spiegelsaal.co.com", "spiegelsaal.de", "other_suffix"),
    ("spiegelsaall.live", "spiegelsaal.de", "edit"),
    ("spiegelsaai.live", "spiegelsaal.de", "skeleton"),
    ("spiege1saa1.de", "spiegelsaal.de", "skeleton"),
    (HOMOGRAPH, "spiegelsaal.de", "skeleton"),
    ("spiegel-saal.de", "spiegelsaal.de", "skeleton"),
    ("spiegelsaal-official.com", "spiegelsaal.de", "affix"),
    ("spiegelsaalnews.com", "spiegelsaal.de", "affix"),
    ("spiegelsaal.de.verify-account.xyz", "spiegelsaal.de", "embedded"),
    ("www-spiegelsaal-de.xyz", "spiegelsaal.de", "embedded"),
    ("zarechya.gov.fm", "zarechya.gov.uk", "embedded"),
    ("vestnik-zarechya.live", "vestnik-zarechya.ru", "other_suffix"),
    ("vestnikzarechya.ru", "vestnik-zarechya.ru", "skeleton"),
])
def test_look_alike_addresses_are_found(host: str, holder_domain: str, match: str, matches_of: type_of_matches) -> None:
    assert (holder_domain, match) in {(row["holder_domain"], row["match"]) for row in matches_of(host)}


@pytest.mark.parametrize("host", [
    "spiegelsaal.de", "www.spiegelsaal.de", "a.b.spiegelsaal.de", "harbourcourier.com", "www.harbourcourier.example",
    "brackenbury.senate.gov", "warren.senate.gov", "stats.gov.cn", "police.pref.kyoto.jp"])
def test_registered_domains_and_all_below_them_match_nothing(host: str, matches_of: type_of_matches) -> None:
    assert matches_of(host) == []


@pytest.mark.parametrize("host", [
    "example.org", "saal.de", "spiegel.de", "courier.com", "192.0.2.7", "co.uk", "harbour.com", "lynx.com",
    "news.com", "senate.com"])
def test_other_addresses_are_left_alone(host: str, matches_of: type_of_matches) -> None:
    assert [row for row in matches_of(host) if row["similarity"] * row["weight"] >= 0.3] == []


def test_short_and_generic_labels_weigh_little(matches_of: type_of_matches) -> None:
    assert all(row["weight"] <= 0.5 for row in matches_of("rbi.live", "nl.live", "dailynews.live", "news.live"))


def test_the_steps_read_posts_and_profiles_and_join_them(addresses: AddressIndex) -> None:
    links, profiles, both = address_matches(addresses)
    assert isinstance(links, Kernel)
    assert isinstance(profiles, Kernel)
    assert isinstance(both, Query)
    assert (links.source, profiles.source, both.inputs) == ("links", "addresses", (links.name, profiles.name))
    rows = _links(("spiegelsaal.ltd",)).drop_columns(["post_id"])
    assert profiles.run(rows).to_pylist()[0]["post_id"] is None
    assert links.run(_links(())).schema == ADDRESS_MATCHES


def test_the_digest_is_of_who_holds_which_domain(
        register: pa.Table, addresses: AddressIndex, index: HolderIndex, tables: UnicodeTables) -> None:
    def digest(table: pa.Table) -> str:
        return AddressIndex.build(table, names=index, tables=tables, suffixes=SUFFIXES).digest

    swapped = register["domains"].take(pa.array([1, 0, *range(2, len(register))]))
    place = register.schema.get_field_index("domains")
    assert digest(register.take(pa.array(range(len(register) - 1, -1, -1)))) == addresses.digest
    assert digest(register.set_column(place, register.schema.field("domains"), swapped)) != addresses.digest


labels = st.sampled_from(["spiegelsaal", "spiegelsaall", "harbourcourier", "abekom", "abekomm", "bund",
    "xn--a", HOMOGRAPH.removesuffix(".de")])
hosts = st.builds(lambda before, label, after: f"{before}{label}{after}", st.sampled_from(["", "www.",
"spiegelsaal.de.", "a-"]),
                  labels, st.sampled_from([".de", ".com", ".co.uk", ".xyz", "-news.com", "24.live"]))


@given(st.lists(hosts, max_size=6))
def test_a_batch_is_the_union_of_its_rows(matches_of: type_of_matches, chosen: list[str]) -> None:
    def rows(found: list[dict[str, Any]]) -> list[tuple[object, ...]]:
        return sorted((tuple(value for key, value in row.items() if key not in {"account_id", "post_id",
            "where"}) for row in found),
                      key=repr)

    assert rows(matches_of(*chosen)) == rows([row for host in chosen for row in matches_of(host)])
