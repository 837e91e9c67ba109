"""Many rows in one go: what each database does fastest, behind two functions.

SQLite runs one prepared statement over all rows without a round trip, and what it refuses ends the transaction, since a copy of
each page that a statement touches would be kept otherwise; PostgreSQL takes a column as one array, and a whole
Arrow table by COPY.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, Table

_ARRAYS = ((LargeBinary, "bytea[]"), (Integer, "bigint[]"), (BigInteger, "bigint[]"))
Rows = Sequence[Sequence[Any]]


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows, *, skip_known: bool = False) -> int:
    """Add `rows`; how many were added. With `skip_known`, rows whose key is there already are left as they are."""
    if not rows:
        return 0
    names = ", ".join(columns)
    known = " on conflict do nothing" if skip_known else ""
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        return _executed(connection, f"insert or rollback into {table.name} ({names}) values ({marks}){known}",
                         list(map(tuple, rows)))
    arrays = ", ".join(f"%s::{_array(table, name)}" for name in columns)
    return _executed(connection, f"insert into {table.name} ({names}) select * from unnest({arrays}){known}",
                     tuple(map(list, zip(*rows, strict=True))))


def update(connection: Connection, table: Table, columns: Sequence[str], rows: Rows, *,
           only: tuple[str, int] | None = None) -> int:
    """Set `columns[1:]` of the rows whose `columns[0]` is given; how many rows changed.

    `only` is a column and a number: rows that have another number there are left as they are.
    """
    if not rows:
        return 0
    key, *others = columns
    still = "" if only is None else f" and {table.name}.{only[0]} = {only[1]:d}"
    if connection.dialect.name == "sqlite":
        sets = ", ".join(f"{name} = ?" for name in others)
        return _executed(connection, f"update or rollback {table.name} set {sets} where {key} = ?{still}",
                         [(*row[1:], row[0]) for row in rows])
    sets = ", ".join(f"{name} = given.{name}" for name in others)
    arrays = ", ".join(f"%s::{_array(table, name)}" for name in columns)
    return _executed(connection, f"update {table.name} set {sets} from unnest({arrays}) given({', '.join(columns)}) "
                     f"where {table.name}.{key} = given.{key}{still}", tuple(map(list, zip(*rows, strict=True))))


def load(connection: Connection, table: Table, rows: pa.Table) -> int:
    """Add a whole Arrow table whose columns are named as the table's; rows that are known stay. How many were added."""
    columns = rows.schema.names
    if connection.dialect.name == "sqlite":
        added = 0
        for batch in rows.to_batches(max_chunksize=20_000):
            given = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            added += insert(connection, table, columns, given, skip_known=True)
        return added
    names = ", ".join(columns)
    connection.exec_driver_sql(f"create temporary table arriving on commit drop as select {names} from {table.name} limit 0")
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor, cursor.copy(f"copy arriving ({names}) from stdin (format csv)") as copy:
        for batch in rows.to_batches(max_chunksize=50_000):
            text = BytesIO()
            pacsv.write_csv(pa.Table.from_batches([batch]), text, pacsv.WriteOptions(include_header=False))
            copy.write(text.getvalue())
    added = connection.exec_driver_sql(
        f"insert into {table.name} ({names}) select {names} from arriving on conflict do nothing").rowcount
    connection.exec_driver_sql("drop table arriving")
    connection.exec_driver_sql(f"analyze {table.name}")  # or the first million look-ups are planned for an empty table
    return added


def _executed(connection: Connection, sql: str, parameters: Any) -> int:
    return connection.exec_driver_sql(sql, parameters).rowcount


def _array(table: Table, name: str) -> str:
    kind = table.c[name].type
    return next((array for column, array in _ARRAYS if isinstance(kind, column)), "text[]")
