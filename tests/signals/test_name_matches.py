"""Account names against registered ones: what is found, how it is called, what is left alone, in every script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.names.account_names import names_kernel
from evenhand.signals.names.added_words import AddedWords
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.likeness import MAX_MATCHES
from evenhand.signals.names.matches import NAME_MATCHES, name_matches_kernel
from evenhand.signals.names.rarity import WordCounts
from evenhand.signals.names.unicode_tables import UnicodeTables

type_of_matches = Callable[..., list[dict[str, Any]]]


def _found(matches_of: type_of_matches, shown: str | None, handle: str = "zzzz") -> dict[str, tuple[str, str | None]]:
    """Of each holder how the name matches, and the added word."""
    return {row["holder_id"]: (row["match"], row["affix"]) for row in matches_of((shown, handle))}


@pytest.mark.parametrize(("shown", "holder", "match", "affix"), [
    ("The Harbour Courier", "post", "same", None),
    ("HARBOUR COURIER", "post", "same", None),
    ("Harb0ur Courier", "post", "skeleton", None),
    ("H\u0430rbour C\u043eurier", "post", "skeleton", None),
    ("Hárbour Couríer", "post", "skeleton", None),
    ("Harbour\u200b Courier", "post", "same", None),
    ("Harbor Courier", "post", "edit", None),
    ("Habrour Courier", "post", "edit", None),
    ("Harbour Couriers", "post", "edit", None),
    ("Harbour Courier Official", "post", "affix", "official"),
    ("Real Harbour Courier News", "post", "affix", "real news"),
    ("Harbor Courier Official", "post", "edit", "official"),
    ("Courier Harbour", "post", "tokens", None),
    ("Ottoline Brackenbury", "senator", "same", None),
    ("Brackenbury Ottoline", "senator", "tokens", None),
    ("Senator Ottoline Brackenbury 2028", "senator", "affix", "senator 2028"),
    ("Everything about Ottoline Brackenbury", "senator", "tokens", None),
    ("Ottoline Brackenbery", "senator", "edit", None),
    ("Der Spiegelsaal", "mirror", "same", None),
    ("Spiegelsaal Nachrichten", "mirror", "affix", "nachrichten"),
    ("国家统计局官方", "statistics", "affix", "官方"),
    ("國家統計局", "statistics", "skeleton", None),
    ("国家统计局 官方账号", "statistics", "affix", "官方账号"),
    ("新华社快讯", "agency", "affix", "快讯"),
    ("新華通訊社公式", "agency", "affix", "公式"),
    ("京都府警察本部 公式", "kyoto", "affix", "公式"),
    ("국립중앙도서관 공식", "seoul", "affix", "공식"),
    ("국립중앙도서관", "seoul", "same", None),
    (normalize("NFD", "국립중앙도서관"), "seoul", "same", None),
    ("القوات المسلحة الأردنية", "army", "same", None),
    ("القُوّات المسلّحة الأردنيّة", "army", "same", None),
    ("القوات المسلحـــة الاردنية", "army", "same", None),
    ("القوات المسلحة الأردنية الرسمي", "army", "affix", "الرسمي"),
    ("Вестник Заречья", "herald", "same", None),
    ("ВЕСТНИК ЗАРЕЧЬЯ", "herald", "same", None),
    ("Вестник Заpечья", "herald", "skeleton", None),
    ("Официальный Вестник Заречья", "herald", "affix", "официальный"),
    ("Весник Заречья", "herald", "edit", None),
    ("भारतीय रिज़र्व बैंक", "delhi", "same", None),
    ("भारतीय रिज़र्व बैंक आधिकारिक", "delhi", "affix", "आधिकारिक"),
    ("\u0410\u0412\u0415\u041a\u041e\u041c", "vvs", "skeleton", None),
])
def test_display_names_that_read_as_a_holder_are_found(
        shown: str, holder: str, match: str, affix: str | None, matches_of: type_of_matches) -> None:
    assert _found(matches_of, shown).get(holder) == (match, affix)


@pytest.mark.parametrize(("handle", "holder", "match", "affix"), [
    ("harbourcourier_news", "post", "affix", "news"), ("theharbourcourier", "post", "same", None),
    ("realOttolineBrackenbury", "senator", "affix", "real"),
    ("ottolinebrackenburyofficial", "senator", "affix", "official"),
    ("SenBrackenbery", "senator", "handle", None), ("SenBrackenburry", "senator", "handle", None),
    ("SenBrackenbury_", None, None, None), ("SenBrackenbury", None, None, None),
    ("OttolineBrackenbury1", "senator", "affix", "1"), ("Sp1egelsaal", "mirror", "skeleton", None),
    ("vestnik_zarechyaa", "herald", "handle", None), ("lynx.news", "fox", "same", None),
])
def test_handles_are_compared_with_names_and_with_registered_handles(
        handle: str, holder: str | None, match: str | None, affix: str | None, matches_of: type_of_matches) -> None:
    found = _found(matches_of, None, handle)
    assert found.get(holder) == (match, affix) if holder else "senator" not in found


@pytest.mark.parametrize("shown", [
    "Harbour", "Courier", "Anna Courier", "Tallgrass Fire District 5", "Tallgrass Fire District",
    "Kanalon 5 Reporter", "Kanalon 4",
    "Lynk News", "Lynx", "国家税务局", "국립중앙박물관", "Вестник Заполярья", "القوات البحرية الأردنية",
    "भारतीय स्टेट बैंक", "ニュース", "News", "", "🎉🎉", "a", "4",
    "City of Springdale", "Springfield"])
def test_other_names_are_left_alone(shown: str, matches_of: type_of_matches) -> None:
    assert [row for row in matches_of((shown, "zzzz")) if row["similarity"] * row["weight"] >= 0.3] == []


@pytest.mark.parametrize(("shown", "holder"), [
    ("Harbor Coureir", "post"), ("Ottolin Brackenbery", "senator"), ("Natoinal Bureau of Statstics", "statistics"),
    ("Natoinal Bureau of Statstics Official", "statistics"), ("Федеральна служба статистикі", "statistics"),
    ("القوات المسلة الردنية", "army"), ("natoinalbureauofstatstics", "statistics")])
def test_long_names_are_found_two_edits_away_and_are_less_alike_than_one(
        shown: str, holder: str, matches_of: type_of_matches) -> None:
    [row] = [row for row in matches_of((shown, "zzzz")) if row["holder_id"] == holder]
    assert (row["match"], row["similarity"] < 1 - 1 / len(shown)) == ("edit", True)


@pytest.mark.parametrize("shown", ["The Hubbour Courier", "National Burmeu of Statistics"])
def test_two_edits_in_one_place_make_another_word(shown: str, matches_of: type_of_matches) -> None:
    assert [row for row in matches_of((shown, "zzzz")) if row["match"] == "edit" and row["similarity"] < 0.93] == []


def test_two_edits_of_a_name_written_as_one_word_are_weak(matches_of: type_of_matches) -> None:
    [apart], [joined] = (matches_of((shown, "zzzz")) for shown in ("Natoinal Bureau of Statstics", "natoinalbureauofstatstics"))
    assert joined["weight"] <= apart["weight"] / 4


@pytest.mark.parametrize("shown", ["Spiegelsaallen Magazen", "Der Spigelsal", "Jhon Smth", "ABECN",
                                   "Tallgrass Fir Distrct 5", "Tallgras Fire Distict 4 5"])
def test_short_names_two_edits_away_people_and_other_numbers_are_left_alone(
        shown: str, matches_of: type_of_matches) -> None:
    assert [row for row in matches_of((shown, "zzzz")) if row["match"] == "edit"] == []


def test_an_edit_inside_a_letter_pair_is_one_edit(
        register: pa.Table, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    holder = dict(register.to_pylist()[0], name="Quarrymen Journal", names=[], handles=[])
    index = HolderIndex.build(pa.Table.from_pylist([holder], schema=register.schema), tables=tables, counts=counts,
                              added=added)
    accounts = pa.record_batch({"account_id": ["1", "2"], "handle": ["x", "y"],
                                "display_name": ["Quarrymen Jouranl", "Quarrymen Joumal"]})
    matches = name_matches_kernel(index, tables).run(names_kernel(tables).run(accounts))
    assert matches["match"].to_pylist() == ["edit", "skeleton"]
    assert matches["similarity"].to_pylist()[0] > 1 - 2 / len("quarrymenjournal")


def test_whoever_asks_for_all_matches_gets_the_weak_ones_too(
        register: pa.Table, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    account = pa.record_batch({"account_id": ["1"], "handle": ["x"], "display_name": ["Jhon Smth"]})
    found = []
    for least in (0.05, 0.0):
        index = HolderIndex.build(register, tables=tables, counts=counts, added=added, min_strength=least)
        matches = name_matches_kernel(index, tables).run(names_kernel(tables).run(account))
        found.append(matches["holder_id"].to_pylist())
    assert found == [[], []]


def test_numbered_bodies_match_their_own_number_only(matches_of: type_of_matches) -> None:
    assert _found(matches_of, "Tallgrass Fire District 3") == {"district3": ("same", None)}
    assert _found(matches_of, "Tallgrass Fire District 4 Official") == {"district4": ("affix", "official")}


def test_common_names_are_weak_and_shared_ones_say_so(matches_of: type_of_matches) -> None:
    assert all(row["weight"] < 0.3 for row in matches_of(("John Smith", "x"), ("Daily News", "y")))
    springfield = matches_of(("City of Springfield", "x"))
    assert {row["holder_id"] for row in springfield} == {"town-a", "town-b"}
    assert {row["n_holders_sharing"] for row in springfield} == {2}
    assert all(row["weight"] < 0.5 for row in springfield)


def test_a_name_that_is_registered_in_whole_reads_as_that_one_only(
        register: pa.Table, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    rows = register.to_pylist()
    child = dict(rows[0], holder_id="child", name="Harbour Courier Junior", names=[], handles=[], domains=[])
    index = HolderIndex.build(pa.Table.from_pylist([*rows, child], schema=register.schema), tables=tables,
        counts=counts,
                              added=added)
    account = pa.record_batch({"account_id": ["1"], "handle": ["x"], "display_name": ["Harbour Courier Junior"]})
    matches = name_matches_kernel(index, tables).run(names_kernel(tables).run(account))
    assert matches["holder_id"].to_pylist() == ["child"]


def test_at_most_a_few_matches_are_kept_for_a_name_in_an_order_of_their_own(
        register: pa.Table, tables: UnicodeTables, counts: WordCounts, added: AddedWords) -> None:
    row = register.to_pylist()[0]
    twins = [dict(row, holder_id=f"twin-{number}", name="Obscurantia Courier", names=[],
        handles=[]) for number in range(9)]
    account = pa.record_batch({"account_id": ["1"], "handle": ["x"], "display_name": ["Obscurantia Courier"]})
    found = []
    for order in (twins, twins[::-1]):
        index = HolderIndex.build(pa.Table.from_pylist(order, schema=register.schema), tables=tables, counts=counts,
            added=added)
        found.append(name_matches_kernel(index, tables).run(names_kernel(tables).run(account)).to_pylist())
    assert [match["holder_id"] for match in found[0]] == [f"twin-{number}" for number in range(MAX_MATCHES)]
    assert found[0] == found[1]


def test_an_empty_batch_gives_no_rows_and_the_schema(
        index: HolderIndex, tables: UnicodeTables, names_of: Callable[..., pa.RecordBatch]) -> None:
    assert name_matches_kernel(index, tables).run(names_of()).schema == NAME_MATCHES


REGISTERED = ("The Harbour Courier", "Der Spiegelsaal", "Ottoline Brackenbury", "国家统计局", "Вестник Заречья",
"Lynx News", "新华社",
              "국립중앙도서관", "القوات المسلحة الأردنية", "Kanalon 4 Reporter", "HarbourCourier", "John Smith")
names = st.sampled_from(REGISTERED)
around = st.sampled_from(["", " Official", " News", "官方", " 24", "_", "s", "公式", " x", "0", " Вестник",
"official", "\u200b"])
changed = st.builds(lambda name, at, letter: name[:at] + letter + name[at + 1:], names, st.integers(0, 20),
                    st.sampled_from(["", "e", "\u0435", "0", "1", "rn", "I", " ", "ss"]))
shown_names = st.builds(lambda first, name, last: first.strip() + name + last, around, names | changed,
    around) | st.text(max_size=8)


@given(accounts=st.lists(st.tuples(st.none() | shown_names, shown_names), max_size=5))
def test_a_batch_is_the_union_of_its_rows(
        accounts: list[tuple[str | None, str]], index: HolderIndex, tables: UnicodeTables) -> None:
    make_names, run = names_kernel(tables).run, name_matches_kernel(index, tables).run

    def rows(some: list[tuple[int, tuple[str | None, str]]]) -> list[tuple[object, ...]]:
        batch = pa.record_batch({
            "account_id": pa.array([str(number) for number, _ in some], pa.string()),
            "handle": pa.array([handle for _, (_, handle) in some], pa.string()),
            "display_name": pa.array([shown for _, (shown, _) in some], pa.string())})
        made = run(make_names(batch))
        made.validate(full=True)
        return [tuple(row.values()) for row in made.to_pylist()]

    every = list(enumerate(accounts))
    assert sorted(rows(every), key=repr) == sorted((row for one in every for row in rows([one])), key=repr)


@given(name=names, at=st.integers(0, 40), letter=st.sampled_from("aeiou"), kind=st.sampled_from(["put", "drop",
"swap", "set"]))
def test_every_single_edit_of_a_long_registered_name_is_found(
        name: str, at: int, letter: str, kind: str, matches_of: type_of_matches) -> None:
    if name in {"Lynx News", "John Smith", "Kanalon 4 Reporter"} or not name.isascii():
        return
    at %= len(name) - 1
    edits = {"put": name[:at] + letter + name[at:], "drop": name[:at] + name[at + 1:],
        "set": name[:at] + letter + name[at + 1:],
             "swap": name[:at] + name[at + 1] + name[at] + name[at + 2:]}
    assert {row["holder_id"] for row in matches_of((edits[kind], "zzzz"))} & {"post", "mirror", "senator"}
