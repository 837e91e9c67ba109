"""Every decision record says the same four things, and its number is its own."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from doc_pages import ROOT

RECORDS = sorted(path for path in (ROOT / "docs/decisions").glob("*.md") if path.name != "README.md")
SECTIONS = ["Context", "Decision", "Consequences", "What would change our mind"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name)
def test_it_says_the_four_things_in_their_order(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.match(rf"# {record.name[:4]}\. \S", text), "the title starts with the record's number"
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == SECTIONS
    for section in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]:
        assert section.strip(), "a section is empty"


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name)
def test_it_is_named_by_number_and_title_and_listed(record: Path) -> None:
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", record.name)
    assert f"]({record.name})" in (record.parent / "README.md").read_text(encoding="utf-8")


def test_no_number_is_used_twice() -> None:
    assert [number for number, n in Counter(path.name[:4] for path in RECORDS).items() if n > 1] == []
