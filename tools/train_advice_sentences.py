"""Train the model behind `advice_sentences` and write it: `tools/train_advice_sentences.py DATA [--check]`.

DATA is a folder with `advice_reddit_sentences/sentences.parquet` (MIT; Govindarajan et al., EMNLP 2020). `--check`
cross-validates instead: all sentences below one question stay in one fold.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))

from train_solicitations import f1, matrix_of, trained, written

INTO = Path(__file__).parent.parent / "src/evenhand/data/lexicons/advice_sentences.bin"
RIDGE = 1e-4
SHIFT = 0.7
"""Added to the constant: a third of the sentences give advice, and F1 is best there under cross-validation."""
FOLDS = 10


def sentences_of(data: Path) -> tuple[pa.Array, npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The sentences, 1 for advice, and the number of the question that each stands below."""
    table = pq.read_table(data / "advice_reddit_sentences/sentences.parquet")
    questions = pc.replace_substring_regex(table["comment_id"], "-.*$", "").combine_chunks().dictionary_encode()
    labels = pc.equal(table["label"], "advice").to_numpy().astype(np.float64)
    return table["text"].combine_chunks().cast(pa.string()), labels, questions.indices.to_numpy().astype(np.int64)


def checked(texts: pa.Array, labels: npt.NDArray[np.float64], question: npt.NDArray[np.int64], *, ridge: float) -> float:
    """F1 under cross-validation."""
    fold = np.random.default_rng(0).permutation(question.max() + 1)[question] % FOLDS
    matrix, said = matrix_of(texts), np.zeros(len(labels), np.bool_)
    for one in range(FOLDS):
        weights, constant = trained(matrix[fold != one], labels[fold != one], ridge=ridge, shift=SHIFT)
        said[fold == one] = matrix[fold == one] @ weights + constant > 0
    return f1(said, labels)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--check", action="store_true", help="cross-validate and write nothing")
    arguments.add_argument("--ridge", type=float, default=RIDGE)
    chosen = arguments.parse_args()
    read = sentences_of(chosen.data)
    if chosen.check:
        print(f"F1 under {FOLDS}-fold cross-validation: {checked(*read, ridge=chosen.ridge):.4f}")
    else:
        INTO.write_bytes(written(*trained(matrix_of(read[0]), read[1], ridge=chosen.ridge, shift=SHIFT)))
        print(f"wrote {INTO}")
