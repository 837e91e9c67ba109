"""Solicitations: English texts that read as unasked-for advertising or bait, as spam in text messages and comments does.

What is spam among short messages is not what is spam below a video, and one model of both is worse at each. So two linear
models read every text, trained by `tools/train_solicitations.py` on a public set each, and a third says which kind of text
it looks like and so how much each of them counts. It is one measurement of what a text looks like. It names no reason that a
person could contest, so no detector of ours convicts by it.
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
"""One row per text that reads as a solicitation; `likeness` is the model's measure, from 0.5 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamModel:
    """How texts are read: as messages, as comments, and which of the two they look like."""

    messages: LinearModel
    comments: LinearModel
    kind: LinearModel
    """Above 0 for what looks like a comment."""
    digest: str

    @classmethod
    def from_bytes(cls, data: bytes) -> SpamModel:
        """The model in the file `data`."""
        archive = archive_of(data)
        messages, comments, kind = (LinearModel.of(archive, name) for name in ("messages", "comments", "kind"))
        return cls(messages=messages, comments=comments, kind=kind, digest=hashlib.sha256(data).hexdigest())

    def likeness(self, texts: pa.Array) -> Numbers:
        """How much each text reads as a solicitation, from 0 to 1."""
        features, n = word_and_piece_features(texts), len(texts)
        comment = likely(self.kind.of_features(features, n))
        return likely(blended(self.messages.of_features(features, n), self.comments.of_features(features, n), comment))


def blended(as_message: Numbers, as_comment: Numbers, comment: Numbers) -> Numbers:
    """The two readings, each by how much a text looks like its kind; `comment` is a share from 0 to 1."""
    sums: Numbers = comment * as_comment + (1 - comment) * as_message
    return sums


def solicitations(model: Callable[[], SpamModel], *, digest: str) -> Kernel:
    """The kernel `solicitations` over `posts`, as `SCHEMA`. The model is fetched when the first text comes.

    It reads every post, so it runs only in a sweep whose pack asks for it, and on labelled sets.
    """
    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        likeness = model().likeness(posts.column("text"))
        rows = pa.array(np.flatnonzero(likeness >= 0.5))
        return pa.RecordBatch.from_arrays([posts.column("account_id").take(rows), posts.column("post_id").take(rows),
                                           pa.array(likeness).take(rows)], schema=SCHEMA)

    return Kernel(name="solicitations", source="posts", columns=("account_id", "post_id", "text"), run=run, schema=SCHEMA,
                  sentence="a text that reads as unasked-for advertising", digest=digest)
