"""Likeness: how surely a text says what a claim says, by shared information, cover, and meaning if a model is there.

The bounds were chosen on 812 posts with known fact-checks against 65,000 posts without one; the curve is in
docs/concepts/fact-checks.md, and `benchmarks/bench_claim_matches.py` makes it again.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.index import Candidates, ClaimIndex
from evenhand.signals.fact_checks.postings import Weights
from evenhand.signals.fact_checks.reader import Reader

FULL_SCORE = 220.0
"""Shared information at which more adds nothing: half of an ordinary claim, or all of a short one."""
FULL_COVER = 0.75
"""The share of a claim's words at which more adds nothing."""
MIN_LIKENESS = 0.8
"""A text with as much says what the claim says, whoever wrote it."""
MIN_LIKENESS_AGAIN = 0.65
"""A text with as much may say it again in other words. It tells nothing by itself: it is only read beside another text of the
same account that says the same claim plainly. Two bounds, of which the lower holds where the higher was reached, are Canny's
hysteresis (*A Computational Approach to Edge Detection*, 1986)."""
WORTH_READING = 0.45
"""Lexical likeness from which on a sentence model is asked."""
UNLIKE, ALIKE = 0.35, 0.8
"""Cosines of sentence vectors at which two texts are about different things, and say the same."""
MEANING_WEIGHT = 0.5


class Likeness:
    """Measures the likeness of candidates, with a sentence model if one is there. Vectors of claims are kept."""

    def __init__(self, index: ClaimIndex, model: SentenceModel | None) -> None:
        self._index, self._model = index, model
        self._reader = Reader(model) if model else None

    @property
    def name(self) -> str:
        """What measures it; part of the step's digest."""
        bounds = f"{FULL_SCORE} {FULL_COVER} {MIN_LIKENESS} {MIN_LIKENESS_AGAIN}"
        return f"{bounds} {self._model.name if self._model else 'lexical'}"

    def min_cover(self, at_least: float = MIN_LIKENESS) -> float:
        """A pair with less cover cannot have a likeness of `at_least`, whatever else is measured."""
        return FULL_COVER * (at_least if self._model is None else WORTH_READING) ** 2 - 1e-4

    def matching(self, texts: pa.Array, found: Candidates, *, at_least: float = MIN_LIKENESS) -> tuple[Candidates, Weights]:
        """The candidates that are alike enough, with their likeness from `at_least` to 1."""
        likeness = lexical(found)
        if self._reader is None:
            kept = likeness >= at_least
            return found.keep(kept), likeness[kept]
        near = np.flatnonzero(likeness >= WORTH_READING)
        found, likeness = found.keep(near), likeness[near]
        [cosines] = self._reader.cosines(texts, found.row, (self._index.claims,), found.claim)
        likeness = (1 - MEANING_WEIGHT) * likeness + MEANING_WEIGHT * scaled(cosines)
        kept = likeness >= at_least
        return found.keep(kept), likeness[kept]


def lexical(found: Candidates) -> Weights:
    """The likeness of pairs by their words alone, 0 to 1."""
    likeness: Weights = np.sqrt(np.minimum(found.score / FULL_SCORE, 1) * np.minimum(found.cover / FULL_COVER, 1))
    return likeness


def scaled(cosines: Weights) -> Weights:
    """Cosines as a likeness, 0 to 1."""
    likeness: Weights = np.clip((cosines - UNLIKE) / (ALIKE - UNLIKE), 0, 1).astype(np.float32)
    return likeness
