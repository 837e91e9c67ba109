"""Train the model behind `solicitations` on the two public sets and write it: `tools/train_solicitations.py DATA [--check]`.

DATA is a folder with `spam_sms/messages.parquet` and `spam_youtube/comments.csv` (CC-BY 4.0, UCI). `--check` cross-validates
instead: equal texts stay in one fold, so that nothing is scored that was learnt by heart (`--folds rows` lets them fall apart,
as they do between a part of a set and a part held out). SciPy comes with the dependency group `bench`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from linear_models import (
    Folds,
    Scores,
    archived,
    best_threshold,
    f1,
    f1_by_folds,
    fitted,
    margins,
    matrix_of,
    odds,
    out_of_fold,
    quantised,
)
from pyarrow import csv
from scipy.sparse import csr_matrix

from evenhand.signals.texts.solicitations import blended
from evenhand.signals.texts.text_model import likely, word_and_piece_features

INTO = Path(__file__).parent.parent / "src/evenhand/data/lexicons/solicitations.npz"
RIDGE, RIDGE_OF_KIND = 1e-4, 1e-6
FOLDS = 5
KINDS = ("messages", "comments")


def texts_of(data: Path) -> tuple[pa.Array, Scores, Folds]:
    """All texts, 1 for spam, and which set each is from."""
    sms = pq.read_table(data / "spam_sms/messages.parquet")
    tube = csv.read_csv(data / "spam_youtube/comments.csv", parse_options=csv.ParseOptions(newlines_in_values=True))
    texts = pa.concat_arrays([column.cast(pa.string()).combine_chunks() for column in (sms["text"], tube["text"])])
    labels = np.array([label == "spam" for table in (sms, tube) for label in table["label"].to_pylist()], np.float64)
    return texts, labels, np.repeat([0, 1], [sms.num_rows, tube.num_rows])


def folds_of(texts: pa.Array, *, by: str) -> Folds:
    """The fold of each text: equal texts together, or each row by itself."""
    group = np.unique(texts.to_numpy(zero_copy_only=False), return_inverse=True)[1] if by == "texts" else np.arange(len(texts))
    return np.random.default_rng(0).permutation(group.max() + 1)[group] % FOLDS


def evenly(of: Folds) -> float:
    """What is added to the log-odds of a comment so that, before a text is read, both kinds are as likely."""
    messages, comments = np.bincount(of)
    return float(np.log(messages / comments))


def checked(matrix: csr_matrix, labels: Scores, of: Folds, fold: Folds) -> Iterator[str]:
    """What cross-validation says, line by line. Every threshold comes from other folds than the rows it is tried on."""
    read = [out_of_fold(matrix, labels, fold, ridge=RIDGE, loss=margins, learnt_from=of == kind) for kind in (0, 1)]
    kind_of = out_of_fold(matrix, of.astype(np.float64), fold, ridge=RIDGE_OF_KIND, loss=odds) + evenly(of)
    yield f"the kind of text is told for {np.mean((kind_of > 0) == (of == 1)):.2%}"
    said = np.zeros(len(labels), np.bool_)
    for one in np.unique(fold):
        own, others = fold == one, fold != one
        shifted = [read[kind] - best_threshold(read[kind][others & (of == kind)], labels[others & (of == kind)])
                   for kind in (0, 1)]
        said[own] = blended(shifted[0], shifted[1], likely(kind_of))[own] > 0
    for kind, name in enumerate(KINDS):
        own = of == kind
        yield (f"F1 of {name}: {f1(said[own], labels[own]):.4f}; "
               f"if their kind were known: {f1_by_folds(read[kind][own], labels[own], fold[own]):.4f}")


def trained(matrix: csr_matrix, labels: Scores, of: Folds, fold: Folds) -> bytes:
    """The model's file: each kind of text with its best threshold at 0."""
    weights, constant = fitted(matrix, of.astype(np.float64), ridge=RIDGE_OF_KIND, loss=odds)
    arrays = quantised(weights, constant + evenly(of), "kind")
    for kind, name in enumerate(KINDS):
        own = np.flatnonzero(of == kind)
        sums = out_of_fold(matrix[own], labels[own], fold[own], ridge=RIDGE, loss=margins)
        weights, constant = fitted(matrix[own], labels[own], ridge=RIDGE, loss=margins)
        arrays |= quantised(weights, constant - best_threshold(sums, labels[own]), name)
    return archived(arrays)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--check", action="store_true", help="cross-validate and write nothing")
    arguments.add_argument("--folds", choices=("texts", "rows"), default="texts")
    chosen = arguments.parse_args()
    texts, labels, of = texts_of(chosen.data)
    matrix, fold = matrix_of(word_and_piece_features(texts), len(texts)), folds_of(texts, by=chosen.folds)
    if chosen.check:
        for line in checked(matrix, labels, of, fold):
            print(line, flush=True)
    else:
        INTO.write_bytes(trained(matrix, labels, of, fold))
        print(f"wrote {INTO}")
