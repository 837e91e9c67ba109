"""Search: the fact-checks that a text is likeliest to be about, best first, whether or not they match.

For people who look for fact-checks of a post, and to measure the matching. A sweep never acts on a rank.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from evenhand.signals.fact_checks.index import SEARCH, Candidates, ClaimIndex
from evenhand.signals.fact_checks.likeness import Likeness

READ = 100
"""Lexical candidates of each text that a sentence model reads."""
MODEL_WEIGHT = 3.0
"""How much a cosine of 1 counts beside the best lexical score of a text, which counts 1."""


def ranked(index: ClaimIndex, texts: pa.Array, *, n: int, likeness: Likeness) -> Candidates:
    """The `n` likeliest claims of each text, best first; scores are relative to the text's best lexical one."""
    found = index.candidates(texts, reach=SEARCH).best(READ)
    if not len(found):
        return found
    best = np.zeros(len(texts), np.float32)
    np.maximum.at(best, found.row, found.score)
    score = found.score / np.maximum(best[found.row], 1e-6)
    if likeness.has_model:
        score = score + MODEL_WEIGHT * likeness.cosines(texts, found, with_titles=True)
    return replace(found, score=score.astype(np.float32)).best(n)
