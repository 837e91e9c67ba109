"""Tables of Parquet files in the shape of their register: columns in order, types cast."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from evenhand.errors import DataError, Problem
from evenhand.model.registry import Register


def shaped(table: pa.Table, register: Register, file: Path) -> pa.Table:
    """The table with the register's schema: columns in order, absent ones empty, types cast where nothing is lost.

    Raises:
        DataError: a column has a name or a type that the register does not know. All of them together.
    """
    unknown = [name for name in table.column_names if name not in register.schema.names]
    problems = [Problem(what=f"`{name}` is not a column of `{register.name}`", file=str(file),
                        hint=_nearest(name, register)) for name in unknown]
    columns = []
    for field in register.schema:
        column = table[field.name] if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        try:
            columns.append(column.cast(field.type))
        except pa.ArrowException:
            problems.append(Problem(what=f"`{field.name}` is of the type {column.type}, not {field.type}",
                                    file=str(file), hint="cast the column before it is written"))
    if problems:
        raise DataError(problems)
    nullable = pa.schema([field.with_nullable(True) for field in register.schema])
    return pa.table(columns, schema=nullable)


def _nearest(name: str, register: Register) -> str:
    known = register.schema.names
    near = get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"columns: {', '.join(f'`{one}`' for one in known)}"
