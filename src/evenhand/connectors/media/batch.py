"""Many media files at a time, in processes of their own: a file that crashes its reader costs that file and nothing else."""

from __future__ import annotations

import resource
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Self

from evenhand.connectors.media.manifests import ManifestReader
from evenhand.connectors.media.reading import Reading, Trouble, Wanted, read_media

FILES_PER_TASK = 32
MAX_SECONDS = 120
"""A file that takes longer is given up."""
MAX_MEMORY = 4_000_000_000
"""Bytes of address space that one reading process may take; a file that needs more is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Door:
    """What a reading process is set up with."""

    folder: Path
    manifests: ManifestReader


_DOOR: list[_Door] = []
"""The set-up of this process, if it is a reading process."""


class MediaReaders:
    """Reads files below `folder` in `processes` processes. `trust` holds trusted certificates in PEM form, or nothing."""

    def __init__(self, folder: Path, *, trust: str = "", processes: int = 1) -> None:
        self._folder, self._trust, self._processes = folder, trust, processes
        self._pool = self._opened(processes)

    def __enter__(self) -> Self:
        """The readers; they end with the block."""
        return self

    def __exit__(self, *exc: object) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)

    def read(self, wanted: Sequence[Wanted]) -> list[Reading]:
        """What each file says, in the given order."""
        tasks = [wanted[start:start + FILES_PER_TASK] for start in range(0, len(wanted), FILES_PER_TASK)]
        futures = [self._pool.submit(_read_some, task) for task in tasks]
        readings: list[Reading] = []
        for task, future in zip(tasks, futures, strict=True):
            readings += self._result(future) or self._one_by_one(task)
        if any(isinstance(future.exception(), BrokenProcessPool) for future in futures):
            self._pool.shutdown(cancel_futures=True)
            self._pool = self._opened(self._processes)
        return readings

    @staticmethod
    def _result(future: Future[list[Reading]]) -> list[Reading] | None:
        """A task's readings; None when a process ended under it, whoever's fault that was."""
        try:
            return future.result()
        except BrokenProcessPool:
            return None

    def _one_by_one(self, task: Sequence[Wanted]) -> list[Reading]:
        """The readings of one file at a time, so that the one at fault is known."""
        readings: list[Reading] = []
        pool = self._opened(1)
        for one in task:
            found = self._result(pool.submit(_read_some, [one]))
            if found is None:
                found = [Reading(path=one.path, trouble=Trouble.STOPPED, detail="the reader ended on this file")]
                pool = self._opened(1)
            readings += found
        pool.shutdown(cancel_futures=True)
        return readings

    def _opened(self, processes: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(max_workers=processes, mp_context=get_context("spawn"), initializer=_set_up,
                                   initargs=(self._folder, self._trust))


def _set_up(folder: Path, trust: str) -> None:
    """Bind a reading process to its folder and bound what it may take. The alarm ends it, even inside foreign code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _DOOR.append(_Door(folder=folder, manifests=ManifestReader(trust=trust)))


def _read_some(task: Sequence[Wanted]) -> list[Reading]:
    readings = []
    for one in task:
        signal.alarm(MAX_SECONDS)
        try:
            readings.append(read_media(one, folder=_DOOR[0].folder, manifests=_DOOR[0].manifests))
        except MemoryError:
            readings.append(Reading(path=one.path, trouble=Trouble.STOPPED, detail="it needs too much memory"))
        finally:
            signal.alarm(0)
    return readings
