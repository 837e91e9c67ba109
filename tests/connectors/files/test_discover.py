"""The files of a source are found by their names, by globs, or as the mapping says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evenhand.connectors.files.discover import discover
from evenhand.connectors.files.source import format_of, place, table_of
from evenhand.errors import DataError

CSV = "account_id,handle\n1,a\n"


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CSV, encoding="utf-8")
    return folder


def found(source: Path | str) -> dict[str, list[str]]:
    return {table: [file.name for file in files] for table, files in discover(source).files.items()}


def test_tables_are_found_by_the_beginning_of_the_name(tmp_path: Path) -> None:
    fill(tmp_path, "accounts.csv", "posts-0002.jsonl.gz", "posts-0001.jsonl.gz", "media/day=1/part-0.parquet",
         "follows_2024.arrow", "Reports.CSV", "postscript.csv", "readme.md", ".hidden/accounts.csv", "media/_SUCCESS")
    source = discover(tmp_path)
    assert {table: [file.name for file in files] for table, files in source.files.items()} == {
        "accounts": ["accounts.csv"], "posts": ["posts-0001.jsonl.gz", "posts-0002.jsonl.gz"],
        "media": ["media/day=1/part-0.parquet"], "follows": ["follows_2024.arrow"], "reports": ["Reports.CSV"]}
    assert source.ignored == ("postscript.csv", "readme.md")
    assert source.n_bytes == 6 * len(CSV)


def test_one_file_a_glob_and_an_address_name_the_same(tmp_path: Path) -> None:
    fill(tmp_path, "accounts.csv", "other.csv")
    expected = {"accounts": ["accounts.csv"]}
    assert found(tmp_path / "accounts.csv") == expected
    assert found(tmp_path / "acc*.csv") == expected
    assert found(tmp_path.as_uri()) == expected
    assert found((tmp_path / "accounts.csv").as_uri()) == expected


def test_a_star_stays_in_its_folder_and_two_stars_do_not(tmp_path: Path) -> None:
    fill(tmp_path, "accounts/a.csv", "accounts/deep/b.csv")
    assert found(tmp_path / "**" / "*.csv") == {"accounts": ["accounts/a.csv", "accounts/deep/b.csv"]}
    assert found(tmp_path / "*" / "*.csv") == {"accounts": ["accounts/a.csv"]}


def test_the_mapping_names_files_relative_to_the_source(tmp_path: Path) -> None:
    fill(tmp_path, "users/1.txt", "users/2.txt", "posts.csv", "snapshot.toml", "unused.csv")
    (tmp_path / "snapshot.toml").write_text('[accounts]\nfiles = ["users/*.txt"]\n', encoding="utf-8")
    expected = {"accounts": ["users/1.txt", "users/2.txt"], "posts": ["posts.csv"]}
    assert found(tmp_path) == expected
    assert found(tmp_path / "snapshot.toml") == expected
    assert discover(tmp_path).ignored == ("unused.csv",)


def test_the_mapping_may_name_files_elsewhere(tmp_path: Path) -> None:
    fill(tmp_path, "far/users.csv", "here/posts.csv")
    for name in (f"{tmp_path}/far/users.csv", (tmp_path / "far/users.csv").as_uri(), "../far/users.csv"):
        (tmp_path / "here/snapshot.toml").write_text(f'[accounts]\nfiles = "{name}"\n', encoding="utf-8")
        assert [file.path for file in discover(tmp_path / "here").files["accounts"]] == [str(tmp_path / "far/users.csv")]


@pytest.mark.parametrize(("names", "words"), [
    ((), "nothing is at"), (("users.csv",), "no file of the table `accounts`"), (("accounts.xlsx",), "no file of the table"),
    (("accounts.csv", "accounts.parquet"), "is there in 2 formats: csv, parquet")])
def test_a_folder_without_usable_accounts_is_refused(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        discover(fill(tmp_path, *names))


@pytest.mark.parametrize("source", ["/there/is/nothing", "zzz://bucket/key", "s3://", "", "/dev/null", "a\x00b"])
def test_a_place_that_cannot_be_is_refused(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError):
        discover(source)


def test_a_pattern_that_fits_nothing_is_told(tmp_path: Path) -> None:
    fill(tmp_path, "accounts.csv")
    (tmp_path / "snapshot.toml").write_text('[posts]\nfiles = "p*.csv"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"no file fits `p\*\.csv` of the table `posts`"):
        discover(tmp_path)


def test_a_name_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    fill(tmp_path, "accounts.csv")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/posts-\xff.csv"))).write_text(CSV, encoding="utf-8")
    with pytest.raises(DataError, match="not UTF-8"):
        discover(tmp_path)


def test_names_tell_table_and_format() -> None:
    assert [table_of(name) for name in ("accounts.csv", "POSTS-1.csv", "posts1.csv", "accountsx.csv", "x/posts.csv")] == [
        "accounts", "posts", "posts", None, None]
    assert [format_of(name) for name in ("a.CSV.GZ", "a.tsv", "a.pq", "a.feather", "a.gz", "a", "a.xlsx")] == [
        "csv", "csv", "parquet", "arrow", None, None, None]


def test_a_home_folder_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place("~/x").path == str(tmp_path / "x")


def test_what_is_written_is_not_read(tmp_path: Path) -> None:
    fill(tmp_path, "accounts.csv", "posts-into/accounts/bucket=000.csv", "posts-into-2.csv")
    source = discover(tmp_path, without=tmp_path / "posts-into")
    assert {table: [file.name for file in files] for table, files in source.files.items()} == {
        "accounts": ["accounts.csv"], "posts": ["posts-into-2.csv"]}


def test_a_file_that_two_patterns_name_is_read_once(tmp_path: Path) -> None:
    fill(tmp_path, "users.csv")
    (tmp_path / "snapshot.toml").write_text('[accounts]\nfiles = ["users.csv", "*.csv"]\n', encoding="utf-8")
    assert found(tmp_path) == {"accounts": ["users.csv"]}
