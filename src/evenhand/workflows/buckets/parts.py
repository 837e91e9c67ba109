"""The work folder of a sweep: one part for each finished run of buckets, used by one sweep at a time."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from evenhand.connectors.snapshot import write_whole
from evenhand.errors import DataError, Problem
from evenhand.ports import Outcome, StepCount

STAMP, LOCK, SPILL = "scan.json", "lock", "spill"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the account steps left, a part for each run of buckets, in `work`."""

    work: Path

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
        """True when the results of the run are there, whole."""
        return self.part(run).exists()

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
            (temporary / "counts.json").write_text(json.dumps(counts), encoding="utf-8")
            temporary.rename(final)

    def counts(self, run: range) -> tuple[StepCount, ...]:
        """Rows and seconds per step of a finished run."""
        rows = json.loads((self.part(run) / "counts.json").read_text(encoding="utf-8"))
        return tuple(StepCount(name=name, n_rows=n_rows, seconds=seconds) for name, n_rows, seconds in rows)

    def files(self, name: str) -> tuple[str, ...]:
        """The files of one kept relation, one for each finished run."""
        return tuple(str(path) for path in sorted(self.folder.glob(f"bucket=*/{name}.parquet")))


@contextmanager
def open_parts(work: Path, *, key: str) -> Iterator[Parts]:
    """The work folder, locked for this sweep; what it holds of another sweep, or half written, is removed first.

    Raises `DataError` when it holds something else, or when another sweep is at work in it.
    """
    if work.exists() and any(path.name != LOCK for path in work.iterdir()) and not (work / STAMP).exists():
        raise DataError(Problem(what=f"`{work}` holds something else", hint="name an empty or a new folder"))
    with writing(work):
        work.mkdir(parents=True, exist_ok=True)
        lock = os.open(work / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataError(Problem(what=f"another sweep is at work in `{work}`", file=str(work),
                                    hint="wait for it, or choose another folder with `--into`")) from error
        parts = Parts(work=work)
        with writing(work):
            _clear(parts, key=key)
        yield parts
    finally:
        os.close(lock)


def _clear(parts: Parts, *, key: str) -> None:
    """Remove what no sweep can use, and stamp the folder with the sweep's key."""
    stamp = parts.work / STAMP
    if stamp.exists() and _key_in(stamp) != key:
        shutil.rmtree(parts.folder, ignore_errors=True)
    shutil.rmtree(parts.spill, ignore_errors=True)
    parts.folder.mkdir(parents=True, exist_ok=True)
    parts.spill.mkdir()
    for unfinished in parts.folder.glob(".bucket=*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if not stamp.exists() or _key_in(stamp) != key:
        write_whole(stamp, json.dumps({"key": key}) + "\n")


def _key_in(stamp: Path) -> str | None:
    """The key of the sweep that a work folder belongs to; None when the stamp is damaged, which fits no sweep."""
    try:
        return str(json.loads(stamp.read_text(encoding="utf-8"))["key"])
    except (ValueError, KeyError, TypeError):
        return None


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
