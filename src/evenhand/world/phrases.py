"""What people say, in every language: phrases with places for names, links and words, kept as pieces of one pool."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.errors import ConfigError, Problem
from evenhand.world.chance import Indices, Numbers, below
from evenhand.world.mosaic import Pieces

SLOTS = ("", "name", "link", "topic", "place", "tag", "person", "n", "claim", "word", "site", "own", "unchecked")
"""What may stand in a phrase in braces; a phrase's piece `-3` is filled with the row's topic, and so on."""
WORDS = {"topic": "topic", "place": "place", "tag": "tag", "word": "word", "claim": "claim", "unchecked": "unchecked",
         "person": "given_latin"}
"""Slots that are filled from a list of phrases, without slots of their own, and its name."""
WIDTH = 7
"""Pieces in a phrase: three slots and what stands around them."""
N_COUNTED = 1000
_SLOT = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """All phrases of all languages."""

    languages: tuple[str, ...]
    scripts: tuple[str, ...]
    weights: Indices
    """Of ten thousand accounts, how many use each language."""
    pool: pa.StringArray
    phrases: Pieces
    """Row 0 is empty. A negative piece is a slot."""
    lists: dict[str, tuple[Indices, Indices]]
    """Of every list, the first phrase and the number of phrases in each language."""
    gaps: Pieces
    """The piece between two sentences in each language."""
    name_gaps: Pieces
    """The piece between given and family name."""
    counted: int
    """The piece that says 0; those after it say 1, 2, …"""
    padded: int
    """The piece that says 000; those after it say 001, 002, …"""
    family_first: NDArray[np.bool_]
    """In which languages the family name stands first."""

    def choose(self, name: str, draws: Numbers, languages: Indices) -> Indices:
        """A phrase of the list `name` in each language."""
        first, n = self.lists[name]
        chosen: Indices = first[languages] + below(draws, n[languages])
        return chosen

    def words(self, name: str, draws: Numbers, languages: Indices) -> Pieces:
        """The only piece of a phrase that has no slots."""
        only: Pieces = self.phrases[self.choose(name, draws, languages), 0]
        return only

    @property
    def codes(self) -> dict[str, int]:
        """The number of each language."""
        return {language: code for code, language in enumerate(self.languages)}


def read_phrasebook(shared: Mapping[str, Any], languages: Mapping[str, Mapping[str, Any]]) -> Phrasebook:
    """The phrasebook of the parsed files: `shared` holds lists of no language, `languages` one file each.

    Raises:
        ConfigError: a file lacks a list or has a slot that is not known; all problems together.
    """
    languages = {language: with_latin(said) for language, said in languages.items()}
    names = sorted({name for said in languages.values() for name, value in said.items() if isinstance(value, list)})
    problems = [Problem(what=f"the phrases of `{language}` lack `{name}`", file=f"{language}.toml",
                        hint="every language has every list")
                for language, said in languages.items() for name in names if not said.get(name)]
    pool, rows = [""], [(0,) * WIDTH]
    lists: dict[str, tuple[Indices, Indices]] = {}
    for name in names:
        lists[name] = _listed((said.get(name, ()) for said in languages.values()), pool, rows, problems)
    for name, phrases in shared["lists"].items():
        first, n = _listed([phrases], pool, rows, problems)
        lists[name] = (np.repeat(first, len(languages)), np.repeat(n, len(languages)))
    gaps, name_gaps = (np.array([_piece(said[name], pool) for said in languages.values()], np.int32)
                       for name in ("gap", "name_gap"))
    counted = len(pool)
    pool += [str(n) for n in range(N_COUNTED)]
    padded = len(pool)
    pool += [f"{n:03d}" for n in range(N_COUNTED)]
    if problems:
        raise ConfigError(problems)
    said_by = list(languages.values())
    return Phrasebook(
        languages=tuple(languages), scripts=tuple(said["script"] for said in said_by), pool=pa.array(pool, pa.string()),
        weights=np.array([said["weight"] for said in said_by], np.int64), phrases=np.array(rows, np.int32), lists=lists,
        gaps=gaps, name_gaps=name_gaps, counted=counted, padded=padded,
        family_first=np.array([said["family_first"] for said in said_by], np.bool_))


def with_latin(said: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of a language with those of given and family names in Latin letters beside them.

    A name is written `Иван ivan`; where it is Latin already, as `José`.
    """
    found = dict(said)
    for name in ("given", "family"):
        pairs = [one.rsplit(" ", 1) if " " in one else (one, one) for one in said.get(name, ())]
        found[name] = [native for native, _ in pairs]
        found[f"{name}_latin"] = [_plain(latin) for _, latin in pairs]
    return found


def _plain(name: str) -> str:
    """Small ASCII letters, as handles have them."""
    bare = unicodedata.normalize("NFKD", name.lower().replace("ı", "i").replace("ß", "ss").replace("ł", "l").replace("ø", "o"))
    return "".join(letter for letter in bare if letter.isascii() and letter.isalnum())


def _listed(by_language: Iterable[Sequence[str]], pool: list[str], rows: list[tuple[int, ...]],
            problems: list[Problem]) -> tuple[Indices, Indices]:
    first, n = [], []
    for phrases in by_language:
        first.append(len(rows))
        n.append(len(phrases))
        rows += [_phrase(phrase, pool, problems) for phrase in phrases]
    return np.array(first, np.int64), np.array(n, np.int64)


def _phrase(text: str, pool: list[str], problems: list[Problem]) -> tuple[int, ...]:
    """A phrase as pieces."""
    pieces = []
    for place, part in enumerate(_SLOT.split(text)):
        if place % 2:
            if part not in SLOTS:
                problems.append(Problem(what=f"`{{{part}}}` in `{text}` is not known", hint=f"slots: {', '.join(SLOTS[1:])}"))
                continue
            pieces.append(-SLOTS.index(part))
        elif part:
            pieces.append(_piece(part, pool))
    if len(pieces) > WIDTH:
        problems.append(Problem(what=f"`{text}` has more than {WIDTH} pieces", hint="make two phrases of it"))
    return (*pieces, *(0,) * (WIDTH - len(pieces)))[:WIDTH]


def _piece(text: str, pool: list[str]) -> int:
    if not text:
        return 0
    pool.append(text)
    return len(pool) - 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a recipe: a list of phrases, and of a hundred texts how many have it."""

    name: str
    per_cent: int = 100


def read_recipes(said: Mapping[str, Sequence[str]]) -> dict[str, tuple[Sentence, ...]]:
    """Recipes: which sentences a text has, such as `["news", "tag 40"]`."""
    recipes = {}
    for recipe, sentences in said.items():
        parts = [sentence.partition(" ") for sentence in sentences]
        recipes[recipe] = tuple(Sentence(name, int(share or 100)) for name, _, share in parts)
    return recipes
