"""Likeness: how surely a text says what a claim says, by shared information, cover, and meaning if a model is there.

The bounds were chosen on 812 posts with known fact-checks against 65,000 posts without one; the curve is in
docs/concepts/fact-checks.md, and `benchmarks/bench_claim_matches.py` makes it again.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.addresses import without_addresses
from evenhand.signals.fact_checks.index import Candidates, ClaimIndex
from evenhand.signals.fact_checks.postings import Weights

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
        self._claims: dict[int, Weights] = {}
        self._titles: dict[int, Weights] = {}

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
        if self._model is None:
            kept = likeness >= at_least
            return found.keep(kept), likeness[kept]
        near = np.flatnonzero(likeness >= WORTH_READING)
        found, likeness = found.keep(near), likeness[near]
        likeness = (1 - MEANING_WEIGHT) * likeness + MEANING_WEIGHT * scaled(self.cosines(texts, found))
        kept = likeness >= at_least
        return found.keep(kept), likeness[kept]

    @property
    def has_model(self) -> bool:
        """Whether there is a sentence model."""
        return self._model is not None

    def cosines(self, texts: pa.Array, found: Candidates, *, with_titles: bool = False) -> Weights:
        """The cosine of each pair's sentence vectors, with titles the greater of claim and title; needs a model."""
        if self._model is None or not len(found):
            return np.zeros(len(found), np.float32)
        rows, own = np.unique(found.row, return_inverse=True)
        read = without_addresses(texts.take(pa.array(rows)).cast(pa.large_string()).fill_null(""))
        of_texts = self._model.encode(read.to_pylist())[own]
        cosines = self._to(of_texts, found, self._index.claims, self._claims)
        return np.maximum(cosines, self._to(of_texts, found, self._index.titles, self._titles)) if with_titles else cosines

    def _to(self, of_texts: Weights, found: Candidates, sentences: pa.Array, known: dict[int, Weights]) -> Weights:
        """The cosines to one sentence of each claim; its vectors are read once and kept."""
        if self._model is None:
            raise ValueError("there is no sentence model: ask `has_model` first")
        missing = [int(claim) for claim in np.unique(found.claim) if int(claim) not in known]
        if missing:
            known.update(zip(missing, self._model.encode(sentences.take(pa.array(missing)).to_pylist()), strict=True))
        cosines: Weights = np.einsum("ij,ij->i", of_texts, np.stack([known[int(claim)] for claim in found.claim]))
        return cosines


def lexical(found: Candidates) -> Weights:
    """The likeness of pairs by their words alone, 0 to 1."""
    likeness: Weights = np.sqrt(np.minimum(found.score / FULL_SCORE, 1) * np.minimum(found.cover / FULL_COVER, 1))
    return likeness


def scaled(cosines: Weights) -> Weights:
    """Cosines as a likeness, 0 to 1."""
    likeness: Weights = np.clip((cosines - UNLIKE) / (ALIKE - UNLIKE), 0, 1).astype(np.float32)
    return likeness
