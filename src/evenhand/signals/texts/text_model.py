"""Linear models of texts over hashed features: what is shipped of them, and how a column of texts is scored.

A model's file is a NumPy archive (`.npz`, read without pickles): for each linear model in it a constant, one signed byte per
bucket, and the weight that one step of such a byte stands for.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evenhand.signals.texts.text_features import buckets, pieces, plainly, runs
from evenhand.signals.words.folded import Places

Numbers = npt.NDArray[np.float64]
Features = tuple[Places, Places, Numbers]
"""Row, bucket and value of each feature. A row has each bucket once, and the values of a row have length 1."""

BITS = 17
N_BUCKETS = 1 << BITS
WORDS, PIECES = (1, 2, 3), (2, 3, 4, 5)
"""Lengths of runs of words and signs, and of pieces of words in bytes."""


def word_features(texts: pa.Array) -> Features:
    """Runs of one to three words and signs, the edges of the text among them."""
    found = runs(plainly(texts), WORDS)
    return _unit([buckets(found[length], kind=100 + length, bits=BITS) for length in WORDS], len(texts))


def word_and_piece_features(texts: pa.Array) -> Features:
    """The same, and pieces of words."""
    folded = plainly(texts)
    of_words, of_pieces = runs(folded, WORDS), pieces(folded, PIECES)
    return _unit([*(buckets(of_words[length], kind=100 + length, bits=BITS) for length in WORDS),
                  *(buckets(of_pieces[length], kind=length, bits=BITS) for length in PIECES)], len(texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """One weight per feature and a constant."""

    weights: npt.NDArray[np.float32]
    constant: float

    @classmethod
    def of(cls, archive: Mapping[str, npt.NDArray[np.generic]], name: str) -> LinearModel:
        """The model called `name` in an archive. Raises `KeyError` when there is none."""
        constant, step = (float(number) for number in archive[f"{name}_scale"].astype(np.float64))
        return cls(weights=(archive[f"{name}_steps"].astype(np.float64) * step).astype(np.float32), constant=constant)

    def of_features(self, features: Features, n: int) -> Numbers:
        """The sum for each of `n` rows."""
        row, bucket, value = features
        sums: Numbers = np.asarray(np.bincount(row, weights=self.weights[bucket] * value, minlength=n), np.float64)
        return sums + self.constant

    def of_numbers(self, rows: npt.NDArray[np.floating]) -> Numbers:
        """The sum for each row of a dense table."""
        # Row by row in one order of additions: a product of matrices may add up differently for one row and for many.
        sums: Numbers = np.einsum("ij,j->i", rows.astype(np.float64), self.weights.astype(np.float64)) + self.constant
        return sums


def archive_of(data: bytes) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays in a model's file."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def likely(sums: Numbers) -> Numbers:
    """Log-odds as shares from 0 to 1."""
    shares: Numbers = 1 / (1 + np.exp(-np.clip(sums, -500, 500)))
    return shares


def _unit(parts: list[tuple[Places, Places]], n: int) -> Features:
    code = np.unique(np.concatenate([row * N_BUCKETS + bucket for row, bucket in parts]))
    row, bucket = code // N_BUCKETS, code % N_BUCKETS
    return row, bucket, (1 / np.sqrt(np.maximum(np.bincount(row, minlength=n), 1)))[row]
