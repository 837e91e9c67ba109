"""Train the model behind `clickbait` on the public set and write it: `tools/train_clickbait.py DATA [--check]`.

DATA is a folder with `clickbait_headlines/headlines.parquet` (MIT, Chakraborty et al., ASONAM 2016). `--check` cross-validates
instead, equal headlines in one fold, the threshold of each fold from the others. SciPy comes with the dependency group `bench`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from linear_models import (
    Folds,
    Scores,
    archived,
    best_threshold,
    f1_by_folds,
    fitted,
    margins,
    matrix_of,
    out_of_fold,
    quantised,
)

from evenhand.signals.texts.text_model import word_and_piece_features

INTO = Path(__file__).parent.parent / "src/evenhand/data/lexicons/clickbait.npz"
RIDGE, FOLDS = 1e-4, 5


def headlines_of(data: Path) -> tuple[pa.Array, Scores, Folds]:
    """All headlines, 1 for clickbait, and the fold of each."""
    table = pq.read_table(data / "clickbait_headlines/headlines.parquet")
    texts = table["headline"].cast(pa.string()).combine_chunks()
    group = np.unique(texts.to_numpy(zero_copy_only=False), return_inverse=True)[1]
    fold = np.random.default_rng(0).permutation(group.max() + 1)[group] % FOLDS
    return texts, np.array([label == "clickbait" for label in table["label"].to_pylist()], np.float64), fold


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--check", action="store_true", help="cross-validate and write nothing")
    chosen = arguments.parse_args()
    texts, labels, fold = headlines_of(chosen.data)
    matrix = matrix_of(word_and_piece_features(texts), len(texts))
    sums = out_of_fold(matrix, labels, fold, ridge=RIDGE, loss=margins)
    print(f"F1 of {len(texts):,} headlines: {f1_by_folds(sums, labels, fold):.4f}", flush=True)
    if not chosen.check:
        weights, constant = fitted(matrix, labels, ridge=RIDGE, loss=margins)
        INTO.write_bytes(archived(quantised(weights, constant - best_threshold(sums, labels), "headlines")))
        print(f"wrote {INTO}")
