"""The reader: vectors of texts by a sentence model. Those of claims are kept, those of posts are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from evenhand.ports import SentenceModel
from evenhand.signals.fact_checks.addresses import without_addresses
from evenhand.signals.fact_checks.grams import Rows
from evenhand.signals.fact_checks.postings import Weights


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
        ours = self._read(_written(texts.take(pa.array(some))))[own]
        named, other = np.unique(claim, return_inverse=True)
        return tuple(np.einsum("ij,ij->i", ours, self._kept(_written(column.take(pa.array(named))))[other])
                     for column in columns)

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
