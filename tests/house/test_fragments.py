"""Changelog fragments are named and written as changes/README.md says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "changes"
FRAGMENTS = sorted(path for path in FOLDER.iterdir() if path.name != "README.md")
KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
NAME = re.compile(rf"\d{{4}}\.(?:{'|'.join(KINDS)})\.md")
LINES = 6


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.name)
def test_it_is_named_by_number_and_kind(fragment: Path) -> None:
    assert NAME.fullmatch(fragment.name), f"call it NNNN.kind.md, kind one of {', '.join(KINDS)}"


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda path: path.name)
def test_it_is_one_short_paragraph_of_whole_sentences(fragment: Path) -> None:
    text = fragment.read_text(encoding="utf-8")
    assert text.endswith(".\n"), "end with a full stop and a line feed"
    assert text[0].isupper() or text[0] == "`", "start with a sentence, not with a bullet or a heading"
    assert "\n\n" not in text, "one paragraph; another change is another fragment"
    assert len(text.splitlines()) <= LINES


def test_the_readme_names_the_kinds() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z]+)` \|", text, flags=re.MULTILINE) == list(KINDS)
