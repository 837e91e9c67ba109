"""Look-alike search of account names among holder names: ours, `rapidfuzz.process.cdist`, TF-IDF with `sparse_dot_topn`.

    python benchmarks/bench_name_search.py [--accounts 200000] [--holders 30000] [--cdist-accounts 4000] [--runs 3]

Speed: N accounts with one name each are searched among the holder names. Ours (the `names` and `name_matches` kernels with
the build of the index, which uses one core; then a process for each core, as in a sweep) and TF-IDF (all cores) answer all
of them. cdist (all cores) answers the first `--cdist-accounts`; its time for all is worked out from that, as it grows with
the number of pairs. `--accounts 1000000 --cdist-accounts 1000000 --runs 1` runs the whole thing. Times are wall-clock and,
beside it, of processors; every ratio is of one run, and the median of the runs is printed.

Accuracy: accounts of which half imitate a holder name in a known way (`planted_names.py`) and half do not. Of every
account a method's best matches count, those above the threshold that is best (F1) on accounts of another seed. Beside
precision and recall stands the share of the planted pairs found by cdist that we find too. What a name is worth as
evidence is no part of this task, so ours is asked for all matches.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from operator import truediv

import numpy as np
import pyarrow as pa
from bench_name_matches import packaged, run_over
from numpy.typing import NDArray
from planted_names import Searched, holder_names, searched_accounts
from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import OSA
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from evenhand.signals.names.account_names import names_kernel
from evenhand.signals.names.index import HolderIndex
from evenhand.signals.names.matches import name_matches_kernel

QUALITY_ACCOUNTS, TUNING_SEED, TEST_SEED, SPEED_SEED = 6_000, 1, 2, 3
IMITATING_SHARE = 0.05
"""Of the accounts that speed is measured on; of those that accuracy is measured on it is a half."""
CHUNK = 500
"""Queries in one call of cdist: its matrix takes 60 MB."""
LEAST_SCORE = 60
"""Scores below this, of 100, are not looked at."""
TOP = 5
"""Matches of an account that TF-IDF keeps, as ours does."""
GRAM = 3
AT_ONCE = 50_000
"""Queries in one multiplication of TF-IDF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of an account and a holder name that some method finds, with a score of 0 to 100."""

    account: NDArray[np.int64]
    name: NDArray[np.int64]
    score: NDArray[np.float64]

    @classmethod
    def together(cls, several: list[Pairs]) -> Pairs:
        """All pairs of several."""
        return cls(account=np.concatenate([some.account for some in several]),
                   name=np.concatenate([some.name for some in several]),
                   score=np.concatenate([some.score for some in several]))

    def best(self) -> Pairs:
        """Of each account the pairs with its highest score."""
        highest = np.zeros(self.account.max(initial=-1) + 1)
        np.maximum.at(highest, self.account, self.score)
        return self.take(self.score >= highest[self.account] - 1e-9)

    def take(self, chosen: NDArray[np.bool_]) -> Pairs:
        """The chosen ones."""
        return Pairs(account=self.account[chosen], name=self.name[chosen], score=self.score[chosen])


Search = Callable[[list[str]], Pairs]
ArrowSearch = Callable[[list[str] | pa.Array], Pairs]


def processed(names: Iterable[str]) -> list[str]:
    """What cdist and TF-IDF compare: NFKC, small, letters and digits."""
    return [utils.default_process(unicodedata.normalize("NFKC", name)) for name in names]


def by_cdist(holders: list[str], scorer: Callable[..., float], *, scale: float) -> Search:
    """Every pair that cdist scores at least `LEAST_SCORE`, on all cores, some queries at a time."""
    choices = processed(holders)

    def search(names: list[str]) -> Pairs:
        found = []
        queries = processed(names)
        for start in range(0, len(queries), CHUNK):
            scores = process.cdist(queries[start:start + CHUNK], choices, scorer=scorer, score_cutoff=LEAST_SCORE / scale,
                                   dtype=np.float32, workers=-1)
            row, name = np.nonzero(scores)
            found.append(Pairs(account=row + start, name=name, score=scores[row, name].astype(np.float64) * scale))
        return Pairs.together(found)

    return search


def by_topn(holders: list[str]) -> Search:
    """The `TOP` pairs of each account by cosine of TF-IDF weighted runs of three characters, on all cores."""
    vocabulary: dict[str, int] = {}
    documents = _grams(processed(holders), vocabulary, grow=True)
    n_having = np.bincount(documents.indices, minlength=len(vocabulary))
    idf = np.log((1 + documents.shape[0]) / (1 + n_having)) + 1
    transposed = _weighted(documents, idf).T.tocsr()

    def search(names: list[str]) -> Pairs:
        found = []
        for start in range(0, len(names), AT_ONCE):
            queries = _weighted(_grams(processed(names[start:start + AT_ONCE]), vocabulary, grow=False), idf)
            best = sp_matmul_topn(queries, transposed, top_n=TOP, threshold=LEAST_SCORE / 200, n_threads=2).tocoo()
            found.append(Pairs(account=best.row.astype(np.int64) + start, name=best.col.astype(np.int64),
                               score=best.data * 100))
        return Pairs.together(found)

    return search


def _grams(names: list[str], vocabulary: dict[str, int], *, grow: bool) -> sparse.csr_matrix:
    """How often each run of `GRAM` characters stands in each name."""
    places: list[int] = []
    ends = [0]
    for name in names:
        padded = f" {name} "
        runs = (padded[at:at + GRAM] for at in range(len(padded) - GRAM + 1))
        if grow:
            places.extend(vocabulary.setdefault(run, len(vocabulary)) for run in runs)
        else:
            places.extend(vocabulary[run] for run in runs if run in vocabulary)
        ends.append(len(places))
    counts = sparse.csr_matrix((np.ones(len(places)), places, ends), shape=(len(names), len(vocabulary)))
    counts.sum_duplicates()
    return counts


def _weighted(counts: sparse.csr_matrix, idf: NDArray[np.float64]) -> sparse.csr_matrix:
    weighted = sparse.csr_matrix(counts @ sparse.diags(idf))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-9)) @ weighted)


def by_kernels(holders: list[str], kinds: list[str]) -> ArrowSearch:
    """Every match of our two kernels, with the similarity as score; the index is built anew."""
    tables, registered, counts, added = packaged()
    none = {field: pa.array([[]] * len(holders), registered.schema.field(field).type) for field in ("names", "handles")}
    table = pa.table({"holder_id": [str(number) for number in range(len(holders))], "kind": kinds, "name": holders, **none})
    index = HolderIndex.build(table, tables=tables, counts=counts, added=added, min_strength=0.0)
    first, second = names_kernel(tables), name_matches_kernel(index, tables)

    def search(names: list[str] | pa.Array) -> Pairs:
        accounts = pa.table({"account_id": np.arange(len(names)).astype(str), "display_name": names,
                             "handle": pa.repeat("", len(names))})
        made, _ = run_over(second, run_over(first, accounts)[0])
        return Pairs(account=made["account_id"].cast(pa.int64()).to_numpy(),
                     name=made["holder_id"].cast(pa.int64()).to_numpy(), score=made["similarity"].to_numpy() * 100)

    return search


def shared(search: ArrowSearch) -> Search:
    """The same search with a process for each core, every one of which has a part of the names."""
    n_processes = len(os.sched_getaffinity(0))

    def together(names: list[str]) -> Pairs:
        size = -(-len(names) // n_processes)
        starts = range(0, len(names), size)
        column = pa.array(names, pa.string())  # of a list each process would copy what it reads, for the counts of references
        _AT_HAND.update({start: (search, column.slice(start, size)) for start in starts})  # forked along, not sent
        with ProcessPoolExecutor(n_processes, mp_context=get_context("fork")) as pool:
            return Pairs.together(list(pool.map(_part, starts)))

    return together


_AT_HAND: dict[int, tuple[ArrowSearch, pa.Array]] = {}


def _part(start: int) -> Pairs:
    search, names = _AT_HAND[start]
    found = search(names)
    return Pairs(account=found.account + start, name=found.name, score=found.score)


def _processor_seconds() -> float:
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + of_children.ru_utime + of_children.ru_stime


def best_threshold(pairs: Pairs, searched: Searched) -> float:
    """The score from which on precision and recall together (F1) are best."""
    order = np.argsort(-pairs.score, kind="stable")
    right = np.cumsum((searched.truth[pairs.account] == pairs.name)[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + (searched.truth >= 0).sum())
    last = np.flatnonzero(np.diff(pairs.score[order], append=-1.0) != 0)
    return float(pairs.score[order][last[np.argmax(f1[last])]])


def measure_accuracy(methods: dict[str, Search], holders: list[str]) -> None:
    """Print precision and recall of every method, recall by kind, and our recall of what cdist finds."""
    tuning, test = (searched_accounts(holders, QUALITY_ACCOUNTS, share=0.5, seed=seed) for seed in (TUNING_SEED, TEST_SEED))
    planted = test.truth >= 0
    n_planted = Counter(np.array(test.ways)[planted].tolist())
    print(f"accuracy on {len(test.names):,} accounts, {planted.sum():,} of them planted:")
    print(f"  {'':22s}{'threshold':>10s}{'precision':>10s}{'recall':>8s}  "
          + " ".join(f"{way:>12s}" for way in n_planted))
    hits: dict[str, NDArray[np.bool_]] = {}
    for name, search in methods.items():
        least = best_threshold(search(tuning.names).best(), tuning)
        found = search(test.names).best()
        found = found.take(found.score >= least)
        right = test.truth[found.account] == found.name
        hit = np.zeros(len(test.names), np.bool_)
        hit[found.account[right]] = True
        hits[name] = hit
        by_way = Counter(np.array(test.ways)[hit].tolist())
        print(f"  {name:22s}{least:10.1f}{right.sum() / max(1, len(right)):10.4f}{hit.sum() / planted.sum():8.4f}  "
              + " ".join(f"{by_way[way] / n:12.3f}" for way, n in n_planted.items()))
    ours = hits["evenhand"]
    for name in methods:
        if name != "evenhand":
            print(f"  of the planted pairs that {name} finds we find {(hits[name] & ours).sum() / hits[name].sum():.4f}; "
                  f"of ours it finds {(hits[name] & ours).sum() / ours.sum():.4f}")


def measure_speed(holders: list[str], kinds: list[str], options: argparse.Namespace) -> None:
    """Print the time of each method, and how many times faster ours is."""
    names = searched_accounts(holders, options.accounts, share=IMITATING_SHARE, seed=SPEED_SEED).names
    n_asked = min(options.cdist_accounts, len(names))
    print(f"speed: {len(names):,} accounts x {len(holders):,} holder names, {options.runs} runs; "
          f"cdist times are for {n_asked:,} accounts, multiplied by {len(names) / n_asked:g}")
    seconds: dict[str, list[float]] = {}
    processors: dict[str, list[float]] = {}
    made: dict[str, tuple[Callable[[], Search], int]] = {
        "evenhand": (lambda: shared(by_kernels(holders, kinds)), len(names)),
        "sparse_dot_topn": (lambda: by_topn(holders), len(names)),
        "cdist fuzz.ratio": (lambda: by_cdist(holders, fuzz.ratio, scale=1), n_asked),
        "cdist OSA": (lambda: by_cdist(holders, OSA.normalized_similarity, scale=100), n_asked)}
    for _ in range(options.runs):
        for name, (build, n) in made.items():
            begun, used = time.perf_counter(), _processor_seconds()
            search = build()
            built, used_by_build = time.perf_counter(), _processor_seconds()
            search(names[:n])
            ended, used_by_all = time.perf_counter(), _processor_seconds()
            seconds.setdefault(name, []).append(built - begun + (ended - built) * len(names) / n)
            processors.setdefault(name, []).append(used_by_build - used + (used_by_all - used_by_build) * len(names) / n)
    print(f"  {'':22s}{'seconds':>10s}{'x ours':>9s}{'processor s':>13s}{'x ours':>9s}")
    for name in seconds:
        cells = [(statistics.median(spent[name]), statistics.median(map(truediv, spent[name], spent["evenhand"])))
                 for spent in (seconds, processors)]
        print(f"  {name:22s}" + "".join(f"{spent:{10 + 3 * nth}.1f}{ratio:9.1f}" for nth, (spent, ratio) in enumerate(cells)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for flag, default in (("--accounts", 200_000), ("--holders", 30_000), ("--cdist-accounts", 4_000), ("--runs", 3)):
        parser.add_argument(flag, type=int, default=default)
    parser.add_argument("--only", choices=("speed", "accuracy"))
    options = parser.parse_args()
    holders, kinds = holder_names(packaged()[1], options.holders)
    if options.only != "speed":
        measure_accuracy({"evenhand": by_kernels(holders, kinds), "sparse_dot_topn": by_topn(holders),
                          "cdist fuzz.ratio": by_cdist(holders, fuzz.ratio, scale=1),
                          "cdist OSA": by_cdist(holders, OSA.normalized_similarity, scale=100)}, holders)
    if options.only != "accuracy":
        measure_speed(holders, kinds, options)


if __name__ == "__main__":
    main()
