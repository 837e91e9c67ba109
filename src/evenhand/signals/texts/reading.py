"""A kernel that reads every post with a model: which texts are more likely than not what the model looks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.texts.text_model import Numbers

SCHEMA = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("likeness", pa.float64())])
"""One row per text that reads so; `likeness` is the model's measure, from 0.5 to 1."""


class TextReader(Protocol):
    """A model that reads whole texts."""

    def likeness(self, texts: pa.Array) -> Numbers:
        """How much each text is what the model looks for, from 0 to 1."""


def reading(name: str, model: Callable[[], TextReader], *, sentence: str, digest: str) -> Kernel:
    """The kernel `name` over `posts`, as `SCHEMA`. The model is fetched when the first text comes.

    It reads every post, so it runs only in a sweep whose pack asks for it, and on labelled sets.
    """
    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        likeness = model().likeness(posts.column("text"))
        rows = pa.array(np.flatnonzero(likeness >= 0.5))
        return pa.RecordBatch.from_arrays([posts.column("account_id").take(rows), posts.column("post_id").take(rows),
                                           pa.array(likeness).take(rows)], schema=SCHEMA)

    return Kernel(name=name, source="posts", columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence=sentence, digest=digest)
