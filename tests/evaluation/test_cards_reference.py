"""The page of evaluation cards names every key of a card and every task, as the code now has them."""

from __future__ import annotations

import runpy

from doc_pages import ROOT

from evenhand.evaluation.card_file import bar_keys, card_keys, file_keys
from evenhand.workflows.evaluation.cards import task_forms

PAGE = ROOT / "docs/reference/evaluation-cards.md"
TOOL = runpy.run_path(str(ROOT / "tools/write_reference.py"))


def test_the_tasks_on_the_page_are_those_that_there_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == TOOL["cards_page"](), "run .venv/bin/python tools/write_reference.py"


def test_every_key_of_a_card_is_on_the_page() -> None:
    text, forms = PAGE.read_text(encoding="utf-8"), task_forms()
    form = next(iter(forms.values()))
    keys = {key.name for key in (*card_keys(forms), *file_keys(form), *bar_keys(form))}
    assert [name for name in sorted(keys) if f"`{name}`" not in text and f"`[[{name}]]`" not in text] == []
