"""Clickbait: English headlines that tease instead of saying what is known.

A linear model over runs of words and pieces of words, trained by `tools/train_clickbait.py` on the headlines of Chakraborty et
al., *Stop Clickbait* (ASONAM 2016). It is one measurement of what a text looks like. A headline that teases is not a lie and
harms nobody, so no detector of ours reads it.
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
    """The kernel `clickbait`, one row per text that reads so: see `reading`."""
    return reading("clickbait", model, sentence="a headline that teases instead of saying what is known", digest=digest)
