"""Solicitations: English texts that read as unasked-for advertising or bait, as spam in text messages and comments does.

A linear model over hashed pieces of the text, trained by `tools/train_solicitations.py` on two public sets. It is one
measurement of what a text looks like. It names no reason that a person could contest, so no detector of ours convicts by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.step import Kernel
from evenhand.signals.words.folded import Folded, Places, fold

SCHEMA = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("likeness", pa.float64())])
"""One row per text that reads as a solicitation; `likeness` is the model's probability, from 0.5 to 1."""

N_BUCKETS = 1 << 17
PIECES = (2, 3, 4, 5)
"""Lengths, in bytes, of the pieces of a text."""
WORDS = (1, 2)
"""Lengths, in words, of the runs of words of a text."""
MARKS = (
    r"(?i)https?:|www\.|\.[a-z]{2,4}/|\.(?:com|net|org|co)\b", r"[0-9]{5,}", r"[0-9]{10,}", r"[£$€]\s?[0-9]",
    r"\b[A-Z]{3,}\b", r"(?:\b[A-Z]{3,}\b.*){3}", r"!!", r"(?i)<br|&#|&amp;|&quot;", r"^.{0,40}$", r"^.{100,}", r"^.{140,}",
    r"[0-9]{1,2}[:.][0-9]{2}", r"[^\x00-\x7f]", r"\b[0-9]{4,6}\b", r"(?i)\bp(?:er)?/?(?:m|min|msg|wk)\b", r"^[a-z]")
"""What is lost when a text is folded or cut up, as regular expressions (RE2) over the text as written."""
_PIECE_BASE = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextModel:
    """A linear model of texts: one weight per bucket of `features`, a constant, and the digest of both."""

    weights: npt.NDArray[np.float32]
    constant: float
    digest: str

    @classmethod
    def from_bytes(cls, data: bytes) -> TextModel:
        """The model in `data`: two float32 (constant, weight of one step), then one signed byte per bucket."""
        constant, step = np.frombuffer(data[:8], np.float32)
        steps = np.frombuffer(data[8:], np.int8)
        return cls(weights=steps.astype(np.float32) * step, constant=float(constant), digest=hashlib.sha256(data).hexdigest())

    def likeness(self, texts: pa.Array) -> npt.NDArray[np.float64]:
        """How much each text reads as what the model was trained to tell, from 0 to 1."""
        row, bucket, weight = features(texts)
        sums = np.bincount(row, weights=self.weights[bucket] * weight, minlength=len(texts))
        likeness: npt.NDArray[np.float64] = 1 / (1 + np.exp(-(sums + self.constant)))
        return likeness


def features(texts: pa.Array) -> tuple[Places, Places, npt.NDArray[np.float64]]:
    """The features of each text: row, bucket and value. Each occurs once in a row, and the values of a row have length 1."""
    plain = pc.replace_substring_regex(texts.cast(pa.string()).fill_null(""), "[0-9]", "0")
    folded = fold(pc.binary_join_element_wise(" ", plain, " ", ""))
    parts = [*_pieces(folded), *_word_runs(folded), *_marked(texts)]
    code = np.unique(np.concatenate([row * N_BUCKETS + bucket for row, bucket in parts]))
    row, bucket = code // N_BUCKETS, code % N_BUCKETS
    return row, bucket, (1 / np.sqrt(np.maximum(np.bincount(row, minlength=len(texts)), 1)))[row]


def solicitations(model: Callable[[], TextModel], *, digest: str) -> Kernel:
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


def _bucket(hashes: npt.NDArray[np.uint64], kind: int) -> Places:
    mixed = (hashes + np.uint64(kind) * _PIECE_BASE) * _SPREAD
    return ((mixed ^ (mixed >> np.uint64(29))) * _SPREAD >> np.uint64(47)).astype(np.int64)


def _pieces(folded: Folded) -> list[tuple[Places, Places]]:
    """Runs of so many bytes that stand within one row."""
    data, found = folded.data.astype(np.uint64), []
    ends = np.repeat(folded.ends, np.diff(folded.offsets))
    rows = np.repeat(np.arange(len(folded)), np.diff(folded.offsets))
    rolled = np.zeros(len(data), np.uint64)
    for length in range(1, max(PIECES) + 1):
        rolled = rolled[:len(data) - length + 1] * _PIECE_BASE + data[length - 1:]
        if length in PIECES:
            starts = np.flatnonzero(np.arange(len(rolled)) + length <= ends[:len(rolled)])
            found.append((rows[starts], _bucket(rolled[starts], length)))
    return found


def _word_runs(folded: Folded) -> list[tuple[Places, Places]]:
    """Runs of one and two words: whatever stands between blanks, and letters or digits only."""
    data = folded.data
    is_word = (data >= 0x80) | ((data >= 0x61) & (data <= 0x7A)) | (data == 0x30) | (data == 0x27)
    edge = np.diff(np.concatenate(([0], is_word.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    powers = np.concatenate(([np.uint64(1)], np.cumprod(np.full(int((ends - starts).max(initial=1)), _PIECE_BASE))))
    hashes = _spans(data, starts, ends, powers)
    row = np.searchsorted(folded.offsets, starts, side="right") - 1
    found = [(row, _bucket(hashes, 101))]
    beside = row[1:] == row[:-1]
    pairs = hashes[:-1] * _SPREAD + hashes[1:]
    return [*found, (row[1:][beside], _bucket(pairs[beside], 102))]


def _spans(data: npt.NDArray[np.uint8], starts: Places, ends: Places, powers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A hash of the bytes of each span."""
    lengths = ends - starts
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    values = (data[np.repeat(starts, lengths) + within].astype(np.uint64) + np.uint64(1)) * powers[within]
    return np.add.reduceat(values, np.cumsum(lengths) - lengths) if len(starts) else np.zeros(0, np.uint64)


def _marked(texts: pa.Array) -> list[tuple[Places, Places]]:
    raw = texts.cast(pa.string()).fill_null("")
    found = []
    for number, pattern in enumerate(MARKS):
        row = np.flatnonzero(pc.match_substring_regex(raw, pattern).to_numpy(zero_copy_only=False))
        found.append((row, _bucket(np.full(len(row), number, np.uint64), 103)))
    return found
