"""Learn the weights of the ranking of fact-checks: `tools/train_claim_ranking.py DATA [--model minilm] [--check]`.

DATA is a folder with `claims_politifact` (MIT; Vo and Lee, EMNLP 2020). The weights are printed; they stand in
`signals/fact_checks/ranking.py`. `--check` cross-validates instead: all posts about one fact-check stay in one fold.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv
from scipy.optimize import minimize

from evenhand.signals.fact_checks.grams import Rows
from evenhand.signals.fact_checks.search import Asked, SearchIndex
from evenhand.workflows.sentence_models import MODEL_NAMES, sentence_model
from evenhand.workflows.signals import common_words

Numbers = npt.NDArray[np.float64]
FOLDS = 5
RIDGE = 1.0
WITHIN = (1, 2, 3, 5, 10, 20)


def texts_of(table: pa.Table, name: str) -> pa.Array:
    """A column as texts without nulls."""
    return table[name].combine_chunks().cast(pa.string()).fill_null("")


def loss(weights: Numbers, signs: Numbers, begin: Rows, is_right: npt.NDArray[np.bool_]) -> tuple[float, Numbers]:
    """How unlikely the right candidates are, as a softmax over those of each post, and its slope; ridge on the weights."""
    lengths = np.diff(np.append(begin, len(signs)))
    score = signs @ weights
    odds = np.exp(score - np.repeat(np.maximum.reduceat(score, begin), lengths))
    total, right = np.add.reduceat(odds, begin), np.add.reduceat(odds * is_right, begin)
    slope = signs.T @ (odds / np.repeat(total, lengths) - odds * is_right / np.repeat(right, lengths))
    return float(np.log(total / right).sum() + RIDGE * weights @ weights / 2), slope + RIDGE * weights


def learned(signs: Numbers, row: Rows, is_right: npt.NDArray[np.bool_]) -> Numbers:
    """The weights under which the right candidates are likeliest; posts without a right one are left out."""
    kept = np.isin(row, row[is_right])
    signs, row, is_right = signs[kept], row[kept], is_right[kept]
    begin = np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1])))
    found = minimize(loss, np.zeros(signs.shape[1]), args=(signs, begin, is_right), jac=True, method="L-BFGS-B")
    weights: Numbers = found.x
    return weights


def first_is_right(score: Numbers, row: Rows, is_right: npt.NDArray[np.bool_], *, n_posts: int) -> float:
    """P@1."""
    order = np.lexsort((-score, row))
    first = order[np.flatnonzero(np.concatenate(([True], np.diff(row[order]) > 0)))]
    return float(is_right[first].sum() / n_posts)


def right_within(score: Numbers, row: Rows, is_right: npt.NDArray[np.bool_], *, n_posts: int) -> Iterator[tuple[int, float]]:
    """The curve: for growing k, the share of posts with a right fact-check among the k that score highest."""
    order = np.lexsort((-score, row))
    begins = np.flatnonzero(np.diff(row[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    for k in WITHIN:
        yield k, len(np.unique(row[order][is_right[order] & (place < k)])) / n_posts


def main() -> None:
    """Print the weights, or how they do on claims that they were not learned from."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=MODEL_NAMES)
    parser.add_argument("--check", action="store_true", help="cross-validate and print no weights")
    chosen = parser.parse_args()
    folder = chosen.data / "claims_politifact"
    posts, articles = (pq.read_table(folder / f"{name}.parquet") for name in ("posts", "articles"))
    pairs = csv.read_csv(folder / "pairs.csv")
    index = SearchIndex(*(texts_of(articles, name) for name in ("claim", "title", "lead")), common=common_words(),
                        model=sentence_model(chosen.model) if chosen.model else None)
    found, measured = index.signs(Asked(texts=texts_of(posts, "text"), pictures=texts_of(posts, "image_text_ocr")))
    post, claim = (pc.index_in(texts_of(pairs, key), value_set=texts_of(table, key)).to_numpy().astype(np.int64)
                   for key, table in (("query_id", posts), ("article_id", articles)))
    is_right = np.isin(found.row.astype(np.int64) << 32 | found.claim, post << 32 | claim)
    report(measured, found.row, is_right, about=dict(zip(post.tolist(), claim.tolist(), strict=True)), check=chosen.check)


def report(measured: Mapping[str, npt.NDArray[np.float32]], row: Rows, is_right: npt.NDArray[np.bool_], *,
           about: Mapping[int, int], check: bool) -> None:
    """Print what was asked for; `about` names a right fact-check of each post."""
    signs = np.stack(list(measured.values()), axis=1).astype(np.float64)
    if not check:
        print({name: round(float(weight), 1) for name, weight in zip(measured, learned(signs, row, is_right), strict=True)})
        return
    fold_of = np.random.default_rng(0).integers(FOLDS, size=max(about.values()) + 1)
    fold = np.array([fold_of[about[int(one)]] for one in row])
    score = np.zeros(len(row))
    for one in range(FOLDS):
        score[fold == one] = signs[fold == one] @ learned(signs[fold != one], row[fold != one], is_right[fold != one])
    print(f"P@1 under {FOLDS}-fold cross-validation by fact-check: "
          f"{first_is_right(score, row, is_right, n_posts=len(about)):.4f}")
    for k, share in right_within(score, row, is_right, n_posts=len(about)):
        print(f"a right fact-check within the first {k:2}: {share:.4f}")


if __name__ == "__main__":
    main()
