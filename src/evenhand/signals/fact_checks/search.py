"""Search: the fact-checks that a post is likeliest to be about, best first, whether or not they match.

For people who look for fact-checks of a post, and to measure the matching. A sweep never acts on a rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.common_words import CommonWords
from evenhand.signals.fact_checks.index import SEARCH, Candidates, ClaimIndex
from evenhand.signals.fact_checks.listings import first_listings, listed_once
from evenhand.signals.fact_checks.postings import Weights, distinct
from evenhand.signals.fact_checks.ranking import Signs, by_meaning, by_words, weighed
from evenhand.signals.fact_checks.reader import Reader

READ = 100
"""Lexical candidates of each post that are looked at again."""
NEAR = 40
"""Fact-checks that a sentence model puts nearest to each way to read a post, which are looked at again as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Posts that fact-checks are looked for: their texts, and the texts in their pictures, empty where there is none."""

    texts: pa.Array
    pictures: pa.Array

    @classmethod
    def of(cls, texts: pa.Array) -> Asked:
        """Posts without pictures."""
        return cls(texts=texts, pictures=pa.array([""] * len(texts), pa.string()))

    def joined(self) -> pa.Array:
        """The text of each post with that of its pictures."""
        return pc.binary_join_element_wise(self.texts, self.pictures, "\n")

    def views(self) -> tuple[pa.Array, ...]:
        """What a post says, in each way to read it: alone, and where a picture has a text, the picture alone and both."""
        has_pictures = pc.any(pc.not_equal(self.pictures, "")).as_py()
        return (self.texts, self.pictures, self.joined()) if has_pictures else (self.texts,)


class SearchIndex:
    """The fact-checks of a register with their titles and, where known, the first paragraphs of their articles."""

    def __init__(self, claims: pa.Array, titles: pa.Array, leads: pa.Array | None = None, *, common: CommonWords,
                 model: SentenceModel | None = None) -> None:
        self.claims = ClaimIndex(claims, titles, common=common)
        none = pa.array([""] * len(claims), pa.string())
        leads = none if leads is None else leads.cast(pa.string()).fill_null("")
        has_leads = len(claims) > 0 and pc.any(pc.not_equal(leads, "")).as_py()
        self.leads = ClaimIndex(leads, none, common=common) if has_leads else None
        self._first = first_listings(claims, titles)
        self._reader = Reader(model) if model else None
        self._columns = {"claim": self.claims.claims, "title": self.claims.titles} | (
            {"article": self.leads.claims} if self.leads else {})

    def ranked(self, asked: Asked, *, n: int) -> Candidates:
        """The `n` likeliest claims of each post, best first; the score of a rank means nothing outside its post.

        An article that the register lists twice is shown once, as its first listing.
        """
        found, signs = self.signs(asked)
        if not len(found):
            return found
        return listed_once(replace(found, score=weighed(signs, with_model=self._reader is not None)), self._first).best(n)

    def signs(self, asked: Asked) -> tuple[Candidates, Signs]:
        """The candidates of each post, and what speaks for each."""
        read = [self._reader.read(view) for view in asked.views()] if self._reader else []
        found = self._candidates(asked.joined(), read)
        if not len(found):
            return found, {}
        signs = by_words(self.claims, self.leads, asked.views(), found)
        if self._reader:
            signs = {**signs, **by_meaning(self._reader, self._columns, read, found)}
        return found, signs

    def _candidates(self, texts: pa.Array, read: Sequence[Weights]) -> Candidates:
        """The claims whose own words, or whose article's, are likest to each text's, and those nearest to it in meaning."""
        indexes = [self.claims] + ([self.leads] if self.leads else [])
        found = [index.candidates(texts, reach=SEARCH).best(READ) for index in indexes]
        pairs = [(one.row, one.claim) for one in found]
        if self._reader:
            pairs += [self._reader.nearest(view, column, n=NEAR) for view in read for column in self._columns.values()]
        elif self.leads is None:
            return found[0]
        pair = distinct(np.concatenate([row.astype(np.int64) << 32 | claim for row, claim in pairs]))
        return self.claims.measured(texts, (pair >> 32).astype(np.int32), (pair & 0xFFFFFFFF).astype(np.int32))
