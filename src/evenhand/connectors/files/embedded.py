"""The embedded database that reads texts, sorts and joins: opened the same way everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa


def connect(*, threads: int = 1, memory_bytes: int | None = None, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A fresh database in memory. Times without a zone are UTC; nothing is fetched from outside.

    With `memory_bytes` and `spill`, what does not fit goes to files in that folder.
    """
    connection = duckdb.connect(config={"threads": threads, "autoinstall_known_extensions": False})
    connection.execute("set TimeZone = 'UTC'")
    if memory_bytes is not None:
        connection.execute(f"set memory_limit = '{memory_bytes}B'")
    if spill is not None:
        connection.execute("set temp_directory = ?", [str(spill)])
    return connection


@contextmanager
def given(database: duckdb.DuckDBPyConnection, rows: pa.Table | pa.RecordBatchReader, *, name: str = "given") -> Iterator[None]:
    """Within it, SQL on this connection reads the rows as a table of that name; a stream of them only once."""
    database.register(name, rows)
    try:
        yield
    finally:
        database.unregister(name)


def query(database: duckdb.DuckDBPyConnection, sql: str, *, rows: Mapping[str, pa.Array]) -> pa.Table:
    """What the query says about each of the rows, in their order.

    The query reads the columns as the table `given`, which also has the number of each row as `n`; it must give `n` too.
    """
    numbers = np.arange(len(next(iter(rows.values()))))
    with given(database, pa.table({**rows, "n": numbers})):
        found = database.sql(sql).to_arrow_table().combine_chunks()
    order = found.column("n").to_numpy()
    return found if np.array_equal(order, numbers) else found.take(pa.array(np.argsort(order)))
