"""Solicitations: the shipped model reads plain spam as spam and plain talk as talk, in any batch."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.words.solicitations import N_BUCKETS, features, solicitations
from evenhand.workflows.signals import spam_model

SPAM = "WINNER!! You have been selected to receive a £900 prize. Call 09061701461 now, 150ppm"
TALK = "ok see you at the station around six, mum says hi"


def test_plain_spam_and_plain_talk() -> None:
    posts = pa.record_batch({"account_id": ["a", "b"], "post_id": ["1", "2"], "text": [SPAM, TALK]})
    rows = solicitations(spam_model, digest="x").run(posts).to_pylist()
    assert [row["post_id"] for row in rows] == ["1"]
    assert rows[0]["likeness"] > 0.9


def test_nothing_and_an_empty_batch() -> None:
    assert len(spam_model().likeness(pa.array([], pa.string()))) == 0
    assert len(spam_model().likeness(pa.array([None, "", "a"], pa.string()))) == 3


@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_promise_a_text_is_read_alike_in_any_company(texts: list[str]) -> None:
    together = spam_model().likeness(pa.array(texts, pa.string()))
    for text, likeness in zip(texts, together, strict=True):
        assert abs(spam_model().likeness(pa.array([text], pa.string()))[0] - likeness) < 1e-9


def test_features_stay_in_range_and_once_a_row() -> None:
    row, bucket, value = features(pa.array([SPAM, TALK], pa.string()))
    assert bucket.min() >= 0
    assert bucket.max() < N_BUCKETS
    assert len(set(zip(row.tolist(), bucket.tolist(), strict=True))) == len(row)
    assert abs((value[row == 0] ** 2).sum() - 1) < 1e-9
