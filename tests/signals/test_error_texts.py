"""What a person reads who wrote a word list that cannot be used."""

from __future__ import annotations

from collections.abc import Callable

from error_texts import error_texts

from evenhand.signals.words.disclosure_rules import DisclosureRules
from evenhand.signals.words.lexicon import Lexicon

GROUP = '[[group]]\nname = "fan"\n'
PHRASES = '[group.phrases]\nen = ["fan page"]\n'
RULE = '[[rule]]\nterritory = "DE"\nname = "UWG"\nurl = "https://example.org"\npublished = "2022"\n'
MARKER = '[[marker]]\nstance = "denies"\nside = "before"\n'


def test_word_lists_that_cannot_be_used(golden: Callable[[str, str], None]) -> None:
    read = Lexicon.from_toml
    golden("errors/signals/word_lists.txt", error_texts({
        "no TOML": lambda: read("[[group]]\nname = fan\n"),
        "one table where there are several": lambda: read('[group]\nname = "fan"\n'),
        "no name": lambda: read("[[group]]\n" + PHRASES),
        "fields": lambda: read(GROUP + 'fields = ["name", "title"]\n' + PHRASES),
        "a position": lambda: read(GROUP + 'position = "middle"\n' + PHRASES),
        "no phrases": lambda: read(GROUP),
        "a phrase that is none": lambda: read(GROUP + PHRASES + 'de = ["Fanseite", 7]\n'),
        "a side": lambda: read('[[marker]]\nstance = "denies"\nside = "left"\n'),
        "a distance": lambda: read(MARKER + "within = -1\n"),
    }))


def test_disclosure_rules_that_cannot_be_used(golden: Callable[[str, str], None]) -> None:
    read = DisclosureRules.from_toml
    golden("errors/signals/disclosure_rules.txt", error_texts({
        "no TOML": lambda: read("[[rule]]\nterritory = DE\n"),
        "no territory": lambda: read('[[rule]]\nname = "UWG"\n'),
        "a territory twice": lambda: read(RULE + RULE),
        "clear and unclear": lambda: read(RULE + '[rule.clear]\nde = ["Werbung"]\n[rule.unclear]\nde = ["werbung"]\n'),
        "an empty wording": lambda: read(RULE + '[rule.clear]\nde = [" "]\n'),
    }))
