"""Texts by recipe: which sentences a text has, which phrase each sentence is, and what stands in its slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.world.chance import Chance, Indices, Numbers, again, below, below_too, happens
from evenhand.world.mosaic import Pieces
from evenhand.world.phrases import SLOTS, WORDS, Phrasebook, Sentence

MOST_SENTENCES = 3
LEAST, FEW, MANY, OFTEN = 2, 95, 990, 40
"""Numbers in texts begin with the first; most span the second, of a hundred the last the third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipes:
    """All recipes of a phrasebook as tables: for recipe, sentence and language the first phrase and how many there are."""

    names: tuple[str, ...]
    first: Indices
    n: Indices
    per_cent: Indices
    has_link: NDArray[np.bool_]
    """Which recipes have a sentence with a link."""

    def code(self, name: str) -> int:
        """The number of a recipe; the empty recipe is 0."""
        return self.names.index(name)


def tabulate(recipes: Mapping[str, Sequence[Sentence]], book: Phrasebook) -> Recipes:
    """The recipes as tables. Recipe 0 says nothing; every list without a recipe of its name is one by itself."""
    recipes = {name: (Sentence(name),) for name in book.lists} | dict(recipes)
    names = ("", *recipes)
    shape = (len(names), MOST_SENTENCES, len(book.languages))
    first, n = np.zeros(shape, np.int64), np.ones(shape, np.int64)
    per_cent = np.zeros(shape[:2], np.int64)
    for code, sentences in enumerate(recipes.values(), start=1):
        for place, sentence in enumerate(sentences):
            first[code, place], n[code, place] = book.lists[sentence.name]
            per_cent[code, place] = sentence.per_cent
    linked = {name for name, (begin, many) in book.lists.items()
              if (book.phrases[begin[0]:begin[0] + many[0]] == -SLOTS.index("link")).any()}
    has_link = [any(sentence.name in linked for sentence in sentences) for sentences in ((), *recipes.values())]
    return Recipes(names=names, first=first, n=n, per_cent=per_cent, has_link=np.array(has_link))


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """Who speaks in the rows of a table, and about what."""

    chance: Chance
    field: str
    """What is said, such as `bio`: other fields have other words."""
    numbers: Numbers | Indices
    """What decides the words of each row: equal numbers say the same."""
    languages: Indices
    fixed: Pieces
    """Of each row, a piece for each of `SLOTS` that is the same in all sentences, such as its name; 0 where there is none."""
    book: Phrasebook

    def fill(self, pieces: Pieces, *, sentence: int) -> Pieces:
        """The pieces of a sentence with its slots filled, empty where a slot has nothing to fill it. Changes its argument."""
        rows, columns = np.nonzero(pieces < 0)
        slots = -pieces[rows, columns]
        filled = self.fixed[rows, slots]
        for slot in np.unique(slots):
            open_ones = np.nonzero((slots == slot) & (filled == 0))[0]
            if len(open_ones):
                filled[open_ones] = self._drawn(SLOTS[slot], rows[open_ones], sentence=sentence)
        pieces[rows, columns] = filled
        pieces[rows[filled == 0]] = 0
        return pieces

    def _drawn(self, slot: str, rows: Indices, *, sentence: int) -> Pieces:
        """Words of the list for a slot; nothing where there is no such list."""
        draws = self.chance.draw(f"{self.field}.{sentence}.{slot}", self.numbers[rows])
        if slot == "n":
            few = np.minimum(below(draws, FEW), below_too(draws, FEW))
            number = np.where(happens(again(draws), OFTEN), below(draws, MANY), few) + LEAST
            return (self.book.counted + number).astype(np.int32)
        name = WORDS.get(slot, "")
        if name not in self.book.lists:
            return np.zeros(len(rows), np.int32)
        return self.book.words(name, draws, self.languages[rows])


def compose(recipes: Recipes, codes: Indices, *, draws: Sequence[Numbers], speakers: Speakers) -> Pieces:
    """The pieces of texts: a recipe for each row, and for each sentence a draw.

    A sentence with a slot that has nothing to fill it is left out.
    """
    book, languages = speakers.book, speakers.languages
    parts, has_begun = [], np.zeros(len(codes), np.bool_)
    for place in range(MOST_SENTENCES):
        is_said = happens(draws[place], recipes.per_cent[codes, place])
        phrase = recipes.first[codes, place, languages] + below_too(draws[place], recipes.n[codes, place, languages])
        pieces = speakers.fill(book.phrases[np.where(is_said, phrase, 0)], sentence=place)
        is_there = pieces[:, 0] != 0
        if place:
            parts.append(np.where(is_there & has_begun, book.gaps[languages], 0)[:, None].astype(np.int32))
        has_begun |= is_there
        parts.append(pieces)
    return np.concatenate(parts, axis=1)
