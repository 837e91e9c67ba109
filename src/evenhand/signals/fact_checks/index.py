"""The index of fact-checks: which claims a post may repeat, found without comparing every post with every claim.

Two lexical steps. A claim is a candidate when the post shares rare words with it (`tokens`, joined through the postings of
those words only); most posts share none and are done. Candidates are then scored by the rare letter sequences (`grams`)
that post and claim share: BM25 with the post as the query. The score is an amount of shared information, so it means the
same in a register of ten claims and of ten thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.signals.fact_checks.common_words import CommonWords
from evenhand.signals.fact_checks.grams import Marks, Rows, grams, tokens
from evenhand.signals.fact_checks.letters import Letters, letters
from evenhand.signals.fact_checks.postings import ClaimMarks, Postings, Weights, distinct, post, spread
from evenhand.signals.words.folded import Flags, Places

SATURATION, LENGTH_WEIGHT, USUAL_GRAMS = 1.2, 0.75, 110.0
"""BM25's k1 and b as commonly used, and the grams of a claim with its title (the mean of 10,375 published ones)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How much is looked at before a claim is no candidate."""

    rare_share: float
    """A word that more than this share of the register's claims has brings no candidates."""
    min_shared: float
    """Rare words that post and claim must share, as the sum of their weights (a word that one in n texts has weighs ln n)."""


SWEEP = Reach(rare_share=0.003, min_shared=11.0)
"""For all posts of a platform. Of 10,000 claims a rare word has at most 30, and two words that one in 250 texts has are
enough; one name alone, however rare (at most 9.9), is not."""
SEARCH = Reach(rare_share=0.02, min_shared=4.0)
"""For one post at a time: who asks which fact-checks there are for this text."""
MIN_RARE_TEXTS = 8
"""Below so many claims a word is rare however small the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Pairs of a text and a claim, in order of text."""

    row: Rows
    claim: Rows
    score: Weights
    """The information that both share; higher is likelier."""
    cover: Weights
    """The share of the claim's words, by weight, that the text has."""

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.row)

    def keep(self, kept: Flags | Places) -> Candidates:
        """Those that `kept` flags or names."""
        return Candidates(row=self.row[kept], claim=self.claim[kept], score=self.score[kept], cover=self.cover[kept])

    def best(self, n: int) -> Candidates:
        """The `n` best of each text, best first; among equals the one that stands first in the register."""
        order = np.lexsort((self.claim, -self.score, self.row))
        row = self.row[order]
        return self.keep(order[np.arange(len(row)) - np.searchsorted(row, row) < n])


class ClaimIndex:
    """The claims of a register, compiled once for any number of posts."""

    def __init__(self, claims: pa.Array, titles: pa.Array, *, common: CommonWords) -> None:
        self.claims: pa.Array = claims.cast(pa.string())
        self.titles: pa.Array = pc.if_else(pc.equal(titles.cast(pa.string()).fill_null(""), ""), self.claims, titles)
        self._n = len(claims)
        joined = letters(pc.binary_join_element_wise(self.claims, titles.cast(pa.string()).fill_null(""), "\n"))
        self._words = post(tokens(joined), common.words, n_texts=self._n)
        self._grams = post(grams(joined), common.grams, n_texts=self._n)
        lengths = np.bincount(self._grams.text, weights=self._grams.times, minlength=self._n)
        norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / USUAL_GRAMS)
        times = self._grams.times
        value = self._grams.weights_of_postings() * times * (SATURATION + 1) / (times + norm[self._grams.text])
        self._grams_of = ClaimMarks.of(self._grams, value.astype(np.float32), n_texts=self._n)
        own = tokens(letters(self.claims))
        self._words_of = ClaimMarks.among(self._words, own, n_texts=self._n)

    def __len__(self) -> int:
        """How many claims."""
        return self._n

    def candidates(self, texts: pa.Array, *, reach: Reach = SWEEP, min_cover: float = 0.0) -> Candidates:
        """Every pair of a text and a claim that are within `reach` and cover at least `min_cover`, with score and cover."""
        if not self._n or not len(texts):
            return _none()
        row, claim = self._sharing(tokens(letters(texts)), reach)
        return self.measured(texts, row, claim, min_cover=min_cover)

    def measured(self, texts: pa.Array, row: Rows, claim: Rows, *, min_cover: float = 0.0) -> Candidates:
        """The given pairs that cover at least `min_cover`, in order of text, with their score and cover."""
        if not len(row):
            return _none()
        read, own = _read(texts, row)
        shared = self._words_of.shared(_held(tokens(read), self._words), own, claim)
        cover = (shared / np.maximum(self._words_of.totals[claim], 1e-6)).astype(np.float32)
        if min_cover > 0:
            kept = cover >= min_cover
            row, claim, cover = row[kept], claim[kept], cover[kept]
            if not len(row):
                return _none()
            read, own = _read(texts, row)
        return Candidates(row=row, claim=claim, cover=cover,
                          score=self._grams_of.shared(_held(grams(read), self._grams), own, claim))

    def _sharing(self, marks: Marks, reach: Reach) -> tuple[Rows, Rows]:
        """The pairs of a text and a claim that share enough rare words."""
        limit = max(MIN_RARE_TEXTS, int(self._n * reach.rare_share))
        is_rare = np.diff(self._words.begin) <= limit
        number = self._words.numbers(marks.key)
        known = np.flatnonzero(number >= 0)
        known = known[is_rare[number[known]]]
        code = distinct(marks.row[known].astype(np.int64) << 32 | number[known])       # a word counts once in a post
        number, row = (code & 0xFFFFFFFF).astype(np.int32), code >> 32
        if not len(row):
            return _none().row, _none().claim
        enough = np.bincount(row, weights=self._words.weight[number])[row] >= reach.min_shared
        number, row = number[enough], row[enough]
        source, place = spread(self._words.begin, number)
        # The weight rides in the low bits, so that one sort brings pairs together with their weights.
        packed = np.sort((row[source] << 32 | self._words.text[place]) << 8
                         | np.round(self._words.weight[number[source]] * 16).astype(np.int64))
        pair = packed >> 8
        first = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))[:len(pair)]
        if not len(first):
            return _none().row, _none().claim
        kept = pair[first[np.add.reduceat(packed & 0xFF, first) >= reach.min_shared * 16]]
        return (kept >> 32).astype(np.int32), (kept & 0xFFFFFFFF).astype(np.int32)


def _read(texts: pa.Array, row: Rows) -> tuple[Letters, Places]:
    """The letters of the texts that stand in pairs, and for each pair which of them is its own."""
    new = np.concatenate(([True], row[1:] != row[:-1]))
    return letters(texts.take(pa.array(row[new]))), np.cumsum(new) - 1


def _held(marks: Marks, postings: Postings) -> npt.NDArray[np.int64]:
    """Which of the register's keys each text holds, as sorted codes of text and number."""
    number = postings.numbers(marks.key)
    known = number >= 0
    return distinct(marks.row[known].astype(np.int64) << 32 | number[known])


def _none() -> Candidates:
    none, empty = np.zeros(0, np.int32), np.zeros(0, np.float32)
    return Candidates(row=none, claim=none, score=empty, cover=empty)
