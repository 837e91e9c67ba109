"""Train the model behind `advice_sentences` and write it: `tools/train_advice_sentences.py DATA [--check]`.

DATA is a folder with `advice_reddit_sentences/sentences.parquet` (MIT; Govindarajan et al., EMNLP 2020). `--check`
cross-validates instead: all sentences below one question stay in one fold. It needs SciPy (dependency group `bench`) and the
sentence model `minilm` (extra `claims`). Its vectors take minutes to make; `--vectors FILE` keeps them, and reads them from
there when they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from linear_models import (
    Folds,
    Matrix,
    Scores,
    archived,
    best_threshold,
    curve,
    exact,
    f1_by_folds,
    fitted,
    matrix_of,
    odds,
    out_of_fold,
    quantised,
)

from evenhand.signals.advice.sentences import Vectors, with_neighbours
from evenhand.signals.advice.surroundings import surroundings
from evenhand.signals.texts.text_model import word_features
from evenhand.workflows.sentence_models import sentence_model

INTO = Path(__file__).parent.parent / "src/evenhand/data/lexicons/advice_sentences.npz"
RIDGE_WORDS, RIDGE_VECTORS, RIDGE_SECOND = 1e-4, 3e-4, 1e-4
FOLDS = 5
RECALLS = (0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """The sentences in the order in which they were written, 1 for advice, the comment of each, and a fold by question."""

    texts: pa.Array
    labels: Scores
    comment: Folds
    fold: Folds


def sentences_of(data: Path) -> Labelled:
    """The labelled set."""
    table = pq.read_table(data / "advice_reddit_sentences/sentences.parquet")
    number = pc.replace_substring_regex(table["sentence_id"], "^.*-", "").cast(pa.int64())
    table = table.append_column("number", number).sort_by([("comment_id", "ascending"), ("number", "ascending")])
    question, comment = (ids.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64) for ids in (
        pc.replace_substring_regex(table["comment_id"], "-.*$", ""), table["comment_id"]))
    return Labelled(texts=table["text"].combine_chunks().cast(pa.string()), comment=comment,
                    labels=pc.equal(table["label"], "advice").to_numpy().astype(np.float64),
                    fold=np.random.default_rng(0).permutation(question.max() + 1)[question] % FOLDS)


def vectors_of(texts: pa.Array, kept: Path | None) -> Vectors:
    """The vectors of the sentences, from the file `kept` where they are there."""
    if kept is not None and kept.exists():
        return np.load(kept).astype(np.float32)
    vectors = sentence_model("minilm").encode(texts.to_pylist())
    if kept is not None:
        np.save(kept, vectors)
    return vectors


def readings(read: Labelled, *, kept: Path | None) -> Iterator[tuple[str, str, Matrix, float]]:
    """What the first reading is made of: a name, the name of the second reading after it, its features, its ridge."""
    yield "words", "second", matrix_of(word_features(read.texts), len(read.labels)), RIDGE_WORDS
    yield "vectors", "both", with_neighbours(vectors_of(read.texts, kept), read.comment).astype(np.float64), RIDGE_VECTORS


def trained(read: Labelled, *, kept: Path | None, is_check: bool = False) -> bytes:
    """The model's file, with the best threshold at 0; empty for a check. Tells what cross-validation says on the way.

    The second reading learns from first readings out of fold, and is tried on folds that it did not learn from. Every threshold
    comes from other folds than the rows it is tried on.
    """
    first, arrays = np.zeros(len(read.labels)), {}
    for name, then, matrix, ridge in readings(read, kept=kept):
        first = first + out_of_fold(matrix, read.labels, read.fold, ridge=ridge, loss=odds)
        print(f"F1 with {name}: {f1_by_folds(first, read.labels, read.fold):.4f} by the first reading", flush=True)
        seen = surroundings(first, read.comment)
        second = out_of_fold(seen, read.labels, read.fold, ridge=RIDGE_SECOND, loss=odds)
        print(f"F1 with {name}: {f1_by_folds(second, read.labels, read.fold):.4f} by both readings", flush=True)
        print("precision " + ", ".join(f"{precision:.3f} at a recall of {recall}"
                                       for recall, precision in curve(second, read.labels, RECALLS)), flush=True)
        if not is_check:
            as_kept = exact if isinstance(matrix, np.ndarray) else quantised
            arrays |= as_kept(*fitted(matrix, read.labels, ridge=ridge, loss=odds), name)
            weights, constant = fitted(seen, read.labels, ridge=RIDGE_SECOND, loss=odds)
            arrays |= exact(weights, constant - best_threshold(second, read.labels), then)
    return archived(arrays)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--check", action="store_true", help="cross-validate and write nothing")
    arguments.add_argument("--vectors", type=Path, metavar="FILE", help="a .npy file that keeps the vectors")
    chosen = arguments.parse_args()
    labelled = sentences_of(chosen.data)
    model = trained(labelled, kept=chosen.vectors, is_check=chosen.check)
    if not chosen.check:
        INTO.write_bytes(model)
        print(f"wrote {INTO}")
