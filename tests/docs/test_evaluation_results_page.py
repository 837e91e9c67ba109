"""The page of evaluation results and the shipped cards hold together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evenhand.cli.views.evaluation.metrics import shown_bar, shown_share
from evenhand.evaluation.card import Card
from evenhand.workflows.evaluation.cards import shipped_cards, task_forms

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "reference/evaluation-results.md").read_text(encoding="utf-8")
FORMS = task_forms()
CARDS = {card.card_id: card for card in shipped_cards()}


def rows_of(card: Card) -> list[list[str]]:
    """The cells of the rows of a card on the page."""
    lines = PAGE.splitlines()
    name = f"| `{card.card_id}` {card.title} |"
    begin = next(nth for nth, line in enumerate(lines) if line.startswith(name))
    end = next(nth for nth in range(begin + 1, len(lines)) if not lines[nth].startswith(("|  |", name)))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[begin:end]]


def words_after_missed() -> dict[str, str]:
    """By card, what the page says below the heading of its missed bars."""
    part = PAGE.split("## Bars that are missed\n")[1].split("\n## ")[0]
    return {re.findall(r"`evenhand evaluate (\S+)`", one)[0]: one for one in part.split("### ")[1:]}


@pytest.mark.parametrize("name", CARDS)
def test_every_card_stands_on_the_page_with_all_its_bars(name: str) -> None:
    card = CARDS[name]
    rows = rows_of(card)
    asked = {row[1]: row[5] for row in rows if row[5]}
    assert asked == {bar.metric: shown_bar(bar, is_share=FORMS[card.task].metric(bar.metric).is_share) for bar in card.bars}
    for row in rows:
        assert row[2], "run tools/write_evaluation_results.py where all sets and models are"
        assert bool(row[5]) == ("met" in row[6] or "missed" in row[6])


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if any(bar.cross_validated for bar in card.bars)])
def test_a_bar_of_a_model_trained_on_the_set_is_judged_by_cross_validation(name: str) -> None:
    said = {row[1]: row[6] for row in rows_of(CARDS[name])}
    for bar in CARDS[name].bars:
        assert bar.cross_validated is not None
        word = "met" if bar.is_met_by(bar.cross_validated) else "**missed**"
        assert said[bar.metric] == f"{word}: trained here, {shown_share(bar.cross_validated)} cross-validated"


def test_the_page_has_no_card_that_is_gone() -> None:
    assert set(re.findall(r"^\| `([a-z0-9-]+)` ", PAGE, re.MULTILINE)) == set(CARDS)


def test_every_missed_bar_says_what_is_known_of_it_and_where_that_is_written() -> None:
    missed = {card.card_id for card in CARDS.values() if any("missed" in row[6] for row in rows_of(card))}
    said = words_after_missed()
    assert set(said) == missed
    for name, words in said.items():
        assert CARDS[name].missed, f"the card `{name}` does not say what is known of its missed bars"
        records = re.findall(r"\(\.\./decisions/([\w-]+\.md)\)", words)
        assert records, f"no decision is named for `{name}`"
        assert all((DOCS / "decisions" / record).exists() for record in records)


def test_the_page_counts_its_bars() -> None:
    said = [row[6] for card in CARDS.values() for row in rows_of(card) if row[5]]
    n_missed = sum("missed" in one for one in said)
    assert f"{len(said) - n_missed} bars are met, {n_missed} missed, 0 not measured." in PAGE
