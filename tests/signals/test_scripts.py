"""Scripts of names: whole names of one script are not mixed, words of letters that only look alike are."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

type_of_names = Callable[..., pa.RecordBatch]


def _row(names_of: type_of_names, shown: str) -> dict[str, object]:
    return dict(names_of((shown, "x")).to_pylist()[0])


@pytest.mark.parametrize("shown", [
    "Harbour Courier", "Вестник Заречья", "Εφημερίδα Πειραιώς", "جريدة النهار", "हिन्दी समाचार", "국립중앙도서관",
    "東京ニュース通信社",
    "テレビ東京Biz", "KBS뉴스", "中央社CNA", "ㄅㄆㄇ國語", "BBC Русская служба", "Le Monde العربية", "Հայաստան",
    "ข่าวสด", "חדשות היום",
    "D'Artagnan №1", "ɓaaba", "Đặng", "", "!!!", "123"])
def test_names_as_people_write_them_are_not_mixed(shown: str, names_of: type_of_names) -> None:
    assert not _row(names_of, shown or "a")["is_mixed_script"]


@pytest.mark.parametrize("shown", ["H\u0430rbour", "Harbour \u0421ourier", "\u0391ndreas", "Вeстник", "Lуnx", "ηews"])
def test_a_word_of_letters_from_two_look_alike_scripts_is_mixed(shown: str, names_of: type_of_names) -> None:
    assert _row(names_of, shown)["is_mixed_script"]


@pytest.mark.parametrize(("shown", "n_scripts"), [
    ("Harbour", 1), ("東京ニュース", 1), ("テレビ東京Biz", 2), ("BBC Русская", 2), ("123", 0), ("한국 韓國 Korea", 3)])
def test_scripts_are_counted_as_writing_systems(shown: str, n_scripts: int, details_of: type_of_names) -> None:
    assert _row(details_of, shown)["n_scripts"] == n_scripts


@pytest.mark.parametrize(("shown", "confusable"), [
    ("\u0440\u0430\u0441\u0435", True), ("\u0412\u0412\u0421", True), ("Вестник", False), ("Harbour", False),
    ("Lуnx", False), ("新华社", False)])
def test_letters_of_one_script_that_read_as_latin_are_told(shown: str, confusable: bool, details_of: type_of_names) -> None:
    assert _row(details_of, shown)["is_whole_script_confusable"] is confusable
