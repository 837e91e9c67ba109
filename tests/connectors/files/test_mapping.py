"""A `snapshot.toml` is understood, or all its mistakes are told with their lines."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.files.mapping import FALSE_WORDS, TRUE_WORDS, ColumnRule, load_mapping
from evenhand.connectors.files.source import Format
from evenhand.errors import DataError

WHOLE = """
[accounts]
files = ["users/*.csv", "more.txt"]
format = "csv"
encoding = "latin-1"
null = ["NULL", "\\\\N"]
csv = { delimiter = ";", quote = false }
constants = { platform = "forum", verified = false, followers = 3, created_at = 2020-01-01, previous_names = ["x"] }

[accounts.columns]
account_id = "id"
monetised = { column = "paid", true = ["0"] }

[posts.columns]
created_at = { column = "created_utc", unit = "s" }
links = { separator = " " }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "snapshot.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_mapping_is_understood(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, WHOLE))
    rule = mapping.of("accounts")
    assert (rule.files, rule.format, rule.encoding, rule.null) == (
        ("users/*.csv", "more.txt"), Format.CSV, "iso8859-1", ("NULL", "\\N"))
    assert (rule.delimiter, rule.quote) == (";", False)
    assert rule.of("account_id") == ColumnRule(column="id")
    assert rule.of("handle") == ColumnRule(column="handle")
    assert [rule.of(name).constant for name in ("platform", "verified", "followers", "created_at", "previous_names")] == [
        "forum", False, 3, datetime(2020, 1, 1, tzinfo=UTC), ["x"]]
    assert rule.of("platform").column is None
    assert mapping.of("posts").of("created_at") == ColumnRule(column="created_utc", unit="s")
    assert mapping.of("posts").of("links") == ColumnRule(column="links", separator=" ")
    assert mapping.of("media").files == ()


def test_a_word_that_the_mapping_calls_true_is_no_longer_false(tmp_path: Path) -> None:
    rule = load_mapping(write(tmp_path, WHOLE)).of("accounts").of("monetised")
    assert "0" in rule.true
    assert set(TRUE_WORDS) <= set(rule.true)
    assert set(rule.false) == set(FALSE_WORDS) - {"0"}


@pytest.mark.parametrize(("text", "words"), [
    ("[acounts]", "unknown table `acounts`"), ("[accounts]\nfile = 'x'", "did you mean `files`?"),
    ("[accounts.columns]\nacount_id = 'x'", "did you mean `account_id`?"), ("accounts = 3", "`accounts` is not a section"),
    ("[accounts]\nfiles = 3", "`files` is not a list of texts"), ("[accounts]\nformat = 'xml'", "unknown format `xml`"),
    ("[accounts]\nencoding = 'klingon'", "unknown encoding `klingon`"), ("[accounts]\nencoding = 'base64'", "unknown encoding"),
    ("[accounts]\ncsv = { delimiter = ';;' }", "`delimiter` is not one ASCII character"),
    ("[accounts]\ncsv = { quote = 'no' }", "`quote` is not `true` or `false`"),
    ("[accounts]\ncsv = 'x'", "`csv` is not a section"), ("[accounts]\ncolumns = 'x'", "`columns` is not a section"),
    ("[accounts.columns]\ncreated_at = { unit = 'days' }", "unknown unit `days`"),
    ("[accounts.columns]\nhandle = { unit = 's' }", "unknown key for the column `handle`"),
    ("[accounts.columns]\nhandle = 3", "`handle` is neither a name nor a section"),
    ("[accounts.columns]\ncreated_at = { format = '' }", "are texts that are not empty"),
    ("[accounts.constants]\naccount_id = 'x'", "cannot be a constant"),
    ("[accounts.constants]\nfollowers = 'x'", "the constant of `followers` is of another type"),
    ("[accounts.constants]\nfollowers = 9223372036854775808", "the constant of `followers`"),
    ("[accounts.constants]\nfollowers = true", "the constant of `followers`"),
    ("[accounts]\ncolumns = { platform = 'x' }\nconstants = { platform = 'y' }", "is both a column and a constant"),
    ("[accounts", "is not TOML"), ("a = " + "[" * 5000, "is not TOML"),
])
def test_a_mistake_is_told_with_its_next_step(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DataError) as refused:
        load_mapping(write(tmp_path, text))
    assert words in str(refused.value)


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        load_mapping(write(tmp_path, "[accounts]\nformat = 'xml'\n\n[posts.columns]\ntexxt = 'body'\n"))
    assert [(problem.line, problem.source) for problem in refused.value.problems] == [
        (2, "format = 'xml'"), (5, "texxt = 'body'")]


def test_a_mapping_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(DataError, match="not UTF-8"):
        load_mapping(tmp_path / "bad.toml")


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.dates())


@given(st.lists(st.sampled_from(["[accounts]", "[accounts.columns]", "[posts]", "[posts.constants]", "files", "= ", '"x"', "\n",
                                 "columns", "{", "}", "[", "]", "csv", "unit", "created_at", "1", ".", ",", "#", "true", "'"])))
def test_no_text_ends_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    path = write(tmp_path_factory.mktemp("mapping"), " ".join(parts))
    with contextlib.suppress(DataError):
        load_mapping(path)


def test_a_nul_in_a_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="NUL"):
        load_mapping(write(tmp_path, '[accounts.columns]\naccount_id = "a\\u0000b"\n'))
