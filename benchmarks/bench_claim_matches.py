"""Posts a second that are matched with 10,000 fact-checks, and the curve of likeness against false matches.

    python benchmarks/bench_claim_matches.py [--data ../shared/data]

The folder is that of the labelled sets: fact-checks and posts that repeat them from `claims_checkthat2020`, ordinary posts from
`cib_reddit_ira` and `clickbait_headlines`. Times are of one core's processor time, so that other programs do not count.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from evenhand.engines.duckdb import BATCH_ROWS
from evenhand.signals.fact_checks.index import Candidates, ClaimIndex
from evenhand.signals.fact_checks.likeness import MIN_LIKENESS_AGAIN, Likeness, lexical
from evenhand.workflows.signals import common_words

LABELLED_SETS = ("claims_checkthat2020", "cib_reddit_ira", "clickbait_headlines")
RUNS = 5
BOUNDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    if not all((data / name).is_dir() for name in LABELLED_SETS):
        print(f"not run: no labelled sets in {data}")
        return
    claims = pq.read_table(data / "claims_checkthat2020/verified_claims.parquet")
    started = time.process_time()
    index = ClaimIndex(claims["vclaim"].combine_chunks(), claims["title"].combine_chunks(), common=common_words())
    print(f"{len(index):,} claims indexed in {time.process_time() - started:.1f} s of processor time")
    ordinary = ordinary_posts(data)
    batch = pa.concat_arrays([ordinary] * (BATCH_ROWS // len(ordinary) + 1)).slice(0, BATCH_ROWS)
    texts, letters = len(batch), float(pc.mean(pc.utf8_length(batch)).as_py())
    seconds = sorted(timed(index, batch) for _ in range(RUNS))
    print(f"{texts:,} posts of {letters:.0f} letters: {texts / seconds[0]:,.0f} posts/s at best, "
          f"{texts / seconds[RUNS // 2]:,.0f} in the median of {RUNS} runs")
    curve(index, claims, ordinary, data)


def ordinary_posts(data: Path) -> pa.Array:
    """Posts that are not known to repeat a fact-checked claim, each once."""
    comments = pq.read_table(data / "cib_reddit_ira/comments.parquet", columns=["body"])["body"].cast(pa.string())
    headlines = pq.read_table(data / "clickbait_headlines/headlines.parquet", columns=["headline"])["headline"]
    texts = pa.concat_arrays([*pc.utf8_slice_codeunits(comments, 0, 280).chunks, *headlines.cast(pa.string()).chunks])
    return pc.unique(texts.drop_null())


def timed(index: ClaimIndex, batch: pa.Array) -> float:
    """Seconds of processor time for matching one batch by words alone."""
    likeness = Likeness(index, None)
    started = time.process_time()
    candidates = index.candidates(batch, min_cover=likeness.min_cover(MIN_LIKENESS_AGAIN))
    likeness.matching(batch, candidates, at_least=MIN_LIKENESS_AGAIN)
    return time.process_time() - started


def curve(index: ClaimIndex, claims: pa.Table, ordinary: pa.Array, data: Path) -> None:
    """For each bound: of posts with a known fact-check, how many match it; of matches, how many are right; false matches."""
    options = csv.ParseOptions(newlines_in_values=True)
    posts = csv.read_csv(data / "claims_checkthat2020/tweets.csv", parse_options=options)
    pairs = csv.read_csv(data / "claims_checkthat2020/qrels.csv")
    right = set(zip(pairs["tweet_id"].to_pylist(), pairs["vclaim_id"].to_pylist(), strict=True))
    found = index.candidates(posts["tweet_content"].combine_chunks())
    likeness = lexical(found)
    first = firsts(found, likeness)
    ids = zip(posts["tweet_id"].take(pa.array(found.row[first])).to_pylist(),
              claims["vclaim_id"].take(pa.array(found.claim[first])).to_pylist(), strict=True)
    is_right = np.array([pair in right for pair in ids])
    others = index.candidates(ordinary)
    highest = np.zeros(len(ordinary))
    np.maximum.at(highest, others.row, lexical(others))
    print("likeness  posts matched  of them right  ordinary posts matched per million")
    for bound in BOUNDS:
        taken = likeness[first] >= bound
        print(f"{bound:8.2f}  {taken.sum() / posts.num_rows:12.1%}  {is_right[taken].mean():12.1%}  "
              f"{(highest >= bound).mean() * 1e6:15,.0f}")


def firsts(found: Candidates, likeness: np.ndarray) -> np.ndarray:
    """The likeliest pair of each post."""
    order = np.lexsort((-likeness, found.row))
    row = found.row[order]
    return order[np.arange(len(row)) == np.searchsorted(row, row)]


if __name__ == "__main__":
    main()
