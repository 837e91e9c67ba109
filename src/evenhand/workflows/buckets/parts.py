"""The work folder of a sweep: one part for each finished run of buckets, used by one sweep at a time."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from evenhand.connectors.snapshot import write_whole
from evenhand.errors import DataError, Problem
from evenhand.ports import Outcome, StepCount

STAMP, LOCK, SPILL, COUNTS = "scan.json", "lock", "spill", "counts.json"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the account steps left, a part for each run of buckets, in `work`."""

    work: Path
    kept: tuple[str, ...] = ()
    """The relations that a whole part has."""

    @property
    def folder(self) -> Path:
        """Where the parts stand."""
        return self.work / "parts"

    @property
    def spill(self) -> Path:
        """Where engines put what does not fit into memory; emptied when a sweep begins."""
        return self.work / SPILL

    def part(self, run: range) -> Path:
        """The folder with the results of a run, called after its first bucket: there when the run is done, and only then."""
        return self.folder / f"bucket={run.start:05d}"

    def is_done(self, run: range) -> bool:
        """True when the results of the run are there, whole: somebody may have removed files since."""
        return all((self.part(run) / name).exists() for name in (COUNTS, *(f"{name}.parquet" for name in self.kept)))

    def write(self, run: range, outcome: Outcome) -> None:
        """Write the results of a run under another name and rename: a run is either done or not begun.

        Raises `DataError` when the disk is full or the folder cannot be written.
        """
        final = self.part(run)
        temporary = final.with_name(f".{final.name}.{os.getpid()}")
        with writing(self.work):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            for name, table in outcome.relations.items():
                pq.write_table(table, temporary / f"{name}.parquet", compression="zstd")
            counts = [(count.name, count.n_rows, count.seconds) for count in outcome.counts]
            (temporary / COUNTS).write_text(json.dumps(counts), encoding="utf-8")
            shutil.rmtree(final, ignore_errors=True)
            temporary.rename(final)

    def counts(self, run: range) -> tuple[StepCount, ...]:
        """Rows and seconds per step of a finished run."""
        rows = json.loads((self.part(run) / COUNTS).read_text(encoding="utf-8"))
        return tuple(StepCount(name=name, n_rows=n_rows, seconds=seconds) for name, n_rows, seconds in rows)

    def files(self, name: str, runs: Iterable[range]) -> tuple[str, ...]:
        """The files of one kept relation, one for each run. One that is gone is named too, so that its reader says so."""
        return tuple(str(self.part(run) / f"{name}.parquet") for run in runs)


@contextmanager
def only_sweep(folder: Path, *, lock: str = LOCK) -> Iterator[None]:
    """Within it no other sweep is at work in `folder`, which is made where it is not there yet.

    Raises `DataError` when one is, or when the folder cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder / lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataError(Problem(what=f"another sweep is at work in `{folder}`", file=str(folder),
                                    hint="wait for it, or choose another folder with `--into`")) from error
        yield
    finally:
        os.close(held)


@contextmanager
def open_parts(work: Path, *, key: str, kept: tuple[str, ...] = ()) -> Iterator[Parts]:
    """The work folder, locked for this sweep, whose parts have the relations `kept`.

    What it holds of another sweep, or half written, is removed first.

    Raises `DataError` when it holds something else, or when another sweep is at work in it.
    """
    before_a_stamp = {LOCK, SPILL, f"{STAMP}.part"}
    if work.exists() and not (work / STAMP).exists() and {path.name for path in work.iterdir()} - before_a_stamp:
        raise DataError(Problem(what=f"`{work}` holds something else", hint="name an empty or a new folder"))
    with only_sweep(work):
        parts = Parts(work=work, kept=kept)
        with writing(work):
            _clear(parts, key=key)
        yield parts


def _clear(parts: Parts, *, key: str) -> None:
    """Remove what no sweep can use, and stamp the folder with the sweep's key.

    A sweep may be killed in the middle of this too: while parts of another sweep are removed, the stamp fits no sweep, so that
    none takes half of them for all; and nothing is there before the stamp is.
    """
    stamp = parts.work / STAMP
    if not stamp.exists() or _key_in(stamp) != key:
        _stamp(stamp, None)
        if parts.folder.exists():
            shutil.rmtree(parts.folder)
        _stamp(stamp, key)
    shutil.rmtree(parts.spill, ignore_errors=True)
    parts.folder.mkdir(exist_ok=True)
    parts.spill.mkdir(exist_ok=True)
    for unfinished in parts.folder.glob(".bucket=*"):
        shutil.rmtree(unfinished, ignore_errors=True)


def _stamp(stamp: Path, key: str | None) -> None:
    write_whole(stamp, json.dumps({"key": key}) + "\n")


def _key_in(stamp: Path) -> str | None:
    """The key of the sweep that a work folder belongs to; None when the stamp fits no sweep, or is damaged."""
    try:
        key = json.loads(stamp.read_text(encoding="utf-8"))["key"]
    except (ValueError, KeyError, TypeError):
        return None
    return key if isinstance(key, str) else None


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns what goes wrong while a sweep writes into `folder` into a `DataError` with a next step."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in _FULL or "No space left" in str(error) or "File too large" in str(error)
        raise DataError(Problem(
            what="the disk is full" if is_full else f"`{folder}` cannot be written: {str(error.strerror or error).lower()}",
            file=str(folder), hint=("free some space" if is_full else "check its permissions, or choose another folder")
            + ", then run the same command again: it goes on where it stopped")) from error
