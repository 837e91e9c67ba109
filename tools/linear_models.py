"""Linear models for the trainers beside this file: fitted, cross-validated, and written as `text_model` reads them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from evenhand.signals.texts.text_model import N_BUCKETS, Features

Scores = npt.NDArray[np.float64]
Folds = npt.NDArray[np.int64]
Matrix = csr_matrix | Scores
Loss = Callable[[Scores, Scores], tuple[Scores, Scores]]
"""From sums and labels: what each row costs, and the slope of that in its sum."""


def odds(sums: Scores, labels: Scores) -> tuple[Scores, Scores]:
    """Logistic loss: the sums become log-odds."""
    return np.logaddexp(0, sums) - labels * sums, 1 / (1 + np.exp(-sums)) - labels


def margins(sums: Scores, labels: Scores) -> tuple[Scores, Scores]:
    """Squared hinge: rows that are right by 1 or more cost nothing."""
    sign = 2 * labels - 1
    short = np.maximum(0, 1 - sign * sums)
    return short ** 2, -2 * sign * short


def matrix_of(features: Features, n: int) -> csr_matrix:
    """The features of `n` texts, a row each. Features of one text only are left out: they tell nothing about another."""
    row, bucket, value = features
    often = np.bincount(bucket, minlength=N_BUCKETS)[bucket] > 1
    return csr_matrix((value[often], (row[often], bucket[often])), shape=(n, N_BUCKETS))


def fitted(matrix: Matrix, labels: Scores, *, ridge: float, loss: Loss) -> tuple[Scores, float]:
    """Weights and constant with the least mean loss and a squared penalty on the weights."""
    turned = matrix.T.tocsr() if isinstance(matrix, csr_matrix) else matrix.T

    def cost(point: Scores) -> tuple[float, Scores]:
        costs, slopes = loss(matrix @ point[:-1] + point[-1], labels)
        slopes = slopes / len(labels)
        return (float(costs.mean() + ridge / 2 * point[:-1] @ point[:-1]),
                np.append(turned @ slopes + ridge * point[:-1], slopes.sum()))

    point = minimize(cost, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return point[:-1], float(point[-1])


def out_of_fold(matrix: Matrix, labels: Scores, fold: Folds, *, ridge: float, loss: Loss,
                learnt_from: npt.NDArray[np.bool_] | None = None) -> Scores:
    """The sum of each row under a model of the other folds (of the rows `learnt_from` in them)."""
    sums = np.zeros(len(labels))
    for one in np.unique(fold):
        rows = np.flatnonzero(fold != one if learnt_from is None else (fold != one) & learnt_from)
        weights, constant = fitted(matrix[rows], labels[rows], ridge=ridge, loss=loss)
        sums[fold == one] = matrix[np.flatnonzero(fold == one)] @ weights + constant
    return sums


def f1(said: npt.NDArray[np.bool_], labels: Scores) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * float((said * labels).sum()) / max(float(said.sum() + labels.sum()), 1.0)


def best_threshold(scores: Scores, labels: Scores) -> float:
    """Above which score rows are best called positive by F1: midway between two scores."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(labels[order])
    best = int(np.argmax(2 * right / (np.arange(1, len(labels) + 1) + labels.sum())))
    return float(scores[order[best:best + 2]].mean())


def curve(scores: Scores, labels: Scores, recalls: Sequence[float]) -> Iterator[tuple[float, float]]:
    """The precision at each recall, of out-of-fold scores: over the fewest of the highest that have so many of the right."""
    right = np.cumsum(labels[np.argsort(-scores, kind="stable")] > 0)
    for recall in recalls:
        n = int(np.searchsorted(right, np.ceil(recall * right[-1]))) + 1
        yield recall, float(right[n - 1] / n)


def f1_by_folds(scores: Scores, labels: Scores, fold: Folds) -> float:
    """F1 when the threshold of each fold is the best one of the other folds, so that no row helps to choose its own."""
    said = np.zeros(len(labels), np.bool_)
    for one in np.unique(fold):
        others = fold != one
        said[~others] = scores[~others] > best_threshold(scores[others], labels[others])
    return f1(said, labels)


def quantised(weights: Scores, constant: float, name: str) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of a model called `name` in a file: see `text_model`."""
    step = float(np.abs(weights).max()) / 127
    return {f"{name}_scale": np.array([constant, step]), f"{name}_steps": np.rint(weights / step).astype(np.int8)}


def exact(weights: Scores, constant: float, name: str) -> dict[str, npt.NDArray[np.generic]]:
    """The same for a model of few weights, which are kept as they are."""
    return {f"{name}_scale": np.array([constant, 1.0]), f"{name}_steps": weights.astype(np.float32)}


def archived(arrays: dict[str, npt.NDArray[np.generic]]) -> bytes:
    """The model's file. The same arrays give the same bytes."""
    into = io.BytesIO()
    np.savez_compressed(into, **arrays)  # type: ignore[arg-type]  # its names are ours
    return into.getvalue()
