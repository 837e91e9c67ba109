"""What a person reads when a register, a foreign list or a mapping of its columns cannot be used."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from error_texts import error_texts

from evenhand.connectors.registries import folder, load_registries, long_lists, read_registries
from evenhand.connectors.registries.claim_reviews import read_claim_reviews
from evenhand.connectors.registries.columns import load_column_mapping, mapping_of_flags
from evenhand.connectors.registries.files import read_contents
from evenhand.connectors.registries.licence_mapping import load_licence_mapping
from evenhand.connectors.registries.licences import read_licences
from evenhand.connectors.registries.link_list_files import ListSource, write_link_list
from evenhand.connectors.registries.long_lists import LongList, refuse_changed
from evenhand.errors import DataError, Problem
from evenhand.model.registry import REGISTERS
from evenhand.workflows.import_links import import_links

Golden = Callable[[str, str], None]


def told(problems: Iterable[Problem]) -> NoReturn:
    """What was left out, as one error."""
    raise DataError(list(problems))


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """A function that writes a file and returns its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


File = Callable[[str, str | bytes], Path]


def test_files_that_cannot_be_read(golden: Golden, file: File, tmp_path: Path) -> None:
    far = pa.table({"created_at": pa.array([2**62], pa.timestamp("us"))})
    (tmp_path / "folder.csv").mkdir()
    golden("errors/connectors/registries/files.txt", error_texts({
        "it is not there": lambda: read_contents(tmp_path / "nowhere.csv"),
        "a folder": lambda: read_contents(tmp_path / "folder.csv"),
        "another format": lambda: read_contents(file("holders.xlsx", "x")),
        "an empty CSV": lambda: read_contents(file("holders.csv", "")),
        "UTF-16": lambda: read_contents(file("holders.csv", "holder_id,name\n".encode("utf-16"))),
        "UTF-32": lambda: read_contents(file("holders.csv", "holder_id,name\n".encode("utf-32"))),
        "no names in the first line": lambda: read_contents(file("holders.csv", ",,\nQ1,a,b\n")),
        "a name twice": lambda: read_contents(file("holders.csv", "id,name,name\n")),
        "records of a CSV": lambda: told(read_contents(file(
            "holders.csv", b'id,name\nQ1\nQ2,\xe4\nQ3,"' + b"x" * 140_000 + b'"\n')).problems),
        "no Parquet": lambda: read_contents(file("holders.parquet", "id,name\n")),
        "a time that no calendar has": lambda: read_contents(file("holders.parquet", parquet(far))),
        "JSON that is not UTF-8": lambda: read_contents(file("holders.json", b'[\n{"name": "\xe4"}]')),
        "JSON that is no list": lambda: read_contents(file("holders.json", '{"name": "a"}')),
        "JSON that breaks off": lambda: read_contents(file("holders.json", '[\n{"name": "a"},\n{"name": \n')),
        "a list that is not closed": lambda: read_contents(file("holders.json", '[\n{"name": "a"}\n')),
        "records of JSON": lambda: told(read_contents(file("holders.json", '["a", {"name": "\\ud800"}]')).problems),
        "lines of JSON": lambda: told(read_contents(file("holders.jsonl", b'{"a": \n"a"\n{"a": "\xe4"}\n')).problems),
    }, hide={str(tmp_path): "/lists"}))


HOLDERS = """\
holder_id,kind,name,names,handles,domains,avatars,is_satire,source,as_of
Q1,company,News,,,,,,a list,2026-01-02
Q1,institution,Down with the harbour,,,,,,a list,2026-01-02
,institution,EU,,,,,,a list,2026-01-02
Q4,institution,Harbour Authority,,,,PDQ 7f,,a list,2026-01-02
Q5,institution,Harbour Authority,,,a_b..example,,,a list,2026-01-02
Q6,institution,Harbour Authority,,FBI,,,,a list,2026-01-02
Q7,institution,Harbour Authority,,,,,perhaps,a list,2026-01-02
Q8,institution,Harbour Authority,,,,,,a list,02.01.2026
Q9,institution,Harbour Authority,,,,,,a list,2026-13-02
Q10,institution,Harbour Authority,,,,,,a list,1826-01-02
Q11,institution,Harbour Authority,[{,,,,,a list,2026-01-02
Q12,institution,Harbour Authority,"[{""language"": ""en""}]",,,,,a list,2026-01-02
Q13,institution,Harbour Authority,"[{""name"": ""HA"", ""kind"": ""nick""}]",,,,,a list,2026-01-02
Q14,institution,Harbour Authority,"[{""name"": ""Water""}]",,,,,a list,2026-01-02
"""
OTHER_REGISTERS = {
    "fact_checks.csv": "claim,publisher,publisher_site,verdict,rating_value,published_at,source,as_of\n"
                       "The moon is flat,One,one.example,wrong,,,a list,2026-01-02\n"
                       "The moon is near,One,one.example,,five,,a list,2026-01-02\n"
                       "The moon is far,One,one.example,,,yesterday,a list,2026-01-02\n",
    "credentials.csv": "credential_id,account_id,profession,issuer,status,source,as_of\n"
                       "c,a,physician,Board,fine,a list,2026-01-02\n",
    "link_lists.csv": "list_id,host,label,source,as_of\nscams,not a host,scam,a list,2026-01-02\n",
    "topics.csv": "topic,began_at,ended_at,n_accounts,source,as_of\n"
                  "moon,2026-01-02,2026-01-01,,a list,2026-01-02\nsun,2026-01-01,2026-01-02,1.5,a list,2026-01-02\n"
                  "rain,2026-01-01,2026-01-02,99999999999999999999,a list,2026-01-02\n",
    "adjudications.csv": "account_id,harm,outcome,decided_at\na,rudeness,guilty,2026-01-02\n",
    "strikes.csv": "account_id,policy_id,points,given_at,expires_at\na,p,0,2026-01-02,2026-01-01\n"}


def test_registers_with_rows_that_may_not_stand_in_them(
        golden: Golden, file: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shortened() -> object:
        with monkeypatch.context() as here:
            here.setattr(folder, "MOST_SHOWN", 2)
            return load_registries(tmp_path / "many")

    for name, text in OTHER_REGISTERS.items():
        file(f"others/{name}", text)
    rows = ({"holder_id": "Q1", "kind": "institution", "name": "Harbour Authority", "names": [], "avatars": ["xyz"],
             "handles": [{"platform": "x", "handle": None}], "domains": ["Harbour.example"], "source": "a list",
             "as_of": date(2026, 1, 2)},)
    schema = pa.schema([one.with_nullable(True) for one in REGISTERS["holders"].schema])
    file("typed/holders.parquet", parquet(pa.Table.from_pylist(list(rows), schema=schema)))
    file("holders/holders.csv", HOLDERS)
    file("many/link_lists.csv", "list_id,host,label,source,as_of\n" + "scams,not a host,scam,a list,2026-01-02\n" * 5)
    golden("errors/connectors/registries/rows.txt", error_texts({
        "holders": lambda: load_registries(tmp_path / "holders"),
        "holders in Parquet": lambda: load_registries(tmp_path / "typed"),
        "the other registers": lambda: load_registries(tmp_path / "others"),
        "more of them than are told": shortened,
    }, hide={str(tmp_path): "/registers"}))


def test_folders_of_registers_that_cannot_be_used(golden: Golden, file: File, tmp_path: Path) -> None:
    link = "list_id,host,label,source,as_of\nscams,bad.example,scam,a list,2026-01-02\n"
    file("odd/holder.csv", "x\n")
    file("odd/people.csv", "x\n")
    file("odd/link_lists.csv", link)
    file("odd/link_lists.jsonl", "")
    for name in ("ours", "theirs"):
        file(f"{name}/link_lists.csv", link)
    wrong = pa.table({"lists_id": ["a"], "colour": ["red"], "as_of": ["soon"], "host": [1.5]})
    file("typed/link_lists.parquet", parquet(wrong.append_column("label", pa.array([{"a": 1}]))))
    golden("errors/connectors/registries/folders.txt", error_texts({
        "it is not there": lambda: load_registries(tmp_path / "nowhere"),
        "files of other names": lambda: load_registries(tmp_path / "odd"),
        "one row in two folders": lambda: load_registries(tmp_path / "ours", tmp_path / "theirs"),
        "columns of other names and types": lambda: load_registries(tmp_path / "typed"),
    }, hide={str(tmp_path): "/registers"}))


def test_mappings_of_columns_that_cannot_be_used(golden: Golden, file: File, tmp_path: Path) -> None:
    mapping = mapping_of_flags(["holder_id=qid", "nam=title", "colour=red"], constants=["kind=media"], handles=["twitter=x"])
    present = ("id", "title")
    golden("errors/connectors/registries/columns.txt", error_texts({
        "options": lambda: mapping_of_flags(["name", "name=", "name=title", "name=label"]),
        "it is not there": lambda: load_column_mapping(tmp_path / "nowhere.toml"),
        "it is not TOML": lambda: load_column_mapping(file("columns.toml", "[columns]\nname = title\n")),
        "its sections": lambda: load_column_mapping(file(
            "columns.toml", "constants = 1\ncolums = 2\nsource = 3\n[columns]\nname = 3\n")),
        "columns of a register that has handles": lambda: told(mapping.problems(
            REGISTERS["holders"], present=present, file="holders.csv")),
        "columns of a register that has none": lambda: told(mapping.problems(
            REGISTERS["link_lists"], present=present, file="lists.csv")),
    }, hide={str(tmp_path): "/lists"}))


def test_claim_reviews_that_cannot_be_read(golden: Golden, file: File, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    review = {"@type": "ClaimReview", "claimReviewed": "The moon is flat", "author": {"name": "One"}}
    feed = [{"@type": "ClaimReview", "author": {"name": "One"}}, {"@type": "ClaimReview", "claimReviewed": "The moon is flat"},
            review]
    page = '<html>\n<script type="application/ld+json">\n{"@type": "ClaimReview",\n</script></html>'
    golden("errors/connectors/registries/claim_reviews.txt", error_texts({
        "a folder without any": lambda: read_claim_reviews(tmp_path / "empty"),
        "reviews that lack something": lambda: told(read_claim_reviews(file("feed.json", json.dumps(feed, indent=1))).problems),
        "a review that says two things, and one that is no text": lambda: told(read_claim_reviews(file(
            "twice.jsonl", (json.dumps(review)[:-1] + ', "claimReviewed": "The moon is round"}\n').encode()
            + json.dumps(review).replace("flat", "fl\u00e4t").encode("latin-1"))).problems),
        "a page with broken JSON": lambda: read_claim_reviews(file("page.html", page)),
    }, hide={str(tmp_path): "/lists"}))


EVERY_KEY_WRONG = """\
issuers = "Board"
encoding = 8
[columns]
number = 1
[statuses]
"""
EVERY_VALUE_WRONG = """\
check = "luhn"
delimiter = ";;"
encoding = "klingon"
[columns]
nr = "NUMBER"
jurisdiction = "STATE"
[statuses]
A = "active"
"""
MAPPING = """\
issuer = "Board"
check = "npi"
date_format = "%Y-%m-%d"
[columns]
number = "NPI"
profession = "CODE"
status = "STATUS"
expires_at = "UNTIL"
[require]
KIND = "person"
[professions]
"20" = "physician"
[statuses]
A = "verified"
"""
REGISTER = """\
NPI,CODE,STATUS,UNTIL,KIND
1234567893,20,A,2027-01-01,person
1003000118,20,A,2027-01-01,firm
1003000126,99,A,2027-01-01,person
1003000134,20,A,01/01/2027,person
1003000142,20,A,2027-01-01,person
1003000142,20,A,2027-01-01,person
1245319599,20,A
"""
CLAIMS = """\
account_id,number
a,
b,1234567890
c,1234567893
d,1234567893
e,1003000118
f,1003000126
g,1003000134
h,1003000142
i,1003000407
"""


def test_licences_that_cannot_be_looked_up(golden: Golden, file: File, tmp_path: Path) -> None:
    mapping, register = file("board.toml", MAPPING), file("register.csv", REGISTER)
    claims = file("claims.csv", CLAIMS)
    golden("errors/connectors/registries/licences.txt", error_texts({
        "no mapping": lambda: load_licence_mapping(tmp_path / "us-npes"),
        "its keys": lambda: load_licence_mapping(file("keys.toml", EVERY_KEY_WRONG)),
        "its values": lambda: load_licence_mapping(file("values.toml", EVERY_VALUE_WRONG)),
        "claims without a number": lambda: read_licences(
            register, file("bare.csv", "account,number_\na,1\n"), mapping=mapping),
        "no register": lambda: read_licences(tmp_path / "nowhere.csv", claims, mapping=mapping),
        "a register with other columns": lambda: read_licences(file("other.csv", "ID,CODE\n1,20\n"), claims, mapping=mapping),
        "claims and rows": lambda: told(read_licences(register, claims, mapping=mapping).problems),
        "a row that is no text": lambda: told(read_licences(
            file("bytes.csv", REGISTER.encode() + b"1003000407,20,A\xff,2027-01-01,person\n"),
            file("one.csv", "account_id,number\ni,1003000407\n"), mapping=mapping).problems),
    }, hide={str(tmp_path): "/lists"}))


def test_link_lists_that_cannot_be_read(golden: Golden, file: File, tmp_path: Path) -> None:
    source = ListSource(list_id="scams", label="scam", source="a list", as_of=datetime(2026, 1, 2, tzinfo=UTC).date())

    def written(path: Path) -> object:
        return write_link_list(path, source, into=tmp_path / "link_lists.parquet", temporary=tmp_path)

    golden("errors/connectors/registries/link_lists.txt", error_texts({
        "it is not there": lambda: written(tmp_path / "nowhere.txt"),
        "it is not text": lambda: written(file("list.txt", "bad.example\n".encode("utf-16"))),
        "nothing of it has a name": lambda: import_links(
            file("list.txt", "bad.example"), replace(source, list_id=" ", label="", source=""), into=tmp_path / "registries"),
        "the register is there in another format": lambda: import_links(
            file("list.txt", "bad.example"), source, into=file("old/link_lists.csv", "list_id,host").parent),
    }, hide={str(tmp_path): "/lists"}))


def test_long_link_lists_that_cannot_be_used(
        golden: Golden, file: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"list_id": ["scams"] * 3, "host": ["a.example", "not a host", "a.example"], "label": ["scam"] * 3,
            "source": ["a list"] * 3, "source_url": pa.nulls(3, pa.string()), "as_of": [date(2026, 1, 2)] * 3}
    wrong = file("rows/link_lists.parquet", parquet(pa.table(rows)))
    file("typed/link_lists.parquet", parquet(pa.table({name: rows[name] for name in ("list_id", "host", "label", "source")}
                                                      | {"as_of": pa.array([0] * 3, pa.timestamp("us"))})))
    changed = replace(LongList.at(wrong), n_bytes=1)
    monkeypatch.setattr(long_lists, "LONG_LIST_ROWS", 2)
    golden("errors/connectors/registries/long_lists.txt", error_texts({
        "rows": lambda: load_registries(tmp_path / "rows"),
        "columns that are not there, or of another type": lambda: load_registries(tmp_path / "typed"),
        "it changed": lambda: refuse_changed([changed]),
    }, hide={str(tmp_path): "/registers"}))


def test_a_register_of_which_a_sweep_can_use_nothing(golden: Golden, file: File, tmp_path: Path) -> None:
    path = file("holders.csv", "holder_id,name,source,as_of\na:1,Harbour Authority,s,2026-01-01\n")
    golden("errors/connectors/registries/nothing_usable.txt", error_texts(
        {"a column is missing": lambda: read_registries(path.parent)}, hide={str(tmp_path): "…"}))
