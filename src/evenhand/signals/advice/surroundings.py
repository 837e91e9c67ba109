"""What stands around a sentence: how much its neighbours, and the rest of its text, read as advice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenhand.signals.words.folded import Places

Scores = npt.NDArray[np.float64]

N_FACTS = 14


def surroundings(score: Scores, text: Places) -> npt.NDArray[np.float64]:
    """A row of `N_FACTS` numbers for each sentence, from the first reading (log-odds) of all sentences of its text.

    `text` is the number of the text that each stands in; the sentences of one text stand together, in their order. A sentence
    that stands alone has the same numbers in any company.
    """
    n, likely = len(score), 1 / (1 + np.exp(-score))
    if not n:
        return np.zeros((0, N_FACTS))
    opens = np.concatenate(([True], text[1:] != text[:-1]))
    own = np.cumsum(opens) - 1
    count = np.bincount(own)[own]
    place = np.arange(n) - np.flatnonzero(opens)[own]
    others = (np.bincount(own, weights=likely)[own] - likely) / np.maximum(count - 1, 1) * (count > 1)
    beside = [_beside(likely, own, step) for step in (-1, 1, -2, 2)]
    return np.column_stack([
        score, likely, *beside, _beside(score, own, -1), _beside(score, own, 1), place == 0, place == count - 1, others,
        others * likely, np.log(count), place / np.maximum(count - 1, 1)])


def _beside(values: Scores, own: Places, step: int) -> Scores:
    """The value of the sentence so many places on in the same text; 0 where there is none."""
    at = np.arange(len(values)) + step
    inside = (at >= 0) & (at < len(values))
    at = np.clip(at, 0, len(values) - 1)
    return np.where(inside & (own[at] == own), values[at], 0.0)
