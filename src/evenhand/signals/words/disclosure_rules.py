"""Disclosure rules: what the rules of a territory call a clear or an unclear disclosure of a paid promotion.

A wording counts for a pack when it counts in one of its territories. So one more territory can only add disclosures, never take
one away, and what no rule calls unclear counts everywhere.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evenhand.errors import DataError
from evenhand.signals.words.lexicon import Entry, Lexicon, Position

CLEAR = "disclosed"
"""The group of a word list that discloses a paid promotion."""
UNCLEAR = "half_disclosed"
"""The group of wordings that the rules of all the pack's territories call unclear: no disclosure, and no hiding either."""
_FIELDS = frozenset({"bio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRule:
    """The published rule of one territory."""

    territory: str
    """ISO 3166-1."""
    name: str
    url: str
    published: str
    """The day, the month or the year of the text."""
    clear: tuple[tuple[str, str], ...]
    """Language and wording, folded to lower case."""
    unclear: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRules:
    """The rules of every territory that has one here, and a digest over what was read."""

    rules: tuple[DisclosureRule, ...]
    digest: str

    @classmethod
    def from_toml(cls, text: str) -> DisclosureRules:
        """The rules written in `text`. Raises `DataError` when it is not TOML or a rule contradicts itself."""
        try:
            tables = tomllib.loads(text).get("rule", [])
        except tomllib.TOMLDecodeError as mistake:
            raise DataError(f"the disclosure rules are not TOML: {str(mistake).lower()}",
                            hint="correct the line it names") from None
        rules = tuple(_rule(table, nth) for nth, table in enumerate(tables, start=1))
        named = [rule.territory for rule in rules]
        if twice := sorted({territory for territory in named if named.count(territory) > 1}):
            raise DataError(f"two disclosure rules are for `{twice[0]}`", hint="put their words into one `[[rule]]`")
        return cls(rules=rules, digest=hashlib.sha256(text.encode()).hexdigest())

    def of(self, territories: Iterable[str]) -> tuple[DisclosureRule, ...]:
        """The rules of some territories, in the order of the list."""
        wanted = frozenset(territories)
        return tuple(rule for rule in self.rules if rule.territory in wanted)

    def unclear_in(self, territories: Iterable[str]) -> frozenset[str]:
        """The wordings that the rules of every one of these territories call unclear; none for no territory."""
        wanted = frozenset(territories)
        rules = self.of(wanted)
        if not wanted or len(rules) < len(wanted):
            return frozenset()
        return frozenset.intersection(*(frozenset(text for _, text in rule.unclear) for rule in rules))

    def read_in(self, words: Lexicon, territories: Iterable[str]) -> Lexicon:
        """The list `words` as it is read in some territories.

        Wordings that count move to the group `CLEAR`, those that the rules of all these territories call unclear to `UNCLEAR`.
        Plain words count wherever some rule calls them clear; so does every wording where a territory has no rule, or none is
        named.

        >>> rules = DisclosureRules.from_toml(
        ...     'rule = [{territory = "US", name = "a rule", url = "https://a.example", published = "2023", '
        ...     'unclear = {en = ["#spon"]}}]')
        >>> words = Lexicon.from_toml('group = [{name = "disclosed", phrases = {en = ["#ad", "#spon"]}}]')
        >>> [(entry.group, entry.text) for entry in rules.read_in(words, ["US"]).entries]
        [('disclosed', '#ad'), ('half_disclosed', '#spon')]
        """
        wanted = tuple(sorted(set(territories)))
        unclear = self.unclear_in(wanted)
        entries = [replace(entry, group=UNCLEAR) if entry.group == CLEAR and entry.text.lower() in unclear else entry
                   for entry in words.entries]
        known = {entry.text.lower() for entry in entries if entry.group in (CLEAR, UNCLEAR)}
        added: dict[str, Entry] = {}
        chosen = self.of(wanted)
        is_open = not wanted or len(chosen) < len(wanted)
        for rule in self.rules:
            for language, text in rule.clear + rule.unclear:
                group = UNCLEAR if text in unclear else CLEAR
                counts = (language, text) in rule.clear and (is_open or rule in chosen or _is_plain(text))
                if text not in known and (group == UNCLEAR or counts):
                    added.setdefault(text, Entry(text=text, group=group, languages=(language,), fields=_FIELDS,
                                                 position=Position.ANYWHERE))
        return replace(words, entries=(*entries, *added.values()),
                       digest=f"{words.digest} {self.digest} {','.join(wanted)}")


def _is_plain(text: str) -> bool:
    """Whether a wording is words, and not a tag or a mark that readers have to know."""
    return text[0].isalpha() and text[-1].isalpha()


def _rule(table: Mapping[str, Any], nth: int) -> DisclosureRule:
    """One `[[rule]]`. Raises `DataError` for what is missing, and for a wording that is both clear and unclear."""
    place = f"the {nth}. `[[rule]]` of the disclosure rules"
    said = {key: table.get(key) for key in ("territory", "name", "url", "published")}
    if missing := [key for key, value in said.items() if not isinstance(value, str) or not value]:
        raise DataError(f"{place} has no `{missing[0]}`", hint=f'write `{missing[0]} = "…"`')
    clear, unclear = (_wordings(table.get(key, {}), f"`{key}` of {place}") for key in ("clear", "unclear"))
    if both := sorted({text for _, text in clear} & {text for _, text in unclear}):
        raise DataError(f"{place} calls `{both[0]}` clear and unclear", hint="leave it in one of the two")
    return DisclosureRule(territory=str(said["territory"]), name=str(said["name"]), url=str(said["url"]),
                          published=str(said["published"]), clear=clear, unclear=unclear)


def _wordings(by_language: Mapping[str, list[str]], place: str) -> tuple[tuple[str, str], ...]:
    found = [(language, text.lower()) for language, texts in by_language.items() for text in texts]
    if any(not text.strip() for _, text in found):
        raise DataError(f"{place} has an empty wording", hint="leave it out")
    return tuple(found)
