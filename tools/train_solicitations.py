"""Train the model behind `solicitations` on the two public sets and write it: `tools/train_solicitations.py DATA [--check]`.

DATA is a folder with `spam_sms/messages.parquet` and `spam_youtube/comments.csv` (CC-BY 4.0, UCI). `--check` cross-validates
instead: equal texts stay in one fold, so that nothing is scored that was learnt by heart.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from evenhand.signals.words.solicitations import N_BUCKETS, features

INTO = Path(__file__).parent.parent / "src/evenhand/data/lexicons/solicitations.bin"
RIDGE = 1e-6
SHIFT = 0.7
"""Added to the constant: spam is the rarer kind, and F1 is best there under cross-validation on both sets."""
FOLDS = 10


def texts_of(data: Path) -> tuple[pa.Array, npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """All texts, 1 for spam, and which set each is from."""
    sms = pq.read_table(data / "spam_sms/messages.parquet")
    tube = csv.read_csv(data / "spam_youtube/comments.csv", parse_options=csv.ParseOptions(newlines_in_values=True))
    texts = pa.concat_arrays([column.cast(pa.string()).combine_chunks() for column in (sms["text"], tube["text"])])
    labels = np.array([label == "spam" for table in (sms, tube) for label in table["label"].to_pylist()], np.float64)
    return texts, labels, np.repeat([0, 1], [sms.num_rows, tube.num_rows])


def matrix_of(texts: pa.Array) -> csr_matrix:
    """The features of the texts, one row each."""
    row, bucket, value = features(texts)
    return csr_matrix((value, (row, bucket)), shape=(len(texts), N_BUCKETS))


def trained(matrix: csr_matrix, labels: npt.NDArray[np.float64], *, ridge: float, shift: float = SHIFT
            ) -> tuple[npt.NDArray[np.float64], float]:
    """Weights and constant of a logistic regression with a squared penalty; `shift` is added to the constant."""
    sign = 2 * labels - 1

    def loss(point: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        margin = sign * (matrix @ point[:-1] + point[-1])
        wrong = -sign / (1 + np.exp(margin)) / len(sign)
        gradient = np.append(matrix.T @ wrong + ridge * point[:-1], wrong.sum())
        return float(np.logaddexp(0, -margin).mean() + ridge / 2 * point[:-1] @ point[:-1]), gradient

    point = minimize(loss, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return point[:-1], float(point[-1]) + shift


def written(weights: npt.NDArray[np.float64], constant: float) -> bytes:
    """The model's file: see `TextModel.from_bytes`."""
    step = np.float32(np.abs(weights).max() / 127)
    return np.array([constant, step], np.float32).tobytes() + np.rint(weights / step).astype(np.int8).tobytes()


def f1(said: npt.NDArray[np.bool_], labels: npt.NDArray[np.float64]) -> float:
    """The harmonic mean of precision and recall."""
    right = float((said * labels).sum())
    return 2 * right / max(float(said.sum() + labels.sum()), 1.0)


def checked(texts: pa.Array, labels: npt.NDArray[np.float64], of: npt.NDArray[np.int64], *, ridge: float) -> list[float]:
    """F1 of each set under cross-validation."""
    group = np.unique(texts.to_numpy(zero_copy_only=False), return_inverse=True)[1]
    fold = np.random.default_rng(0).permutation(group.max() + 1)[group] % FOLDS
    matrix, said = matrix_of(texts), np.zeros(len(labels), np.bool_)
    for one in range(FOLDS):
        weights, constant = trained(matrix[fold != one], labels[fold != one], ridge=ridge)
        said[fold == one] = matrix[fold == one] @ weights + constant > 0
    return [f1(said[of == one], labels[of == one]) for one in (0, 1)]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--check", action="store_true", help="cross-validate and write nothing")
    arguments.add_argument("--ridge", type=float, default=RIDGE)
    chosen = arguments.parse_args()
    read = texts_of(chosen.data)
    if chosen.check:
        sms, tube = checked(*read, ridge=chosen.ridge)
        print(f"F1 under {FOLDS}-fold cross-validation: text messages {sms:.4f}, comments {tube:.4f}")
    else:
        INTO.write_bytes(written(*trained(matrix_of(read[0]), read[1], ridge=chosen.ridge)))
        print(f"wrote {INTO}")
