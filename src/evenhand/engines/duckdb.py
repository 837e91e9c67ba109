"""The embedded engine: steps run in one DuckDB connection, kernels on Arrow batches between them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.errors import DataError, Problem
from evenhand.model.step import Kernel, Query, Step
from evenhand.ports import Outcome, Source, StepCount

BATCH_ROWS = 65_536
"""Rows per kernel call: large enough to forget the call, small enough to stay in the processor's cache."""


WORTH_THREADS_BYTES = 16_000_000
"""Input from which more than one thread is quicker. Comparing the suspects of 500,000 accounts (6 MB) took two threads
1.4 to 2 times the processor time of one (`benchmarks/bench_sql_against_polars.py`)."""


class DuckDBEngine:
    """Runs steps in a private in-memory DuckDB that may spill to `spill` when `memory` is not enough.

    `threads` and `memory` (such as `2GB`) bound what it takes from the machine; None leaves DuckDB's own choice.
    """

    def __init__(self, *, threads: int | None = None, memory: str | None = None, spill: Path | None = None) -> None:
        self._spill = None if spill is not None else tempfile.TemporaryDirectory(prefix="evenhand-spill-")
        folder = str(spill if spill is not None else self._spill.name if self._spill else "")
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": folder, "preserve_insertion_order": False,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False}
        if threads is not None:
            settings["threads"] = threads
        if memory is not None:
            settings["memory_limit"] = memory
        self._connection = duckdb.connect(":memory:", config=settings)
        self._connection.execute("set timezone = 'UTC'")
        [[self._threads]] = self._connection.execute("select current_setting('threads')").fetchall()
        self._threads_now = self._threads
        self._files: dict[str, tuple[str, ...]] = {}
        self._made: dict[str, pa.Table] = {}
        self._views: set[str] = set()
        self._tables: set[str] = set()
        self._bound: frozenset[str] = frozenset()
        self._lasting: dict[str, tuple[Step, StepCount]] = {}

    def __enter__(self) -> Self:
        """The engine itself; it closes at the end of the block."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the connection and remove the spill folder if it is our own."""
        self._connection.close()
        if self._spill is not None:
            self._spill.cleanup()

    def interrupt(self) -> None:
        """Stop the statement that is running, from another thread or a signal handler."""
        self._connection.interrupt()

    def bind(self, relations: Mapping[str, Source]) -> None:
        """Make `relations` available to every later run. They are copied, since each run reads them many times."""
        self._drop(*self._lasting)
        self._bound |= relations.keys()
        for name, source in relations.items():
            self._make(name, source, hint="bring the file back, and run the same command again")
            if not isinstance(source, tuple):
                self._connection.execute(f'create temp table "_bound" as select * from "{name}"')
                self._drop(name)
                self._connection.execute(f'alter table "_bound" rename to "{name}"')
                self._tables.add(name)

    def run(self, steps: Sequence[Step], *, tables: Mapping[str, Source], keep: Collection[str]) -> Outcome:
        """Run `steps` over `tables`; return the relations in `keep`. Raises `DataError` naming the failing step.

        A step that reads nothing but what was bound is done once, and what it left is kept for later runs.
        """
        counts: list[StepCount] = []
        lasting = _on_bound_alone(steps, self._bound - tables.keys())
        self._use_threads(tables.values())
        try:
            for name, source in tables.items():
                self._make(name, source)
            read = self._counts_kept(step for step in steps if step.name in lasting)
            for step in steps:
                if step.name not in read:
                    read |= self._done(step, steps)
                counts.append(read[step.name])
            kept = {name: self._connection.sql(f'select * from "{name}"').to_arrow_table() for name in keep}
        except BaseException:
            for name in (*tables, *(step.name for step in steps)):
                with suppress(duckdb.Error):  # what failed may still be in use, and is what the caller has to hear of
                    self._drop(name)
            raise
        self._drop(*tables, *(step.name for step in steps if step.name not in lasting))
        self._lasting |= {step.name: (step, replace(count, seconds=0.0)) for step, count in zip(steps, counts, strict=True)
                          if step.name in lasting}
        return Outcome(relations=kept, counts=tuple(counts))

    def _counts_kept(self, steps: Iterable[Step]) -> dict[str, StepCount]:
        """The counts of the steps whose rows an earlier run kept, and which read what they read then."""
        counts: dict[str, StepCount] = {}
        for step in steps:
            known, count = self._lasting.get(step.name, (None, None))
            if count is not None and known == step and all(name in self._bound or name in counts for name in step.inputs):
                counts[step.name] = count
        return counts

    def _use_threads(self, tables: Iterable[Source]) -> None:
        """One thread where there is little to do: to hand a second one its part costs more than it takes off the first."""
        wanted = self._threads if sum(map(_size, tables)) > WORTH_THREADS_BYTES else 1
        if wanted != self._threads_now:
            self._connection.execute(f"set threads = {wanted}")
            self._threads_now = wanted

    def _done(self, step: Step, steps: Sequence[Step]) -> dict[str, StepCount]:
        """The counts of `step`; with those of every kernel that reads the same files, which are gone through but once."""
        try:
            if isinstance(step, Kernel) and self._is_local(step.source):
                return self._kernels([other for other in steps if isinstance(other, Kernel) and other.source == step.source])
            started = time.perf_counter()
            n_rows = self._query(step) if isinstance(step, Query) else self._kernel(step)
            return {step.name: StepCount(name=step.name, n_rows=n_rows, seconds=time.perf_counter() - started)}
        except duckdb.Error as error:
            raise _failure(step, error) from error

    def _query(self, query: Query) -> int:
        self._drop(query.name)
        [[n_rows]] = self._connection.execute(f'create temp table "{query.name}" as {query.sql}').fetchall()
        self._tables.add(query.name)
        return int(n_rows)

    def _kernel(self, kernel: Kernel) -> int:
        batches: Iterable[pa.RecordBatch]
        if kernel.source in self._made:  # what a kernel left is in Arrow already
            batches = self._made[kernel.source].select(list(kernel.columns)).to_batches(max_chunksize=BATCH_ROWS)
        else:
            columns = ", ".join(f'"{column}"' for column in kernel.columns)
            batches = self._connection.sql(f'select {columns} from "{kernel.source}"').to_arrow_reader(BATCH_ROWS)
        table = pa.Table.from_batches((kernel.run(batch) for batch in batches if batch.num_rows), schema=kernel.schema)
        self._make(kernel.name, table)
        self._made[kernel.name] = table
        return int(table.num_rows)

    def _kernels(self, kernels: Sequence[Kernel]) -> dict[str, StepCount]:
        """Kernels over one table's files, which are decoded straight into Arrow, without a stay in the database."""
        columns = list(dict.fromkeys(column for kernel in kernels for column in kernel.columns))
        found: dict[str, list[pa.RecordBatch]] = {kernel.name: [] for kernel in kernels}
        seconds = dict.fromkeys(found, 0.0)
        for path in self._files[kernels[0].source]:
            for batch in _decoded(path, columns, names=list(found)):
                for kernel in kernels:
                    started = time.perf_counter()
                    found[kernel.name].append(kernel.run(batch.select(list(kernel.columns))))
                    seconds[kernel.name] += time.perf_counter() - started
        for kernel in kernels:
            self._made[kernel.name] = pa.Table.from_batches(found[kernel.name], schema=kernel.schema)
            self._make(kernel.name, self._made[kernel.name])
        return {name: StepCount(name=name, n_rows=sum(part.num_rows for part in parts), seconds=seconds[name])
                for name, parts in found.items()}

    def _is_local(self, name: str) -> bool:
        """Whether a relation stands in files of this machine."""
        files = self._files.get(name, ())
        return bool(files) and all("://" not in path for path in files)

    def _make(self, name: str, source: Source, *, hint: str = "ingest the snapshot again, or bring the file back") -> None:
        self._drop(name)
        if isinstance(source, tuple):
            missing = [path for path in source if "://" not in path and not Path(path).exists()]
            if missing or not source:
                raise DataError([Problem(what=f"a file of `{name}` is gone", file=path,
                                         hint=hint) for path in missing]
                                or [Problem(what=f"no file holds `{name}`", hint="ingest the snapshot again")])
            files = ", ".join("'" + path.replace("'", "''") + "'" for path in source)
            try:
                self._connection.execute(f'create or replace temp view "{name}" as select * from read_parquet([{files}])')
            except duckdb.Error as error:
                raise DataError(Problem(what=f"`{name}` cannot be read: {_first_line(error)}", file=source[0],
                                        hint="ingest the snapshot again")) from error
            self._files[name] = source
        else:
            self._connection.register(name, source)
        self._views.add(name)

    def _drop(self, *names: str) -> None:
        """Forget these relations, in as few statements as can be: each costs a transaction."""
        gone: list[str] = []
        for name in names:
            if name in self._files:
                gone.append(f'drop view if exists "{name}"')
            elif name in self._views:
                self._connection.unregister(name)
            if name in self._tables:
                gone.append(f'drop table if exists "{name}"')
        if gone:
            self._connection.execute("; ".join(gone))
        for name in names:
            self._files.pop(name, None)
            self._made.pop(name, None)
            self._views.discard(name)
            self._tables.discard(name)
            self._lasting.pop(name, None)


def _on_bound_alone(steps: Sequence[Step], bound: Collection[str]) -> set[str]:
    """The names of the steps that read nothing but what is bound, and what such steps left."""
    names: set[str] = set()
    for step in steps:
        if all(name in bound or name in names for name in step.inputs):
            names.add(step.name)
    return names


def _decoded(path: str, columns: list[str], *, names: list[str]) -> Iterator[pa.RecordBatch]:
    """The columns of a Parquet file that the kernels called `names` read. Raises `DataError` when it is gone or damaged."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
                if batch.num_rows:
                    yield batch
    except (OSError, pa.ArrowInvalid) as error:
        steps = ", ".join(f"`{name}`" for name in names)
        raise DataError(Problem(what=f"a file cannot be read for {steps}: {_first_line(error)}", file=path,
                                hint="bring the file back, or ingest the snapshot again")) from error


def _size(source: Source) -> int:
    """Bytes of a table, or of files of this machine; files elsewhere count as many."""
    if isinstance(source, pa.Table):
        return int(source.nbytes)
    here = [Path(path) for path in source if "://" not in path]
    return sum(path.stat().st_size for path in here if path.exists()) if len(here) == len(source) else WORTH_THREADS_BYTES + 1


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__


def _failure(step: Step, error: duckdb.Error) -> DataError:
    """The engine's own words with the step's name and its full SQL, so that the failure can be repeated by hand."""
    text = step.sql if isinstance(step, Query) else f"kernel over `{step.source}`"
    hint = {
        "OutOfMemoryException": "give it more memory (`--memory`) or more buckets (`evenhand ingest --buckets`)",
        "IOException": "make room on the disk, or check that the input files are still there",
        "InterruptException": "run the same command again: it continues where it stopped",
    }.get(type(error).__name__, f"the step was: {' '.join(text.split())}")
    return DataError(Problem(what=f"step `{step.name}` failed: {_first_line(error)}", hint=hint))
