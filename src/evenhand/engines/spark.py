"""The cluster engine: the same steps, transpiled to Spark SQL and run through Spark Connect.

It serves a Spark 4 cluster, a hosted one, or Sail, which speaks the same protocol without a JVM.
"""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot

from evenhand.errors import ConfigError, DataError, Problem, Unreachable, without_secrets
from evenhand.model.step import Kernel, Query, Step
from evenhand.ports import Outcome, Source, StepCount

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

SPARK_PORT = 15002
"""Where a Spark Connect server listens unless told otherwise (Spark's documentation)."""
KNOCK_SECONDS = 5.0


def transpile(sql: str) -> str:
    """`sql` in DuckDB's dialect as Spark SQL."""
    return sqlglot.transpile(sql, read="duckdb", write="spark")[0]


class SparkEngine:
    """Runs steps on a Spark Connect server at `remote`, such as `sc://localhost:50051`.

    Relations travel as Parquet files in `exchange`, a folder that this process and the server can both read.
    """

    def __init__(self, remote: str, *, exchange: Path | None = None) -> None:
        try:
            _spare_the_search_for_spark()
            from pyspark.sql.connect.session import SparkSession
        except ImportError as error:
            raise ConfigError(Problem(what="the Spark engine is not installed",
                                      hint="install it with `pip install evenhand[spark]`")) from error
        _knock(remote)
        try:
            self._session: SparkSession = SparkSession.builder.remote(remote).create()
            self._session.sql("select 1").collect()
        except Exception as error:
            # the client raises many kinds, from its own and from the transport under it
            raise Unreachable(Problem(what=f"no Spark Connect server answers at `{_shown(remote)}`: {_first_line(error)}",
                                      hint="start the server, or leave `--engine` out to run embedded")) from error
        self._own = tempfile.TemporaryDirectory(prefix="evenhand-spark-") if exchange is None else None
        self._exchange = exchange if exchange is not None else Path(self._own.name if self._own else "")
        self._n_files = 0

    def __enter__(self) -> Self:
        """The engine itself; it closes at the end of the block."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End the session and remove the exchange folder if it is our own."""
        self._session.stop()
        if self._own is not None:
            self._own.cleanup()

    def bind(self, relations: Mapping[str, Source]) -> None:
        """Make `relations` available to every later run."""
        for name, source in relations.items():
            self._make(name, source)

    def run(self, steps: Sequence[Step], *, tables: Mapping[str, Source], keep: Collection[str]) -> Outcome:
        """Run `steps` over `tables`; return the relations in `keep`. Raises `DataError` naming the failing step."""
        counts: list[StepCount] = []
        for name, source in tables.items():
            self._make(name, source)
        for step in steps:
            started = time.perf_counter()
            try:
                if isinstance(step, Query):
                    self._make(step.name, self._session.sql(transpile(step.sql)).toArrow())
                else:
                    self._kernel(step)
                n_rows = self._session.table(step.name).count()
            except Exception as error:
                raise DataError(Problem(what=f"step `{step.name}` failed on Spark: {_first_line(error)}",
                                        hint="run it embedded to compare: leave `--engine` out")) from error
            counts.append(StepCount(name=step.name, n_rows=n_rows, seconds=time.perf_counter() - started))
        kept = {name: self._session.table(name).toArrow() for name in keep}
        for name in (*tables, *(step.name for step in steps)):
            self._session.catalog.dropTempView(name)
        return Outcome(relations=kept, counts=tuple(counts))

    def _kernel(self, kernel: Kernel) -> None:
        columns = ", ".join(f"`{column}`" for column in kernel.columns)
        table = self._session.sql(f"select {columns} from {kernel.source}").toArrow()
        batches = [kernel.run(batch) for batch in table.combine_chunks().to_batches() if batch.num_rows]
        self._make(kernel.name, pa.Table.from_batches(batches, schema=kernel.schema))

    def _make(self, name: str, source: Source) -> None:
        if isinstance(source, tuple):
            if not source:
                raise DataError(Problem(what=f"no file holds `{name}`", hint="ingest the snapshot again"))
            frame = self._session.read.parquet(*source)
        else:
            self._n_files += 1
            path = self._exchange / f"{self._n_files:06d}-{name}.parquet"
            pq.write_table(source, path)
            frame = self._session.read.parquet(str(path))
        frame.createOrReplaceTempView(name)


def _knock(remote: str) -> None:
    """Raise `Unreachable` at once when nothing listens at `remote`; the client would try for minutes."""
    shown = _shown(remote)
    try:
        address = urlsplit(remote)
        place = (address.hostname or "", address.port or SPARK_PORT)
        if address.scheme != "sc" or not address.hostname:
            raise ConfigError(Problem(what=f"`{shown}` is not the address of a Spark Connect server",
                                      hint="write it as in `sc://localhost:50051`"))
        socket.create_connection(place, timeout=KNOCK_SECONDS).close()
    except (OSError, ValueError) as error:
        raise Unreachable(Problem(what=f"no Spark Connect server answers at `{shown}`: {_first_line(error)}",
                                  hint="start the server, or leave `--engine` out to run embedded")) from error


def _spare_the_search_for_spark() -> None:
    """Keep the client from looking for a Spark distribution, which it ends the process without, and does not need."""
    client = find_spec("pyspark")
    if client is not None and client.origin is not None:
        os.environ.setdefault("SPARK_HOME", str(Path(client.origin).parent))


def _first_line(error: Exception) -> str:
    text = (error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__


def _shown(remote: str) -> str:
    """The address without what opens it."""
    return without_secrets(remote, is_address=True)
