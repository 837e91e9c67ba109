"""What a person reads when files of a platform, or the mapping that describes them, cannot be used."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from answering_server import answering
from error_texts import error_texts
from pyarrow import ipc
from unreadable import unreadable

from evenhand.connectors.files.discover import discover
from evenhand.connectors.files.embedded import connect
from evenhand.connectors.files.mapping import ColumnRule, TableRule, load_mapping
from evenhand.connectors.files.mapping import Mapping as Described
from evenhand.connectors.files.source import files_at, place, reading
from evenhand.connectors.ingested.reading import open_file
from evenhand.model.snapshot import TABLES

DATABASE = connect()
Golden = Callable[[str, str], None]

EVERYTHING_WRONG = """\
follows = "follows.csv"

[acounts]

[posts]
files = 7
formt = "csv"
format = "xlsx"
encoding = "klingon"
csv = ";"
columns = "id"

[accounts]
csv = { delimiter = ";;", quote = "no", escape = "x" }
null = ["-", 0]

[accounts.columns]
acount_id = "uid"
handle = 3
language = "lang"
created_at = { column = "joined", unit = "hours" }
verified = { column = "tick", unit = "s" }
previous_names = { column = "names", separator = "" }

[accounts.constants]
account_id = "1"
language = "en"
followers = "many"
"""


def mapping(file: Path, content: str | bytes) -> Described:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_mapping(file)


def test_mappings_that_cannot_be_used(golden: Golden, tmp_path: Path) -> None:
    file = tmp_path / "snapshot.toml"
    golden("errors/connectors/files/mapping.txt", error_texts({
        "it is not there": lambda: load_mapping(file),
        "it is not UTF-8": lambda: mapping(file, b'[accounts.columns]\nhandle = "n\xe4me"\n'),
        "it is not TOML": lambda: mapping(file, "[accounts.columns]\nhandle: name\n"),
        "it holds a NUL character": lambda: mapping(file, '[accounts.columns]\nhandle = "\\u0000"\n'),
        "everything in it is wrong": lambda: mapping(file, EVERYTHING_WRONG),
    }, hide={str(tmp_path): "/exports"}))


def written(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_sources_in_which_nothing_is_found(golden: Golden, tmp_path: Path) -> None:
    others = written(tmp_path / "others", {"users.csv": "id\n1\n", "notes.md": "x\n"})
    twice = written(tmp_path / "twice", {"accounts.csv": "account_id,handle\n", "accounts.jsonl": "{}\n"})
    named = written(tmp_path / "named", {"snapshot.toml": '[accounts]\nfiles = "users-*.csv"\n', "users.csv": "x\n"})
    odd = written(tmp_path / "odd", {})
    with open(os.path.join(os.fsencode(odd), b"accounts-\xff.csv"), "wb"):  # noqa: PTH118,PTH123  # a name that is no text
        pass
    shut = written(tmp_path / "shut", {"accounts.csv": "account_id,handle\n"})

    def without_the_right() -> object:
        with unreadable(shut):
            return discover(shut / "accounts.csv")

    golden("errors/connectors/files/source.txt", error_texts({
        "nothing is there": lambda: discover(tmp_path / "nowhere"),
        "an empty address": lambda: discover("s3://"),
        "an address of a kind that is not known": lambda: discover("zzz://bucket/key"),
        "other files are there": lambda: discover(others),
        "accounts are there in two formats": lambda: discover(twice),
        "the mapping names files that are not there": lambda: discover(named),
        "a name that is not UTF-8": lambda: discover(odd),
        "a file that may not be read": without_the_right,
    }, hide={str(tmp_path): "/exports"}))


@pytest.mark.loopback
def test_object_storage_that_may_not_be_read(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_EC2_METADATA_DISABLED", "true")):
        monkeypatch.setenv(name, value)
    with answering(403) as server:
        address = f"s3://exports/accounts.csv?scheme=http&endpoint_override={server}"
        golden("errors/connectors/files/object_storage.txt", error_texts({"other credentials": lambda: discover(address)}))


class Files:
    """Files in one folder, opened and read to their end as an ingest does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str, content: bytes, rule: TableRule | None = None, *, gone: bool = False) -> None:
        path = self.folder / name
        path.write_bytes(content)
        (file,) = files_at(place(path))
        rule = rule or TableRule()
        if gone:
            path.unlink()
        reader = open_file(file, table=TABLES["accounts"], rule=rule, database=DATABASE)
        with reading(file.name, is_local=file.is_local):
            for _ in reader.batches(reader.start) if reader else ():
                pass


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


HEADER = b"account_id,handle,followers\n"


def test_texts_that_cannot_be_read(golden: Golden, files: Files) -> None:
    beyond = "account_id,handle\n".encode("utf-32-le") + (0x110000).to_bytes(4, "little") + "1,a\n".encode("utf-32-le")
    path = TableRule(columns={"account_id": ColumnRule(column="$.user[")})
    golden("errors/connectors/files/texts.txt", error_texts({
        "it is gone": lambda: files.read("accounts.csv", HEADER, gone=True),
        "a workbook": lambda: files.read("accounts.csv", b"PK\x03\x04\x14\x00"),
        "an old workbook": lambda: files.read("accounts.csv", b"\xd0\xcf\x11\xe0\xa1"),
        "a Parquet file": lambda: files.read("accounts.csv", b"PAR1\x15\x04"),
        "an Arrow file": lambda: files.read("accounts.csv", b"ARROW1\x00\x00"),
        "a database": lambda: files.read("accounts.csv", b"SQLite format 3\x00"),
        "a PDF document": lambda: files.read("accounts.csv", b"%PDF-1.7"),
        "control characters": lambda: files.read("accounts.csv", bytes(range(1, 9)) * 100),
        "another encoding than it says": lambda: files.read("accounts.csv", beyond, TableRule(encoding="utf-32-le")),
        "an archive that is cut off": lambda: files.read("accounts.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01"),
        "a header with a quote that is not closed": lambda: files.read("accounts.csv", b'account_id,"handle\n1,a\n'),
        "columns missing": lambda: files.read("accounts.csv", b"acount_id,name,name\n1,a,b\n"),
        "a column twice": lambda: files.read("accounts.csv", b"account_id,handle,handle\n1,a,b\n"),
        "one JSON array": lambda: files.read("accounts.json", b'[\n{"account_id": "1"}\n]\n'),
        "JSON lines without the columns": lambda: files.read("accounts.jsonl", b'{"user": {"id": 1}}\n'),
        "a path that is none": lambda: files.read("accounts.jsonl", b'{"handle": "a", "user": 1}\n', path),
    }))


def parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def stream(**columns: object) -> bytes:
    out = io.BytesIO()
    table = pa.table(columns)
    with ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def patched(content: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """The file with other bytes in its footer, each of which stands there once."""
    for before, after in changes:
        assert content.count(before) == 1
        content = content.replace(before, after)
    return content


def test_typed_files_that_cannot_be_read(golden: Golden, files: Files) -> None:
    sound = parquet(account_id=["1", "2", "3"], handle=["a", "b", "c"])
    # In thrift's compact protocol `16 06` is a count of 3 rows; what follows tells the file's from its row group's.
    of_file, of_group = (b"\x16\x06\x19\x1c", b"\x16\x08\x19\x1c"), (b"\x16\x06\x26", b"\x16\x08\x26")
    golden("errors/connectors/files/typed.txt", error_texts({
        "no Parquet": lambda: files.read("accounts.parquet", b"account_id,handle\n"),
        "Parquet cut off": lambda: files.read("accounts.parquet", sound[:-20]),
        "a footer that counts other rows": lambda: files.read("accounts.parquet", patched(sound, of_file)),
        "a footer that counts more rows": lambda: files.read("accounts.parquet", patched(sound, of_file, of_group)),
        "types that do not fit": lambda: files.read("accounts.parquet", parquet(
            account_id=["1"], handle=[{"name": "a"}], created_at=[1_700_000_000], verified=[0.5])),
        "columns missing": lambda: files.read("accounts.parquet", parquet(id=["1"], handle=["a"])),
        "a few bytes": lambda: files.read("accounts.arrow", b"ARROW"),
        "Feather of version 1": lambda: files.read("accounts.feather", b"FEA1" + bytes(20)),
        "a stream cut off": lambda: files.read("accounts.arrows", stream(account_id=["1"], handle=["a"])[:-8]),
        "columns missing in a stream": lambda: files.read("accounts.arrows", stream(id=["1"], handle=["a"])),
    }))
