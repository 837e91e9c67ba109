"""Progress of long work on standard error: a bar with an estimate on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from evenhand.cli.views.layout import ACCENT, QUIET
from evenhand.cli.views.screen import Screen

SECONDS_BETWEEN_LINES = 10.0
"""Where there is no terminal."""


class Advance(Protocol):
    """Says how far the work is."""

    def __call__(self, n_done: int, n_total: int, doing: str, *, n_before: int = 0) -> None:
        """Done and total in the same unit, what is being done, and how much of `n_done` an earlier run had done."""



@contextmanager
def progress(screen: Screen, *, what: str, unit: str = "accounts",
             clock: Callable[[], float] = time.monotonic) -> Iterator[Advance]:
    """A function to call as work proceeds. Nothing is shown for work that says nothing, and nothing in JSON form."""
    if screen.as_json:
        yield _say_nothing
    elif screen.err.isatty():
        with _bar(screen.console(screen.err)) as shown:
            task = shown.add_task(what, total=None, doing="", counted="", left="")
            pace = Pace(clock)

            def advance(n_done: int, n_total: int, doing: str, *, n_before: int = 0) -> None:
                shown.update(task, completed=n_done, total=n_total, doing=doing, counted=f"{n_done:,} of {n_total:,} {unit}",
                             left=pace.told(n_done, n_total, n_before=n_before))

            yield advance
    else:
        yield _lines(screen.err, what=what, unit=unit, clock=clock)


class Pace:
    """How long work takes, from what is told of it. Each stretch of it, with a total of its own, has a pace of its own."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = self._begun = clock()
        self._total: int | None = None

    def told(self, n_done: int, n_total: int, *, n_before: int = 0) -> str:
        """The seconds spent in all and an estimate of those left of this stretch."""
        now = self._clock()
        if self._total is not None and n_total != self._total:
            self._begun = now
        self._total = n_total
        return spent_and_left(now - self._begun, n_done=n_done, n_total=n_total, n_before=n_before,
                              earlier=self._begun - self._start)


def spent_and_left(elapsed: float, *, n_done: int, n_total: int, n_before: int = 0, earlier: float = 0.0) -> str:
    """The seconds spent and, once something is done beyond `n_before`, an estimate of those left, at the pace so far.

    `earlier` are seconds spent on something else, which say nothing of the pace.

    >>> spent_and_left(30.0, n_done=25, n_total=100)
    '0:00:30, about 0:01:30 left'
    >>> spent_and_left(30.0, n_done=75, n_total=100, n_before=50)
    '0:00:30, about 0:00:30 left'
    >>> spent_and_left(30.0, n_done=25, n_total=100, earlier=60.0)
    '0:01:30, about 0:01:30 left'
    """
    spent = str(timedelta(seconds=int(earlier + elapsed)))
    if not n_before < n_done < n_total:
        return spent
    left = elapsed / (n_done - n_before) * (n_total - n_done)
    return f"{spent}, about {timedelta(seconds=round(left))} left"


def _say_nothing(n_done: int, n_total: int, doing: str, *, n_before: int = 0) -> None:
    """Take a report of progress and show nothing."""


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", style="bold", markup=False), BarColumn(bar_width=28, complete_style=ACCENT),
        TaskProgressColumn(), TextColumn("{task.fields[counted]}", markup=False),
        TextColumn("{task.fields[left]}", style=QUIET, markup=False),
        TextColumn("{task.fields[doing]}", style=QUIET, markup=False), console=console, transient=True)


def _lines(stream: TextIO, *, what: str, unit: str, clock: Callable[[], float]) -> Advance:
    last, pace = clock(), Pace(clock)

    def advance(n_done: int, n_total: int, doing: str, *, n_before: int = 0) -> None:
        nonlocal last
        now, left = clock(), pace.told(n_done, n_total, n_before=n_before)
        if now - last < SECONDS_BETWEEN_LINES:
            return
        last = now
        share = f"{100 * n_done / n_total:.0f} %" if n_total else "…"
        stream.write(f"{what}: {share}, {n_done:,} of {n_total:,} {unit}, "
                     f"{left}{f' ({doing})' if doing else ''}\n")
        stream.flush()

    return advance
