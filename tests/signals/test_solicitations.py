"""Solicitations: the shipped model reads plain spam as spam and plain talk as talk, in any batch."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.texts.solicitations import blended, solicitations
from evenhand.signals.texts.text_features import pieces, plainly, runs
from evenhand.signals.texts.text_model import N_BUCKETS, LinearModel, word_and_piece_features
from evenhand.workflows.signals import spam_model

SPAM = "WINNER!! You have been selected to receive a £900 prize. Call 09061701461 now, 150ppm"
TALK = "ok see you at the station around six, mum says hi"
COMMENT = "check out my channel and subscribe please http://example.com/watch"
PRAISE = "I love this song, best video ever made"


def test_plain_spam_and_plain_talk() -> None:
    posts = pa.record_batch({"account_id": ["a", "b", "c", "d"], "post_id": ["1", "2", "3", "4"],
                             "text": [SPAM, TALK, COMMENT, PRAISE]})
    rows = solicitations(spam_model, digest="x").run(posts).to_pylist()
    assert [row["post_id"] for row in rows] == ["1", "3"]
    assert all(row["likeness"] > 0.5 for row in rows)


def test_nothing_and_an_empty_batch() -> None:
    assert len(spam_model().likeness(pa.array([], pa.string()))) == 0
    assert len(spam_model().likeness(pa.array([None, "", "a"], pa.string()))) == 3


@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_promise_a_text_is_read_alike_in_any_company(texts: list[str]) -> None:
    together = spam_model().likeness(pa.array(texts, pa.string()))
    for text, likeness in zip(texts, together, strict=True):
        assert abs(spam_model().likeness(pa.array([text], pa.string()))[0] - likeness) < 1e-9


def test_the_two_readings_count_by_the_kind_of_text() -> None:
    assert blended(np.array([2.0, 2.0]), np.array([-4.0, -4.0]), np.array([0.0, 0.5])).tolist() == [2.0, -1.0]


def test_features_stay_in_range_and_once_a_row() -> None:
    row, bucket, value = word_and_piece_features(pa.array([SPAM, TALK], pa.string()))
    assert bucket.min() >= 0
    assert bucket.max() < N_BUCKETS
    assert len(set(zip(row.tolist(), bucket.tolist(), strict=True))) == len(row)
    assert abs((value[row == 0] ** 2).sum() - 1) < 1e-9


def test_words_signs_and_edges_make_runs_that_end_with_their_text() -> None:
    found = runs(plainly(pa.array(["you're in!", "x"], pa.string())), (1, 2, 3))
    assert {length: row.tolist() for length, (row, _) in found.items()} == {
        1: [0, 0, 0, 0, 0, 1, 1, 1], 2: [0, 0, 0, 0, 1, 1], 3: [0, 0, 0, 1]}, "| you're in ! | and | x |"


def test_pieces_stand_in_one_word_with_the_blanks_beside_it() -> None:
    [row, _] = pieces(plainly(pa.array(["ab"], pa.string())), (3,))[3]
    assert len(row) == 4, "of ` | ab | `: the edges with their blanks, ` ab`, `ab `"


def test_a_model_that_is_not_in_a_file_is_missed() -> None:
    with pytest.raises(KeyError):
        LinearModel.of({}, "words")
