"""Texts as flat code points: the way there and back, and work on many at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.names.codepoints import PointMap, Texts, marked_before

texts_or_nulls = st.lists(st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12),
max_size=12)


@given(texts_or_nulls)
def test_texts_come_back_as_they_were_and_nulls_as_empty(strings: list[str | None]) -> None:
    texts = Texts.from_arrow(pa.array(strings, pa.string()))
    assert texts.to_arrow().to_pylist() == [text or "" for text in strings]
    assert texts.lengths.tolist() == [len(text or "") for text in strings]


@given(texts_or_nulls, st.integers(0, 5))
def test_a_slice_of_an_array_is_read_as_the_slice(strings: list[str | None], start: int) -> None:
    array = pa.array(strings, pa.string()).slice(start)
    assert Texts.from_arrow(array).to_arrow().to_pylist() == [text or "" for text in strings[start:]]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.null()])
def test_every_arrow_type_of_text_is_read(kind: pa.DataType) -> None:
    strings = [None, None] if kind == pa.null() else ["ñ", None]
    assert Texts.from_arrow(pa.array(strings, kind)).to_arrow().to_pylist() == [text or "" for text in strings]


@given(texts_or_nulls)
def test_kept_and_counted_characters_are_those_of_the_mask(strings: list[str | None]) -> None:
    texts = Texts.from_arrow(pa.array(strings, pa.string()))
    mask = texts.points % 2 == 0
    kept = ["".join(c for c in text or "" if ord(c) % 2 == 0) for text in strings]
    assert texts.keep(mask).to_arrow().to_pylist() == kept
    assert texts.count(mask).tolist() == [len(text) for text in kept]
    assert texts.any(mask).tolist() == [bool(text) for text in kept]


@given(st.lists(st.booleans(), max_size=20), st.sampled_from([0, 1, 63, 64, 65, 127, 128, 200]))
def test_marked_places_before_any_place_are_counted(bits: list[bool], n_before: int) -> None:
    mask = np.array([nth % 3 == 0 for nth in range(n_before)] + bits, np.bool_)
    places = np.arange(len(mask) + 1)
    assert marked_before(mask, places).tolist() == [int(mask[:place].sum()) for place in places]


@given(st.lists(st.text(alphabet="abc", max_size=6), max_size=8))
def test_a_map_replaces_each_character_by_none_one_or_several(strings: list[str]) -> None:
    mapping = PointMap.from_pairs({ord("a"): (), ord("b"): (ord("x"), ord("y"), ord("z"))})
    texts = Texts.from_arrow(pa.array(strings, pa.string()))
    assert mapping.apply(texts).to_arrow().to_pylist() == [
        text.replace("b", "xyz").replace("a", "") for text in strings]


@given(st.lists(st.text(alphabet="ab", max_size=6), max_size=8))
def test_an_inserted_character_belongs_to_the_text_of_the_one_it_precedes(strings: list[str]) -> None:
    texts = Texts.from_arrow(pa.array(strings, pa.string()))
    assert texts.insert(texts.points == ord("b"), ord("-")).to_arrow().to_pylist() == [
        text.replace("b", "-b") for text in strings]


def test_replaced_and_joined_texts_stand_in_their_places() -> None:
    texts = Texts.from_arrow(pa.array(["one", "two", "three"]))
    changed = texts.replace(np.array([1]), Texts.from_arrow(pa.array(["zwei!"])))
    assert changed.to_arrow().to_pylist() == ["one", "zwei!", "three"]
    assert Texts.end_to_end([changed, texts]).to_arrow().to_pylist() == ["one", "zwei!", "three", "one", "two", "three"]
    assert texts.take(np.array([2, 0])).to_arrow().to_pylist() == ["three", "one"]
