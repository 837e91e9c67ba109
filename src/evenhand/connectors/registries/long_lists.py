"""Long link lists stay files: they are checked a piece at a time and read by the engine, and no process ever holds one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.connectors.registries.checks import Objection, check_each, stands_twice
from evenhand.connectors.registries.shapes import shaped
from evenhand.errors import DataError, Problem
from evenhand.model.registry import REGISTERS

LINKS = "link_lists"
LONG_LIST_ROWS = 250_000
"""Rows up to which a list is read whole: four times the shipped lists. In memory a row takes some 210 bytes while it is checked
and 130 in each process of a sweep, so that the longest such list takes 55 MB (decision 0050)."""
ROW_GROUP = 122_880
"""Rows of a long list that stand together in its file, with their own least and greatest host: DuckDB's own number."""
MEMORY = "512MB"
"""What the search for keys that stand twice may hold; the rest goes to disk."""
BATCH_ROWS = 65_536
_KEYS = (("host", "list_id"), ("list_id", "host"))
"""The orders in which lists are written: in either of them, keys that rise strictly stand once."""
_TEXT = (pa.string(), pa.large_string(), pa.string_view())


@dataclass(frozen=True, slots=True, kw_only=True)
class LongList:
    """The file of a long list, as it was when it was looked at."""

    file: str
    n_bytes: int
    written_at: int
    """Nanoseconds since 1970."""

    @classmethod
    def at(cls, file: Path) -> Self:
        """The list in `file`, as it is now."""
        status = file.stat()
        return cls(file=str(file), n_bytes=status.st_size, written_at=status.st_mtime_ns)


def refuse_changed(lists: Sequence[LongList]) -> None:
    """Raises `DataError` when the file of a list has gone or changed since it was looked at."""
    changed = [one.file for one in lists if not Path(one.file).is_file() or LongList.at(Path(one.file)) != one]
    if changed:
        raise DataError([Problem(what="a link list changed while it was read", file=file,
                                 hint="run the same command again, when nobody imports lists") for file in changed])


def is_long(file: Path) -> bool:
    """Whether a register's file is a link list with more rows than are read whole. What cannot be read is not."""
    if file.stem != LINKS or file.suffix.lower() != ".parquet":
        return False
    try:
        return int(pq.read_metadata(file).num_rows) > LONG_LIST_ROWS
    except (pa.ArrowException, OSError):
        return False


def check_long(file: Path, *, most: int) -> tuple[list[Problem], int]:
    """The first `most` problems of a long list, in the order of its rows, and how many there are.

    Raises:
        DataError: the file cannot be read, or has not exactly the register's columns and types.
    """
    register = REGISTERS[LINKS]
    found: list[Objection] = []
    n_found = n_rows = 0
    orders = dict[tuple[str, ...], tuple[str, ...] | None](dict.fromkeys(_KEYS))
    for batch in _batches(file):
        table = shaped(pa.Table.from_batches([batch]), register, file).combine_chunks()
        against = check_each(table, register)
        found += [replace(one, row=one.row + n_rows) for one in against[:max(0, most - len(found))]]
        n_found += len(against)
        n_rows += table.num_rows
        orders = {names: _last(table, names) for names, last in orders.items() if _rises(table, names, last)}
    if not orders:
        twice, n_twice = _twice([file], most=most)
        found = sorted([*found, *twice], key=lambda one: (one.row, one.what))[:most]
        n_found += n_twice
    return [one.at(str(file), one.row + 1) for one in found], n_found


def check_across(parts: Sequence[pa.Table | Path], *, most: int) -> tuple[list[Objection], int]:
    """The first `most` objections to keys that stand in two of the lists, and how many there are.

    Rows are counted from the first list to the last.
    """
    return _twice(parts, most=most)


def _batches(file: Path) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(file) as opened:
            _refuse_other_types(opened.schema_arrow, file)
            for batch in opened.iter_batches(BATCH_ROWS, use_threads=False):
                batch.validate(full=True)
                yield batch
    except (pa.ArrowException, OSError, UnicodeError) as error:
        said = str(error).splitlines()[0].rstrip(".") if str(error) else "no reason given"
        raise DataError(Problem(what=f"not a readable Parquet file: {said[:1].lower()}{said[1:]}", file=str(file),
                                hint="export it again")) from error


def _refuse_other_types(schema: pa.Schema, file: Path) -> None:
    """Engines read the file itself, so that nothing can be added to it or cast."""
    register = REGISTERS[LINKS]
    shaped(schema.empty_table(), register, file)
    hint = f"a list of more than {LONG_LIST_ROWS:,} rows is read from its file: write it with `evenhand registry links`"
    problems = []
    for field in register.schema:
        if field.name not in schema.names:
            problems.append(Problem(what=f"the file has no column `{field.name}`", file=str(file), hint=hint))
            continue
        kind = schema.field(field.name).type
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        if plain != field.type and not (field.type in _TEXT and plain in _TEXT):
            problems.append(Problem(what=f"`{field.name}` is of the type {kind}, not {field.type}", file=str(file), hint=hint))
    if problems:
        raise DataError(problems)


def _last(table: pa.Table, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(table[name][-1].as_py() or "" for name in names)


def _rises(table: pa.Table, names: Sequence[str], last: Sequence[str] | None) -> bool:
    """Whether each key is greater than the one before, the first one than `last`."""
    first, second = (pa.concat_arrays([pa.array([] if last is None else [last[nth]], pa.string()),
                                       pc.fill_null(table[name].combine_chunks(), "")]) for nth, name in enumerate(names))
    rises = pc.or_(pc.less(first[:-1], first[1:]),
                   pc.and_(pc.equal(first[:-1], first[1:]), pc.less(second[:-1], second[1:])))
    return pc.all(rises).as_py() is not False


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="evenhand-lists-") as spill, duckdb.connect(
            config={"memory_limit": MEMORY, "temp_directory": spill, "threads": 1,
                    "preserve_insertion_order": False}) as database:
        yield database


def _twice(parts: Sequence[pa.Table | Path], *, most: int) -> tuple[list[Objection], int]:
    """The first `most` rows whose key an earlier row has, of one list or of several, and how many there are."""
    register = REGISTERS[LINKS]
    names = ", ".join(register.key)
    key = ", ".join(f"coalesce({name}, '') as key_{name}" for name in register.key)
    keys = ", ".join(f"key_{name}" for name in register.key)
    with _database() as database:
        views: list[str] = []
        n_before = 0
        for nth, part in enumerate(parts):
            if isinstance(part, Path):
                quoted = str(part).replace("'", "''")
                rows, n_rows = f"read_parquet('{quoted}', file_row_number = true)", pq.read_metadata(part).num_rows
            else:
                n_rows, rows = part.num_rows, f"part_{nth}"
                database.register(rows, part.select(list(register.key)).append_column(
                    "file_row_number", pa.array(np.arange(n_rows, dtype=np.int64))))
            views.append(f"select file_row_number + {n_before} as nth, {names}, {key} from {rows}")
            n_before += n_rows
        pairs = [f"""select b.nth, {", ".join(f"b.{name}" for name in register.key)} from ({views[later]}) b
                     join ({views[earlier]}) a using ({keys})""" for later in range(len(views)) for earlier in range(later)]
        database.execute("create temp table twice as " + (" union ".join(pairs) or f"""
            select nth, {names} from (
                select *, row_number() over (partition by {keys} order by nth) as turn from ({views[0]})
                where ({keys}) in (select ({keys}) from ({views[0]}) group by {keys} having count(*) > 1))
            where turn > 1"""))
        [[n_found]] = database.execute("select count(*) from twice").fetchall()
        found = database.execute(f"select nth, {names} from twice order by nth limit {most}").fetchall()
    return [stands_twice(row, values, register) for row, *values in found], int(n_found)
