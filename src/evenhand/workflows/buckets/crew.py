"""A crew: processes of this machine that share the work of a sweep, or of writing a world.

Kernels and decisions are arithmetic in one thread, so that two processes use two processors where two threads would use one and
a half. The first process makes everything that the work needs once and hands it to the others. A process that loses the one
that started it ends at once; what it had not finished does not count, so nothing is lost or done twice.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Any, Protocol, Self

import cloudpickle

from evenhand.errors import DataError, EvenhandError, Problem


class Work(Protocol):
    """What every process of a crew does."""

    def begun(self) -> AbstractContextManager[Callable[[Any, Any], Any]]:
        """What does one task, told which task is likely to follow (None: none); everything is closed at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """How a person calls what a crew is at."""

    what: str = "the sweep"
    lighter: str = "`--threads 1`, or `evenhand ingest --buckets`"
    """The options with which it takes less memory."""


SWEEP = Called()


class Crew:
    """So many processes at one kind of work. Used as a context; leaving it ends them, whatever they are at."""

    def __init__(self, work: Work, *, n_processes: int, called: Called = SWEEP) -> None:
        self._work = work
        self._n_processes = n_processes
        self._called = called
        self._members: dict[Connection, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """The crew, its processes started."""
        for _ in range(self._n_processes):
            ours, theirs = Pipe()
            with theirs:
                self._members[ours] = _started(theirs)
        work = cloudpickle.dumps(self._work)
        for ours in self._members:
            with suppress(BrokenPipeError):  # it went away: its first answer says so
                ours.send_bytes(work)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End every process at once."""
        for process in self._members.values():
            process.kill()
        for connection, process in self._members.items():
            connection.close()
            process.wait()

    def do(self, tasks: Iterable[Any]) -> Iterator[tuple[int, Any]]:
        """Have these tasks done, and answer each as soon as it is: its place among them, and what it came to.

        Tasks are taken one ahead of need. Raises what a process raised, and `DataError` when a process was ended from outside.
        """
        left = enumerate(tasks)
        coming = next(left, None)
        busy = set(self._members)
        while busy:
            for ready in wait(list(busy)):
                if not isinstance(ready, Connection):
                    continue
                answer = self._answer(ready)
                if coming is None:
                    busy.discard(ready)
                else:
                    (nth, task), coming = coming, next(left, None)
                    with suppress(BrokenPipeError):  # it went away: its next answer says so
                        ready.send((nth, task, coming[1] if coming else None))
                if answer is not None:
                    yield answer

    def _answer(self, connection: Connection) -> tuple[int, Any] | None:
        """What a process has done, None when it has just become ready."""
        try:
            answer: tuple[int, Any] | EvenhandError | None = connection.recv()
        except (EOFError, ConnectionResetError) as gone:
            code = self._members[connection].wait()
            ended = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            raise DataError(Problem(
                what=f"a process of {self._called.what} was ended {ended}",
                hint=f"if memory ran out, give it less to do at once ({self._called.lighter}); "
                     "then run the same command again: it goes on where it stopped")) from gone
        if isinstance(answer, EvenhandError):
            raise answer
        return answer


def _started(connection: Connection) -> subprocess.Popen[bytes]:
    """A process that works for this one over `connection`. It never hears Ctrl-C: this one does, and ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return subprocess.Popen(  # noqa: S603 our own interpreter, our own words
            [sys.executable, "-P", "-c", "from evenhand.workflows.buckets.process import main; main()",
             str(connection.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=(connection.fileno(),),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)})
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
