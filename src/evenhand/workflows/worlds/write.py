"""World: a synthetic platform with the reference campaign planted in it, and the truth about everybody on it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from evenhand import __version__
from evenhand.connectors.files.source import writing
from evenhand.connectors.ingested.written import write_rows
from evenhand.connectors.snapshot import MANIFEST, MAX_BUCKETS, load_manifest, save_manifest, write_whole
from evenhand.errors import ConfigError, DataError, Problem
from evenhand.model.snapshot import TABLES, Manifest
from evenhand.workflows.ingest import fingerprint
from evenhand.workflows.worlds.buckets import ORDER, SNAPSHOT, WORK, Making, make_buckets, place_accounts
from evenhand.workflows.worlds.stage import load_professions, load_stage, made_from
from evenhand.world.identities import Stage
from evenhand.world.registers import credentials, fact_checks
from evenhand.world.times import CUT_OFF

REGISTRIES, SAID = "registries", "world.toml"
BUCKET_ACCOUNTS = 64_000
"""A bucket of about so many accounts is small enough to be made several at a time, and large enough to be read fast."""
LAYOUT = 2
"""Changes whenever the same seed, scale, phrases and registers give another world."""
SMALLEST, LARGEST = Fraction(1, 20_000), Fraction(4)
"""Scales: below, a bucket of the campaign would have nobody in it; above, there would be too many buckets."""


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
            (not SMALLEST <= self.scale <= LARGEST,
             f"the scale is {float(self.scale):g}, not {float(SMALLEST):.5f} to {float(LARGEST):g}",
             "`--scale 0.01` is half a million accounts"),
            (self.n_buckets is not None and not 1 <= self.n_buckets <= MAX_BUCKETS,
             f"`n_buckets` is {self.n_buckets}, not 1 to {MAX_BUCKETS}", "leave it out to have it chosen by size"),
            (self.seed < 0, f"the seed is {self.seed}, not 0 or more", "another seed gives another world"),
            (self.processes < 0, f"`processes` is {self.processes}, not 0 or more", "0 is one for each processor")) if is_wrong]
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
    before: int = 0
    """How many of those an earlier run had written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSummary:
    """What was written."""

    manifest: Manifest
    settings: WorldSettings
    planned: dict[str, dict[str, int]]
    """`kinds`, `harms` and `roles` in accounts; `posts`, `all` and `violating`; `languages`, in expected accounts."""


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
    n_accounts, planned = stage.population.n_accounts, planned_counts(stage)
    making = Making(into=into, scale=settings.scale, seed=settings.seed,
                    n_buckets=settings.n_buckets or buckets_for(n_accounts))
    job = (f"layout {LAYOUT}, scale {settings.scale}, seed {settings.seed}, {making.n_buckets} buckets, "
           f"phrases and registers {made_from()[:12]}")
    if (into / SNAPSHOT / MANIFEST).exists():
        refuse_other(into, job)
        shutil.rmtree(making.work, ignore_errors=True)  # a run was stopped when it had nothing else left to do
        return WorldSummary(manifest=load_manifest(into / SNAPSHOT), settings=settings, planned=planned)
    with workplace(into, job=job), writing(into):
        write_registries(into, stage)
        report(WorldProgress(done=0, total=n_accounts, what="placing accounts"))
        if not (making.work / ORDER).exists():
            place_accounts(stage, making)
        make_buckets(making, processes=settings.processes,
                     told=lambda done, before: report(WorldProgress(done=done, total=n_accounts, what="", before=before)))
        manifest = sum_up(making)
        write_whole(into / SAID, described(settings, planned, job=job, manifest=manifest))
        save_manifest(into / SNAPSHOT, manifest)
        shutil.rmtree(making.work, ignore_errors=True)
    return WorldSummary(manifest=manifest, settings=settings, planned=planned)


def buckets_for(n_accounts: int) -> int:
    """How many buckets a world of so many accounts has."""
    return min(MAX_BUCKETS, max(1, -(-n_accounts // BUCKET_ACCOUNTS)))


@contextmanager
def workplace(into: Path, *, job: str) -> Iterator[None]:
    """The folder, locked for this run and holding nothing but an unfinished world of the same settings.

    What a killed run left half written is removed.

    Raises:
        DataError: it holds something else, or another run is writing into it.
    """
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
        for unfinished in into.rglob("*.part"):
            unfinished.unlink(missing_ok=True)
        yield
    finally:
        os.close(lock)


def refuse_other(into: Path, job: str) -> None:
    """Says no to a folder that holds anything but this very world, finished or not.

    Raises:
        DataError: it does.
    """
    if not into.exists():
        return
    if not into.is_dir():
        raise DataError(Problem(what=f"`{into}` is a file, not a folder", file=str(into), hint="choose another folder"))
    there = sorted(path.name for path in into.iterdir())
    noted, said = into / WORK / "job", into / SAID
    holds = noted.read_text(encoding="utf-8") if noted.exists() else _job_of(said) if said.exists() else ""
    if holds == job or (not holds and there in ([], [WORK])):
        return
    what = f"a world with {holds}" if holds else f"what is no world: {', '.join(f'`{one}`' for one in there[:5])}"
    raise DataError(Problem(what=f"`{into}` holds {what}", file=str(into), hint="choose another folder, or remove this one"))


def _job_of(said: Path) -> str:
    try:
        return str(tomllib.loads(said.read_text(encoding="utf-8")).get("job", ""))
    except tomllib.TOMLDecodeError:
        return ""


def write_registries(into: Path, stage: Stage) -> None:
    """Writes the registers that only this world has."""
    (into / REGISTRIES).mkdir(exist_ok=True)
    for name, rows in (("fact_checks", fact_checks(stage)), ("credentials", credentials(stage, load_professions()))):
        write_rows(into / REGISTRIES / f"{name}.parquet", rows)


def sum_up(making: Making) -> Manifest:
    """The manifest of the snapshot, from what was written of every bucket."""
    finished = [making.finished(bucket) for bucket in range(making.n_buckets)]
    return Manifest(cut_off=CUT_OFF, n_buckets=making.n_buckets, rejected=dict.fromkeys(TABLES, 0),
                    rows={name: sum(tables[name].n_kept for tables in finished) for name in TABLES},
                    fingerprint=fingerprint(finished))


def planned_counts(stage: Stage) -> dict[str, dict[str, int]]:
    """How many accounts of every kind, harm and role there are, posts, and accounts to be expected in every language."""
    groups, book = stage.population.groups, stage.book
    kinds: Counter[str] = Counter()
    harms: Counter[str] = Counter()
    for group in groups:
        kinds[group.role.kind] += group.n_accounts
        harms[str(group.role.harm or "")] += group.n_accounts
    del harms[""]
    weight = int(book.weights.sum())
    return {"kinds": dict(kinds), "harms": dict(harms), "roles": {group.role.name: group.n_accounts for group in groups},
            "posts": {"all": stage.population.n_posts, "violating": sum(one.n_marked for one in groups if one.role.violating)},
            "languages": {language: round(stage.population.n_accounts * int(share) / weight)
                          for language, share in zip(book.languages, book.weights, strict=True)}}


def described(settings: WorldSettings, planned: Mapping[str, Mapping[str, int]], *, job: str, manifest: Manifest) -> str:
    """The text of `world.toml`."""
    lines = ["# A synthetic platform, written by `evenhand world`. Nobody in it exists.",
             f"scale = {float(settings.scale)!r}", f"seed = {settings.seed}", f"job = {json.dumps(job)}",
             f'evenhand = "{__version__}"', f"layout = {LAYOUT}", f'fingerprint = "{manifest.fingerprint}"']
    for name, counts in planned.items():
        lines += ["", f"[{name}]", *(f"{key} = {n}" for key, n in counts.items())]
    return "\n".join(lines) + "\n"
