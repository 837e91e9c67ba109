"""Sentences that give advice: English texts that read as one person telling another what to do.

A linear model over hashed pieces of the text, trained by `tools/train_advice_sentences.py` on sentences of lay people. Giving
advice is no violation, and the model names no reason that a person could contest: it measures, and no detector convicts by it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.words.solicitations import TextModel

SCHEMA = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("likeness", pa.float64())])
"""One row per text that reads as advice; `likeness` is the model's measure, from 0.5 to 1."""


def advice_sentences(model: Callable[[], TextModel], *, digest: str) -> Kernel:
    """The kernel `advice_sentences` over `posts`, as `SCHEMA`. It reads posts in English, or whose language is not known.

    The model is fetched when the first text comes. No shipped policy asks for it.
    """
    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        posts = posts.filter(pc.starts_with(pc.fill_null(posts.column("language"), "en"), "en"))
        likeness = model().likeness(posts.column("text"))
        rows = pa.array(np.flatnonzero(likeness >= 0.5))
        return pa.RecordBatch.from_arrays([posts.column("account_id").take(rows), posts.column("post_id").take(rows),
                                           pa.array(likeness).take(rows)], schema=SCHEMA)

    return Kernel(name="advice_sentences", source="posts", columns=("account_id", "post_id", "text", "language"), run=run,
                  schema=SCHEMA, sentence="a text that reads as advice to somebody", digest=digest)
