"""A crew: processes of this machine that share the buckets of a sweep, one engine each.

Kernels are arithmetic in one thread, so that two processes use two processors where two threads would use one and a half.
The first process makes the steps and the registers' tables once and hands them to the others. A process that
loses the one that started it ends at once; what it had not finished was never renamed, so nothing is lost or done twice.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import cloudpickle
import pyarrow as pa

from evenhand.campaign.pipeline import Pipeline
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import DataError, EvenhandError, Problem
from evenhand.workflows.buckets.machine import share
from evenhand.workflows.buckets.parts import Parts
from evenhand.workflows.materials import SweepSettings
from evenhand.workflows.plan import Materials
from evenhand.workflows.scan import WorkOn

WORTH_A_PROCESS = 60_000
"""Accounts that take about as long as starting a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every process of a crew works on."""

    pipeline: Pipeline
    registries: Mapping[str, pa.Table]
    registries_digest: str
    snapshot: Path
    work: Path
    key: str
    """The sweep's key, by which each process knows that the snapshot is still the same."""
    engine_bytes: int
    """The memory that the engine of each process may take."""


def crew_for(snapshot: SnapshotFolder, materials: Materials, settings: SweepSettings, *,
             worth: int = WORTH_A_PROCESS) -> WorkOn | None:
    """How the buckets of `snapshot` are shared among processes; None where one process is as quick, or a cluster works.

    A process is started for every `worth` accounts, up to what `settings` allow.
    """
    allowed = share(threads=settings.threads, memory=settings.memory)
    manifest = snapshot.manifest
    if settings.engine is not None or manifest.rows["accounts"] < 2 * worth \
            or min(allowed.n_processes, manifest.n_buckets) == 1:
        return None

    def work_on(parts: Parts, key: str, runs: Sequence[range]) -> Iterator[range]:
        n_accounts = manifest.rows["accounts"] * sum(map(len, runs)) // manifest.n_buckets
        n_processes = max(1, min(allowed.n_processes, len(runs), n_accounts // worth))
        job = Job(pipeline=materials.pipeline, registries=materials.registries, registries_digest=materials.registries_digest,
                  snapshot=snapshot.path, work=parts.work, key=key,
                  engine_bytes=share(threads=n_processes, memory=settings.memory).engine_bytes)
        with Crew(job, n_processes=n_processes) as crew:
            yield from crew.work_on(runs)

    return work_on


class Crew:
    """So many processes at work on one job. Used as a context; leaving it ends them, whatever they are at."""

    def __init__(self, job: Job, *, n_processes: int) -> None:
        self._job = job
        self._n_processes = n_processes
        self._members: dict[Connection, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """The crew, its processes started."""
        for _ in range(self._n_processes):
            ours, theirs = Pipe()
            with theirs:
                process = subprocess.Popen(  # noqa: S603 our own interpreter, our own words
                    [sys.executable, "-P", "-c", "from evenhand.workflows.buckets.process import main; main()",
                     str(theirs.fileno()), str(os.getpid())],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=(theirs.fileno(),),
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)})
            self._members[ours] = process
        job = cloudpickle.dumps(self._job)
        for ours in self._members:
            with suppress(BrokenPipeError):  # it went away: its first answer says so
                ours.send_bytes(job)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End every process at once: what it had not finished stands under another name and does not count."""
        for process in self._members.values():
            process.kill()
        for connection, process in self._members.items():
            connection.close()
            process.wait()

    def work_on(self, runs: Sequence[range]) -> Iterator[range]:
        """Have these runs of buckets done, and say of each when it is.

        Raises what a process raised, and `DataError` when a process was ended from outside.
        """
        left = list(reversed(runs))
        busy = dict(self._members)
        n_done = 0
        while n_done < len(runs):
            for ready in wait(list(busy)):
                if not isinstance(ready, Connection):
                    continue
                answer = self._answer(ready)
                if answer is not None:
                    n_done += 1
                    yield answer
                if left:
                    with suppress(BrokenPipeError):  # it went away: its next answer says so
                        ready.send((left.pop(), left[-1] if left else None))
                else:
                    busy.pop(ready, None)

    def _answer(self, connection: Connection) -> range | None:
        """The run that a process has finished, None when it has just become ready."""
        try:
            answer: Any = connection.recv()
        except (EOFError, ConnectionResetError) as gone:
            code = self._members[connection].wait()
            ended = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            raise DataError(Problem(
                what=f"a process of the sweep was ended {ended}",
                hint="if memory ran out, give it less to do at once (`--threads 1`, or `evenhand ingest --buckets`); "
                     "then run the same command again: it goes on where it stopped")) from gone
        if isinstance(answer, EvenhandError):
            raise answer
        return answer if isinstance(answer, range) else None
