"""No personal data leaves with a statement: what looks like it is found and placed, and plain words are not."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.transparency.eu_database.personal_data import NAME, personal_data


def _kinds(text: str, *, name: str | None = None, stock: tuple[str, ...] = ()) -> list[str]:
    names = [pa.array([name], pa.string())] if name is not None else []
    return [str(kind) for kind in personal_data(pa.array([text]), names=names, stock=stock)["kind"].to_pylist()]


@pytest.mark.parametrize(("text", "kind"), [
    ("write to anna.b@mail.example today", "an e-mail address"),
    ("write to ａｎｎａ@mail.example", "an e-mail address"),
    ("an\u200bna@mail.example", "an e-mail address"),
    ("see @harbour_news for it", "a handle"),
    ("call +49 30 1234567", "a telephone number"),
    ("call 030/123 45 67", "a telephone number"),
    ("pay to DE89 3704 0044 0532 0130 00", "a bank account (IBAN)"),
    ("card 4111 1111 1111 1111", "a card number"),
    ("number 078-05-1120", "a social security number"),
    ("from 192.168.10.4", "an internet address of a machine"),
])
def test_personal_data_are_found(text: str, kind: str) -> None:
    assert kind in _kinds(text)


@pytest.mark.parametrize("text", [
    "Found in the account's profile, posts or behaviour: Links to a listed address. Posts concerned: 14.",
    "card 4111 1111 1111 1112", "DE00 3704 9944 8532 7130 55", "0000 0000 0000 0000", "version 2026.11 of 2026-11-01",
    "Terms of service, 3.4: do not pose as a news outlet", "100 % @ home", ""])
def test_plain_words_are_not(text: str) -> None:
    assert _kinds(text) == []


@pytest.mark.parametrize(("text", "name", "stock", "found"), [
    ("said by Anna Berg there", "anna berg", (), True),
    ("said by ANNA there", "Anna", (), True),
    ("annatto", "anna", (), False),
    ("Links to a listed address", "link", (), False),
    ("Links to a listed address", "address", ("Links to a listed address",), False),
    ("Links to a listed address of Anna", "anna", ("Links to a listed address",), True),
    ("a b", "a", (), False),  # too short to be told apart from a word
    ("x (a.b) y", "(a.b)", (), True),
])
def test_a_name_counts_as_a_word_of_its_own(text: str, name: str, stock: tuple[str, ...], *, found: bool) -> None:
    assert (NAME in _kinds(text, name=name, stock=stock)) is found


@settings(max_examples=60)
@given(name=st.text(alphabet="abcdéß中ж ", min_size=3, max_size=12).filter(lambda text: len(text.strip()) >= 3),
       before=st.sampled_from(["", "by ", "(", "“"]), after=st.sampled_from(["", " said", ")", "”", "."]))
def test_a_name_is_found_wherever_it_stands(name: str, before: str, after: str) -> None:
    assert NAME in _kinds(f"{before}{name.strip()}{after}", name=name)


def test_a_find_says_which_text_and_where() -> None:
    found = personal_data(pa.array(["nothing", None, "to a@b.example", "to a@b.example"]))
    assert found.to_pylist() == [{"row": row, "kind": "an e-mail address", "at": 4} for row in (2, 3)]
