from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.web.hosts import PublicSuffixes, compared
from evenhand.signals.web.links import ADDRESSES, LINKS, addresses, links

KNOWN = PublicSuffixes.bundled()
KERNEL = links(KNOWN)
STRINGS = pa.list_(pa.string())


def posts(rows: list[tuple[str | None, list[str] | None]]) -> pa.RecordBatch:
    return pa.record_batch({"account_id": pa.array(["a"] * len(rows), pa.string()),
                            "post_id": pa.array([str(nth) for nth in range(len(rows))], pa.string()),
                            "text": pa.array([text for text, _ in rows], pa.string()),
                            "links": pa.array([found for _, found in rows], STRINGS)})


def hosts(text: str) -> list[str]:
    return KERNEL.run(posts([(text, None)])).column("host").to_pylist()


def urls(text: str) -> list[str]:
    return KERNEL.run(posts([(text, None)])).column("url").to_pylist()


@pytest.mark.parametrize(("text", "expected"), [
    ("go to https://Example.COM/a?b=1.", ["example.com"]),
    ("(see http://example.com/x)", ["example.com"]),
    ("www.example.co.uk, example.org!", ["www.example.co.uk", "example.org"]),
    ("hxxps://evil[.]example[.]com/x", ["evil.example.com"]),
    ("evil(dot)com evil {.} net evil dot org", ["evil.com", "evil.net", "evil.org"]),
    ("https[:]//evil.com/", ["evil.com"]),
    ('<a href="http://adf.ly">http://adf.ly</a> /1HmVtX<br />x\ufeff', ["adf.ly"]),
    ('<a href="http://evil.com/?a=1&amp;b=2">www.bank.com</a>', ["evil.com", "www.bank.com"]),
    ("[bank.com](https://evil.com)", ["bank.com", "evil.com"]),
    ("https://user:pw@evil.com:8443/bank.com", ["evil.com"]),
    ("http://bank.com@evil.com/", ["evil.com"]),
    ("https://www.google.com/url?q=https%3A%2F%2Fevil.com%2Fx&sa=D", ["www.google.com", "evil.com"]),
    ("看http://example.com这里 访问example.org吧", ["example.com", "example.org"]),
    ("пример.рф", ["xn--e1afmkfd.xn--p1ai"]),
    ("\u0430pple.com", ["xn--pple-43d.com"]),
    ("ｅｘａｍｐｌｅ．ｃｏｍ http://example。com", ["example.com", "example.com"]),
    ("ex\u200bample.com", ["example.com"]),
    ("http://192.168.0.1:8080/a http://[::1]/ http://3232235777/", ["192.168.0.1", "::1", "192.168.1.1"]),
    ("http://a.com/x,http://b.com 👉http://c.com👈", ["a.com", "b.com", "c.com"]),
    ("http://a.comhttp://b.com", ["a.com", "b.com"]),
    ("bit.ly\\1bSefQe", ["bit.ly"]),
    ("t.co/x x.com t.me/y", ["t.co", "x.com", "t.me"]),
    ("http://EXAMPLE.com./", ["example.com"]),
    ("ethresear.ch/ ?", ["ethresear.ch"]),
])
def test_an_address_is_found_however_it_is_written(text: str, expected: list[str]) -> None:
    assert hosts(text) == expected


@pytest.mark.parametrize("text", [
    "joe@example.com", "mailto:joe@example.com", "joe@ example.com", "@jay.bsky.social @user@mastodon.social",
    "I had no time.so I left", "done.It is", "Wife.how she knew", "README.md main.py v1.2.3 3.14", "U.S.A. e.g. i.e. etc.",
    "10.in 5.am", "foo.notasuffix", "now.onion roast", "http:// http:///x http://.com http://localhost/", "...", "a..b", "x.y"])
def test_what_is_no_address_is_not_found(text: str) -> None:
    assert hosts(text) == []


@pytest.mark.parametrize(("text", "url"), [
    ("(https://en.wikipedia.org/wiki/Foo_(bar))", "https://en.wikipedia.org/wiki/Foo_(bar)"),
    ("“https://example.com/a.”", "https://example.com/a"),
    ("hxxp://x[.]pages[.]dev/?q=1).", "http://x.pages.dev/?q=1"),
    ("http://münchen.de/ü", "http://münchen.de/ü"),
    ("看http://example.com这里", "http://example.com"),
])
def test_the_address_is_shown_without_what_surrounds_it(text: str, url: str) -> None:
    assert urls(text) == [url]


@pytest.mark.parametrize(("host", "parts"), [
    ("a.b.example.co.uk", ("example.co.uk", "co.uk", "example")),
    ("x.pages.dev", ("x.pages.dev", "pages.dev", "x")),
    ("a.b.blogspot.com", ("b.blogspot.com", "blogspot.com", "b")),
    ("pages.dev", ("pages.dev", "pages.dev", None)),
    ("www.city.niigata.lg.jp", ("niigata.lg.jp", "lg.jp", "niigata")),
    ("foo.bar.notasuffix", ("bar.notasuffix", "notasuffix", "bar")),
    ("192.168.0.1", ("192.168.0.1", None, None)),
])
def test_a_host_is_split_where_domains_are_registered(host: str, parts: tuple[str, str | None, str | None]) -> None:
    row, = KERNEL.run(posts([(f"https://{host}/", None)])).to_pylist()
    assert (row["domain"], row["suffix"], row["label"]) == parts


def test_listed_links_need_no_scheme_and_come_after_those_in_the_text() -> None:
    rows = KERNEL.run(posts([("see http://d.com", ["evil.so", "https://a.com/b", "http://d.com"]), ("http://c.com", []),
                             (None, None)])).to_pylist()
    assert [(row["post_id"], row["host"]) for row in rows] == [
        ("0", "d.com"), ("0", "evil.so"), ("0", "a.com"), ("1", "c.com")]


def test_an_address_is_given_once_a_post() -> None:
    assert urls("http://a.com http://a.com http://a.com/x") == ["http://a.com", "http://a.com/x"]


@pytest.mark.parametrize(("text", "flags"), [
    ("hxxp://evil.com", {"evil.com": True}), ("evil[.]com and http://good.com", {"evil.com": True, "good.com": False}),
    ("evil[.]com http://evil.com", {"evil.com": False})])
def test_only_what_is_never_written_clickable_counts_as_defanged(text: str, flags: dict[str, bool]) -> None:
    assert {row["host"]: row["is_defanged"] for row in KERNEL.run(posts([(text, None)])).to_pylist()} == flags


def test_an_empty_batch_gives_an_empty_batch_of_the_schema() -> None:
    assert KERNEL.run(posts([])).schema.equals(LINKS)
    assert KERNEL.run(posts([(None, None)])).num_rows == 0


PIECES = st.sampled_from(["http://a.com/x", "b.org", " ", "[.]", ".", "(", ")", "hxxp://", "é", "看", "\n", "&amp;",
                          "<a href=", '"', "@", "evil", "com", "/", "?url=https%3A%2F%2Fc.net", ",",
                          "\ue000", "xn--", "[", "://", ":", "1.2.3.4"])
TEXT = st.lists(PIECES, max_size=10).map("".join)


@given(st.lists(st.tuples(st.one_of(st.none(), TEXT), st.one_of(st.none(), st.lists(TEXT, max_size=2))), max_size=6))
def test_a_bulk_result_is_the_union_of_the_one_row_results(rows: list[tuple[str | None, list[str] | None]]) -> None:
    batch = posts(rows)
    single = [row for nth in range(len(rows)) for row in KERNEL.run(batch.slice(nth, 1)).to_pylist()]
    assert in_order(KERNEL.run(batch).to_pylist()) == in_order(single)


def in_order(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(rows, key=lambda row: (int(row["post_id"]), row["url"], row["host"]))


@given(st.text(max_size=40))
def test_a_compared_host_is_ascii_and_compares_to_itself(text: str) -> None:
    host = compared(text)
    if host is not None:
        assert host.isascii()
        assert compared(host) == host


def accounts(**columns: list[str | None]) -> pa.RecordBatch:
    n_rows = len(next(iter(columns.values())))
    names = ("platform", "handle", "website", "bio")
    return pa.record_batch({"account_id": pa.array([str(nth) for nth in range(n_rows)]), **{
        name: pa.array(columns.get(name, [None] * n_rows), pa.string()) for name in names}})


def test_a_profile_has_addresses_in_website_handle_and_bio() -> None:
    batch = accounts(platform=["bluesky"], handle=["@jay.house.gov"], website=["maloy.house.gov/about"],
                     bio=["see example.org"])
    found = addresses(KNOWN).run(batch)
    assert found.schema.equals(ADDRESSES)
    assert [(row["where"], row["host"], row["domain"]) for row in found.to_pylist()] == [
        ("website", "maloy.house.gov", "house.gov"), ("handle", "jay.house.gov", "house.gov"),
        ("bio", "example.org", "example.org")]


@pytest.mark.parametrize(("platform", "handle", "n_found"), [
    ("bluesky", "jay.house.gov", 1), ("BLUESKY", "jay.house.gov", 1), (None, "jay.house.gov", 1),
    ("instagram", "jay.house.gov", 0),
    ("bluesky", "jay", 0), ("bluesky", "jay.notasuffix", 0), ("bluesky", "jay house.gov", 0), ("mastodon", "jay@house.gov", 0)])
def test_a_handle_is_an_address_only_where_handles_are_domains(platform: str | None, handle: str, n_found: int) -> None:
    assert addresses(KNOWN).run(accounts(platform=[platform], handle=[handle])).num_rows == n_found


def test_a_website_field_may_hold_html() -> None:
    batch = accounts(website=['<a href="https://example.com/@me" rel="me">example.com/@me</a>'])
    assert addresses(KNOWN).run(batch).column("host").to_pylist() == ["example.com", "example.com"]


def test_suffixes_of_a_column_keep_its_nulls() -> None:
    assert KNOWN.suffixes(pa.array(["a.co.uk", None, "", "1.2.3.4", "a.co.uk"])).to_pylist() == [
        "co.uk", None, None, None, "co.uk"]
