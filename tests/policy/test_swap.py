"""The swap test: words of two sides change places, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.policy import SwapPair
from evenhand.model.policy_case import CaseAccount, CasePost, Expectation, PolicyCase
from evenhand.policy.swap import exchange, read_sides, swapped

ROOT = Path(__file__).resolve().parent.parent.parent
SIDES = read_sides((ROOT / "src/evenhand/data/lexicons/sides.toml").read_text(encoding="utf-8"))
POWER = next(pair for pair in SIDES if pair.name == "government and opposition")
CASE = PolicyCase(
    name="a case", expect=Expectation(is_finding=True),
    account=CaseAccount(handle="government_news", display_name="Government News", bio="For the opposition."),
    posts=(CasePost(text="The government said so: https://government.example/opposition #government"), CasePost(text="A cat.")))


@pytest.mark.parametrize(("text", "exchanged"), [
    ("The government and the OPPOSITION", "The opposition and the GOVERNMENT"),
    ("Government's governmental antigovernment", "Opposition's governmental antigovernment"),
    ("政府说反对派", "反对派说政府"),
    ("정부는 야권과", "야권는 정부과"),                         # particles stay as they are
    ("الحكومة والمعارضة", "المعارضة والمعارضة"),              # a prefix joined to the word is another word
    ("सरकार और सरकारों", "विपक्ष और सरकारों"),                  # a vowel sign continues the word
    ("El gobierno y la oposición", "El oposición y la gobierno"),
    ("Правительство, оппозиция!", "Оппозиция, правительство!"),
    ("https://government.example @opposition #government", "https://government.example @opposition #government"),
    ("İ K ſ ß", "İ K ſ ß"),
])
def test_whole_words_change_places_in_the_case_they_are_written_in(text: str, exchanged: str) -> None:
    assert exchange(text, POWER) == exchanged


def test_a_case_is_swapped_in_its_name_bio_and_posts_but_not_in_its_addresses() -> None:
    (other,) = swapped(CASE, SIDES)
    assert other.name == "a case, with government and opposition exchanged"
    assert other.account == CaseAccount(handle="government_news", display_name="Opposition News", bio="For the government.")
    assert [post.text for post in other.posts] == [
        "The opposition said so: https://government.example/opposition #government", "A cat."]


def test_every_pair_that_occurs_gives_a_case_of_its_own() -> None:
    case = PolicyCase(name="x", expect=CASE.expect, posts=(), account=CaseAccount(
        handle="h", bio="A Democrat from Germany who likes the government, conservatives and India."))
    assert len(swapped(case, SIDES)) == 5


def test_a_case_that_is_not_to_swap_stays_alone() -> None:
    assert swapped(PolicyCase(name="x", account=CASE.account, posts=CASE.posts, expect=CASE.expect, swaps=False), SIDES) == ()


@pytest.mark.parametrize("pair", SIDES, ids=lambda pair: pair.name)
def test_a_word_stands_once_in_its_pair(pair: SwapPair) -> None:
    words = [word.casefold() for both in pair.words for word in both]
    assert sorted(set(words)) == sorted(words)


@given(st.lists(st.sampled_from([word for both in POWER.words for word in both] + ["and", "the", "и", "。", "!"]), max_size=6))
def test_exchanging_twice_gives_the_text_back(words: list[str]) -> None:
    text = " ".join(words)
    assert exchange(exchange(text, POWER), POWER) == text


@given(st.text())
def test_any_text_can_be_exchanged(text: str) -> None:
    for pair in SIDES[:3]:
        exchange(text, pair)
