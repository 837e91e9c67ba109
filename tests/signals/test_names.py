"""The relation `names`: what folding takes off, what is counted, and that a batch is the union of its rows."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.step import Kernel
from evenhand.signals.names.account_names import NAME_DETAILS, NAMES, disguised_names, name_details_kernel, names_kernel
from evenhand.signals.names.unicode_tables import UnicodeTables

type_of_names = Callable[..., pa.RecordBatch]

anything = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=16)
tricky = st.text(max_size=12, alphabet=(
    "aAbBrRnNvVcClL10 5_.-@$!|'\u200b\u200d\ufe0f\u0301\u0430\u0412éß\u0130ﬁ新ガ한ᄒ\u0640\u064b✔🏴"))


@given(shown=st.lists(st.one_of(anything, tricky), min_size=1, max_size=4))
def test_disguised_names_are_those_that_mix_scripts_or_hide_characters(shown: list[str], names_of: type_of_names) -> None:
    rows = names_of(*((name, "x") for name in shown))
    wanted = ("account_id", "field", "shown", "is_mixed_script", "n_invisible")
    assert disguised_names().run(rows.select(list(wanted))).to_pylist() == [
        {name: row[name] for name in wanted} for row in rows.to_pylist() if row["is_mixed_script"] or row["n_invisible"]]


def _row(names_of: type_of_names, shown: str | None, handle: str = "x") -> dict[str, object]:
    return dict(names_of((shown, handle)).to_pylist()[0])


@pytest.mark.parametrize(("shown", "folded"), [
    ("  The  HARBOUR—Courier ", "the harbour courier"), ("O’Brien & Söhne", "obrien söhne"), ("STRASSE", "strasse"),
    ("Straße", "strasse"),
    ("İstanbul", "istanbul"), ("Ｎｅｗｓ", "news"), ("Ⓝⓔⓦⓢ", "news"), ("𝕹𝖊𝖜𝖘", "news"), ("Brand™ News", "brand news"),
    ("★ News ★ 🇩🇪", "news"), ("مُحَمَّدٌ", "محمد"), ("مـــحمد", "محمد"), ("أحمد إلى", "احمد الي"), ("ﻣﺤﻤﺪ", "محمد"),
    ("٤٢", "42"),
    ("צה״ל", "צהל"), ("ｶﾅ", "カナ"), ("한국", "한국"), ("कि़", "कि़"), ("🎉", ""), ("x²", "x2"),
])
def test_folding_takes_off_what_decorates(shown: str, folded: str, names_of: type_of_names) -> None:
    assert _row(names_of, shown)["folded"] == folded


@pytest.mark.parametrize(("handle", "folded"), [
    ("HarbourCourier", "harbour courier"), ("BBCNews24", "bbc news 24"), ("harbour_courier", "harbour courier"),
    ("sp1egel", "sp1egel"), ("faceb00k", "faceb00k"), ("channel5", "channel 5"), ("20minutes", "20 minutes"),
    ("abc7ny", "abc7ny"),
    ("a.b-c", "a b c"), ("name.bsky.social", "name bsky social"), ("@user@host.example", "user host example"),
    ("ВестникЗаречья", "вестник заречья"),
])
def test_handles_are_parted_where_people_see_words(handle: str, folded: str, names_of: type_of_names) -> None:
    assert names_of((None, handle)).to_pylist()[0]["folded"] == folded


@pytest.mark.parametrize(("shown", "n"), [
    ("News", 0), ("Ne\u200bws", 1), ("\u202eNews\u202c", 2), ("\u2066News\u2069\ufeff", 3), ("News\u3164", 1),
    ("می\u200cخواهم", 0), ("क\u094d\u200dष", 0), ("A\u200dB", 1),
    ("\U0001f3f4\u200d\u2620\ufe0f News", 0), ("1\ufe0f\u20e3", 0), ("شركة\u200f", 0), ("News\u200f", 1),
    ("\u2800", 1)])
def test_invisible_characters_count_unless_spelling_or_emoji_need_them(shown: str, n: int, names_of: type_of_names) -> None:
    assert _row(names_of, shown)["n_invisible"] == n


def test_digits_and_check_marks_are_counted(details_of: type_of_names) -> None:
    row = _row(details_of, "News 24 ٧ ✔☑")
    assert (row["n_digits"], row["n_check_marks"]) == (3, 2)


@pytest.mark.parametrize(("shown", "handle", "agrees"), [
    ("Harbour Courier", "HarbourCourier", 1.0), ("Harbour Courier", "qqqq", 0.0), ("Вестник", "vestnik", None),
    ("🎉", "party", None),
    (None, "x", None)])
def test_a_handle_is_compared_with_the_display_name_where_they_can_be(
        shown: str | None, handle: str, agrees: float | None, details_of: type_of_names) -> None:
    assert {row["handle_agrees"] for row in details_of((shown, handle)).to_pylist()} == {agrees}


def test_an_account_without_display_name_has_the_row_of_its_handle_only(names_of: type_of_names) -> None:
    rows = names_of((None, "a"), ("", "b"), ("C", "c")).to_pylist()
    assert [(row["account_id"], row["field"]) for row in rows] == [
        ("2", "display_name"), ("0", "handle"), ("1", "handle"), ("2", "handle")]


def test_an_empty_batch_gives_no_rows_and_the_schema(names_of: type_of_names, details_of: type_of_names) -> None:
    assert (len(names_of()), names_of().schema) == (0, NAMES)
    assert (len(details_of()), details_of().schema) == (0, NAME_DETAILS)


def test_details_have_the_rows_of_the_names(names_of: type_of_names, details_of: type_of_names) -> None:
    accounts = ((None, "a"), ("", "b"), ("C", "c"), ("C", "d"))
    names, details = names_of(*accounts).to_pylist(), details_of(*accounts).to_pylist()
    assert [[(row["account_id"], row["field"]) for row in rows] for rows in (names, details)] == [
        [("2", "display_name"), ("3", "display_name"), ("0", "handle"), ("1", "handle"), ("2", "handle"), ("3", "handle")]] * 2


@given(accounts=st.lists(st.tuples(st.none() | anything | tricky, anything | tricky), max_size=6))
def test_a_batch_is_the_union_of_its_rows(accounts: list[tuple[str | None, str]], tables: UnicodeTables) -> None:
    for kernel in (names_kernel(tables), name_details_kernel(tables)):
        _assert_union(kernel, accounts)


def _assert_union(kernel: Kernel, accounts: list[tuple[str | None, str]]) -> None:
    def rows(some: list[tuple[int, tuple[str | None, str]]]) -> set[tuple[object, ...]]:
        batch = pa.record_batch({
            "account_id": pa.array([str(number) for number, _ in some], pa.string()),
            "handle": pa.array([handle for _, (_, handle) in some], pa.string()),
            "display_name": pa.array([shown for _, (shown, _) in some], pa.string())})
        made = kernel.run(batch)
        made.validate(full=True)
        return {tuple(row.values()) for row in made.to_pylist()}

    every = list(enumerate(accounts))
    assert rows(every) == set().union(*(rows([one]) for one in every))
