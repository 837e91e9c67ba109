"""Labelled sets as people publish them: CSV, JSON, JSONL and Parquet, read into Arrow with columns renamed and typed.

A record with a mistake is left out as a whole and told with its line; a file that lacks a column is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.registries.files import content_of, parquet_table, read_contents
from evenhand.connectors.registries.folder import shortened
from evenhand.errors import DataError, Problem

LINE = "line"
"""The column that every table read here has: the line in a text file, counted from 1; the row in Parquet."""
LEFT_OUT = "the record is left out"
"""What becomes of a record with a mistake, where the others are taken."""
MOST_SHOWN = 50
"""Problems of one file that are told one by one; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be read from a file."""

    schema: pa.Schema
    """The columns, by our names; those that are not nullable must have a value in every record."""
    columns: Mapping[str, str]
    """Our name → theirs. A column of the schema that is neither here nor in `constants` is null."""
    constants: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """The records that could be read, and a problem for each of the others."""

    table: pa.Table
    """The columns of the wanted schema, and `LINE`."""
    problems: tuple[Problem, ...]
    """At most `MOST_SHOWN` of them."""
    n_rejected: int


def read_labelled(file: Path, wanted: Wanted) -> Labelled:
    """The records of `file`. A folder reads as one record for each file in it, with the columns `name` and `path`.

    Raises:
        DataError: there is no such file, it cannot be read at all, no record of it can, or columns are missing: all mistakes
            together.
    """
    problems: list[Problem] = []
    if file.is_dir():
        source = _folder(file)
        present = source.column_names
    elif file.suffix.lower() == ".parquet":
        source = parquet_table(content_of(file), str(file))
        present = source.column_names
        source = source.append_column(LINE, pa.array(range(1, source.num_rows + 1), pa.int64()))
    else:
        contents = read_contents(file)
        problems += contents.problems
        if problems and not contents.records:
            raise DataError(shortened(problems, str(file)))
        present = list(contents.columns)
        source = _table(contents.columns, [(record.line, record.values) for record in contents.records], wanted)
    n_unreadable = len(problems)
    _require_columns([name for name in present if name != LINE], wanted, file=file)
    columns = {LINE: source[LINE].combine_chunks()}
    wrong = pa.repeat(pa.scalar(False), source.num_rows)
    for field in wanted.schema:
        values, *mistakes = _column(source, field, wanted)
        for mistaken, what in zip(mistakes, (f"does not hold {field.type}", "is empty"), strict=True):
            said = f"`{wanted.columns.get(field.name, field.name)}` {what}"
            problems += [Problem(what=said, file=str(file), line=columns[LINE][row].as_py(), hint=LEFT_OUT)
                         for row in pc.indices_nonzero(mistaken).slice(0, MOST_SHOWN).to_pylist()]
            wrong = pc.or_(wrong, mistaken)
        columns[field.name] = values
    kept = pa.table(columns).filter(pc.invert(wrong))
    n_wrong = int(pc.sum(wrong).as_py() or 0)
    problems.sort(key=lambda problem: problem.line or 0)
    return Labelled(table=kept, problems=tuple(problems[:MOST_SHOWN]), n_rejected=n_wrong + n_unreadable)


def to_mend(problems: Iterable[Problem]) -> list[Problem]:
    """The problems as they are told where a file with mistakes is not taken at all."""
    return [replace(problem, hint="fill it in") if problem.hint == LEFT_OUT else problem for problem in problems]


def _folder(folder: Path) -> pa.Table:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return pa.table({"name": pa.array([path.name for path in files], pa.string()),
                     "path": pa.array([str(path) for path in files], pa.string()),
                     LINE: pa.array(range(1, len(files) + 1), pa.int64())})


def _table(columns: tuple[str, ...], records: list[tuple[int, dict[str, Any]]], wanted: Wanted) -> pa.Table:
    """Only the columns that are wanted, as texts; lists stay lists."""
    read = {name: [values.get(name) for _, values in records] for name in columns if name in set(wanted.columns.values())}
    arrays = {name: pa.array(values, pa.list_(pa.string())) if any(isinstance(value, list) for value in values)
              else pa.array([None if value is None else str(value) for value in values], pa.string())
              for name, values in read.items()}
    return pa.table({**arrays, LINE: pa.array([line for line, _ in records], pa.int64())})


def _require_columns(present: list[str], wanted: Wanted, *, file: Path) -> None:
    problems = []
    for ours, theirs in wanted.columns.items():
        if theirs not in present:
            near = get_close_matches(theirs, present, n=1)
            problems.append(Problem(
                what=f"the file has no column `{theirs}`" + (f", which the card calls `{ours}`" if ours != theirs else ""),
                file=str(file), line=1,
                hint=f"did you mean `{near[0]}`?" if near
                else f"columns: {', '.join(f'`{name}`' for name in present)}" if present else "it holds no record"))
    if problems:
        raise DataError(problems)


def _column(source: pa.Table, field: pa.Field, wanted: Wanted) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The values of one column, which of them cannot be read, and which are missing although each record needs one."""
    n = source.num_rows
    if field.name in wanted.constants:
        raw = pa.repeat(pa.scalar(wanted.constants[field.name], pa.string()), n)
    elif field.name in wanted.columns:
        raw = source[wanted.columns[field.name]].combine_chunks()
    else:
        raw = pa.nulls(n, pa.string())
    if pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type):
        raw = pc.if_else(pc.equal(pc.utf8_trim_whitespace(raw), ""), pa.scalar(None, raw.type), raw)
    values = _cast(raw, field.type)
    unreadable = pc.and_(pc.is_valid(raw), pc.is_null(values))
    missing = pc.is_null(raw) if not field.nullable else pa.repeat(pa.scalar(False), n)
    return values, unreadable, missing


def _cast(raw: pa.Array, target: pa.DataType) -> pa.Array:
    """`raw` as `target`; null where a value cannot be one."""
    try:
        return pc.cast(raw, target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([_value(value, target) for value in raw], target)


def _value(value: pa.Scalar, target: pa.DataType) -> object:
    try:
        return pc.cast(value, target).as_py()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
