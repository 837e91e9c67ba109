"""Upper and lower case are the engine's for every character there is, one by one and in columns."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from evenhand.policy.compiled.letters import SPACES, lower, lower_all, upper, upper_all

CHARACTERS = [chr(point) for point in (*range(1, 0xD800), *range(0xE000, 0x110000))]


@pytest.fixture(scope="module")
def by_engine() -> pa.Table:
    given = pa.table({"place": range(len(CHARACTERS)), "text": [f"Σ{character}A" for character in CHARACTERS]})
    connection = duckdb.connect()
    connection.register("given", given)
    return connection.sql("select text, lower(text) as low, upper(text) as up, "
                              "trim(right(left(text, 2), 1)) = '' as is_space from given order by place").to_arrow_table()


def test_lower_case_is_the_engines(by_engine: pa.Table) -> None:
    assert [lower(text) for text in by_engine["text"].to_pylist()] == by_engine["low"].to_pylist()


def test_upper_case_is_the_engines(by_engine: pa.Table) -> None:
    assert [upper(text) for text in by_engine["text"].to_pylist()] == by_engine["up"].to_pylist()


def test_columns_have_the_same_cases(by_engine: pa.Table) -> None:
    texts = by_engine["text"].combine_chunks().cast(pa.large_string())
    assert lower_all(texts).to_pylist() == by_engine["low"].to_pylist()
    assert upper_all(texts).to_pylist() == by_engine["up"].to_pylist()


def test_the_same_characters_are_spaces(by_engine: pa.Table) -> None:
    spaces = pc.filter(pa.array(CHARACTERS), by_engine["is_space"].combine_chunks()).to_pylist()
    assert set(spaces) == set(SPACES)


def test_a_column_in_the_middle_of_another_keeps_its_nulls() -> None:
    texts = pa.array(["x", None, "\ua7cbA", "ΟΔΟΣ", None], pa.large_string())[1:]
    assert lower_all(texts).to_pylist() == [None, "\ua7cba", "οδοσ", None]
