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

import pyarrow as pa

from evenhand.model.step import Kernel
from evenhand.signals.texts.reading import reading
from evenhand.signals.texts.text_model import LinearModel, Numbers, archive_of, likely, word_and_piece_features


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
    """The kernel `solicitations`, one row per text that reads so: see `reading`."""
    return reading("solicitations", model, sentence="a text that reads as unasked-for advertising", digest=digest)
