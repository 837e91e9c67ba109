"""Ranking: in which order the candidates of a post are shown, as a weighted sum of what speaks for each.

Nothing here decides that a post says what a claim says: that is `likeness`, with bounds. A rank only compares candidates of
one post, and whoever asks sees several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from evenhand.signals.fact_checks.grams import Rows
from evenhand.signals.fact_checks.index import Candidates, ClaimIndex
from evenhand.signals.fact_checks.postings import Weights
from evenhand.signals.fact_checks.reader import Reader

Signs = Mapping[str, Weights]
"""For each sign its strength for every candidate, about 0 to 1."""

WORDS_ALONE: Mapping[str, float] = {"share": 2.2, "alone": 2.3, "cover": 4.2, "lead": 4.1}
WITH_MEANING: Mapping[str, float] = {"share": 0.6, "alone": 1.9, "cover": 1.3, "lead": 1.9, "claim": 4.6, "title": 6.0,
                                    "article": 2.4, "nearer": 4.7}
"""Both learned on the posts about PolitiFact's articles by `tools/train_claim_ranking.py`, to one decimal; this one with
`--model minilm`."""


def by_words(claims: ClaimIndex, leads: ClaimIndex | None, views: Sequence[pa.Array], found: Candidates) -> Signs:
    """What words say. `views` are the ways to read each post, the whole of it last; `found` was measured on that one.

    `share`: the information that both share, beside the post's best candidate. `alone`: the same where text and picture are
    read apart, whichever says more. `cover`: the share of the claim's words that the post has. `lead`: as `share`, with the
    first paragraphs of the article.
    """
    parts = [claims.measured(view, found.row, found.claim).score for view in views[:-1]] or [found.score]
    lead = leads.measured(views[-1], found.row, found.claim).score if leads else np.zeros(len(found), np.float32)
    return {"share": _beside_best(found.score, found.row), "alone": _beside_best(np.maximum.reduce(parts), found.row),
            "cover": found.cover, "lead": _beside_best(lead, found.row)}


def by_meaning(reader: Reader, columns: Mapping[str, pa.Array], views: Sequence[Weights], found: Candidates) -> Signs:
    """What a sentence model says: cosines to the columns `claim`, `title` and, where there are any, `article`.

    `views` are the vectors of the posts in each way to read them; the one that says most counts. `nearer` is the greater of
    claim and title.
    """
    cosines = [reader.between(view, found.row, tuple(columns.values()), found.claim) for view in views]
    best = {name: np.maximum.reduce(of_views) for name, of_views in zip(columns, zip(*cosines, strict=True), strict=True)}
    return best | {"nearer": np.maximum(best["claim"], best["title"])}


def weighed(signs: Signs, *, with_model: bool) -> Weights:
    """The weighted sum of the signs that there are: without articles there is neither `lead` nor `article`."""
    weights = WITH_MEANING if with_model else WORDS_ALONE
    total = sum((weight * signs[name] for name, weight in weights.items() if name in signs), start=np.float32(0))
    return np.asarray(total, np.float32)


def _beside_best(score: Weights, row: Rows) -> Weights:
    """Each score as a share of the best one of its text."""
    best = np.zeros(int(row.max()) + 1, np.float32)
    np.maximum.at(best, row, score)
    return np.asarray(score / np.maximum(best[row], 1e-6), np.float32)
