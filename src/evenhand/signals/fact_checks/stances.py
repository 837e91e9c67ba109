"""Stances: whether a post repeats a claim, or refutes it, asks about it, reports that others say it, or denies it.

A word counts only where the claim does not have its like: a post that says “the minister said X” repeats the claim “the
minister said X”, and reports the claim “X”. “They do not want you to know that X” denies nothing of X, so its “not” does not
count. Every stance but `repeats` spares the post.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.words.folded import Flags, Places, fold
from evenhand.signals.words.lexicon import Lexicon
from evenhand.signals.words.mentions import Mentions, WordList

STANCES = ("repeats", "negates", "quotes", "reports", "asks", "refutes")
"""Later ones outweigh earlier ones. `negates`: the nearest sentence says no where the claim does not, or the reverse."""
_HIDDEN = "hidden"
"""A group of words that is no stance: what follows is said to be kept from people."""
_OWN_PEOPLE, _SAYS = "own_people", "says"
"""“My cousin is a nurse and says that X” vouches for X: beside people of one's own, plain verbs of saying report nothing."""
_INSIDE = r"[^“”\"«»„」』]"
_TELLING = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_QUOTATION = f"[“\"«„「『»](?:{_INSIDE}{{15,}}|{_INSIDE}*(?:{_TELLING}{_INSIDE}*){{6,}})[”\"»“」』«]"
"""At least fifteen letters between marks, or six of those that say as much as two or three."""
_QUESTION = r"[?？؟]\s*(?:#\S+\s*|@\S+\s*|https?://\S+\s*|[\s\p{So}\p{Sk}\p{Cf}])*$"
_IRONY = r"(?:(?:^|\s)/s|#(?:sarcasm|irony|sarcasmo|ironía|ironia|ironie|sarkasmus)\b)\s*$"
"""At the end, by which a writer says that the opposite is meant. Faces of scorn say nothing: they may scorn those who doubt."""


class StanceWords:
    """The words of stances, compiled, and what the register's claims say themselves."""

    def __init__(self, lexicon: Lexicon, claims: pa.Array, languages: pa.Array) -> None:
        self._words = WordList(lexicon, "bio")
        names = sorted({_primary(language) for entry in self._words.entries for language in entry.languages})
        self._number_of = {name: number for number, name in enumerate(names)}
        self._speaks = np.zeros((len(self._words.entries), len(names) + 1), np.bool_)
        for nth, entry in enumerate(self._words.entries):
            self._speaks[nth, [self._number_of[_primary(language)] for language in entry.languages]] = True
        self._speaks[:, -1] = True      # a claim whose language is not known: every language's words count
        self._language_of = np.array([self._number_of.get(_primary(name or ""), len(names))
                                      for name in languages.to_pylist()], np.int64)
        every = np.arange(len(claims))
        self._said = {group: self._says(claims, group, every) for group in self._words.groups}
        self._quoted = _matches(claims, _QUOTATION)

    def read(self, texts: pa.Array, sentences: pa.Array, claim: Places) -> Places:
        """For each pair of a text and a claim the place of its stance in `STANCES`; `sentences` are the nearest ones."""
        stance = np.zeros(len(claim), np.int64)
        for name, column in (("negates", sentences), ("reports", sentences), ("asks", texts), ("refutes", texts)):
            if name in self._said:
                says, said = self._says(column, name, claim), self._said[name][claim]
                differs = says != said if name == "negates" else says & ~said
                np.maximum(stance, np.where(differs, STANCES.index(name), 0), out=stance)
        np.maximum(stance, np.where(_matches(texts, _QUOTATION) & ~self._quoted[claim], STANCES.index("quotes"), 0), out=stance)
        np.maximum(stance, np.where(_matches(texts, _IRONY), STANCES.index("refutes"), 0), out=stance)
        np.maximum(stance, np.where(_matches(texts, _QUESTION), STANCES.index("asks"), 0), out=stance)
        return stance

    def beside(self, texts: pa.Array, claim: Places, *, is_own: Flags) -> Places:
        """For each pair of a text and a claim that another text of the same post repeats, what this text says of it.

        Only words that refute count, and in a post's own text (`is_own`) also those that report or ask: "according to" in a
        picture is about what the picture shows. A "no", a quotation or a question mark says too little from beside.
        """
        stance = np.zeros(len(claim), np.int64)
        for name in ("reports", "asks", "refutes"):
            if name in self._said:
                differs = self._says(texts, name, claim) & ~self._said[name][claim] & (is_own | (name == "refutes"))
                np.maximum(stance, np.where(differs, STANCES.index(name), 0), out=stance)
        np.maximum(stance, np.where(_matches(texts, _IRONY), STANCES.index("refutes"), 0), out=stance)
        return stance

    def _says(self, texts: pa.Array, group: str, claim: Places) -> Flags:
        """Which texts have words of a group; words of negation count in the claim's own language only."""
        found = self._words.find(fold(texts))
        kept = self._is_of(found, group)
        if group == "negates":
            kept &= self._speaks[found.entry, self._language_of[claim[found.row]]]
            kept &= ~_within(found, found.keep(self._is_of(found, _HIDDEN)))
        if group == "reports":
            vouched = np.isin(found.row, found.row[self._is_of(found, _OWN_PEOPLE)])
            kept &= ~(vouched & _within(found, found.keep(self._is_of(found, _SAYS))))
        says = np.zeros(len(texts), np.bool_)
        says[found.row[kept]] = True
        return says

    def _is_of(self, found: Mentions, group: str) -> Flags:
        """Which mentions are of a group."""
        numbers = [number for number, name in enumerate(self._words.groups) if name == group]
        flags: Flags = np.isin(self._words.group_of[found.entry], numbers)
        return flags


def _within(found: Mentions, frames: Mentions) -> Flags:
    """Which mentions stand inside one of `frames`."""
    if not len(frames):
        return np.zeros(len(found), np.bool_)
    place = np.searchsorted(frames.start, found.start, side="right") - 1
    inside: Flags = (place >= 0) & (found.end <= frames.end[place])
    return inside


def _matches(texts: pa.Array, pattern: str) -> Flags:
    flags: Flags = pc.match_substring_regex(texts.cast(pa.string()).fill_null(""), pattern).to_numpy(zero_copy_only=False)
    return flags


def _primary(language: str) -> str:
    """The language without script and region: `zh` for `zh-Hant`."""
    return language.partition("-")[0].lower()
