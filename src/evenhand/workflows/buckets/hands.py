"""Whose hands do a sweep's work: several processes of this machine where that is quicker, or the sweep's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from evenhand.campaign.cases import CaseRows
from evenhand.campaign.plan import Terms
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError, Problem
from evenhand.workflows.buckets.crew import Crew
from evenhand.workflows.buckets.machine import share
from evenhand.workflows.buckets.parts import Parts
from evenhand.workflows.deciding import Decided, decide_each, decided
from evenhand.workflows.materials import SweepSettings
from evenhand.workflows.plan import Materials
from evenhand.workflows.prepared import read_prepared
from evenhand.workflows.scan import Hands, OnProgress, WorkOn, do_buckets, sweep_key

Answer = TypeVar("Answer")

WORTH_A_PROCESS = 60_000
"""Accounts that take about as long as starting a process."""
WORTH_DECIDING_TOGETHER = 5
"""Portions of cases from which deciding in several processes is quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketWork:
    """Doing runs of buckets."""

    materials: Materials | Path
    """The sweep's materials, or the file that holds them."""
    snapshot: Path
    work: Path
    key: str
    """The sweep's key, by which each process knows that the snapshot is still the same."""
    engine_bytes: int
    """The memory that the engine of each process may take."""

    @contextmanager
    def begun(self) -> Iterator[Callable[[range, range | None], range]]:
        """What does a run. Raises `DataError` when the snapshot is no longer the one that the sweep is of."""
        materials = read_prepared(self.materials) if isinstance(self.materials, Path) else self.materials
        if not isinstance(materials, Materials):
            raise TypeError("the file of prepared materials holds something else")
        snapshot, parts = SnapshotFolder(self.snapshot), Parts(work=self.work)
        if sweep_key(snapshot, materials.pipeline, registries_digest=materials.registries_digest) != self.key:
            raise DataError(Problem(what="the snapshot changed while the sweep began", hint="run the same command again"))
        with DuckDBEngine(threads=1, memory=f"{self.engine_bytes}B", spill=parts.spill / str(os.getpid())) as engine:
            engine.bind(materials.bound)

            def do(run: range, following: range | None) -> range:
                for bucket in following or ():
                    snapshot.read_ahead(materials.pipeline.tables, bucket)
                return do_buckets(run, snapshot, materials.pipeline, engine, parts)

            yield do


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionWork:
    """Deciding about portions of the cases."""

    terms: Terms

    @contextmanager
    def begun(self) -> Iterator[Callable[[CaseRows, CaseRows | None], Decided]]:
        """What decides about a portion."""
        yield lambda rows, _: decided(rows, terms=self.terms)


def hands_for(snapshot: SnapshotFolder, materials: Materials, settings: SweepSettings, *,
              on_progress: OnProgress | None = None, worth: int = WORTH_A_PROCESS) -> Hands:
    """Who works on the sweep of `snapshot`.

    A process is started for every `worth` accounts, up to what `settings` allow; none where one process is as quick, and none
    for the buckets where a cluster does them.
    """
    n_processes = share(threads=settings.threads, memory=settings.memory).n_processes
    if snapshot.manifest.rows["accounts"] < 2 * worth or n_processes == 1:
        return Hands(on_progress=on_progress)
    is_shared = settings.engine is None and snapshot.manifest.n_buckets > 1
    return Hands(on_progress=on_progress, decide=_deciders(n_processes),
                 work_on=_buckets(snapshot, materials, settings, worth=worth) if is_shared else None)


def _buckets(snapshot: SnapshotFolder, materials: Materials, settings: SweepSettings, *, worth: int) -> WorkOn:
    manifest = snapshot.manifest

    def work_on(parts: Parts, key: str, runs: Sequence[range]) -> Iterator[range]:
        n_accounts = manifest.rows["accounts"] * sum(map(len, runs)) // manifest.n_buckets
        allowed = share(threads=settings.threads, memory=settings.memory).n_processes
        n_processes = max(1, min(allowed, len(runs), n_accounts // worth))
        work = BucketWork(
            materials=materials.kept_in or materials, snapshot=snapshot.path, work=parts.work, key=key,
            engine_bytes=share(threads=n_processes, memory=settings.memory).engine_bytes)
        with Crew(work, n_processes=n_processes) as crew:
            yield from (run for _, run in crew.do(runs))

    return work_on


def _deciders(n_processes: int) -> Callable[[Terms, Iterable[CaseRows]], Iterator[Decided]]:
    def decide(terms: Terms, every: Iterable[CaseRows]) -> Iterator[Decided]:
        first = list(islice(portions := iter(every), WORTH_DECIDING_TOGETHER))
        if len(first) < WORTH_DECIDING_TOGETHER:
            yield from decide_each(terms, first)
            return
        with Crew(DecisionWork(terms=terms), n_processes=n_processes) as crew:
            yield from in_order(crew.do(chain(first, portions)))

    return decide


def in_order(answers: Iterable[tuple[int, Answer]]) -> Iterator[Answer]:
    """Answers by their place, each as soon as all before it are there."""
    waiting: dict[int, Answer] = {}
    due = 0
    for nth, answer in answers:
        waiting[nth] = answer
        while due in waiting:
            yield waiting.pop(due)
            due += 1
