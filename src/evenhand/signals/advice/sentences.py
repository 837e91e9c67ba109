"""Sentences that give advice: English sentences that read as one person telling another what to do.

Each sentence is read twice. The first reading is a linear model over its words, and over vectors of it and of its text where a
sentence model is given. The second sees how its neighbours and the rest of its text were read: who gives advice gives it in
more than one sentence. Both were trained by `tools/train_advice_sentences.py` on sentences of lay people. Giving advice is no
violation, and the model names no reason that a person could contest: it measures, and no detector convicts by it.
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
from evenhand.ports import SentenceModel
from evenhand.signals.advice.surroundings import surroundings
from evenhand.signals.texts.text_model import LinearModel, Numbers, archive_of, likely, word_features
from evenhand.signals.words.folded import Places
from evenhand.signals.words.sentences import Sentences, sentences_of

SCHEMA = pa.schema([("account_id", pa.string()), ("post_id", pa.string()), ("line", pa.int64()), ("sentence", pa.string()),
                    ("likeness", pa.float64())])
"""One row per sentence that reads as advice: the line of the post that it stands in (from 0), the sentence, and `likeness`, the
model's measure, from 0.5 to 1."""

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceModel:
    """How sentences are read, by words alone and beside the vectors of each sentence model that it was trained with."""

    words: LinearModel
    second: LinearModel
    """The second reading after words alone."""
    vectors: LinearModel
    """The first reading of `minilm` vectors, which is added to that of the words."""
    second_with_vectors: LinearModel
    digest: str

    @classmethod
    def from_bytes(cls, data: bytes) -> AdviceModel:
        """The model in the file `data`."""
        archive = archive_of(data)
        words, second, vectors, both = (LinearModel.of(archive, name) for name in ("words", "second", "vectors", "both"))
        return cls(words=words, second=second, vectors=vectors, second_with_vectors=both,
                   digest=hashlib.sha256(data).hexdigest())

    def likeness(self, sentences: Sentences, *, reader: SentenceModel | None = None) -> Numbers:
        """How much each sentence reads as advice, from 0 to 1."""
        first = self.words.of_features(word_features(sentences.texts), len(sentences))
        if reader is None:
            return likely(self.second.of_numbers(surroundings(first, sentences.row)))
        seen = with_neighbours(reader.encode(sentences.texts.to_pylist()), sentences.row)
        return likely(self.second_with_vectors.of_numbers(surroundings(first + self.vectors.of_numbers(seen), sentences.row)))


def with_neighbours(vectors: Vectors, text: Places) -> Vectors:
    """The vector of each sentence, those of the ones before and after it in its text (zeros where there is none)."""
    before, after = np.zeros_like(vectors), np.zeros_like(vectors)
    beside = np.flatnonzero(text[1:] == text[:-1])
    before[beside + 1], after[beside] = vectors[beside], vectors[beside + 1]
    return np.hstack([vectors, before, after])


def advice_sentences(model: Callable[[], AdviceModel], *, digest: str, reader: SentenceModel | None = None) -> Kernel:
    """The kernel `advice_sentences` over `posts`, as `SCHEMA`. It reads posts in English, or whose language is not known.

    The model is fetched when the first text comes. No shipped policy asks for it.
    """
    def run(posts: pa.RecordBatch) -> pa.RecordBatch:
        posts = posts.filter(pc.starts_with(pc.fill_null(posts.column("language"), "en"), "en"))
        sentences = sentences_of(posts.column("text"))
        likeness = model().likeness(sentences, reader=reader)
        found = np.flatnonzero(likeness >= 0.5)
        rows = pa.array(sentences.row[found])
        return pa.RecordBatch.from_arrays([
            posts.column("account_id").take(rows), posts.column("post_id").take(rows), pa.array(sentences.line[found]),
            sentences.texts.take(pa.array(found)).cast(pa.string()), pa.array(likeness[found])], schema=SCHEMA)

    return Kernel(name="advice_sentences", source="posts", columns=("account_id", "post_id", "text", "language"), run=run,
                  schema=SCHEMA, sentence="a sentence that reads as advice to somebody",
                  digest=f"{digest} {reader.name if reader else 'words'}")
