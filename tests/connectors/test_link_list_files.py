"""Long link lists: every form in which publishers write them is read, and what is no host is counted."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.registries.link_list_files import ListRead, ListSource, write_link_list
from evenhand.connectors.registries.rows import load_register
from evenhand.errors import DataError
from evenhand.model.registry import REGISTERS
from evenhand.workflows.import_links import import_links

SOURCE = ListSource(list_id="made-up", label="scam", source="a test", as_of=date(2026, 1, 1))


def written(folder: Path, text: str) -> tuple[ListRead, dict[str, str]]:
    (folder / "list.txt").write_text(text, encoding="utf-8")
    read = write_link_list(folder / "list.txt", SOURCE, into=folder / "link_lists.parquet", temporary=folder)
    table = pq.read_table(folder / "link_lists.parquet")
    return read, dict(zip(table["host"].to_pylist(), table["label"].to_pylist(), strict=True))


@pytest.mark.parametrize(("line", "host"), [
    ("0.0.0.0 trap.example.com", "trap.example.com"), ("127.0.0.1\ttrap.example.com # seen", "trap.example.com"),
    ("trap.example.com", "trap.example.com"), ("TRAP.Example.COM.", "trap.example.com"),
    ("https://user@trap.example.com:8080/a?b=c", "trap.example.com"), ("hxxps://trap[.]example[.]com/x", "trap.example.com"),
    ("||trap.example.com^$third-party", "trap.example.com"), ("trap.example.com,phishing,2026-01-01", "trap.example.com"),
    ('{"indicator": "trap.example.com", "type": "DOMAIN"}', "trap.example.com"),
    ('{"signal": "hxxp://trap[.]example.com/a"}', "trap.example.com"), ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com")])
def test_each_form_names_its_host(tmp_path: Path, line: str, host: str) -> None:
    assert written(tmp_path, f"# a comment\n{line}\n\n")[1] == {host: "scam"}


def test_an_allowed_host_is_allowed_whatever_else_names_it(tmp_path: Path) -> None:
    assert written(tmp_path, "good.example.com\n@@||good.example.com^\ngood.example.com\n")[1] == {"good.example.com": "allow"}


def test_what_is_no_host_is_counted_and_told_with_its_line(tmp_path: Path) -> None:
    read, hosts = written(tmp_path, "host\na.example.com\nnot a host\na.example.com\n127.0.0.1 localhost.localdomain\n")
    assert hosts == {"a.example.com": "scam"}
    assert (read.n_lines, read.n_entries, read.n_left_out, read.left_out) == (3, 1, 1, ((3, "not a host"),))


def test_what_is_written_is_a_register(tmp_path: Path) -> None:
    written(tmp_path, "b.example.com\na.example.com\n")
    checked = load_register(tmp_path / "link_lists.parquet", REGISTERS["link_lists"])
    assert not checked.problems
    assert checked.table["host"].to_pylist() == ["a.example.com", "b.example.com"]


def test_every_host_of_a_line_of_a_hosts_file_is_read(tmp_path: Path) -> None:
    read, hosts = written(tmp_path, "0.0.0.0 a.example.com b.example.com\tnone # c.example.com\n::1 d.example.com\n")
    assert sorted(hosts) == ["a.example.com", "b.example.com", "d.example.com"]
    assert (read.n_lines, read.n_left_out) == (2, 1)
    assert read.left_out == ((1, "0.0.0.0 a.example.com b.example.com\tnone # c.example.com"),)


def test_a_line_that_is_no_json_costs_itself_alone(tmp_path: Path) -> None:
    read, hosts = written(tmp_path, '{"signal": "a.example.com"}\n{broken\n{"signal": {"n": 1}}\n{"url": "b.example.com"}\n')
    assert sorted(hosts) == ["a.example.com", "b.example.com"]
    assert read.left_out == ((2, "{broken"), (3, '{"signal": {"n": 1}}'))


@pytest.mark.parametrize("text", [
    '{"raw_indicator": "trap.example.com", "type": "URI", "status": "MALICIOUS"}',
    '{"indicator": {"indicator": "http://trap.example.com/a", "type": "URI"}, "status": "SUSPICIOUS"}',
    '{"signal_type": "url", "signal_str": "https://trap.example.com/a", "category": "POSITIVE_CLASS"}',
    "collab,signal_type,signal_str,category,tags\nours,url,https://trap.example.com/a?b=1,POSITIVE_CLASS,x",
    '# a list\n"id";"url";"threat"\n"7";"hxxp://trap[.]example[.]com/a;b";"phish"',
    "id\thost\n1\ttrap.example.com"])
def test_each_form_of_a_signal_exchange_names_its_host(tmp_path: Path, text: str) -> None:
    read, hosts = written(tmp_path, text + "\n")
    assert (hosts, read.n_lines, read.n_left_out) == ({"trap.example.com": "scam"}, 1, 0)


@pytest.mark.parametrize(("text", "why"), [
    ('{"raw_indicator": "good.example.com", "type": "DOMAIN", "status": "NON_MALICIOUS"}', "its publisher does not say"),
    ("collab,signal_type,signal_str,category,tags\nours,url,good.example.com,NEGATIVE_CLASS,", "its publisher does not say"),
    ('{"indicator": "who@example.com", "type": "EMAIL_ADDRESS"}', "no address"), ("who@mail.example.com", "who@mail"),
    ("https://docs.google.com/forms/d/1", "a host that many share"), ("0.0.0.0 www.facebook.com", "a host that many share"),
    ("||sites.google.com/view/fake^", "a host that many share"), ("https://bit.ly/3x,phishing", "a host that many share")])
def test_what_would_name_strangers_is_left_out_and_told(tmp_path: Path, text: str, why: str) -> None:
    read, hosts = written(tmp_path, text + "\n")
    assert (hosts, read.n_left_out) == ({}, 1)
    assert read.left_out[0][1].startswith(why)


def test_a_host_that_many_share_may_be_allowed(tmp_path: Path) -> None:
    assert written(tmp_path, "@@||docs.google.com^\n")[1] == {"docs.google.com": "allow"}
    (tmp_path / "allowed.txt").write_text("docs.google.com\n")
    read = write_link_list(tmp_path / "allowed.txt", replace(SOURCE, label="allow"), into=tmp_path / "x.parquet",
                           temporary=tmp_path)
    assert (read.n_entries, read.n_left_out) == (1, 0)


@pytest.mark.parametrize(("entry", "is_listed"), [
    ("https://news.example.com/hacked/login", False), ("hxxp://www.sub.news.example.com//a", False),
    ("https://news.example.com/", True), ("news.example.com", True), ("0.0.0.0 news.example.com", True),
    ("https://notnews.example.com/a", True)])
def test_a_page_of_a_registered_site_does_not_list_the_site(tmp_path: Path, entry: str, *, is_listed: bool) -> None:
    (tmp_path / "list.txt").write_text(entry + "\n")
    read = write_link_list(tmp_path / "list.txt", SOURCE, into=tmp_path / "x.parquet", temporary=tmp_path,
                           sites=["news.example.com"])
    assert (read.n_entries, read.n_left_out) == ((1, 0) if is_listed else (0, 1))
    assert is_listed or read.left_out[0][1].startswith("a page of a registered site: ")


def test_the_sites_of_shipped_holders_and_of_the_folder_are_known(tmp_path: Path) -> None:
    pq.write_table(pa.table({"domains": [["harbour.example"]]}), tmp_path / "holders.parquet")
    (tmp_path / "list.txt").write_text("https://www.nasa.gov/a\nhttps://harbour.example/a\nhttps://trap.example/a\n")
    read = import_links(tmp_path / "list.txt", SOURCE, into=tmp_path)
    assert (read.n_entries, [line for line, _ in read.left_out]) == (1, [1, 2])


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no list"):
        write_link_list(tmp_path / "none.txt", SOURCE, into=tmp_path / "x.parquet", temporary=tmp_path)


@given(hosts=st.lists(st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,4})?\.[a-z]{2,6}", fullmatch=True), min_size=1, max_size=8,
                      unique=True))
def test_promise_every_host_comes_back_once(hosts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    read, found = written(tmp_path_factory.mktemp("list"), "host\n" + "\n".join(f"0.0.0.0 {host}" for host in hosts * 2))
    assert sorted(found) == sorted(hosts)
    assert read.n_left_out == 0


def test_a_line_that_is_no_text_costs_itself_alone_and_is_told_with_its_line(tmp_path: Path) -> None:
    lines = [b"# c", b"a.example.com\r", b"", b"caf\xe9.example.com", b"not a host", b"a" * 1_500_000, b"x\xff\x00y",
             b"b.example.com"]
    (tmp_path / "list.txt").write_bytes(b"\n".join(lines))
    read = write_link_list(tmp_path / "list.txt", SOURCE, into=tmp_path / "x.parquet", temporary=tmp_path)
    assert pq.read_table(tmp_path / "x.parquet")["host"].to_pylist() == ["a.example.com", "b.example.com"]
    assert (read.n_lines, read.n_entries, read.n_left_out) == (6, 2, 4)
    assert read.left_out == ((4, "not UTF-8 text"), (5, "not a host"), (6, "longer than any address"), (7, "not UTF-8 text"))


@pytest.mark.parametrize("content", ["a.example.com\n".encode("utf-16"), gzip.compress(b"a.example.com"), bytes(500)],
                         ids=["utf-16", "gzip", "zeros"])
def test_what_is_no_text_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        write_link_list(tmp_path / "list.txt", SOURCE, into=tmp_path / "x.parquet", temporary=tmp_path)


def test_a_list_replaces_itself_and_no_other(tmp_path: Path) -> None:
    for name, text in (("one", "a.example.com\nb.example.com"), ("two", "a.example.com"), ("one", "c.example.com")):
        (tmp_path / "list.txt").write_text(text, encoding="utf-8")
        read = import_links(tmp_path / "list.txt", replace(SOURCE, list_id=name), into=tmp_path / "registries")
    table = load_register(tmp_path / "registries" / "link_lists.parquet", REGISTERS["link_lists"]).table
    assert [(row["list_id"], row["host"]) for row in table.to_pylist()] == [("two", "a.example.com"), ("one", "c.example.com")]
    assert read.n_entries == 1
    assert sorted(file.name for file in (tmp_path / "registries").iterdir()) == ["imports.jsonl", "link_lists.parquet"]
    assert len((tmp_path / "registries" / "imports.jsonl").read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize("missing", ["list_id", "label", "source"])
def test_a_list_without_a_name_is_refused(tmp_path: Path, missing: str) -> None:
    (tmp_path / "list.txt").write_text("a.example.com", encoding="utf-8")
    with pytest.raises(DataError, match="has no name"):
        import_links(tmp_path / "list.txt", replace(SOURCE, **{missing: " "}), into=tmp_path / "registries")
    assert not (tmp_path / "registries").exists()
