"""The buckets of a world: which accounts stand in which, and the processes that make and write them."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import cast as as_type

import numpy as np
import pyarrow as pa

from evenhand.connectors.files.embedded import connect
from evenhand.connectors.files.source import writing
from evenhand.connectors.ingested.finish import Finished
from evenhand.connectors.ingested.written import digest_sums, write_bucket, write_rows
from evenhand.connectors.snapshot import bucket_path, buckets_of, write_whole
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import TABLES
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
    with closing(connect(threads=os.cpu_count() or 1)) as database:
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
    """Makes all buckets that are not there yet, in this process or in several; tells accounts done and in all.

    Raises:
        DataError: the disk is full, or a process ended early.
    """
    left = [bucket for bucket in range(making.n_buckets) if not making.note(bucket).exists()]
    sizes = np.diff(np.load(making.work / STARTS))
    done, total = int(sizes.sum() - sizes[left].sum()), int(sizes.sum())

    def tell(bucket: int) -> None:
        nonlocal done
        done += int(sizes[bucket])
        told(done, total)

    n = min(processes or os.cpu_count() or 1, len(left))
    if n > 1:
        share(making, left, n_processes=n, tell=tell)
    else:
        for bucket in make(making, left):
            tell(bucket)
    if missing := [bucket for bucket in left if not making.note(bucket).exists()]:
        raise DataError(Problem(what=f"{len(missing)} buckets were not made: a process ended early", file=str(making.into),
                                hint="was it stopped, or out of memory? the same command goes on where it was"))


def share(making: Making, buckets: Sequence[int], *, n_processes: int, tell: Callable[[int], None]) -> None:
    """Has several processes make the buckets. Each says through a pipe which one it wrote, and ends when nobody listens."""
    context = get_context("spawn")
    workers, pipes = [], []
    try:
        with deaf_to_interrupts():
            for number in range(n_processes):
                ours, theirs = context.Pipe(duplex=False)
                worker = context.Process(target=work, args=(making, buckets[number::n_processes], theirs), daemon=True)
                worker.start()
                theirs.close()
                workers.append(worker)
                pipes.append(ours)
        hear(pipes, tell)
    finally:
        for pipe in pipes:
            pipe.close()
        for worker in workers:
            if worker.exitcode is None:
                worker.join(0.2)
                worker.terminate()
            worker.join()


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Within it, processes are started that do not hear Ctrl-C: whoever started them does, and ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def hear(pipes: Sequence[Connection], tell: Callable[[int], None]) -> None:
    """Tells of every bucket that a process says it made, until all have ended.

    Raises:
        DataError: a process could not go on, in its words.
    """
    left = list(pipes)
    while left:
        for pipe in as_type("list[Connection]", wait(left)):
            try:
                said = pipe.recv()
            except EOFError:
                left.remove(pipe)
                continue
            if isinstance(said, Problem):
                raise DataError(said)
            tell(said)


def work(making: Making, buckets: Sequence[int], pipe: Connection) -> None:
    """What a process does: its buckets, telling of each. It ends when nobody listens any more."""
    made = make(making, buckets)
    with suppress(BrokenPipeError):
        try:
            while (bucket := _next(made, into=making.into)) is not None:
                pipe.send(bucket)
        except DataError as error:
            pipe.send(error.problems[0])


def _next(made: Iterator[int], *, into: Path) -> int | None:
    """The next bucket that is made; None after the last. What goes wrong with the disk or memory is told in words."""
    with writing(into):
        return next(made, None)


def make(making: Making, buckets: Sequence[int]) -> Iterator[int]:
    """Makes buckets one after the other, and gives each when it is written."""
    stage, recipes = load_stage(making.scale, making.seed)
    order, starts = np.load(making.work / ORDER, mmap_mode="r"), np.load(making.work / STARTS)
    with closing(connect(threads=1)) as database:
        for bucket in buckets:
            numbers = np.asarray(order[starts[bucket]:starts[bucket + 1]]).astype(np.int64)
            rows = bucket_tables(stage, recipes, numbers)
            said = {}
            for name, table in TABLES.items():
                write_bucket(bucket_path(making.into / SNAPSHOT, name, bucket), rows[name], table=table)
                sums = digest_sums(rows[name], table=table, database=database)
                said[name] = {"n_kept": len(rows[name]), "sums": [str(one) for one in sums]}
            for name in ("accounts", "posts"):
                write_rows(bucket_path(making.into / TRUTH, name, bucket), rows[f"{TRUTH}/{name}"])
            write_whole(making.note(bucket), json.dumps(said))
            yield bucket


def bucket_tables(stage: Stage, recipes: Recipes, numbers: Indices) -> dict[str, pa.Table]:
    """All tables of the bucket that holds the accounts with these numbers."""
    some = cast(stage, numbers)
    posts = thread(stage, some)
    return {
        "accounts": account_rows(stage, some, recipes), "posts": post_rows(stage, some, posts, recipes),
        "media": media_rows(stage, some, posts, recipes), "follows": follow_rows(stage, some),
        "reports": TABLES["reports"].schema.empty_table(), "redirects": TABLES["redirects"].schema.empty_table(),
        f"{TRUTH}/accounts": account_truth(stage, some), f"{TRUTH}/posts": post_truth(stage, some, posts)}
