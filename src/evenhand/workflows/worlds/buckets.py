"""The buckets of a world: which accounts stand in which, and the processes that make and write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from evenhand.connectors.files.embedded import connect
from evenhand.connectors.files.source import writing
from evenhand.connectors.ingested.finish import Finished
from evenhand.connectors.ingested.written import digest_sums, write_bucket, write_rows
from evenhand.connectors.snapshot import bucket_path, buckets_of, write_whole
from evenhand.model.snapshot import TABLES
from evenhand.workflows.buckets.crew import Called, Crew
from evenhand.workflows.buckets.machine import n_processors
from evenhand.workflows.worlds.stage import load_stage
from evenhand.world.accounts import account_rows, account_truth, cast
from evenhand.world.chance import Indices
from evenhand.world.follows import follow_rows
from evenhand.world.identities import Stage
from evenhand.world.media import media_rows
from evenhand.world.posts import post_rows, post_truth, thread
from evenhand.world.texts import Recipes

SNAPSHOT, TRUTH, WORK = "snapshot", "truth", "work"
ORDER, STARTS = "order.npy", "starts.npy"
WORLD = Called(what="the world", lighter="`--processes 1`")
CHUNK = 2_000_000
"""Accounts whose buckets are worked out at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A world in the making."""

    into: Path
    scale: Fraction
    seed: int
    n_buckets: int

    @property
    def work(self) -> Path:
        """All that is removed once the world is whole."""
        return self.into / WORK

    def note(self, bucket: int) -> Path:
        """The file that says a bucket is written."""
        return self.work / f"bucket-{bucket:03d}.json"

    def finished(self, bucket: int) -> dict[str, Finished]:
        """What was written of each table of a bucket."""
        return {name: Finished(n_kept=said["n_kept"], sums=(int(said["sums"][0]), int(said["sums"][1])), rejects=self.work)
                for name, said in json.loads(self.note(bucket).read_bytes()).items()}


def place_accounts(stage: Stage, making: Making) -> None:
    """Writes the numbers of all accounts in the order of their buckets, and where each bucket begins."""
    n = stage.population.n_accounts
    buckets = np.zeros(n, np.uint16)
    with closing(connect(threads=n_processors())) as database:
        for start in range(0, n, CHUNK):
            ids = pa.array(stage.chance.ids("account", np.arange(start, min(n, start + CHUNK)))).cast(pa.string())
            buckets[start:start + len(ids)] = buckets_of(ids, n_buckets=making.n_buckets, database=database)
    starts = np.zeros(making.n_buckets + 1, np.int64)
    np.cumsum(np.bincount(buckets, minlength=making.n_buckets), out=starts[1:])
    np.save(making.work / STARTS, starts)
    part = making.work / "part.npy"
    np.save(part, np.argsort(buckets, kind="stable").astype(np.uint32))
    part.replace(making.work / ORDER)


def make_buckets(making: Making, *, processes: int, told: Callable[[int, int], None]) -> None:
    """Makes all buckets that are not there yet, in this process or in several; tells accounts done, and done by an earlier run.

    Raises:
        DataError: the disk is full, or a process was ended.
    """
    left = [bucket for bucket in range(making.n_buckets) if not making.note(bucket).exists()]
    sizes = np.diff(np.load(making.work / STARTS))
    done = before = int(sizes.sum() - sizes[left].sum())
    n = min(processes or n_processors(), len(left))
    for bucket in share(making, left, n_processes=n) if n > 1 else make(making, left):
        done += int(sizes[bucket])
        told(done, before)


def share(making: Making, buckets: Sequence[int], *, n_processes: int) -> Iterator[int]:
    """Has several processes make buckets, and gives each as soon as it is written."""
    with Crew(WorldWork(making=making), n_processes=n_processes, called=WORLD) as crew:
        yield from (bucket for _, bucket in crew.do(buckets))


def make(making: Making, buckets: Sequence[int]) -> Iterator[int]:
    """Makes buckets one after the other, and gives each when it is written."""
    with WorldWork(making=making).begun() as do:
        for bucket in buckets:
            yield do(bucket, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldWork:
    """Making buckets of a world."""

    making: Making

    @contextmanager
    def begun(self) -> Iterator[Callable[[int, int | None], int]]:
        """What makes and writes a bucket. Raises `DataError` when the disk is full, or memory too small."""
        making = self.making
        stage, recipes = load_stage(making.scale, making.seed)
        order, starts = np.load(making.work / ORDER, mmap_mode="r"), np.load(making.work / STARTS)
        with closing(connect(threads=1)) as database:

            def do(bucket: int, _following: int | None) -> int:
                numbers = np.asarray(order[starts[bucket]:starts[bucket + 1]]).astype(np.int64)
                with writing(making.into):
                    _write(making, bucket, bucket_tables(stage, recipes, numbers), database)
                return bucket

            yield do


def _write(making: Making, bucket: int, rows: Mapping[str, pa.Table], database: duckdb.DuckDBPyConnection) -> None:
    """Writes the tables of a bucket, and last the note that says that they are there."""
    said = {}
    for name, table in TABLES.items():
        write_bucket(bucket_path(making.into / SNAPSHOT, name, bucket), rows[name], table=table)
        sums = digest_sums(rows[name], table=table, database=database)
        said[name] = {"n_kept": len(rows[name]), "sums": [str(one) for one in sums]}
    for name in ("accounts", "posts"):
        write_rows(bucket_path(making.into / TRUTH, name, bucket), rows[f"{TRUTH}/{name}"])
    write_whole(making.note(bucket), json.dumps(said))


def bucket_tables(stage: Stage, recipes: Recipes, numbers: Indices) -> dict[str, pa.Table]:
    """All tables of the bucket that holds the accounts with these numbers."""
    some = cast(stage, numbers)
    posts = thread(stage, some)
    return {
        "accounts": account_rows(stage, some, recipes), "posts": post_rows(stage, some, posts, recipes),
        "media": media_rows(stage, some, posts, recipes), "follows": follow_rows(stage, some),
        "reports": TABLES["reports"].schema.empty_table(), "redirects": TABLES["redirects"].schema.empty_table(),
        f"{TRUTH}/accounts": account_truth(stage, some), f"{TRUTH}/posts": post_truth(stage, some, posts)}
