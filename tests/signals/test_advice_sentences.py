"""Sentences that give advice: the shipped model reads plain advice as such, in English only."""

from __future__ import annotations

import pyarrow as pa

from evenhand.signals.advice.sentences import SCHEMA, advice_sentences
from evenhand.workflows.signals import advice_model

ADVICE = "You should talk to her about it and set some rules for the evening ."
TALK = "We went to the lake last summer and the kids loved it ."


def test_plain_advice_and_plain_talk_in_english() -> None:
    posts = pa.record_batch({"account_id": ["a", "b", "c", "d"], "post_id": ["1", "2", "3", "4"],
                             "text": [ADVICE, TALK, ADVICE, ADVICE], "language": ["en", "en", "de", None]})
    rows = advice_sentences(advice_model, digest="x").run(posts)
    assert rows.column("post_id").to_pylist() == ["1", "4"]
    assert rows.schema == SCHEMA


def test_nothing_in_nothing_out() -> None:
    posts = pa.RecordBatch.from_pylist([], schema=pa.schema([(name, pa.string()) for name in (
        "account_id", "post_id", "text", "language")]))
    assert advice_sentences(advice_model, digest="x").run(posts).num_rows == 0
