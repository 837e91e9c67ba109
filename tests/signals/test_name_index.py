"""The index of holders: forms, keys, who shares what, and how much a name tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.registry import HOLDERS
from evenhand.signals.names.added_words import AddedWords, skeleton_parts
from evenhand.signals.names.codepoints import Texts
from evenhand.signals.names.hashes import KeyTable, PartHashes
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.rarity import WordCounts
from evenhand.signals.names.unicode_tables import UnicodeTables

words = st.text(alphabet="abc", max_size=7)


@given(st.lists(words, min_size=1, max_size=6))
def test_equal_parts_have_equal_hashes_wherever_they_stand(strings: list[str]) -> None:
    texts = Texts.from_arrow(pa.array(strings))
    joined = "".join(strings)
    hashes = PartHashes.of(texts)
    places = [(start, end) for start in range(len(joined)) for end in range(start, len(joined) + 1)]
    found = hashes.parts(*(np.array(places, np.int64).reshape(-1, 2).T)).tolist()
    by_text: dict[str, set[int]] = {}
    for (start, end), key in zip(places, found, strict=True):
        by_text.setdefault(joined[start:end], set()).add(key)
    assert all(len(keys) == 1 for keys in by_text.values())
    assert len({key for keys in by_text.values() for key in keys}) == len(by_text)


@given(words.filter(bool))
def test_the_hash_without_a_letter_or_two_is_that_of_the_shortened_text(text: str) -> None:
    texts = Texts.from_arrow(pa.array(["cab", text]))
    hashes, start, end = PartHashes.of(texts), texts.offsets[1:2], texts.offsets[2:]

    def whole(shortened: str) -> int:
        return int(PartHashes.of(Texts.from_arrow(pa.array([shortened]))).wholes()[0])

    for first in range(len(text)):
        assert hashes.without(start, end, start + first)[0] == whole(text[:first] + text[first + 1:])
        for second in range(first + 1, len(text)):
            without = text[:first] + text[first + 1:second] + text[second + 1:]
            assert hashes.without_two(start, end, start + first, start + second)[0] == whole(without)


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 9)), max_size=30), st.lists(st.integers(0,
2**64 - 1)))
def test_a_key_table_finds_what_was_put_in_and_nothing_else(pairs: list[tuple[int, int]], others: list[int]) -> None:
    table = KeyTable.of(np.array([key for key, _ in pairs], np.uint64), np.array([thing for _, thing in pairs],
    np.int32))
    asked = [key for key, _ in pairs] + others
    found = table.find(np.array(asked, np.uint64))
    expected = {(place, thing) for place, key in enumerate(asked) for other, thing in pairs if other == key}
    assert set(zip(found[0].tolist(), found[1].tolist(), strict=True)) == expected
    assert len(found[0]) == len(expected)


def _weight(index: HolderIndex, name: str, tables: UnicodeTables) -> tuple[float, int]:
    keys = skeleton_parts(pa.array([name]), tables).hashes.wholes()
    target = int(index.names.exact.find(keys)[1][0])
    return float(index.names.entries.weight[index.names.starts[target]]), int(index.names.n_sharing[target])


def _index(names: list[tuple[str, str]], tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> HolderIndex:
    rows: list[dict[str, Any]] = [
        {"holder_id": str(number), "kind": kind, "name": name, "names": [], "handles": [], "domains": [], "avatars": [],
         "source": "test", "as_of": None} for number, (kind, name) in enumerate(names)]
    table = pa.Table.from_pylist(rows, schema=pa.schema([field.with_nullable(True) for field in HOLDERS]))
    return HolderIndex.build(table, tables=tables, counts=counts, added=added)


@pytest.mark.parametrize(("kind", "name"), [
    ("media", "The Times"), ("media", "Daily News"), ("official", "John Smith"), ("official", "Mike Johnson"),
    ("institution", "City of Springfield"), ("institution", "Police Department"), ("institution", "Washington County"),
    ("media", "Time"), ("media", "NYT"), ("official", "김민수"), ("media", "News Today Live")])
def test_names_that_many_have_or_could_have_weigh_little(
        kind: str, name: str, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    assert _weight(_index([(kind, name)], tables, counts, added), name, tables)[0] <= 0.5


@pytest.mark.parametrize(("kind", "name"), [
    ("media", "Der Spiegel"), ("media", "Washington Post"), ("institution", "Federal Bureau of Investigation"),
    ("official", "Ottoline Brackenbury"), ("institution", "国家统计局"), ("media", "新华社"),
    ("institution", "Федеральная служба статистики"), ("institution", "القوات المسلحة الأردنية")])
def test_names_that_single_somebody_out_weigh_much(
        kind: str, name: str, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    assert _weight(_index([(kind, name)], tables, counts, added), name, tables)[0] > 0.8


def test_a_shared_name_weighs_less_and_its_holders_are_counted(
        tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    one = _index([("media", "Quarrymen Gazette")], tables, counts, added)
    five = _index([("media", "Quarrymen Gazette")] * 5, tables, counts, added)
    assert _weight(one, "Quarrymen Gazette", tables) == (1.0, 1)
    weight, n_sharing = _weight(five, "Quarrymen Gazette", tables)
    assert (n_sharing, weight < 1.0) == (5, True)


def test_a_name_inside_the_names_of_others_weighs_less(
        tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    names = [("media", f"{place} Valley Gazette".strip()) for place in ("", "Alba", "Brix", "Crim", "Dorn")]
    alone, among = (_weight(_index(some, tables, counts, added), "Valley Gazette", tables) for some in (names[:1], names))
    assert (alone[0] > among[0], among[1]) == (True, 1)


def test_an_empty_register_makes_an_index_that_matches_nothing(
        tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    index = _index([], tables, counts, added)
    assert len(index.names.letters) == 0
    assert len(_index([("media", "★★★")], tables, counts, added).names.letters) == 0


def test_the_digest_is_of_what_is_registered_not_of_its_order(
        register: pa.Table, index: HolderIndex, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    turned = pa.concat_tables([register.slice(5), register.slice(0, 5)])
    assert HolderIndex.build(turned, tables=tables, counts=counts, added=added).digest == index.digest
    assert HolderIndex.build(register.slice(1), tables=tables, counts=counts, added=added).digest != index.digest
