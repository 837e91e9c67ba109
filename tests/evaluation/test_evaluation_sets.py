"""Every labelled set has a card or a reason why not, and every card stands beside its set."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from doc_pages import ROOT

PAGE = ROOT / "docs/reference/evaluation-sets.md"
CARDS = ROOT / "src/evenhand/data/cards"
SETS = Path(os.environ.get("EVENHAND_DATA", ROOT.parent / "shared/data"))
ROWS: dict[str, str] = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
NAMED = {name: set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", said)) for name, said in ROWS.items()}


def _sets_of(card: Path) -> set[str]:
    """The sets that a card reads: the first folder of each path."""
    return {file["path"].split("/")[0] for file in tomllib.loads(card.read_text(encoding="utf-8")).get("file", [])}


@pytest.mark.parametrize("card", sorted(CARDS.glob("*.toml")), ids=lambda card: card.stem)
def test_a_card_stands_beside_every_set_that_it_reads(card: Path) -> None:
    assert [name for name in sorted(_sets_of(card)) if card.stem not in NAMED.get(name, set())] == []


def test_what_stands_beside_a_set_is_a_card_or_a_reason() -> None:
    cards = {card.stem for card in CARDS.glob("*.toml")}
    assert sorted(set().union(*NAMED.values()) - cards) == []
    assert [name for name, said in ROWS.items() if not NAMED[name] and not said.startswith("none: ")] == []


@pytest.mark.skipif(not SETS.is_dir(), reason="the labelled sets are not here: put them beside the repository")
def test_every_set_is_on_the_page() -> None:
    assert sorted({folder.name for folder in SETS.iterdir() if folder.is_dir()} - ROWS.keys()) == []
