"""Fact-checks are found for a post by its text, its picture's text and the article's words, whether or not they match."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.signals.fact_checks.index import SEARCH
from evenhand.signals.fact_checks.likeness import lexical
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
