"""What a person reads who wrote phrases of which no world can be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from error_texts import error_texts

from evenhand.world.phrases import read_phrasebook

BASE: dict[str, Any] = {"script": "Latn", "gap": " ", "name_gap": " ", "weight": 1, "family_first": False, "given": ["A"],
                        "family": ["B"]}


def test_phrases_of_which_no_world_can_be_made(golden: Callable[[str, str], None]) -> None:
    golden("errors/world/phrases.txt", error_texts({
        "everything wrong": lambda: read_phrasebook({"lists": {}}, {
            "en": BASE | {"say": ["Look at {nothing}", "{n}{n}{n}{n}{n}{n}{n}{n}"]}, "de": BASE}),
    }))
