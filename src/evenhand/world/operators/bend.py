"""Bends names, handles and addresses: which operator is taken for each, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.world.chance import Indices, Numbers, again, below_too
from evenhand.world.mosaic import merged
from evenhand.world.operators.on_addresses import ADDRESS
from evenhand.world.operators.on_letters import HANDLE_LETTERS, NAME_LETTERS, Bend
from evenhand.world.operators.on_words import HANDLE_WORDS, NAME_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """What may be done to one kind of text, and how often."""

    bends: dict[str, Bend]
    weights: dict[str, int]
    fallback: str
    """Taken where the chosen operator finds nothing to change; it changes every text."""
    keeps: str
    """The name of leaving a text as it is."""

    @property
    def names(self) -> tuple[str, ...]:
        """All operators; the first keeps the text."""
        return (self.keeps, *self.bends)


NAMES = Operators(keeps="same_name", fallback="word_after", bends=dict(NAME_LETTERS) | dict(NAME_WORDS),
                  weights={"same_name": 30})
HANDLES = Operators(keeps="same_handle", fallback="handle_word_after", bends=dict(HANDLE_LETTERS) | dict(HANDLE_WORDS),
                    weights={"same_handle": 6})
ADDRESSES = Operators(keeps="same_address", fallback="address_word_after", bends=dict(ADDRESS), weights={"same_address": 0})


def bend(operators: Operators, texts: pa.StringArray, *, draws: Numbers, words: pa.StringArray,
         ) -> tuple[pa.StringArray, Indices]:
    """The texts, each bent by an operator that its draw chooses, and which one it was, as a number in `operators.names`."""
    chosen = _choose(operators, draws)
    bent, is_same = _apply(operators, texts, chosen, draws=draws, words=words)
    last = np.full(len(texts), operators.names.index(operators.fallback))
    for choice in (_choose(operators, again(draws), at_least=1), last):
        rows = np.nonzero(is_same)[0]
        if not len(rows):
            break
        some = pa.array(rows)
        better, still = _apply(operators, texts.take(some), choice[rows], draws=draws[rows], words=words.take(some))
        others = np.nonzero(~is_same)[0]
        bent = merged([(others, bent.take(pa.array(others))), (rows, better)], len(texts))
        chosen[rows], is_same[rows] = choice[rows], still
    return bent, chosen


def _choose(operators: Operators, draws: Numbers, *, at_least: int = 0) -> Indices:
    """An operator for each draw, by weight; with `at_least` 1, not the one that keeps the text."""
    share = np.array([operators.weights.get(name, 2) for name in operators.names], np.int64)
    share[:at_least] = 0
    found: Indices = np.searchsorted(np.cumsum(share), below_too(draws, int(share.sum())), side="right").astype(np.int64)
    return found


def _apply(operators: Operators, texts: pa.StringArray, chosen: Indices, *, draws: Numbers,
           words: pa.StringArray) -> tuple[pa.StringArray, NDArray[np.bool_]]:
    """The texts bent by the chosen operators, and which of them are still the same though they should not be."""
    parts: list[tuple[Indices, pa.StringArray]] = []
    for code in np.unique(chosen):
        rows = np.nonzero(chosen == code)[0]
        some = texts.take(pa.array(rows))
        if code:
            bent = operators.bends[operators.names[code]](some, draws[rows], words.take(pa.array(rows)))
            parts.append((rows, bent))
        else:
            parts.append((rows, some))
    bent = merged(parts, len(texts))
    same = np.asarray(pc.equal(bent, texts).to_numpy(zero_copy_only=False)) & (chosen > 0)
    return bent, same
