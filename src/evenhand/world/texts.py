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


def compose(recipes: Recipes, codes: Indices, *, languages: Indices, draws: Sequence[Numbers], values: Pieces,
            book: Phrasebook) -> Pieces:
    """The pieces of texts: one recipe, one language and one draw per sentence for each row.

    A sentence with a slot that has nothing to fill it is left out.
    """
    parts, has_begun = [], np.zeros(len(codes), np.bool_)
    for place in range(MOST_SENTENCES):
        is_said = happens(draws[place], recipes.per_cent[codes, place])
        phrase = recipes.first[codes, place, languages] + below_too(draws[place], recipes.n[codes, place, languages])
        pieces = book.phrases[np.where(is_said, phrase, 0)]
        rows, columns = np.nonzero(pieces < 0)
        filled = values[rows, -pieces[rows, columns]]
        pieces[rows, columns] = filled
        pieces[rows[filled == 0]] = 0
        is_there = pieces[:, 0] != 0
        if place:
            parts.append(np.where(is_there & has_begun, book.gaps[languages], 0)[:, None].astype(np.int32))
        has_begun |= is_there
        parts.append(pieces)
    return np.concatenate(parts, axis=1)


def slot_values(chance: Chance, field: str, numbers: Numbers | Indices, *, languages: Indices, book: Phrasebook,
                ) -> Pieces:
    """What stands in the slots that lists fill, for each row; the other columns are empty."""
    values = np.zeros((len(numbers), len(SLOTS)), np.int32)
    for word in WORDS:
        if word in book.lists:
            values[:, SLOTS.index(word)] = book.words(word, chance.draw(f"{field}.{word}", numbers), languages)
    draws = chance.draw(f"{field}.n", numbers)
    few = np.minimum(below(draws, 95), below_too(draws, 95))
    values[:, SLOTS.index("n")] = book.counted + np.where(happens(again(draws), 25), below(draws, 990), few) + 2
    return values

