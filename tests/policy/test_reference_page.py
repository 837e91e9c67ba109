"""The reference page of the policy language says what the code checks."""

from __future__ import annotations

import re

import pytest
from doc_pages import ROOT, blocks

from evenhand.policy.language.condition import parse_condition
from evenhand.policy.reference import TABLES, reference_tables

PAGE = ROOT / "docs/reference/policy-language.md"
MADE = re.compile(r"(?P<start> *<!-- made: (?P<name>[a-z ]+) -->\n)(?P<body>.*?)(?P<end> *<!-- end -->)", flags=re.DOTALL)


def _anew(text: str) -> str:
    """The page with its made parts made anew."""
    tables = reference_tables()

    def part(match: re.Match[str]) -> str:
        indent = " " * (len(match["end"]) - len(match["end"].lstrip()))
        lines = "".join(f"{indent}{line}".rstrip() + "\n" for line in tables[match["name"]].split("\n"))
        return match["start"] + lines + match["end"]

    return MADE.sub(part, text)


def test_the_page_shows_the_columns_functions_and_keys_there_are(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    if request.config.getoption("--write-golden"):
        PAGE.write_text(_anew(text), encoding="utf-8")
    assert text == _anew(text), "run the tests of tests/policy with --write-golden, then read what they wrote"


def test_every_made_part_has_its_place_on_the_page() -> None:
    assert {match["name"] for match in MADE.finditer(PAGE.read_text(encoding="utf-8"))} == set(reference_tables())


def test_every_table_of_keys_has_sentences() -> None:
    for heading, sentence, keys in TABLES:
        assert heading
        assert sentence
        assert all(len(key.sentence) > len("its") and key.example for key in keys)
        assert len({key.name for key in keys}) == len(keys)


@pytest.mark.parametrize("page", ["docs/reference/policy-language.md", "docs/how-to/write-a-policy.md"])
def test_the_conditions_on_the_pages_can_be_read(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    shown = [line for block in blocks(text) if block.kind == "toml" for line in block.lines]
    conditions = [match[1] for line in shown if (match := re.fullmatch(r'when = "(.*)"', line))]
    assert conditions
    for condition in conditions:
        parse_condition(condition)
