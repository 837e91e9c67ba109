"""Clickbait: English headlines that tease instead of saying what is known.

A linear model over runs of words and pieces of words, trained by `tools/train_clickbait.py` on the headlines of Chakraborty et
al., *Stop Clickbait* (ASONAM 2016). It is one measurement of what a text looks like. A headline that teases is not a lie and
harms nobody, so no detector of ours reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.texts.text_model import LinearModel, Numbers, archive_of, likely, word_and_piece_features

SCHEMA = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("likeness", pa.float64())])
"""One row per text that reads as clickbait; `likeness` is the model's measure, from 0.5 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickbaitModel:
    """How headlines are read."""

    headlines: LinearModel
    digest: str

    @classmethod
    def from_bytes(cls, data: bytes) -> ClickbaitModel:
        """The model in the file `data`."""
        return cls(headlines=LinearModel.of(archive_of(data), "headlines"), digest=hashlib.sha256(data).hexdigest())

    def likeness(self, texts: pa.Array) -> Numbers:
        """How much each text reads as clickbait, from 0 to 1."""
        return likely(self.headlines.of_features(word_and_piece_features(texts), len(texts)))


def clickbait(model: Callable[[], ClickbaitModel], *, digest: str) -> Kernel:
    """The kernel `clickbait` over `posts`, as `SCHEMA`. The model is fetched when the first text comes.

    It reads every post, so it runs only in a sweep whose pack asks for it, and on labelled sets.
    """
    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        likeness = model().likeness(posts.column("text"))
        rows = pa.array(np.flatnonzero(likeness >= 0.5))
        return pa.RecordBatch.from_arrays([posts.column("account_id").take(rows), posts.column("post_id").take(rows),
                                           pa.array(likeness).take(rows)], schema=SCHEMA)

    return Kernel(name="clickbait", source="posts", columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence="a headline that teases instead of saying what is known", digest=digest)
