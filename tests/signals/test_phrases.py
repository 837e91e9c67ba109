from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.words.folded import _CLEAN, Folded, fold
from evenhand.signals.words.phrases import Phrase, PhraseSet, _pieces, spellings

WORDS = ("fan", "official account", "straße", "açık", "ένοπλες δυνάμεις", "官方账号", "ファン", "공식 계정", "कर्नल",
         "الحساب الرسمي", "parodi*", "*watch", "l'armée", "บัญชีทางการ", "ёлка", "✔", "a")
SET = PhraseSet([Phrase(text=text, group="g", language="und") for text in WORDS])


def found(text: str, phrases: PhraseSet = SET) -> list[str]:
    matches = phrases.matches(pa.array([text]))
    return [phrases.phrases[nth].text for nth in matches.column("phrase").to_pylist()]


@pytest.mark.parametrize(("text", "expected"), [
    ("Fan of infants", ["fan"]),
    ("OFFICIAL-ACCOUNT", ["official account"]),
    ("the official\naccount", ["official account"]),
    ("unofficial accounts", []),
    ("ＯＦＦＩＣＩＡＬ　ａｃｃｏｕｎｔ", ["official account"]),
    ("off\u200bicial acc\u00adount", ["official account"]),
    ("Große STRASSE", ["straße"]),
    ("AÇIK açik acik", ["açık", "açık", "açık"]),
    ("ΕΝΟΠΛΕΣ ΔΥΝΑΜΕΙΣ", ["ένοπλες δυνάμεις"]),
    ("Ένοπλες Δυνάμεις", ["ένοπλες δυνάμεις"]),
    ("这是官方账号啊", ["官方账号"]),
    ("ファンです", ["ファン"]),
    ("공식 계정입니다", ["공식 계정"]),
    ("비공식 계정", []),
    ("कर्नल साहब", ["कर्नल"]),
    ("कर्नलो", []),
    ("الحساب الرسمى", ["الحساب الرسمي"]),
    ("parodisidir", ["parodi*"]),
    ("citywatch watchful", ["*watch"]),
    ("L\u2019ARMÉE", ["l'armée"]),
    ("เพจบัญชีทางการของ", ["บัญชีทางการ"]),
    ("ЕЛКА", ["ёлка"]),
    ("ok✔ok", ["✔"]),
    ("Fan_fan-fan", ["fan", "fan", "fan"]),
])
def test_a_phrase_is_found_as_whole_words_in_any_script_and_case(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_a_match_does_not_cross_from_one_row_into_the_next() -> None:
    assert SET.matches(pa.array(["official ", "account", None, "", "fa", "n"])).num_rows == 0


def test_matches_are_ordered_and_their_bytes_are_those_of_the_folded_text() -> None:
    matches = SET.matches(pa.array(["é fan fan", "fan"])).to_pylist()
    assert [(m["row"], m["start"], m["end"]) for m in matches] == [(0, 3, 6), (0, 7, 10), (1, 0, 3)]


def test_an_empty_set_and_an_empty_column_match_nothing() -> None:
    assert PhraseSet([]).matches(pa.array(["fan"])).num_rows == 0
    assert SET.matches(pa.array([], pa.string())).num_rows == 0
    assert SET.matches(pa.array([None], pa.string())).num_rows == 0


def test_the_same_text_twice_in_a_group_is_one_phrase_and_in_two_groups_two() -> None:
    phrases = PhraseSet([Phrase(text="x y", group=group, language="en") for group in ("a", "a", "b")])
    assert len(phrases) == 2
    assert phrases.matches(pa.array(["x y"])).num_rows == 2


ALPHABET = st.sampled_from([*"afn o-_'\n.", "official account", "ß", "ı", "官方账号", "공식 계정", "π", "\u0301", "🎉",
                            "ل", "\u200b", "Ａ", "क", "ो", "ファン"])
TEXTS = st.lists(st.one_of(st.none(), st.lists(ALPHABET, max_size=12).map("".join)), max_size=12)


@given(TEXTS)
def test_a_bulk_result_is_the_union_of_the_one_row_results(texts: list[str | None]) -> None:
    bulk = SET.matches(pa.array(texts, pa.string())).to_pylist()
    single = [match | {"row": row} for row, text in enumerate(texts)
              for match in SET.matches(pa.array([text], pa.string())).to_pylist()]
    assert bulk == single


@given(TEXTS, st.integers(0, 5), st.integers(0, 5))
def test_a_slice_of_a_column_gives_what_a_copy_of_it_gives(texts: list[str | None], skip: int, size: int) -> None:
    column = pa.array(texts, pa.string())
    copy = pa.array(texts[skip:skip + size], pa.string())
    assert SET.matches(column.slice(skip, size)).equals(SET.matches(copy))


ASCII_SET = PhraseSet([Phrase(text=text, group="g", language="en") for text in ("fan", "a fan", "fan of", "of")])


@given(st.text(alphabet="afno f.-", max_size=30))
def test_ascii_matches_are_those_of_a_regular_expression(text: str) -> None:
    folded = re.sub(" +", " ", text)
    expected = sorted((m.start(1), m.end(1), nth) for nth, phrase in enumerate(ASCII_SET.phrases)
                      for m in re.finditer(rf"(?=\b({phrase.text.replace(' ', '[ -]')})\b)", folded))
    got = [(m["start"], m["end"], m["phrase"]) for m in ASCII_SET.matches(pa.array([text])).to_pylist()]
    assert got == expected


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=8))
def test_folding_is_the_same_a_second_time_and_row_by_row(texts: list[str | None]) -> None:
    clean = [None if text is None else text.encode("utf-8", "ignore").decode() for text in texts]
    once = fold(pa.array(clean, pa.string())).texts()
    assert once.to_pylist() == [fold(pa.array([text], pa.string())).texts()[0].as_py() for text in clean]


def test_every_character_taken_as_clean_is_one_that_nfkc_leaves_alone_in_any_order() -> None:
    seconds = {chr(int(parts[1], 16)) for point in range(0x110000)
               if (parts := unicodedata.decomposition(chr(point)).split()) and len(parts) == 2 and "<" not in parts[0]}
    clean = re.compile(f"[{_CLEAN}]")
    wrong = [hex(point) for point in range(0x80, 0x110000) if clean.match(chr(point)) and (
        unicodedata.normalize("NFKC", chr(point)) != chr(point) or unicodedata.combining(chr(point)) or chr(point) in seconds)]
    assert wrong == []


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6), st.data())
def test_windows_are_whole_characters_of_the_text_beside_a_place(texts: list[str], data: st.DataObject) -> None:
    folded = fold(pa.array([text.encode("utf-8", "ignore").decode() for text in texts]))
    rows = folded.texts().to_pylist()
    row = data.draw(st.integers(0, len(rows) - 1))
    at = data.draw(st.integers(0, len(rows[row])))
    place = folded.starts[row] + len(rows[row][:at].encode())
    width = data.draw(st.integers(0, 9))
    before = folded.before(np.array([row]), np.array([place]), width=width).texts()[0].as_py()
    after = folded.after(np.array([row]), np.array([place]), width=width).texts()[0].as_py()
    assert rows[row][:at].endswith(before)
    assert rows[row][at:].startswith(after)
    assert len(before.encode()) <= width
    assert len(after.encode()) <= width + 3


def test_code_points_are_those_of_the_text() -> None:
    text = "aé官🎉z"
    _, points = Folded.of(pa.array([text], pa.large_string())).code_points()
    assert [chr(point) for point in points] == list(text)


def test_long_columns_are_scanned_in_pieces_that_cover_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenhand.signals.words.phrases._SCAN_BYTES", 16)
    offsets = np.array([0, 5, 5, 30, 31, 40, 47], np.int64)
    pieces = _pieces(offsets)
    assert [first for first, _ in pieces] == [0, *(last for _, last in pieces[:-1])]
    assert pieces[-1][1] == len(offsets) - 1
    texts = pa.array(["fan fan", "official account of the fan", "", "x fan"])
    assert [(m["row"], m["start"]) for m in SET.matches(texts).to_pylist()] == [(0, 0), (0, 4), (1, 0), (1, 24), (3, 2)]


def test_spellings_leave_accents_of_other_scripts_alone() -> None:
    assert spellings("कर्नल") == ("कर्नल",)
    assert "й" in "".join(spellings("й"))
    assert "canal oficial" in spellings("canal oficial")
    assert "pagina oficial" in spellings("página oficial")
