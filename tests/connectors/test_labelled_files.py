"""A labelled file is read whole, or its mistakes are told with their lines."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.connectors.labelled_files import Wanted, read_labelled
from evenhand.errors import DataError

SCHEMA = pa.schema([pa.field("name", pa.string(), nullable=False), pa.field("size", pa.int64())])
WANTED = Wanted(schema=SCHEMA, columns={"name": "Title", "size": "Bytes"}, constants={})


def test_columns_are_renamed_and_typed_and_lines_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Bytes,Title,other\n1,one,x\n,two,y\n")
    read = read_labelled(tmp_path / "a.csv", WANTED)
    assert read.table.to_pylist() == [{"line": 2, "name": "one", "size": 1}, {"line": 3, "name": "two", "size": None}]
    assert (read.problems, read.n_rejected) == ((), 0)


def test_the_formats_read_alike(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Title,Bytes\none,1\n")
    (tmp_path / "a.jsonl").write_text('{"Title": "one", "Bytes": 1}\n')
    pq.write_table(pa.table({"Title": ["one"], "Bytes": [1], "other": [2]}), tmp_path / "a.parquet")
    tables = [read_labelled(tmp_path / name, WANTED).table.drop_columns("line") for name in ("a.csv", "a.jsonl", "a.parquet")]
    assert tables[0] == tables[1] == tables[2]


def test_a_record_with_a_mistake_is_left_out_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Title,Bytes\none,1\n,2\nthree,many\nfour,4,5\nfive,5\n")
    read = read_labelled(tmp_path / "a.csv", WANTED)
    assert read.table["name"].to_pylist() == ["one", "five"]
    assert [(problem.line, problem.what) for problem in read.problems] == [
        (3, "`Title` is empty"), (4, "`Bytes` does not hold int64"), (5, "the record has 3 fields, the header 2")]
    assert read.n_rejected == 3


def test_a_value_that_is_missing_is_told_where_another_cannot_be_read_too(tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text("n,t\n1,a\ntwo,b\n,c\n4,d\n")
    wanted = Wanted(schema=pa.schema([pa.field("n", pa.int64(), nullable=False)]), columns={"n": "n"}, constants={})
    read = read_labelled(tmp_path / "set.csv", wanted)
    assert read.table["n"].to_pylist() == [1, 4]
    assert [(one.line, one.what) for one in read.problems] == [(3, "`n` does not hold int64"), (4, "`n` is empty")]
    assert read.n_rejected == 2


def test_a_file_of_which_no_record_can_be_read_says_why_and_not_that_it_has_no_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Title,Bytes\nfour,4,5\n"five\n')
    with pytest.raises(DataError) as caught:
        read_labelled(tmp_path / "a.csv", WANTED)
    assert [(problem.line, problem.what) for problem in caught.value.problems] == [
        (2, "the record has 3 fields, the header 2"), (3, "the record has 1 fields, the header 2")]


def test_missing_columns_are_told_together_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Titel,Size\none,1\n")
    with pytest.raises(DataError) as caught:
        read_labelled(tmp_path / "a.csv", WANTED)
    assert [(p.what, p.hint) for p in caught.value.problems] == [
        ("the file has no column `Title`, which the card calls `name`", "did you mean `Titel`?"),
        ("the file has no column `Bytes`, which the card calls `size`", "columns: `Titel`, `Size`")]


def test_a_constant_fills_a_column_and_an_unnamed_one_is_null(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Title\none\ntwo\n")
    wanted = Wanted(schema=pa.schema([*SCHEMA, pa.field("language", pa.string())]), columns={"name": "Title"},
                    constants={"language": "en"})
    read = read_labelled(tmp_path / "a.csv", wanted)
    assert read.table.drop_columns("line").to_pylist() == [
        {"name": "one", "size": None, "language": "en"}, {"name": "two", "size": None, "language": "en"}]


def test_a_folder_reads_as_its_files(tmp_path: Path) -> None:
    for name in ("b.png", "a.png"):
        (tmp_path / name).write_bytes(b"x")
    wanted = Wanted(schema=pa.schema([pa.field("file", pa.string(), nullable=False)]), columns={"file": "name"}, constants={})
    assert read_labelled(tmp_path, wanted).table["file"].to_pylist() == ["a.png", "b.png"]


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"not a table")
    with pytest.raises(DataError, match="not a readable Parquet file"):
        read_labelled(tmp_path / "a.parquet", WANTED)
