"""Word lists: phrases with their group, language, place and stance, read from TOML text."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Any

from evenhand.errors import DataError


class Position(StrEnum):
    """Where in the text a phrase must stand to count."""

    ANYWHERE = "anywhere"
    START = "start"
    """No letter before it in the text."""
    END = "end"
    """No letter after it in the text."""
    ALONE = "alone"
    """Set off on both sides: by the text's border, a bracket, a bar, a full stop, a dash, a symbol, a line break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One phrase of a word list."""

    text: str
    """As written in the list. A trailing `*` means: and whatever letters follow; a leading one: whatever precedes."""
    group: str
    """What it shows, such as a claim or a kind of disclosure."""
    languages: tuple[str, ...]
    """BCP 47: the languages that list the phrase in this group, in the order of the list."""
    fields: frozenset[str]
    """Fields it is looked for in: `name`, `handle`, `bio`."""
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A phrase near another one that changes what that one says."""

    text: str
    stance: str
    language: str
    side: str
    """`before` or `after` the phrase it changes."""
    within: int
    """The most words that may stand between the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """A parsed word list. The digest is over what was read, so that changed words mean changed signals."""

    entries: tuple[Entry, ...]
    markers: tuple[Marker, ...]
    digest: str

    @classmethod
    def from_toml(cls, text: str) -> Lexicon:
        """The word list written in `text`.

        Raises `DataError` when the text is not TOML or not a word list; the message names the wrong table.

        >>> Lexicon.from_toml('[[group]]\\nname = "fan"\\n[group.phrases]\\nen = ["fan page"]').entries[0].languages
        ('en',)
        """
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as mistake:
            said = str(mistake)
            raise DataError(f"the word list is not TOML: {said[:1].lower()}{said[1:]}",
                            hint="correct the line it names") from None
        entries: dict[tuple[str, str, frozenset[str], Position], Entry] = {}
        for nth, table in enumerate(_tables(tables, "group"), start=1):
            for entry in _entries(table, nth):
                key = (entry.group, entry.text, entry.fields, entry.position)
                known = entries.get(key)
                entries[key] = replace(known, languages=known.languages + entry.languages) if known else entry
        markers = [marker for nth, table in enumerate(_tables(tables, "marker"), start=1)
                   for marker in _markers(table, nth)]
        return cls(entries=tuple(entries.values()), markers=tuple(markers),
                   digest=hashlib.sha256(text.encode()).hexdigest())

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages with at least one phrase, sorted."""
        return tuple(sorted({language for entry in self.entries for language in entry.languages}))


FIELDS = ("name", "handle", "bio")
DEFAULT_FIELDS = ("name", "bio")
DEFAULT_WITHIN = 3


def _tables(tables: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = tables.get(key, [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise DataError(f"`{key}` in a word list must be an array of tables", hint=f"write `[[{key}]]`")
    return found


def _entries(table: dict[str, Any], nth: int) -> list[Entry]:
    place = f"the {nth}. `[[group]]` of the word list"
    group = _word(table, "name", place)
    fields = table.get("fields", list(DEFAULT_FIELDS))
    if not isinstance(fields, list) or not fields or not set(fields) <= set(FIELDS):
        raise DataError(f"{place} has wrong `fields`", hint=f"fields are {', '.join(FIELDS)}")
    try:
        position = Position(table.get("position", Position.ANYWHERE))
    except ValueError:
        raise DataError(f"{place} has a wrong `position`", hint=f"positions are {', '.join(Position)}") from None
    return [Entry(text=text, group=group, languages=(language,), fields=frozenset(fields), position=position)
            for language, text in _phrases(table, place)]


def _markers(table: dict[str, Any], nth: int) -> list[Marker]:
    place = f"the {nth}. `[[marker]]` of the word list"
    stance, side = _word(table, "stance", place), _word(table, "side", place)
    if side not in ("before", "after"):
        raise DataError(f"{place} has a wrong `side`", hint="a side is before or after")
    within = table.get("within", DEFAULT_WITHIN)
    if not isinstance(within, int) or within < 0:
        raise DataError(f"{place} has a wrong `within`", hint="write how many words may stand between, such as 3")
    return [Marker(text=text, stance=stance, language=language, side=side, within=within)
            for language, text in _phrases(table, place)]


def _word(table: dict[str, Any], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise DataError(f"{place} has no `{key}`", hint=f'write `{key} = "…"`')
    return value


def _phrases(table: dict[str, Any], place: str) -> list[tuple[str, str]]:
    phrases = table.get("phrases")
    if not isinstance(phrases, dict) or not phrases:
        raise DataError(f"{place} has no `phrases`", hint='write `[….phrases]` and under it `en = ["…"]`')
    found: list[tuple[str, str]] = []
    for language, texts in phrases.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip("* ") for text in texts):
            raise DataError(f"{place} has a phrase in `{language}` that is not a text", hint="write texts in quotes")
        found.extend((language, spelled) for text in texts for spelled in written_out(text))
    return found


def written_out(text: str) -> list[str]:
    """The phrases that a phrase with choices in braces stands for.

    >>> written_out("{tank|rifle} {brigade|division}")
    ['tank brigade', 'tank division', 'rifle brigade', 'rifle division']
    """
    parts = [part.split("|") if nth % 2 else [part] for nth, part in enumerate(re.split(r"\{([^{}]*)\}", text))]
    return ["".join(chosen) for chosen in product(*parts)]
