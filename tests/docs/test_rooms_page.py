"""The page of rooms has a sentence for every room, and for no room that is not there."""

from __future__ import annotations

import re

from doc_pages import ROOT

PACKAGE = ROOT / "src/evenhand"
ROW = re.compile(r"^\| `(?P<room>[a-z_]+)` \| (?P<sentence>.+?) \|", flags=re.MULTILINE)


def test_every_room_has_a_sentence() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    rooms |= {path.stem for path in PACKAGE.glob("*.py") if not path.name.startswith("__")}
    sentences = dict(ROW.findall((ROOT / "docs/reference/rooms.md").read_text(encoding="utf-8")))
    assert sorted(rooms - sentences.keys()) == [], "add a row to docs/reference/rooms.md"
    assert sorted(sentences.keys() - rooms) == [], "the page describes a room that is not there"
    assert [room for room, sentence in sentences.items() if len(sentence.split()) < 4] == []
