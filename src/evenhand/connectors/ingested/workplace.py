"""The folder that an ingest writes into: ours or empty, used by one run at a time, cleared when the snapshot is whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evenhand.connectors.files.source import writing
from evenhand.connectors.snapshot import MANIFEST
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import TABLES

WORK, LOCK = "work", "lock"
SUMMARY = "ingest.json"
REJECTS_FOLDER, REJECTS_CSV = "rejects", "rejects.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where the parts of an unfinished ingest stand."""

    into: Path
    finish: Path
    """What has been finished for exactly this job."""

    @property
    def work(self) -> Path:
        """All that is removed once the snapshot is whole."""
        return self.into / WORK

    @property
    def spill(self) -> Path:
        """Where the database puts what does not fit into memory."""
        return self.work / "database"

    def prepare(self) -> None:
        """Makes the folders. What an earlier run with other input wrote as its result is removed."""
        if not self.finish.exists():
            for name in (*TABLES, REJECTS_FOLDER):
                shutil.rmtree(self.into / name, ignore_errors=True)
            self.finish.mkdir(parents=True)

    def clear(self) -> None:
        """Removes the work, once everything is written."""
        shutil.rmtree(self.work)


@contextmanager
def workplace(into: Path, *, job: str) -> Iterator[Workplace]:
    """The folder, locked for this run.

    Raises:
        DataError: the folder holds something else, another run is using it, or it cannot be written.
    """
    refuse_foreign(into)
    with writing(into):
        (into / WORK).mkdir(parents=True, exist_ok=True)
        lock = os.open(into / WORK / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataError(Problem(what=f"another ingest is writing into `{into}`", file=str(into),
                                    hint="wait for it, or choose another folder")) from error
        yield Workplace(into=into, finish=into / WORK / f"finish-{job[:32]}")
    finally:
        os.close(lock)


def refuse_foreign(into: Path) -> None:
    """Says no to a folder that holds anything but an unfinished ingest.

    Raises:
        DataError: it does.
    """
    if not into.exists():
        return
    if not into.is_dir():
        raise DataError(Problem(what=f"`{into}` is a file, not a folder", file=str(into), hint="choose another folder"))
    with writing(into):
        there = sorted(path.name for path in into.iterdir())
    if MANIFEST in there:
        raise DataError(Problem(what=f"`{into}` holds a snapshot made from other input or with other settings",
                                file=str(into), hint="choose another folder, or remove this one"))
    if there and not (into / WORK / LOCK).exists():
        names = ", ".join(f"`{name}`" for name in there[:5])
        raise DataError(Problem(what=f"`{into}` is not empty: it holds {names}", file=str(into),
                                hint="choose an empty folder or a new one"))
