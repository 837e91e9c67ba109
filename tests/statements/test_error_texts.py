"""What a person reads who wrote a language file that cannot be used."""

from __future__ import annotations

from collections.abc import Callable

from error_texts import error_texts
from sample_campaign import DATA, english

from evenhand.statements.messages import Messages


def test_language_files_that_cannot_be_used(golden: Callable[[str, str], None]) -> None:
    text = (DATA / "en.toml").read_text(encoding="utf-8")

    def read(before: str, after: str) -> Messages:
        assert before in text
        return Messages.from_toml(text.replace(before, after, 1), file="xx.toml")

    golden("errors/statements/languages.txt", error_texts({
        "no TOML": lambda: read('language = "en"', "language = en"),
        "no TOML up to its end": lambda: Messages.from_toml('language = "en"\nnote = """', file="xx.toml"),
        "no language": lambda: read('language = "en"', 'tongue = "en"'),
        "another direction": lambda: read('direction = "ltr"', 'direction = "left"'),
        "a field that there is not": lambda: read("{shown}", "{showm}"),
        "a sentence that there is not": lambda: english().say("signal.lunar.fact"),
    }))
