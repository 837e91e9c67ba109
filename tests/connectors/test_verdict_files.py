"""Verdicts come in from files, whole or not at all; every mistake is told with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.connectors.verdict_files import read_verdicts
from evenhand.errors import DataError

ROWS = [{"item_id": "i1", "reader": "ben", "slot": "first", "verdict": "right", "rationale": "the name is a copy"},
        {"item_id": "i1", "reader": "cem", "slot": "second", "verdict": "cannot_decide", "rationale": None}]


def test_the_formats_read_alike(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("item_id,reader,slot,verdict,rationale,more\n"
                                    "i1,ben,first,right,the name is a copy,x\ni1,cem,second,cannot_decide,,x\n")
    (tmp_path / "v.jsonl").write_text(
        '{"item_id": "i1", "reader": "ben", "slot": "first", "verdict": "right", "rationale": "the name is a copy"}\n'
        '{"item_id": "i1", "reader": "cem", "slot": "second", "verdict": "cannot_decide"}\n')
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "v.parquet")
    for name, lines in (("v.csv", [2, 3]), ("v.jsonl", [1, 2]), ("v.parquet", [1, 2])):
        read = read_verdicts(tmp_path / name)
        assert read.verdicts.to_pylist() == ROWS
        assert read.lines.to_pylist() == lines


def test_a_file_without_rationales_is_whole(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("item_id,reader,slot,verdict\ni1,ben,first,wrong\n")
    assert read_verdicts(tmp_path / "v.csv").verdicts["rationale"].to_pylist() == [None]


@pytest.mark.parametrize(("ending", "content", "what"), [
    (".csv", "item_id,reader,slot,verdict\ni1,ben,first,wrong\n".encode("utf-16"), "the file is UTF-16 text"),
    (".csv", "item_id,reader,slot,verdict\ni1,ben,first,wrong\n".encode("utf-16-be"), "the file is UTF-16 text"),
    (".jsonl", '{"item_id": "i1"}\n'.encode("utf-16-le"), "the file is UTF-16 text"),
    (".json", '[{"item_id": "i1"}]\n'.encode("utf-32"), "the file is UTF-32 text"),
    (".ods", b"PK", "is in no format that is read here")])
def test_a_file_that_cannot_be_read_says_why(ending: str, content: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / f"v{ending}").write_bytes(content)
    with pytest.raises(DataError, match=what) as caught:
        read_verdicts(tmp_path / f"v{ending}")
    assert "UTF-8" in str(caught.value) or ".csv" in str(caught.value)


def test_a_folder_is_no_file_of_verdicts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder, and a file is expected"):
        read_verdicts(tmp_path)


@pytest.mark.parametrize(("name", "text"), [
    ("values", "item_id,reader,slot,verdict\ni1,ben,first,rihgt\n,cem,second,right\ni2,cem,third,Wrong\ni3,ben,first\n"),
    ("columns", "item,who,slot,verdict\ni1,ben,first,right\n"),
])
def test_all_mistakes_are_told_together(name: str, text: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    (tmp_path / "v.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        read_verdicts(tmp_path / "v.csv")
    golden(f"verdict_mistakes/{name}.txt", caught.value.render().replace(str(tmp_path), "audit") + "\n")
