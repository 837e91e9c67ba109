"""Fact-checks: what a publisher's rating says, in one closed list of verdicts.

Publishers rate in their own words and on their own scales. Words are read by a reviewed table; numbers are never read,
since the same number means one thing here and another there. What the table does not know is `unknown`: a person looks.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a rating says about the claim. Only `false` ever counts against a post that repeats it."""

    FALSE = "false"
    """Wrong, made up, fabricated, manipulated."""
    MISLEADING = "misleading"
    """Distorted, exaggerated, out of context, mostly false: partly right, so it convicts nobody."""
    MIXED = "mixed"
    """Half true."""
    TRUE = "true"
    """Right, or mostly so."""
    UNPROVEN = "unproven"
    """Neither shown nor refuted."""
    SATIRE = "satire"
    """Meant as a joke."""
    UNKNOWN = "unknown"
    """The table does not know these words; a person reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingWords:
    """A reviewed table from the words of ratings to verdicts."""

    verdict_of: Mapping[str, Verdict]
    languages: tuple[str, ...]
    """The languages with at least one word, sorted."""

    @classmethod
    def from_toml(cls, text: str) -> RatingWords:
        """The table written in `text`: a section for each verdict, in it for each language a list of words.

        Raises `ValueError` for an unknown verdict, and for words that stand under two verdicts.

        >>> RatingWords.from_toml('[false]\\nes = ["falso"]').verdict("FALSO.")
        <Verdict.FALSE: 'false'>
        """
        found: dict[str, Verdict] = {}
        languages: set[str] = set()
        for section, lists in tomllib.loads(text).items():
            verdict = Verdict(section)
            for language, phrases in lists.items():
                languages.add(language)
                for phrase in phrases:
                    if found.setdefault(folded(phrase), verdict) is not verdict:
                        raise ValueError(f"`{phrase}` stands under `{found[folded(phrase)]}` and `{verdict}`")
        return cls(verdict_of=found, languages=tuple(sorted(languages)))

    def verdict(self, rating: str | None) -> Verdict:
        """The verdict of a rating's words, whole; parts of a sentence are not guessed at ("not false" is not false)."""
        return self.verdict_of.get(folded(rating or ""), Verdict.UNKNOWN)


def folded(words: str) -> str:
    """Words as the table compares them: without case, accents, signs and double spaces.

    >>> folded("  Pants on Fire! "), folded("Verdadeiro, mas…")
    ('pants on fire', 'verdadeiro mas')
    """
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", words)).casefold()
    kept = "".join(sign if unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "Mc" else
                   "" if unicodedata.category(sign) in ("Mn", "Cf") or sign in "'’" else " " for sign in wide)
    return unicodedata.normalize("NFC", " ".join(kept.split()))
