"""Bends names, handles and addresses: which operator is taken for each, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.world.chance import Indices, Numbers, below_too
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
    share = np.array([operators.weights.get(name, 2) for name in operators.names], np.int64)
    chosen = np.searchsorted(np.cumsum(share), below_too(draws, int(share.sum())), side="right").astype(np.int64)
    bent, unchanged = _apply(operators, texts, chosen, draws=draws, words=words)
    if unchanged.any():
        chosen[unchanged] = operators.names.index(operators.fallback)
        rows = np.nonzero(unchanged)[0]
        again = operators.bends[operators.fallback](texts.take(pa.array(rows)), draws[rows], words.take(pa.array(rows)))
        bent = merged([(np.nonzero(~unchanged)[0], bent.filter(pa.array(~unchanged))), (rows, again)], len(texts))
    return bent, chosen


def _apply(operators: Operators, texts: pa.StringArray, chosen: Indices, *, draws: Numbers, words: pa.StringArray,
           ) -> tuple[pa.StringArray, np.ndarray]:
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
