"""Fact-checks are found for a post by its text, its picture's text and the article's words, whether or not they match."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.signals.fact_checks.index import SEARCH, Candidates
from evenhand.signals.fact_checks.likeness import lexical
from evenhand.signals.fact_checks.listings import first_listings, listed_once
from evenhand.signals.fact_checks.reader import Reader
from evenhand.signals.fact_checks.search import Asked, SearchIndex
from evenhand.workflows.signals import common_words

CLAIMS = ("Vaccines cause autism in children", "The moon landing was filmed in a desert near Phoenix",
          "Bananas are radioactive waste", "A dolphin was elected mayor of Springfield")
LEADS = ("", "", "", "Flipper won by twelve votes after a recount of the ballots, a website wrote.")


class Letters:
    """A sentence model that knows letters only."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        counts = np.array([[text.lower().count(chr(97 + nth)) for nth in range(26)] for text in texts], np.float32)
        vectors: npt.NDArray[np.float32] = counts.reshape(len(texts), 26)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def index(leads: Sequence[str] | None = None, *, has_model: bool = False) -> SearchIndex:
    return SearchIndex(pa.array(CLAIMS), pa.nulls(len(CLAIMS), pa.string()), None if leads is None else pa.array(leads),
                       common=common_words(), model=Letters() if has_model else None)


@pytest.mark.parametrize("has_model", [False, True])
def test_search_ranks_what_does_not_match_too(*, has_model: bool) -> None:
    texts = pa.array(["children and vaccines and autism"])
    found = index(has_model=has_model).ranked(Asked.of(texts), n=3)
    assert found.claim[0] == 0
    assert lexical(index().claims.candidates(texts, reach=SEARCH)).max() < 1.0


def test_the_text_of_a_picture_is_asked_for_as_well() -> None:
    asked = Asked(texts=pa.array(["look at this!", "bananas, radioactive waste"]), pictures=pa.array([CLAIMS[1], ""]))
    found = index().ranked(asked, n=1)
    assert found.row.tolist() == [0, 1]
    assert found.claim.tolist() == [1, 2]


def test_an_article_is_found_by_words_that_its_claim_lacks() -> None:
    asked = Asked.of(pa.array(["did flipper really win after a recount of ballots?"]))
    assert index(LEADS).ranked(asked, n=1).claim.tolist() == [3]
    assert 3 not in index().ranked(asked, n=4).claim


def test_a_claim_in_other_words_is_found_with_a_sentence_model_only() -> None:
    asked = Asked.of(pa.array([CLAIMS[3][::-1]]))
    assert 3 not in index().ranked(asked, n=4).claim
    assert index(has_model=True).ranked(asked, n=1).claim.tolist() == [3]


@given(st.lists(st.text("abc ", max_size=4), min_size=1, max_size=4), st.lists(st.text("abc ", max_size=4), min_size=1,
                max_size=6), st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_the_nearest_are_those_that_no_other_is_nearer_than(texts: list[str], column: list[str], n: int) -> None:
    reader = Reader(Letters())
    ours, theirs = (reader.read(pa.array(one, pa.string())) for one in (texts, column))
    row, claim = reader.nearest(ours, pa.array(column, pa.string()), n=n)
    some = {nth for nth, text in enumerate(column) if text.strip()}
    cosine = ours @ theirs.T
    for nth, text in enumerate(texts):
        found = set(claim[row == nth].tolist())
        assert len(found) == (min(n, len(some)) if text.strip() else 0)
        assert found <= some
        assert all(cosine[nth, left] <= cosine[nth, taken] + 1e-6 for left in some - found for taken in found)


@given(st.lists(st.sampled_from([*CLAIMS, "bananas near Phoenix in children", "", "dolphin mayor autism"]), min_size=1,
                max_size=4), st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_post_ranks_as_it_would_alone(texts: list[str], has_model: bool) -> None:
    of = index(LEADS, has_model=has_model)
    together = of.ranked(Asked.of(pa.array(texts)), n=4)
    for nth, text in enumerate(texts):
        alone = of.ranked(Asked.of(pa.array([text])), n=4)
        assert together.claim[together.row == nth].tolist() == alone.claim.tolist()


TITLE = "Does this show a flood?"
TWICE = (('The "great flood" of Springfield', TITLE), ("Bananas are radioactive waste", "Are bananas safe?"),
         ("The 'great flood' of Springfield.", TITLE.upper()), ("The 'great flood' of Springfield.", ""))


@pytest.mark.parametrize("has_model", [False, True])
def test_an_article_that_is_listed_twice_is_shown_once_as_its_first_listing(*, has_model: bool) -> None:
    claims, titles = (pa.array(column) for column in zip(*TWICE, strict=True))
    found = SearchIndex(claims, titles, common=common_words(), model=Letters() if has_model else None).ranked(
        Asked.of(pa.array(["the great flood of springfield is real"])), n=4)
    assert found.claim.tolist().count(0) == 1
    assert 2 not in found.claim
    assert 3 in found.claim, "without a headline it may be another publisher's"


@given(pairs=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 9)), max_size=12,
                      unique_by=lambda one: one[:2]))
def test_promise_of_the_listings_of_an_article_the_first_is_shown_once_with_the_best_score(
        pairs: list[tuple[int, int, int]]) -> None:
    first = first_listings(*(pa.array(column) for column in zip(*TWICE, strict=True)))
    assert first.tolist() == [0, 1, 0, 3]
    row, claim, score = (np.array(column, np.int32) for column in (zip(*pairs, strict=True) if pairs else ((), (), ())))
    found = listed_once(Candidates(row=row, claim=claim, score=score.astype(np.float32), cover=score.astype(np.float32)), first)
    best: dict[tuple[int, int], int] = {}
    for post, one, value in pairs:
        best[post, int(first[one])] = max(value, best.get((post, int(first[one])), 0))
    assert dict(zip(zip(found.row.tolist(), found.claim.tolist(), strict=True), found.score.tolist(), strict=True)) == best
    assert len(found) == len(best)
