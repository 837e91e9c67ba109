"""Prepared materials: what a sweep needs besides the snapshot, kept on disk, so that only the first run has to make it.

A file is called after a digest of everything that it was made from: the package's own files, the pack's, the registers', and
the versions of what wrote it. Whatever differs gives another file, so nothing has to be thrown away to be right.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import metadata, resources
from pathlib import Path
from typing import TypeVar

import cloudpickle

from evenhand.errors import DataError, Problem

Made = TypeVar("Made")

CACHE = "EVENHAND_CACHE"
"""The environment variable that names the folder; `off` keeps nothing."""
MOST_FILES = 6
"""So many files are kept, the last used ones; each takes some 200 MB with the shipped registers."""
LONGEST_SECONDS = 3600
"""Nobody writes so long at a file: what is older was left by a run that was killed."""
_WRITERS = ("cloudpickle", "duckdb", "hyperscan", "numpy", "pyarrow", "sqlglot", "tldextract")
"""Whose objects are kept; of another version they might mean something else."""
_CHECK_BYTES = 4


def cache_folder() -> Path | None:
    """Where prepared materials are kept; None where nothing is: when switched off, or when others may write there.

    What is read from here is run, as a program is, so it must be the user's own.
    """
    named = os.environ.get(CACHE)
    if named == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        folder = Path(named) if named else (Path(base) if base else Path.home() / ".cache") / "evenhand"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):  # no home, a file in its place, a disk that cannot be written
        return None
    return folder if status.st_uid == os.getuid() and not status.st_mode & 0o022 else None


def prepared(made_from: Iterable[str], make: Callable[[], Made], *, folder: Path | None) -> tuple[Made, Path | None]:
    """What `make` makes, from disk where it has been made from the same before, and the file that holds it if one does."""
    if folder is None:
        return make(), None
    file = folder / f"{_digest(made_from)}.pickle"
    kept = _kept(file)
    if kept is not None:
        return cloudpickle.loads(kept), file
    made = make()
    return made, file if _keep(cloudpickle.dumps(made), file) else None


def read_prepared(file: Path) -> object:
    """What a file holds, for another process of the same sweep. Raises `DataError` when it has gone in the meantime."""
    kept = _kept(file)
    if kept is None:
        raise DataError(Problem(what="what the sweep had prepared is gone", file=str(file),
                                hint=f"run the same command again; with `{CACHE}=off` nothing is kept on disk"))
    return cloudpickle.loads(kept)


def files_of(folder: Path) -> Iterator[str]:
    """The name and digest of each file below a folder."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            yield f"{file.relative_to(folder)} {file_digest(file)}"


def file_digest(file: Path) -> str:
    """SHA-256 of a file, hexadecimal, at constant memory."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _digest(made_from: Iterable[str]) -> str:
    found = hashlib.sha256()
    with resources.as_file(resources.files("evenhand")) as package:
        for part in (*files_of(package), sys.version, platform.machine(), platform.processor(),
                     *(f"{name} {metadata.version(name)}" for name in _WRITERS), *made_from):
            found.update(part.encode() + b"\0")
    return found.hexdigest()


def _kept(file: Path) -> memoryview | None:
    """What a file holds behind its check sum; None when it is not there, or damaged."""
    try:
        data = file.read_bytes()
        os.utime(file)
    except OSError:
        return None
    held = memoryview(data)[_CHECK_BYTES:]
    return held if zlib.crc32(held).to_bytes(_CHECK_BYTES, "big") == data[:_CHECK_BYTES] else None


def _keep(data: bytes, file: Path) -> bool:
    """Write a file whole or not at all, and let the ones go that have not been used for longest."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        temporary.write_bytes(zlib.crc32(data).to_bytes(_CHECK_BYTES, "big") + data)
        temporary.rename(file)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        return False
    with suppress(OSError):
        for old in sorted(file.parent.glob("*.pickle"), key=lambda path: path.stat().st_mtime)[:-MOST_FILES]:
            old.unlink()
        for left in file.parent.glob(".*.pickle.*"):
            if time.time() - left.stat().st_mtime > LONGEST_SECONDS:
                left.unlink()
    return True
