"""Coordination: speed against a plain pandas window join with equal pairs, and recall on a published operation.

    python benchmarks/bench_coordination.py [--data ../shared/data] [--repeats 5]

1. The CooRTweet sample (Righetti and Balluff): pairs of accounts that shared the same object within the window. Both sides get
   the data in memory as they like it best and must leave the same pairs; the least of several times counts.
2. The German election posts (219,000) the same way, for links, hashtags, domains and images.
3. The accounts that Reddit published as an operation, among genuine accounts that stand in for the rest of a platform, as the
   usual rate of registrations grows. What this can and cannot say is printed with it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.signals.coordination.co_shares import CO_SHARES, CROWD, CROWDED_SLOTS, SHARED_OBJECTS, SLOTTED_SHARES
from evenhand.signals.coordination.cohorts import STEPS as COHORT_STEPS
from evenhand.signals.coordination.traits import account_traits

LABELLED_SETS = ("coord_russian_2021", "coord_german_election_2021", "cib_reddit_ira", "registry_us_congress",
                 "registry_agencies_wikidata", "registry_gov_github_orgs", "registry_news_outlets")
WINDOW_SECONDS = 60
"""The window of links in `signals.coordination.co_shares`, and of CooRTweet's own examples."""
PAIRS = ["account_id", "other_id", "post_id", "other_post_id"]
BACKGROUNDS = (0, 1, 10, 30, 100, 300, 1_000)
"""Genuine accounts a day that stand in for the rest of the platform."""
DAYS = 365


def pandas_join(shares: pd.DataFrame) -> pd.DataFrame:
    """What a competent user would write: join on the object, keep what lies within the window, each pair once."""
    met = shares.merge(shares, on="object", suffixes=("", "_y"))
    met = met[(met["account_id"] < met["account_id_y"]) & ((met["at_second"] - met["at_second_y"]).abs() <= WINDOW_SECONDS)]
    return met[["account_id", "account_id_y", "post_id", "post_id_y"]]


def least(run: Callable[[], object], repeats: int) -> tuple[float, object]:
    """The least time of several runs in seconds, and the last result."""
    times, made = [], None
    for _ in range(repeats):
        started = time.perf_counter()
        made = run()
        times.append(time.perf_counter() - started)
    return min(times), made


def compare(name: str, frame: pd.DataFrame, engine: DuckDBEngine, repeats: int) -> None:
    """Print both times, and stop when the pairs differ."""
    frame = frame.drop_duplicates(["account_id", "post_id", "object"]).reset_index(drop=True)
    frame["object"] = pd.factorize(frame["object"])[0].astype("int64")
    frame["place"] = frame.sort_values("at_second").groupby(["object", "account_id"]).cumcount() + 1
    table = pa.Table.from_pandas(frame.assign(kind="link", n_posts=1), preserve_index=False)
    steps = (SHARED_OBJECTS, SLOTTED_SHARES, CROWDED_SLOTS, CO_SHARES)
    plain, theirs = least(lambda: pandas_join(frame), max(1, repeats // 2))
    ours, outcome = least(lambda: engine.run(steps, tables={"shares": table}, keep=["co_shares", "crowded_slots"]), repeats)
    made = outcome.relations["co_shares"].select(PAIRS)
    expected = set(map(tuple, theirs.to_numpy()))
    found = set(zip(*(made[column].to_pylist() for column in PAIRS), strict=True))
    crowded = outcome.relations["crowded_slots"].num_rows
    same = "same pairs" if found == expected else f"{len(expected - found):,} pairs not compared, {len(found - expected)} wrong"
    print(f"{name:24s} {len(frame):8,} shares {len(found):9,} pairs   pandas {plain:7.3f} s   evenhand {ours:7.3f} s   "
          f"{plain / ours:6.1f} x   {same}" + (f" ({crowded} slots with more than {CROWD} posts)" if crowded else ""))


def registrations(accounts: pa.Table) -> pa.Table:
    """The relation `registrations` of accounts on one platform."""
    made = pa.Table.from_batches([account_traits().run(batch) for batch in accounts.combine_chunks().to_batches()])
    return made.append_column("platform", pa.repeat(pa.scalar("reddit"), made.num_rows))


def operation(data: Path, engine: DuckDBEngine) -> None:
    """Print recall and wrongly found shares as the background grows."""
    published = pa.csv.read_csv(data / "cib_reddit_ira/accounts.csv")
    handles = genuine_handles(data)
    chance = np.random.default_rng(17)
    opened = published["created_utc"].to_numpy()
    print(f"\nOperation published by Reddit: {published.num_rows} accounts. Background: {len(handles):,} genuine handles,\n"
          f"drawn with replacement, opened at uniform times over the {DAYS} days around the operation's median (made up: no\n"
          "set with genuine Reddit accounts and the second they were opened is at hand).\n"
          "genuine a day   found of operation    recall   wrongly found of genuine   share")
    middle = float(np.median(opened))
    for rate in BACKGROUNDS:
        n = rate * DAYS
        times = np.concatenate([opened, chance.uniform(middle - DAYS * 43_200, middle + DAYS * 43_200, n)])
        names = np.concatenate([published["account"].to_pylist(), chance.choice(handles, n)]) if n else published["account"]
        accounts = pa.table({"account_id": [str(nth) for nth in range(len(times))], "handle": pa.array(names, pa.string()),
                             "created_at": pa.array((times * 1e6).astype("int64"), pa.timestamp("us", "UTC"))})
        outcome = engine.run(COHORT_STEPS, tables={"registrations": registrations(accounts)}, keep=["cohorts"])
        cohorts = outcome.relations["cohorts"].to_pandas()
        found = cohorts[cohorts["is_template"]]["account_id"].drop_duplicates().astype(int)
        right, wrong = int((found < published.num_rows).sum()), int((found >= published.num_rows).sum())
        print(f"{rate:13,} {right:12,} of {published.num_rows} {right / published.num_rows:9.3f} {wrong:17,} of {n:9,} "
              f"{wrong / n if n else 0:9.5f}")


def genuine_handles(data: Path) -> np.ndarray:
    """Handles of officials, institutions and media of the shared registers, as written."""
    handles: list[str] = []
    for file, columns in (("registry_us_congress/officials.csv", ("twitter", "facebook", "instagram", "youtube")),
                          ("registry_agencies_wikidata/agencies.csv", ("twitter", "facebook", "instagram", "youtube")),
                          ("registry_gov_github_orgs/orgs.csv", ("handle",))):
        table = pa.csv.read_csv(data / file)
        handles += [str(one) for column in columns for one in table[column].to_pylist() if one]
    media = pq.read_table(data / "registry_news_outlets/media_sources.parquet")["twitter"].to_pylist()
    return np.array([*handles, *(one for one in media if one)])


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    if not all((options.data / name).is_dir() for name in LABELLED_SETS):
        print(f"not run: no labelled sets in {options.data}")
        return
    with DuckDBEngine(threads=2) as engine:
        shares = pq.read_table(options.data / "coord_russian_2021/shares.parquet").to_pandas()
        shares = shares.rename(columns={"object_id": "object", "content_id": "post_id", "timestamp_share": "at_second"})
        compare("CooRTweet sample", shares, engine, options.repeats)
        posts = pq.read_table(options.data / "coord_german_election_2021/posts.parquet").to_pandas()
        posts = posts.dropna(subset=["post_id", "timestamp"])
        posts["at_second"] = posts["timestamp"].astype("int64")
        posts["post_id"] = posts["post_id"].astype("int64").astype(str)
        for column in ("url_id", "hashtag_id", "domain_id", "phash_id"):
            some = posts.dropna(subset=[column]).rename(columns={column: "object"})
            compare(f"German election {column[:-3]}", some[["account_id", "post_id", "object", "at_second"]], engine,
                    options.repeats)
        operation(options.data, engine)


if __name__ == "__main__":
    main()
