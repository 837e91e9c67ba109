"""A link list that stays in its file is checked as one that is read whole is: the same rows stand, the same are objected to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.connectors.registries import long_lists as lists
from evenhand.connectors.registries.folder import load_registries, long_lists
from evenhand.connectors.registries.long_lists import LongList, refuse_changed
from evenhand.errors import DataError
from evenhand.model.registry import LINK_LISTS

Rows: TypeAlias = list[dict[str, Any]]

NULLABLE = pa.schema([field.with_nullable(True) for field in LINK_LISTS])
SOUND = {"list_id": "l", "host": "a.example", "label": "scam", "source": "s", "source_url": None, "as_of": date(2026, 1, 1)}
rows = st.lists(st.fixed_dictionaries({
    "list_id": st.sampled_from(["l", "m", "", None]), "label": st.sampled_from(["scam", "allow", " ", None]),
    "host": st.sampled_from(["a.example", "ö.example", "a b", "co.uk", None, *(f"h{n}.example" for n in range(7))]),
    "source": st.just("s"), "source_url": st.none(), "as_of": st.sampled_from([date(2026, 1, 1), date(1700, 1, 1)])}),
    max_size=12)
sound_rows = st.lists(st.builds(lambda name, host: {**SOUND, "list_id": name, "host": host}, st.sampled_from("lm"),
                                st.sampled_from([f"h{n}.example" for n in range(9)])),
                      max_size=8, unique_by=lambda row: (row["list_id"], row["host"]))


def write(folder: Path, content: Rows, *, row_group: int = 3) -> Path:
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(content, schema=NULLABLE), folder / "link_lists.parquet", row_group_size=row_group)
    return folder


def load(monkeypatch: pytest.MonkeyPatch, folders: list[Path], *, long: int) -> Rows | str:
    """The rows of the register, those in memory and those in files; or what is wrong with them."""
    monkeypatch.setattr(lists, "LONG_LIST_ROWS", long)
    try:
        read = load_registries(*folders)["link_lists"].to_pylist()
    except DataError as error:
        return "\n".join(map(repr, error.problems))
    files = [row for one in long_lists(*folders) for row in pq.read_table(one.file).to_pylist()]
    return sorted([*read, *files], key=lambda row: (row["list_id"], row["host"]))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists")


@settings(max_examples=25)
@given(content=rows, is_sorted=st.booleans(), batch=st.integers(1, 5), most=st.integers(1, 4))
def test_the_same_rows_are_objected_to_in_the_same_words(
        place: Path, content: Rows, *, is_sorted: bool, batch: int, most: int) -> None:
    if is_sorted:
        content = sorted(content, key=lambda row: (row["host"] or "", row["list_id"] or ""))
    folder = write(place / "one", content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "BATCH_ROWS", batch)
        patch.setattr("evenhand.connectors.registries.folder.MOST_SHOWN", most)
        whole = load(patch, [folder], long=1000)
        assert load(patch, [folder], long=0) == whole


@settings(max_examples=15)
@given(ours=sound_rows, theirs=sound_rows, others=sound_rows, limit=st.integers(0, 8))
def test_a_key_stands_once_in_all_folders_together(
        place: Path, ours: Rows, theirs: Rows, others: Rows, limit: int) -> None:
    folders = [write(place / name, content) for name, content in (("ours", ours), ("theirs", theirs), ("others", others))]
    with pytest.MonkeyPatch.context() as patch:
        whole = load(patch, folders, long=1000)
        assert load(patch, folders, long=limit) == whole


def test_a_long_list_is_not_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "one", [SOUND, {**SOUND, "host": "b.example"}])
    monkeypatch.setattr(lists, "LONG_LIST_ROWS", 1)
    assert load_registries(folder)["link_lists"].num_rows == 0
    assert [one.file for one in long_lists(folder)] == [str(folder / "link_lists.parquet")]


def test_a_long_list_needs_every_column_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LONG_LIST_ROWS", 1)
    table = pa.Table.from_pylist([SOUND, {**SOUND, "host": "b.example"}], schema=LINK_LISTS).drop_columns(["source_url"])
    at = table.schema.get_field_index("as_of")
    pq.write_table(table.set_column(at, "as_of", table["as_of"].cast(pa.timestamp("us"))), tmp_path / "link_lists.parquet")
    with pytest.raises(DataError) as raised:
        load_registries(tmp_path)
    assert [one.what for one in raised.value.problems] == [
        "the file has no column `source_url`", "`as_of` is of the type timestamp[us], not date32[day]"]


def test_texts_of_any_width_are_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LONG_LIST_ROWS", 1)
    table = pa.Table.from_pylist([SOUND, {**SOUND, "host": "b.example"}], schema=LINK_LISTS)
    wide = pa.table({"host": table["host"].cast(pa.large_string()), "label": table["label"].dictionary_encode()}
                    | {name: table[name] for name in ("list_id", "source", "source_url", "as_of")})
    pq.write_table(wide, tmp_path / "link_lists.parquet")
    assert load_registries(tmp_path)["link_lists"].num_rows == 0


def test_a_damaged_long_list_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LONG_LIST_ROWS", 1)
    folder = write(tmp_path / "one", [{**SOUND, "host": f"h{n}.example"} for n in range(50)], row_group=50)
    file = folder / "link_lists.parquet"
    content = bytearray(file.read_bytes())
    content[4:200] = bytes(196)
    file.write_bytes(content)
    with pytest.raises(DataError, match="not a readable Parquet file"):
        load_registries(folder)


def test_a_list_that_changes_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    folder = write(tmp_path / "one", [SOUND])
    seen = (LongList.at(folder / "link_lists.parquet"),)
    refuse_changed(seen)
    write(folder, [SOUND, {**SOUND, "host": "b.example"}])
    with pytest.raises(DataError, match="changed while it was read"):
        refuse_changed(seen)
    (folder / "link_lists.parquet").unlink()
    with pytest.raises(DataError, match="changed while it was read"):
        refuse_changed(seen)
