"""World: a synthetic platform with the reference campaign planted in it, written bucket by bucket by several processes."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

import numpy as np
import pyarrow as pa

from evenhand import __version__
from evenhand.connectors.files.embedded import connect
from evenhand.connectors.files.source import writing
from evenhand.connectors.ingested.finish import Finished
from evenhand.connectors.ingested.written import digest_sums, write_bucket, write_rows
from evenhand.connectors.snapshot import (
    MANIFEST,
    MAX_BUCKETS,
    bucket_path,
    buckets_of,
    load_manifest,
    save_manifest,
    write_whole,
)
from evenhand.errors import ConfigError, DataError, Problem
from evenhand.model.snapshot import TABLES, Manifest
from evenhand.workflows.ingest import fingerprint
from evenhand.workflows.world_stage import load_professions, load_stage
from evenhand.world.accounts import account_rows, account_truth, cast
from evenhand.world.chance import Indices
from evenhand.world.follows import follow_rows
from evenhand.world.identities import Stage
from evenhand.world.posts import media_rows, post_rows, post_truth, thread
from evenhand.world.registers import credentials, fact_checks
from evenhand.world.texts import Recipes
from evenhand.world.times import CUT_OFF

SNAPSHOT, TRUTH, REGISTRIES, WORK, SAID = "snapshot", "truth", "registries", "work", "world.toml"
BUCKET_ACCOUNTS = 64_000
"""A bucket of about so many accounts is small enough to be made several at a time, and large enough to be read fast."""
CHUNK = 2_000_000
LAYOUT = 1
"""Changes whenever the same seed and scale give another world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """How large a world, and how it is made. Only `scale` and `seed` change what is in it."""

    scale: Fraction
    """1 is 50 million accounts and 150 million posts."""
    seed: int = 0
    n_buckets: int | None = None
    processes: int = 0
    """0: one per processor."""

    def checked(self) -> WorldSettings:
        """The same settings.

        Raises:
            ConfigError: one of them is out of range.
        """
        problems = [Problem(what=what, hint=hint) for is_wrong, what, hint in (
            (not Fraction(1, 20_000) <= self.scale <= 4, f"the scale is {float(self.scale):g}, not 0.00005 to 4",
             "0.01 is half a million accounts"),
            (self.n_buckets is not None and not 1 <= self.n_buckets <= MAX_BUCKETS,
             f"`n_buckets` is {self.n_buckets}, not 1 to {MAX_BUCKETS}", None),
            (self.processes < 0, f"`processes` is {self.processes}, not 0 or more", None)) if is_wrong]
        if problems:
            raise ConfigError(problems)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldProgress:
    """How far a world is."""

    done: int
    """Accounts written."""
    total: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSummary:
    """What was written."""

    manifest: Manifest
    settings: WorldSettings
    planned: dict[str, dict[str, int]]
    """Accounts by kind, by harm, by role, and posts."""


Report = Callable[[WorldProgress], None]


def world(into: Path, *, settings: WorldSettings, progress: Report | None = None) -> WorldSummary:
    """Writes the world into a folder: `snapshot`, `truth`, `registries` and `world.toml`.

    Stopped at any instant, the same call goes on where it was and gives the same world.

    Raises:
        ConfigError: a setting is out of range.
        DataError: the folder holds something else, or the disk is full.
    """
    settings, report = settings.checked(), progress or (lambda _: None)
    stage, _ = load_stage(settings.scale, settings.seed)
    n_buckets = settings.n_buckets or buckets_for(stage.population.n_accounts)
    job = f"layout {LAYOUT}, scale {settings.scale}, seed {settings.seed}, {n_buckets} buckets\n"
    planned = planned_counts(stage)
    if (into / SAID).exists() and (into / SNAPSHOT / MANIFEST).exists() and not (into / WORK).exists():
        refuse_other(into, job)
        return WorldSummary(manifest=load_manifest(into / SNAPSHOT), settings=settings, planned=planned)
    with workplace(into, job=job), writing(into):
        write_registries(into, stage, load_professions())
        order = into / WORK / "order.npy"
        if not order.exists():
            report(WorldProgress(done=0, total=stage.population.n_accounts, what="placing accounts"))
            place_accounts(stage, n_buckets=n_buckets, into=order)
        make_buckets(into, settings=settings, n_buckets=n_buckets, report=report, total=stage.population.n_accounts)
        finished = [read_note(into, bucket) for bucket in range(n_buckets)]
        rows = {name: sum(tables[name].n_kept for tables in finished) for name in TABLES}
        manifest = Manifest(cut_off=CUT_OFF, n_buckets=n_buckets, rows=rows, rejected=dict.fromkeys(TABLES, 0),
                            fingerprint=fingerprint(finished))
        write_whole(into / SAID, described(settings, planned, job=job, manifest=manifest))
        save_manifest(into / SNAPSHOT, manifest)
        shutil.rmtree(into / WORK)
    return WorldSummary(manifest=manifest, settings=settings, planned=planned)


def buckets_for(n_accounts: int) -> int:
    """How many buckets a world of so many accounts has."""
    return min(MAX_BUCKETS, max(1, -(-n_accounts // BUCKET_ACCOUNTS)))


@contextmanager
def workplace(into: Path, *, job: str) -> Iterator[None]:
    """The folder, locked for this run and holding nothing but an unfinished world of the same settings.

    Raises:
        DataError: it holds something else, or another run is writing into it.
    """
    if into.exists() and any(into.iterdir()):
        refuse_other(into, job)
    with writing(into):
        (into / WORK).mkdir(parents=True, exist_ok=True)
        lock = os.open(into / WORK / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataError(Problem(what=f"another run is writing a world into `{into}`", file=str(into),
                                    hint="wait for it, or choose another folder")) from error
        write_whole(into / WORK / "job", job)
        yield
    finally:
        os.close(lock)


def refuse_other(into: Path, job: str) -> None:
    """Says no to a folder that holds anything but this very world, finished or not.

    Raises:
        DataError: it does.
    """
    said = into / WORK / "job"
    there = said.read_text(encoding="utf-8") if said.exists() else _finished_job(into)
    if there != job:
        what = f"a world with {there.strip()}" if there else "something that is no world"
        raise DataError(Problem(what=f"`{into}` holds {what}", file=str(into), hint="choose another folder, or remove this one"))


def _finished_job(into: Path) -> str:
    path = into / SAID
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((json.loads(line.partition("= ")[2]) for line in lines if line.startswith("job = ")), "")


def place_accounts(stage: Stage, *, n_buckets: int, into: Path) -> None:
    """Writes the numbers of all accounts in the order of their buckets, and where each bucket begins."""
    n = stage.population.n_accounts
    buckets = np.zeros(n, np.uint16)
    with closing(connect(threads=os.cpu_count() or 1)) as database:
        for start in range(0, n, CHUNK):
            ids = stage.chance.ids("account", np.arange(start, min(n, start + CHUNK)))
            buckets[start:start + len(ids)] = buckets_of(pa.array(ids).cast(pa.string()), n_buckets=n_buckets, database=database)
    starts = np.zeros(n_buckets + 1, np.int64)
    np.cumsum(np.bincount(buckets, minlength=n_buckets), out=starts[1:])
    np.save(into.with_name("starts.npy"), starts)
    part = into.with_name("part.npy")
    np.save(part, np.argsort(buckets, kind="stable").astype(np.uint32))
    part.replace(into)


def make_buckets(into: Path, *, settings: WorldSettings, n_buckets: int, total: int, report: Report) -> None:
    """Makes all buckets that are not there yet, in this process or in several."""
    left = [bucket for bucket in range(n_buckets) if not note_path(into, bucket).exists()]
    starts = np.load(into / WORK / "starts.npy")
    sizes = np.diff(starts)
    done = total - int(sizes[left].sum())
    processes = min(settings.processes or os.cpu_count() or 1, len(left))

    def told(bucket: int) -> None:
        nonlocal done
        done += int(sizes[bucket])
        report(WorldProgress(done=done, total=total, what=f"bucket {bucket}"))

    if processes <= 1:
        for bucket in make(into, settings.scale, settings.seed, left):
            told(bucket)
        return
    context = get_context("spawn")
    workers, pipes = [], []
    for number in range(processes):
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=work, args=(into, settings.scale, settings.seed, left[number::processes], theirs), daemon=True)
        worker.start()
        theirs.close()
        workers.append(worker)
        pipes.append(ours)
    try:
        hear(pipes, told)
    finally:
        for worker in workers:
            worker.join() if worker.exitcode == 0 else worker.terminate()
    if missing := [bucket for bucket in left if not note_path(into, bucket).exists()]:
        raise DataError(Problem(what=f"{len(missing)} buckets were not made: a process ended early", file=str(into),
                                hint="was it stopped, or out of memory? the same command goes on where it was"))


def hear(pipes: list[Connection], told: Callable[[int], None]) -> None:
    """Tells of every bucket that a process says it made, until all have ended.

    Raises:
        DataError: a process could not go on, in its words.
    """
    open_pipes = list(pipes)
    while open_pipes:
        for pipe in wait(open_pipes):
            assert isinstance(pipe, Connection)
            try:
                said = pipe.recv()
            except EOFError:
                open_pipes.remove(pipe)
                continue
            if isinstance(said, Problem):
                raise DataError(said)
            told(said)


def work(into: Path, scale: Fraction, seed: int, buckets: list[int], pipe: Connection) -> None:
    """What a process does: its buckets, telling of each. It ends when nobody listens any more."""
    try:
        with writing(into):
            for bucket in make(into, scale, seed, buckets):
                pipe.send(bucket)
    except DataError as error:
        pipe.send(error.problems[0])
    except (BrokenPipeError, KeyboardInterrupt):
        return


def make(into: Path, scale: Fraction, seed: int, buckets: list[int]) -> Iterator[int]:
    """Makes buckets one after the other, and gives each when it is written."""
    pa.set_cpu_count(1)
    stage, recipes = load_stage(scale, seed)
    order, starts = np.load(into / WORK / "order.npy", mmap_mode="r"), np.load(into / WORK / "starts.npy")
    with closing(connect(threads=1)) as database:
        for bucket in buckets:
            numbers = np.asarray(order[starts[bucket]:starts[bucket + 1]]).astype(np.int64)
            tables = bucket_tables(stage, recipes, numbers)
            said = {}
            for name, table in TABLES.items():
                rows = tables.pop(name, None)
                if rows is None:
                    rows = table.schema.empty_table()
                write_bucket(bucket_path(into / SNAPSHOT, name, bucket), rows, table=table)
                said[name] = {"n_kept": len(rows), "sums": [str(one) for one in digest_sums(rows, table=table, database=database)]}
            for name in ("accounts", "posts"):
                write_rows(bucket_path(into / TRUTH, name, bucket), tables[f"truth/{name}"])
            write_whole(note_path(into, bucket), json.dumps(said))
            yield bucket


def bucket_tables(stage: Stage, recipes: Recipes, numbers: Indices) -> dict[str, pa.Table]:
    """All tables of the bucket that holds the accounts with these numbers."""
    some = cast(stage, numbers)
    posts = thread(stage, some)
    return {"accounts": account_rows(stage, some, recipes), "posts": post_rows(stage, some, posts, recipes),
            "media": media_rows(stage, some, posts, recipes),
            "follows": follow_rows(stage, some), "truth/accounts": account_truth(stage, some), "truth/posts": post_truth(stage, some, posts)}


def note_path(into: Path, bucket: int) -> Path:
    """The file that says a bucket is written."""
    return into / WORK / f"bucket-{bucket:03d}.json"


def read_note(into: Path, bucket: int) -> dict[str, Finished]:
    """What was written of each table of a bucket."""
    return {name: Finished(n_kept=said["n_kept"], sums=(int(said["sums"][0]), int(said["sums"][1])), rejects=into)
            for name, said in json.loads(note_path(into, bucket).read_bytes()).items()}


def write_registries(into: Path, stage: Stage, professions: Mapping[str, Sequence[str]]) -> None:
    """Writes the registers that only this world has."""
    (into / REGISTRIES).mkdir(exist_ok=True)
    for name, rows in (("fact_checks", fact_checks(stage)), ("credentials", credentials(stage, professions))):
        write_rows(into / REGISTRIES / f"{name}.parquet", rows)


def planned_counts(stage: Stage) -> dict[str, dict[str, int]]:
    """Accounts by kind, harm and role, and posts."""
    groups = stage.population.groups
    kinds: dict[str, int] = {}
    harms: dict[str, int] = {}
    for group in groups:
        kinds[group.role.kind] = kinds.get(group.role.kind, 0) + group.n_accounts
        if group.role.harm:
            harms[str(group.role.harm)] = harms.get(str(group.role.harm), 0) + group.n_accounts
    weights = stage.book.weights
    return {"kinds": kinds, "harms": harms, "roles": {group.role.name: group.n_accounts for group in groups},
            "posts": {"all": stage.population.n_posts, "violating": sum(g.n_marked for g in groups if g.role.violating)},
            "languages": {language: int(weight) for language, weight in zip(stage.book.languages, weights, strict=True)}}


def described(settings: WorldSettings, planned: dict[str, dict[str, int]], *, job: str, manifest: Manifest) -> str:
    """The text of `world.toml`."""
    lines = ["# A synthetic platform, written by `evenhand world`. Nobody in it exists.",
             f"scale = {float(settings.scale)!r}", f"seed = {settings.seed}", f"job = {json.dumps(job)}",
             f'evenhand = "{__version__}"', f"layout = {LAYOUT}", f'fingerprint = "{manifest.fingerprint}"']
    for name, counts in planned.items():
        lines += ["", f"[{name}]", *(f"{key} = {n}" for key, n in counts.items())]
    return "\n".join(lines) + "\n"
