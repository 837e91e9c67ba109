"""The reader: vectors of texts by a sentence model. Those of claims are kept, those of posts are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.addresses import without_addresses
from evenhand.signals.fact_checks.grams import Rows
from evenhand.signals.fact_checks.postings import Weights

_TEXTS = 256
"""Texts that are held against a whole column at once: 10 MB for 10,000 sentences."""


class Reader:
    """Reads posts and claims with a sentence model."""

    def __init__(self, model: SentenceModel) -> None:
        self._model = model
        self._known: dict[str, Weights] = {}

    def cosines(self, texts: pa.Array, row: Rows, columns: Sequence[pa.Array], claim: Rows) -> tuple[Weights, ...]:
        """For each column of sentences the cosine of each pair of a text and a sentence; 0 where one of them is blank."""
        if not len(row):
            return tuple(np.zeros(0, np.float32) for _ in columns)
        some, own = np.unique(row, return_inverse=True)
        return self.between(self.read(texts.take(pa.array(some))), own.astype(np.int32), columns, claim)

    def read(self, texts: pa.Array) -> Weights:
        """The vector of each text, of length 1; 0 for a blank one."""
        return self._read(_written(texts))

    def between(self, vectors: Weights, row: Rows, columns: Sequence[pa.Array], claim: Rows) -> tuple[Weights, ...]:
        """As `cosines`, for texts that were read before."""
        named, other = np.unique(claim, return_inverse=True)
        ours = vectors[row]
        return tuple(np.einsum("ij,ij->i", ours, self._kept(_written(column.take(pa.array(named))))[other])
                     for column in columns)

    def nearest(self, vectors: Weights, column: pa.Array, *, n: int) -> tuple[Rows, Rows]:
        """The `n` sentences of the column that are nearest to each text, as pairs of both; none for what is blank."""
        theirs = self._kept(_written(column))
        rows, some = (np.flatnonzero(one.any(axis=1)).astype(np.int32) for one in (vectors, theirs))
        n = min(n, len(some))
        if not len(rows) or not n:
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        near = [np.argpartition(-(vectors[rows[start:start + _TEXTS]] @ theirs[some].T), n - 1, axis=1)[:, :n]
                for start in range(0, len(rows), _TEXTS)]
        return np.repeat(rows, n), some[np.concatenate(near)].ravel()

    def _kept(self, texts: list[str]) -> Weights:
        """As `_read`, but each text is read once, however often it is asked for."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._read(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def _read(self, texts: list[str]) -> Weights:
        """The vector of each text, of length 1; 0 for a blank one."""
        vectors = self._model.encode(texts)
        vectors[[not text.strip() for text in texts]] = 0
        return vectors


def _written(texts: pa.Array) -> list[str]:
    """The texts without web addresses."""
    written: list[str] = without_addresses(texts.cast(pa.large_string()).fill_null("")).to_pylist()
    return written
