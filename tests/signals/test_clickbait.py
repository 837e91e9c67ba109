"""Clickbait: the shipped model tells a headline that teases from one that says what is known, in any batch."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.texts.clickbait import clickbait
from evenhand.workflows.signals import clickbait_model

TEASING = "17 Things Only People Who Grew Up With A Cat Will Understand"
SAYING = "Parliament passes budget after two weeks of talks"


def test_a_headline_that_teases_and_one_that_says() -> None:
    posts = pa.record_batch({"account_id": ["a", "b"], "post_id": ["1", "2"], "text": [TEASING, SAYING]})
    [row] = clickbait(clickbait_model, digest="x").run(posts).to_pylist()
    assert (row["account_id"], row["post_id"]) == ("a", "1")
    assert row["likeness"] > 0.5


def test_nothing_and_an_empty_batch() -> None:
    assert len(clickbait_model().likeness(pa.array([], pa.string()))) == 0
    assert len(clickbait_model().likeness(pa.array([None, "", "a"], pa.string()))) == 3


@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_promise_a_headline_is_read_alike_in_any_company(texts: list[str]) -> None:
    together = clickbait_model().likeness(pa.array(texts, pa.string()))
    for text, likeness in zip(texts, together, strict=True):
        assert abs(clickbait_model().likeness(pa.array([text], pa.string()))[0] - likeness) < 1e-9
