"""A card reads into one value; every mistake in it is told at its line, all together."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import EvenhandError, Problem
from evenhand.evaluation.card import Bar, Card, CardFile
from evenhand.evaluation.card_file import read_card
from evenhand.evaluation.metric import count, share
from evenhand.workflows.evaluation.cards import shipped_cards, task_forms

FORMS = task_forms()
GOOD = """
id = "two-names"
title = "Two names"
task = "lookalike_pairs"
licence = "CC0-1.0"
source = "written for a test"
options = { are = "names" }

[[file]]
role = "pairs"
path = "set/pairs.csv"
columns = { lookalike = "bad", genuine = "good", label = "what" }
labels = { lookalike = ["fake", "spoof"] }

[[bar]]
metric = "recall"
at_least = 0.85

[[bar]]
metric = "missed"
at_most = 1
"""
SATIRE = (resources.files("evenhand") / "data/cards/satire-sites.toml").read_text(encoding="utf-8")
MISTAKES = {
    "several": GOOD.replace('id = "two-names"\n', "").replace("lookalike = \"bad\", ", "").replace('metric = "recall"', (
        'metric = "recal"')).replace("at_most = 1", "at_most = 1\nat_least = 0"),
    "task": GOOD.replace("lookalike_pairs", "lookalike_pears"),
    "role": GOOD.replace('role = "pairs"', 'role = "pears"'),
    "path": GOOD.replace("set/pairs.csv", "../secret.csv"),
    "option": GOOD.replace('are = "names"', 'are = "pets"'),
    "option-missing": GOOD.replace('options = { are = "names" }\n', ""),
    "labels-missing": GOOD.replace('labels = { lookalike = ["fake", "spoof"] }\n', ""),
    "label-unknown": GOOD.replace("labels = { lookalike =", "labels = { lookalyke ="),
    "label-of-all": GOOD.replace(', label = "what" }', ' }\nconstants = { label = "pet" }'),
    "file-missing": GOOD[:GOOD.index("[[file]]")] + GOOD[GOOD.index("[[bar]]"):],
    "file-twice": GOOD + GOOD[GOOD.index("[[file]]"):GOOD.index("[[bar]]")],
    "bar-as-text": GOOD.replace("at_least = 0.85", 'at_least = "0.85"'),
    "label-twice": SATIRE.replace('fake = ["fake"', 'fake = ["satire"'),
    "not-toml": GOOD.replace('title = "Two names"', "title = Two names"),
}


def read(text: str) -> tuple[Card | None, list[Problem]]:
    problems: list[Problem] = []
    return read_card("two-names.toml", text, forms=FORMS, problems=problems), problems


def test_a_card_says_where_its_data_stands_and_what_it_has_to_reach() -> None:
    card, problems = read(GOOD)
    assert problems == []
    assert card is not None
    assert card.files == (CardFile(role="pairs", path="set/pairs.csv", constants={}, labels={"lookalike": ("fake", "spoof")},
                                   columns={"lookalike": "bad", "genuine": "good", "label": "what"}),)
    assert card.bars == (Bar(metric="recall", at_least=0.85), Bar(metric="missed", at_most=1.0))
    assert (card.text("are"), card.text("else", "x"), card.texts("none"), card.number("n", 3)) == ("names", "x", (), 3)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_at_its_place(mistake: str, golden: Callable[[str, str], None]) -> None:
    card, problems = read(MISTAKES[mistake])
    assert card is None
    golden(f"cards/{mistake}.txt", EvenhandError(problems).render() + "\n")


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.text(max_size=6))
def test_whatever_is_written_is_a_card_or_a_list_of_mistakes(start: int, length: int, put: str) -> None:
    card, problems = read(GOOD[:start] + put + GOOD[start + length:])
    assert (card is None) == bool(problems)


def test_every_shipped_card_can_be_read_and_asks_for_what_its_task_gives() -> None:
    cards = shipped_cards()
    assert len(cards) >= 14
    for card in cards:
        assert card.file == f"{card.card_id}.toml"
        assert {bar.metric for bar in card.bars} <= {metric.name for metric in FORMS[card.task].metrics}


def test_a_bar_is_met_at_its_very_value_and_open_where_nothing_was_measured() -> None:
    least, most = Bar(metric="recall", at_least=0.8), Bar(metric="missed", at_most=1)
    assert [least.is_met(share("recall", hits, n=10)) for hits in (7, 8, 9)] == [False, True, True]
    assert [most.is_met(count("missed", n, n=10)) for n in (0, 1, 2)] == [True, True, False]
    assert least.is_met(share("recall", 0, n=0)) is None
    assert least.is_met(None) is None
