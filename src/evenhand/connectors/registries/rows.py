"""Rows of one register: read from the records of a file, and checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.connectors.registries.checks import Objection, check
from evenhand.connectors.registries.columns import ColumnMapping
from evenhand.connectors.registries.fact_checks import completed
from evenhand.connectors.registries.files import Contents, content_of, parquet_table, read_contents
from evenhand.connectors.registries.shapes import shaped
from evenhand.connectors.registries.values import reader, with_main
from evenhand.errors import Problem
from evenhand.model.registry import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The rows that may stand in a register, with the line of each, and a problem for every row that may not."""

    table: pa.Table
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()
    """The file of each row, where several were read as one."""
    n_left_out: int = 0
    """Records that may not stand in it; one may have several problems."""
    keys_left_out: frozenset[tuple[Any, ...]] = frozenset()
    """The keys of those whose key can be read."""
    n_without_key: int = 0
    """Those that nobody can tell whose they are."""


def load_register(file: Path, register: Register) -> Checked:
    """The rows of one register file.

    Raises:
        DataError: the file cannot be read at all, or a column has the wrong name or type.
    """
    if file.suffix.lower() != ".parquet":
        return read_rows(read_contents(file), register, ColumnMapping(), constants={})
    table = parquet_table(content_of(file), str(file))
    return _kept(shaped(table, register, file), register, file=str(file))


def _kept(table: pa.Table, register: Register, *, file: str, lines: tuple[int, ...] | None = None,
          files: tuple[str, ...] | None = None) -> Checked:
    files = files or (file,) * table.num_rows
    lines = tuple(range(1, table.num_rows + 1)) if lines is None else lines
    against = check(table, register)
    bad = {objection.row for objection in against}
    good = [row for row in range(table.num_rows) if row not in bad] if bad else range(table.num_rows)
    kept = table.take(pa.array(good, pa.int64())) if bad else table
    keys = [tuple(table[name][row].as_py() for name in register.key) for row in sorted(bad)]
    return Checked(table=kept.cast(register.schema), lines=tuple(lines[row] for row in good),
                   files=tuple(files[row] for row in good), n_left_out=len(bad),
                   problems=tuple(_of_row(objection, files, lines) for objection in against),
                   keys_left_out=frozenset(key for key in keys if all(key)), n_without_key=sum(not all(key) for key in keys))


def _of_row(objection: Objection, files: tuple[str, ...], lines: tuple[int, ...]) -> Problem:
    return objection.at(files[objection.row], lines[objection.row])


def read_rows(contents: Contents, register: Register, mapping: ColumnMapping, constants: Mapping[str, object], *,
              state_sites: Collection[str] = ()) -> Checked:
    """The records of a file as rows of a register. A record with any mistake is left out as a whole.

    `constants` are set in every row, such as the provenance of the whole file. `state_sites` are sites of publishers of
    fact-checks that belong to a state.
    """
    problems = list(contents.problems)
    readers = {field.name: reader(field.name, field.type) for field in register.schema}
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    files: list[str] = []
    unread: list[tuple[Any, ...]] = []
    for record in contents.records:
        values = {**mapping.apply(record.values, register), **constants}
        row: dict[str, Any] = {}
        for name, value in values.items():
            try:
                row[name] = None if value is None else readers[name](value)
            except ValueError as error:
                problems.append(Problem(what=str(error), file=record.file or contents.file, line=record.line,
                                        hint=f"see its column `{name}`"))
                unread.append(_key_of(values, readers, register))
                break
        else:
            if register.name == "holders":
                row["names"] = with_main(row.get("name"), row.get("names") or [])
            elif register.name == "fact_checks":
                row = completed(row, state_sites=state_sites)
            rows.append(row)
            lines.append(record.line)
            files.append(record.file or contents.file)
    nullable = pa.schema([field.with_nullable(True) for field in register.schema])
    checked = _kept(pa.Table.from_pylist(rows, schema=nullable), register, file=contents.file, lines=tuple(lines),
                    files=tuple(files))
    problems += checked.problems
    legible = [key for key in unread if all(key)]
    return Checked(table=checked.table, lines=checked.lines, files=checked.files,
                   n_left_out=contents.n_read - checked.table.num_rows, keys_left_out=checked.keys_left_out.union(legible),
                   n_without_key=checked.n_without_key + len(contents.problems) + len(unread) - len(legible),
                   problems=tuple(sorted(problems, key=lambda one: (one.file or "", one.line or 0))))


def _key_of(values: Mapping[str, object], readers: Mapping[str, Callable[[object], object]], register: Register
            ) -> tuple[Any, ...]:
    """The key of a record that cannot be read, as far as it can be; None for what cannot."""
    key: list[Any] = []
    for name in register.key:
        try:
            key.append(None if values.get(name) is None else readers[name](values[name]))
        except ValueError:
            key.append(None)
    return tuple(key)
