"""Claim matches: posts, and texts in their pictures, that say what a fact-checked claim says, and how they speak of it.

A match is a fact about two texts. It says neither that the claim is false nor that the account may not say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel, Query, Step
from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.answers import SCHEMA as ANSWERS
from evenhand.signals.fact_checks.answers import TEXTS_BESIDE
from evenhand.signals.fact_checks.common_words import CommonWords
from evenhand.signals.fact_checks.groups import claim_groups
from evenhand.signals.fact_checks.index import ClaimIndex
from evenhand.signals.fact_checks.likeness import MIN_LIKENESS_AGAIN, Likeness
from evenhand.signals.fact_checks.sentences import MAX_SHOWN, nearest_sentences
from evenhand.signals.fact_checks.stances import STANCES, StanceWords
from evenhand.signals.words.lexicon import Lexicon

SCHEMA = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("where", pa.string()),
                    ("fact_check_id", pa.string()), ("claim_id", pa.string()), ("likeness", pa.float64()),
                    ("stance", pa.string()), ("shown", pa.string())])
"""One text of a post and one fact-check whose claim it matches. `where` is `text` or the id of the picture; `claim_id` is
the same for fact-checks of one claim; `shown` is the sentence that is nearest to the claim."""

GROUPS = pa.schema([("fact_check_id", pa.string()), ("claim_id", pa.string())])
MAX_PER_TEXT = 12
"""Fact-checks that one text can match, the likeliest first: enough for every publisher of one claim."""


def claim_matches(fact_checks: pa.Table, *, common: CommonWords, stances: Lexicon,
                  model: SentenceModel | None = None) -> tuple[Step, ...]:
    """The steps that match posts with the fact-checks of a register; without any they read nothing.

    They leave `claim_matches`, `checked_claims` and, once `repeating_texts` was made of these, `claim_answers`.
    """
    if not fact_checks.num_rows:
        return (_nothing("claim_matches", SCHEMA, "a post that says what a fact-checked claim says"),
                _nothing("checked_claims", GROUPS, "a fact-check with the claim that it is about"),
                _nothing("claim_answers", ANSWERS, "a text that answers the claim which another text of its post repeats"))
    fact_checks = fact_checks.sort_by("fact_check_id").combine_chunks()
    matcher = _Matcher(fact_checks, common=common, stances=stances, model=model)
    columns = (str(fact_checks[name].to_pylist()) for name in ("fact_check_id", "claim", "title", "language"))
    digest = hashlib.sha256("\x1f".join((common.digest, stances.digest, matcher.likeness.name, *columns)).encode()).hexdigest()
    sentence = "a text of a post that says what a fact-checked claim says"
    of_posts = Kernel(name="claim_matches_in_posts", source="posts", columns=("account_id", "post_id", "text"),
                      run=matcher.in_posts, schema=SCHEMA, sentence=sentence, digest=digest)
    of_media = Kernel(name="claim_matches_in_pictures", source="media", columns=("account_id", "post_id", "media_id", "text"),
                      run=matcher.in_pictures, schema=SCHEMA, sentence=sentence, digest=digest)
    both = Query(name="claim_matches", inputs=(of_posts.name, of_media.name), sentence=sentence,
                 sql="\nunion all\n".join(f"select {', '.join(_quoted(SCHEMA))} from {name}"
                                          for name in (of_posts.name, of_media.name)))
    grouped = Kernel(name="checked_claims", source="fact_checks", columns=("fact_check_id",), run=matcher.grouped,
                     schema=GROUPS, sentence="a fact-check with the claim that it is about", digest=digest)
    answers = Kernel(name="claim_answers", source=TEXTS_BESIDE.name, run=matcher.answers, schema=ANSWERS, digest=digest,
                     columns=("account_id", "post_id", "claim_id", "fact_check_id", "where", "text"),
                     sentence="a text that refutes, reports or asks about the claim which another text of its post repeats")
    return of_posts, of_media, both, grouped, TEXTS_BESIDE, answers


class _Matcher:
    """The register's claims, ready to be matched."""

    def __init__(self, fact_checks: pa.Table, *, common: CommonWords, stances: Lexicon, model: SentenceModel | None) -> None:
        claims, titles, languages, self._ids = (fact_checks[name].combine_chunks() for name in (
            "claim", "title", "language", "fact_check_id"))
        self._index = ClaimIndex(claims, titles, common=common)
        self.likeness = Likeness(self._index, model)
        self._stances = StanceWords(stances, claims, languages)
        self._group = self._ids.take(pa.array(claim_groups(self._index, self.likeness)))

    def in_posts(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        return self._matches(posts, lambda rows: pa.array(["text"] * len(rows), pa.string()))

    def in_pictures(self, media: pa.RecordBatch) -> pa.RecordBatch:
        of_posts = media.filter(media.column("post_id").is_valid())
        return self._matches(of_posts, lambda rows: of_posts.column("media_id").take(rows))

    def grouped(self, fact_checks: pa.RecordBatch) -> pa.RecordBatch:
        ids = fact_checks.column("fact_check_id").cast(pa.string())
        place = pc.index_in(ids, value_set=self._ids)
        return pa.RecordBatch.from_arrays([ids, self._group.take(place)], schema=GROUPS)

    def answers(self, beside: pa.RecordBatch) -> pa.RecordBatch:
        texts = beside.column("text").cast(pa.string())
        claim = pc.index_in(beside.column("fact_check_id").cast(pa.string()), value_set=self._ids)
        is_own = pc.equal(beside.column("where"), "text").to_numpy(zero_copy_only=False)
        stance = self._stances.beside(texts, claim.to_numpy(zero_copy_only=False).astype(np.int64), is_own=is_own)
        rows = pa.array(np.flatnonzero(stance))
        return pa.RecordBatch.from_arrays(
            [*(beside.column(name).cast(pa.string()).take(rows) for name in ("account_id", "post_id", "claim_id", "where")),
             pa.array(STANCES, pa.string()).take(pa.array(stance).take(rows)),
             pc.utf8_slice_codeunits(texts.take(rows), 0, MAX_SHOWN)], schema=ANSWERS)

    def _matches(self, batch: pa.RecordBatch, where: Callable[[pa.Array], pa.Array]) -> pa.RecordBatch:
        texts = batch.column("text").cast(pa.string())
        candidates = self._index.candidates(texts, min_cover=self.likeness.min_cover(MIN_LIKENESS_AGAIN))
        found, likeness = self.likeness.matching(texts, candidates, at_least=MIN_LIKENESS_AGAIN)
        order = np.lexsort((found.claim, -likeness, found.row))
        row = found.row[order]
        order = order[np.arange(len(row)) - np.searchsorted(row, row) < MAX_PER_TEXT]
        found, likeness = found.keep(order), likeness[order]
        rows, claim = pa.array(found.row), pa.array(found.claim)
        shown = nearest_sentences(self._index, texts, found)
        stance = self._stances.read(texts.take(rows), shown, found.claim.astype(np.int64))
        return pa.RecordBatch.from_arrays(
            [batch.column("account_id").take(rows), batch.column("post_id").take(rows), where(rows), self._ids.take(claim),
             self._group.take(claim), pa.array(np.round(likeness.astype(np.float64), 4)),
             pa.array(STANCES, pa.string()).take(pa.array(stance)), shown], schema=SCHEMA)


def _nothing(name: str, schema: pa.Schema, sentence: str) -> Query:
    kinds = {pa.string(): "varchar", pa.float64(): "double"}
    return Query(name=name, inputs=("fact_checks",), sentence=sentence, sql="select " + ", ".join(
        f"cast(null as {kinds[field.type]}) as {name}" for field, name in zip(schema, _quoted(schema), strict=True))
        + " from fact_checks where false")


def _quoted(schema: pa.Schema) -> list[str]:
    return ['"where"' if name == "where" else name for name in schema.names]
