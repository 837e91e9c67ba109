"""Registry folders: what is shipped holds its promises, what people hand over is read whole or refused in words."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.registries import load_registries, save_register, shipped_registries
from evenhand.connectors.registries.checks import check
from evenhand.connectors.registries.columns import ColumnMapping
from evenhand.connectors.registries.files import read_contents
from evenhand.connectors.registries.folder import MOST_SHOWN
from evenhand.connectors.registries.names import objections
from evenhand.connectors.registries.rows import read_rows
from evenhand.connectors.registries.values import host_of
from evenhand.errors import DataError
from evenhand.model.registry import REGISTERS

HOLDERS = REGISTERS["holders"]
FREE = {"CC0-1.0", "MIT", "CC-BY-3.0", "CC-BY-4.0", "BSD-3-Clause", "Apache-2.0", "MIT OR Apache-2.0"}


def holder(**columns: Any) -> dict[str, Any]:
    name = columns.get("name", "Harbour Authority of Elsewhere")
    return {"holder_id": "a:1", "kind": "institution", "name": name, "country": "NO", "office": None, "is_satire": None,
            "names": [{"name": name, "language": None, "kind": "label"}],
            "handles": [{"platform": "twitter", "handle": "Harbour"}], "domains": ["harbour.example"], "avatars": [],
            "source": "a list", "source_url": "https://a.example", "as_of": date(2026, 1, 2)} | columns


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=HOLDERS.schema)


def told(folder: Path, *more: Path) -> list[str]:
    with pytest.raises(DataError) as raised:
        load_registries(folder, *more)
    return [problem.what for problem in raised.value.problems]


# ---- what is shipped

def test_every_shipped_row_has_a_known_free_source_and_the_counts_agree() -> None:
    said = tomllib.loads(resources.files("evenhand").joinpath("data/registries/sources.toml").read_text("utf-8"))
    rows = Counter(source for one in shipped_registries().values() if "source" in one.column_names
                   for source in one["source"].to_pylist())
    assert {slug: source["rows"] for slug, source in said["sources"].items()} == dict(rows)
    assert {source["licence"] for source in said["sources"].values()} <= FREE
    days = {(slug, source["as_of"]) for slug, source in said["sources"].items()}
    shipped = {(slug, day) for one in ("holders", "link_lists") for slug, day in zip(
        shipped_registries()[one]["source"].to_pylist(), shipped_registries()[one]["as_of"].to_pylist(), strict=True)}
    assert shipped == days


def test_no_two_shipped_holders_have_one_domain_or_one_account() -> None:
    rows = shipped_registries()["holders"].select(["domains", "handles"]).to_pylist()
    domains = Counter(domain for row in rows for domain in row["domains"])
    accounts = Counter((one["platform"], one["handle"].casefold()) for row in rows for one in row["handles"])
    assert [key for key, n in (domains | accounts).items() if n > 1] == []


def test_no_shipped_link_list_covers_a_holders_own_site_or_hides_its_own_entries() -> None:
    registers = shipped_registries()
    links = registers["link_lists"].select(["host", "label"]).to_pylist()
    denied = {row["host"] for row in links if row["label"] != "allow"}
    allowed = {row["host"] for row in links if row["label"] == "allow"}

    def at_or_above(host: str) -> set[str]:
        labels = host.split(".")
        return {".".join(labels[start:]) for start in range(len(labels))}
    own = {domain for domains in registers["holders"]["domains"].to_pylist() for domain in domains}
    assert [domain for domain in own if at_or_above(domain) & denied] == []
    assert [host for host in denied if at_or_above(host) & allowed] == []
    assert allowed


def test_shipped_people_and_bodies_are_found_under_the_names_they_go_by() -> None:
    rows = {row["holder_id"]: {one["name"] for one in row["names"]} for row in
            shipped_registries()["holders"].select(["holder_id", "names"]).to_pylist()}
    assert {"Bernard Sanders", "Bernie Sanders"} <= rows["us-congress:S000033"]
    assert {"堂込 麻紀子", "堂込麻紀子", "どうごみまきこ"} <= rows["jp-councillor:7022027"]
    assert {"윤후덕", "尹厚德", "Yoon Huduk", "Huduk Yoon"} <= rows["kr-assembly-2018:9770813"]
    assert {"Federal Bureau of Investigation", "FBI"} <= rows["wikidata:Q8333"]
    assert {"Frankfurter Allgemeine Zeitung", "FAZ"} <= rows["media:faz.net"]


def test_what_is_shipped_fits_the_package() -> None:
    folder = resources.files("evenhand").joinpath("data/registries")
    with resources.as_file(folder) as place:
        assert sum(file.stat().st_size for file in place.iterdir()) < 8_000_000


# ---- writing and reading

ids = st.text("abcdefgh:0123", min_size=1, max_size=8)
names = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=4, max_size=40)


@given(st.dictionaries(ids, st.tuples(names, st.lists(ids, max_size=3)), max_size=6), st.randoms())
def test_what_is_saved_is_read_again_and_row_order_leaves_no_trace(
        tmp_path_factory: pytest.TempPathFactory, drawn: dict[str, tuple[str, list[str]]], random: Any) -> None:
    rows = [holder(holder_id=key, name=name, handles=[{"platform": None, "handle": one} for one in handles], domains=[])
            for key, (name, handles) in drawn.items()]
    rows = [row for row, why in zip(rows, objections(pa.array([row["name"] for row in rows], pa.string())).to_pylist(),
                                    strict=True) if why is None]
    folder = tmp_path_factory.mktemp("registry")
    first = save_register("holders", table(*rows), folder).read_bytes()
    random.shuffle(rows)
    again = save_register("holders", table(*rows), folder)
    assert again.read_bytes() == first
    assert load_registries(folder)["holders"].to_pylist() == sorted(rows, key=lambda row: row["holder_id"])


def test_one_register_may_be_written_in_four_formats(tmp_path: Path) -> None:
    rows = [holder(), holder(holder_id="a:2", name="Súðavík", is_satire=True, domains=["xn--bcher-kva.example"])]
    for one in ("parquet", "csv", "json", "jsonl"):
        (tmp_path / one).mkdir()
    save_register("holders", table(*rows), tmp_path / "parquet")
    plain = [json.loads(json.dumps(row, default=str)) for row in rows]
    (tmp_path / "json/holders.json").write_text(json.dumps(plain, indent=2), encoding="utf-8")
    (tmp_path / "jsonl/holders.jsonl").write_text("\n".join(map(json.dumps, plain)), encoding="utf-8")
    (tmp_path / "csv/holders.csv").write_text(
        "holder_id;kind;name;country;is_satire;handles;domains;source;source_url;as_of\n"
        "a:1;institution;Harbour Authority of Elsewhere;NO;;twitter:@Harbour;https://www.harbour.example/;"
        "a list;https://a.example;2026-01-02\n"
        'a:2;institution;Súðavík;NO;yes;"[{""platform"": ""Twitter"", ""handle"": ""Harbour""}]";bücher.example;'
        "a list;https://a.example;2026-01-02\n", encoding="utf-8")
    read = {one: load_registries(tmp_path / one)["holders"] for one in ("parquet", "csv", "json", "jsonl")}
    for one in ("csv", "json", "jsonl"):
        for column in HOLDERS.schema.names:
            got, wanted = (read[which][column].to_pylist() for which in (one, "parquet"))
            assert [value or None for value in got] == [value or None for value in wanted], (one, column)


def test_a_register_that_is_not_there_is_empty_and_notes_are_let_be(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("notes")
    (tmp_path / "imports.jsonl").write_text("{}")
    assert {name: one.num_rows for name, one in load_registries(tmp_path).items()} == dict.fromkeys(REGISTERS, 0)


def test_several_folders_are_one_registry_in_which_a_key_stands_once(tmp_path: Path) -> None:
    save_register("holders", table(holder()), tmp_path / "ours")
    save_register("holders", table(holder(holder_id="b:1")), tmp_path / "theirs")
    assert load_registries(tmp_path / "ours", tmp_path / "theirs")["holders"]["holder_id"].to_pylist() == ["a:1", "b:1"]
    save_register("holders", table(holder(), holder(holder_id="b:1")), tmp_path / "theirs")
    assert told(tmp_path / "ours", tmp_path / "theirs") == ["`a:1` stands twice"]


# ---- refusals

@pytest.mark.parametrize(("columns", "what"), [
    ({"holder_id": " "}, "`holder_id` is missing"),
    ({"kind": "party"}, "`party` is not a known kind"),
    ({"domains": ["https://a.example"]}, "`https://a.example` is not a host name"),
    ({"domains": ["Harbour.example"]}, "`Harbour.example` is not a host name"),
    ({"domains": ["10.0.0.1"]}, "`10.0.0.1` is not a host name"),
    ({"avatars": ["logo.png"]}, "`logo.png` is not a picture's hash"),
    ({"avatars": ["f" * 64, "f" * 63 + " logo.png"]}, f"`{'f' * 63} logo.png` is not a picture's hash"),
    ({"name": "News"}, "the name `News` is one common word"),
    ({"name": "EU"}, "the name `EU` has fewer than 3 letters"),
    ({"name": "Long live the harbour"}, "the name `Long live the harbour` is a slogan, not the name of a body or person"),
    ({"name": "x" * 201}, f"the name `{'x' * 201}` has more than 200 letters"),
    ({"names": []}, "the name `Harbour Authority of Elsewhere` is not among its `names`"),
    ({"names": None}, "the name `Harbour Authority of Elsewhere` is not among its `names`"),
    ({"handles": [{"platform": "twitter", "handle": None}]}, "a handle is empty"),
    ({"as_of": date(1899, 12, 31)}, "`as_of` is not in the years 1900 to 2199"),
    ({"as_of": date(2200, 1, 1)}, "`as_of` is not in the years 1900 to 2199"),
])
def test_a_holder_with_a_mistake_is_told(columns: dict[str, Any], what: str) -> None:
    assert [one.what for one in check(table(holder(**columns)), HOLDERS)] == [what]


@pytest.mark.parametrize("columns", [
    {"name": "The Times"}, {"name": "長島町"}, {"name": "森町"}, {"name": "EUR"}, {"name": "x" * 200}, {"country": None},
    {"as_of": date(1900, 1, 1)}, {"as_of": date(2199, 12, 31)},
    {"domains": None, "handles": None}, {"domains": ["xn--e1afmkfd.xn--p1ai", "hope_1000.blog.example"]},
    {"names": [{"name": "Harbour Authority of Elsewhere", "language": "en", "kind": "label"},
               {"name": "HA", "language": None, "kind": "short"}]},
])
def test_a_holder_without_one_is_not(columns: dict[str, Any]) -> None:
    assert check(table(holder(**columns)), HOLDERS) == []


def test_an_alias_must_stand_alone_as_well() -> None:
    own = holder()["names"]
    rows = table(holder(names=[*own, {"name": "Police", "language": "en", "kind": "alias"}]),
                 holder(holder_id="a:2", names=[*own, {"name": "H", "language": "en", "kind": "short"}]))
    assert [(one.row, one.what) for one in check(rows, HOLDERS)] == [
        (0, "the name `Police` is one common word"), (1, "the name `H` has fewer than 3 letters")]


@pytest.mark.parametrize(("register", "row", "what"), [
    ("link_lists", {"host": "bit.ly/x"}, "`bit.ly/x` is not a host name"),
    ("adjudications", {"harm": "criticism"}, "`criticism` is not a known harm"),
    ("adjudications", {"outcome": "guilty"}, "`guilty` is not a known outcome"),
    ("strikes", {"points": 0}, "`0` is less than one point"),
    ("strikes", {"expires_at": "2026-01-01T00:00:00Z"}, "`2026-01-01 00:00:00+00:00` is not after `given_at`"),
])
def test_the_other_registers_have_their_own_rules(register: str, row: dict[str, Any], what: str, tmp_path: Path) -> None:
    good = {"link_lists": {"list_id": "l", "host": "a.example", "label": "scam", "source": "s", "as_of": "2026-01-01"},
            "adjudications": {"account_id": "a", "harm": "scam", "outcome": "legitimate", "decided_at": "2026-01-01"},
            "strikes": {"account_id": "a", "policy_id": "p", "points": 1, "given_at": "2026-01-01T00:00:00Z",
                        "expires_at": "2026-01-01T00:00:01Z"}}[register]
    file = tmp_path / f"{register}.jsonl"
    file.write_text(json.dumps(good))
    assert load_registries(tmp_path)[register].num_rows == 1
    # Parquet, so that the value reaches the check as it is.
    mapped = read_rows(read_contents(file), REGISTERS[register], ColumnMapping(), constants={}).table.to_pylist()[0]
    bad = REGISTERS[register].schema.empty_table().from_pylist([mapped | row]) if register == "link_lists" else None
    file.write_text(json.dumps(good | row))
    if bad is not None:
        assert [one.what for one in check(bad, REGISTERS[register])] == [what]
    else:
        assert told(tmp_path) == [what]


def test_all_mistakes_of_all_files_are_told_together_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "holders.csv").write_text(
        "holder_id,kind,name,source,as_of\na:1,institution,Harbour,s,2026-01-01\na:1,institution,Harbour,s,2026-01-01\n"
        "a:2,institution,Harbour,s,soon\na:3,institution\n")
    (tmp_path / "link_lists.jsonl").write_text('{"list_id": "l", "host": "nowhere", "label": "scam"}\n[1]\n{"a"')
    (tmp_path / "holder.parquet").write_text("")
    with pytest.raises(DataError) as raised:
        load_registries(tmp_path)
    assert [(Path(one.file or "").name, one.line, one.what, one.hint) for one in raised.value.problems] == [
        ("holder.parquet", None, "`holder` is not a register", "did you mean `holders`?"),
        ("holders.csv", 3, "`a:1` stands twice", "each holder_id stands once"),
        ("holders.csv", 4, "`soon` is not a day such as 2026-11-23", "see its column `as_of`"),
        ("holders.csv", 5, "the record has 2 fields, the header 5", "quote a field that holds the separator"),
        ("link_lists.jsonl", 1, "`nowhere` holds no host name", "see its column `host`"),
        ("link_lists.jsonl", 2, "the record is not an object", 'write it as `{"name": "…"}`'),
        ("link_lists.jsonl", 3, "not readable as JSON: expecting ':' delimiter", "each line holds one JSON object"),
    ]


def test_very_many_mistakes_are_counted_after_the_first(tmp_path: Path) -> None:
    (tmp_path / "holders.csv").write_text("holder_id,kind,name,source,as_of\n" + "x,party,Harbour,s,2026-01-01\n" * 60)
    assert len(told(tmp_path)) == MOST_SHOWN + 1
    assert told(tmp_path)[-1] == f"{60 + 59 - MOST_SHOWN} more rows cannot stand in it"


def test_a_parquet_register_must_have_our_columns_and_types(tmp_path: Path) -> None:
    pq.write_table(pa.table({"holder_ids": ["a"], "as_of": ["soon"]}), tmp_path / "holders.parquet")
    assert told(tmp_path) == ["`holder_ids` is not a column of `holders`", "`as_of` is of the type string, not date32[day]"]
    (tmp_path / "holders.parquet").write_bytes(b"PAR1 but no more")
    assert told(tmp_path)[0].startswith("not a readable Parquet file:")
    pq.write_table(pa.table({"holder_id": ["a"], "as_of": [date(2026, 1, 1)]}), tmp_path / "holders.parquet")
    assert told(tmp_path) == ["`kind` is missing", "`name` is missing", "`source` is missing"]


def test_a_register_in_two_formats_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    save_register("holders", table(holder()), tmp_path)
    (tmp_path / "holders.csv").write_text("holder_id\n")
    assert told(tmp_path) == ["`holders` is there twice"]
    assert told(tmp_path / "nowhere") == [f"there is no folder `{tmp_path / 'nowhere'}`"]


# ---- foreign files, broken in any way

WHOLE = {
    "csv": 'holder_id,kind,name,domains\na:1,institution,Harbour,a.example\na:2,media,"The ""Sea""\nTimes",b.example\n',
    "json": '[\n {"holder_id": "a:1", "kind": "media", "name": "Sea Times"},\n {"holder_id": "a:2", "name": ["x"]}\n]',
    "jsonl": '{"holder_id": "a:1", "kind": "media", "name": "Sea Times"}\n{"holder_id": 7, "names": "A;B;Cé"}\n',
}


@given(kind=st.sampled_from(sorted(WHOLE)), at=st.integers(0, 200), gone=st.integers(0, 9), put=st.binary(max_size=9))
def test_no_corruption_ends_otherwise_than_in_words_and_every_record_is_accounted_for(
        tmp_path_factory: pytest.TempPathFactory, kind: str, at: int, gone: int, put: bytes) -> None:
    content = WHOLE[kind].encode()
    file = tmp_path_factory.mktemp("broken") / f"list.{kind}"
    file.write_bytes(content[:at] + put + content[at + gone:])
    try:
        contents = read_contents(file)
    except DataError:       # the whole file is told; anything else fails the test
        return
    checked = read_rows(contents, HOLDERS, ColumnMapping(), constants={"source": "s", "as_of": date(2026, 1, 1)})
    assert {record.line for record in contents.records} <= {*checked.lines, *(one.line for one in checked.problems)}
    assert len(checked.lines) == checked.table.num_rows <= len(contents.records)
    assert bool(checked.problems) == (checked.table.num_rows < contents.n_read)
    assert check(checked.table, HOLDERS) == []


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_parquet_register_is_told_or_holds_sound_rows(
        tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[float, int]]) -> None:
    file = save_register("holders", table(holder(), holder(holder_id="a:2")), tmp_path_factory.mktemp("damaged"))
    content = bytearray(file.read_bytes())
    for at, byte in damage:
        content[int(at * len(content))] = byte
    file.write_bytes(content)
    try:
        rows = load_registries(file.parent)["holders"].to_pylist()
    except DataError:
        return
    assert all(row["holder_id"] for row in rows)


@given(st.binary(max_size=300))
def test_a_broken_parquet_file_is_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("broken") / "list.parquet"
    file.write_bytes(content)
    with pytest.raises(DataError):
        read_contents(file)


@pytest.mark.parametrize(("written", "host"), [
    ("spiegel.de", "spiegel.de"), ("hxxps://www.a[.]example/x?y", "a.example"), ("A.Example.", "a.example"),
    ("пример.рф", "xn--e1afmkfd.xn--p1ai"), ("a.example:8080", "a.example"), ("user@a.example", "a.example"),
])
def test_a_host_is_read_however_it_is_written(written: str, host: str) -> None:
    assert host_of(written) == host


@pytest.mark.parametrize("written", ["", "localhost", "a b.example", "10.0.0.1", "http://[email protected]", "a..example",
                                     "-.example", "a." * 127 + "example"])
def test_what_is_no_host_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="holds no host name"):
        host_of(written)


def test_a_quote_that_is_never_closed_costs_its_line_and_not_those_after_it(tmp_path: Path) -> None:
    file = tmp_path / "holders.csv"
    rows = ("holder_id,kind,name,country", 'a,media,"Open,US', 'b,media,"Two', 'lines",US', "c,media,Bee News,US")
    file.write_text("\n".join(rows), encoding="utf-8")
    read = read_contents(file)
    assert [record.values["holder_id"] for record in read.records] == ["b", "c"]
    assert [problem.line for problem in read.problems] == [2]
