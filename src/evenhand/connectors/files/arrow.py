"""Reads Arrow files and streams (also called IPC and Feather), each batch validated before anything looks inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
from pyarrow import ipc

from evenhand.connectors.files.batch import Columns, Mark, RawBatch, resolve
from evenhand.connectors.files.mapping import TableRule
from evenhand.connectors.files.source import SourceFile
from evenhand.connectors.files.typed import pieces_of, safe_columns, type_problems
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import Table

FILE_MAGIC = b"ARROW1\x00\x00"
OLD_FEATHER = b"FEA1"
STREAM_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
"""A stream ends with a message of no length; old streams without its first half, which then begins no message either.
Without it, nobody can tell whether batches are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowReader:
    """An opened Arrow file or stream."""

    file: SourceFile
    columns: Columns
    fields: tuple[int, ...]
    """The places of the columns that are read."""
    start: Mark = field(default_factory=Mark)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the file that the contract does not know."""
        return self.columns.ignored

    def batches(self, start: Mark) -> Iterator[RawBatch]:
        """The rows from a mark to the end, in order, every row exactly once."""
        before = 0
        with self.file.open() as stored:
            for batch in record_batches(stored, fields=self.fields):
                if before + len(batch) > start.row:
                    columns = safe_columns(batch, self.columns.sources)
                    for values, rows in pieces_of(columns, n_rows=len(batch), before=before, start=start.row):
                        yield RawBatch(rows=rows, columns=values, end=Mark(row=int(rows[-1])), done_bytes=stored.tell())
                before += len(batch)


def record_batches(stored: pa.NativeFile, *, fields: tuple[int, ...]) -> Iterator[pa.RecordBatch]:
    """The batches of a file or stream, only some of their columns."""
    options = ipc.IpcReadOptions(included_fields=list(fields), use_threads=False)
    is_file = stored.read(len(FILE_MAGIC)) == FILE_MAGIC
    stored.seek(0)
    if is_file:
        with ipc.open_file(stored, options=options) as opened:
            for i in range(opened.num_record_batches):
                yield opened.get_batch(i)
    else:
        with ipc.open_stream(stored, options=options) as opened:
            yield from opened


def open_arrow(file: SourceFile, *, table: Table, rule: TableRule) -> ArrowReader | None:
    """The opened file or stream.

    Raises:
        DataError: columns are missing, there twice, or of a type that cannot become the contract's.
    """
    with file.open() as stored:
        if file.size < len(FILE_MAGIC):
            raise DataError(Problem(what=f"`{file.name}` is too short to be Arrow", file=file.name,
                                    hint="export or copy it again"))
        magic = stored.read(len(FILE_MAGIC))
        if magic.startswith(OLD_FEATHER):
            raise DataError(Problem(what=f"`{file.name}` is Feather of version 1, which is no longer read",
                                    file=file.name, hint="write it again with `pyarrow.feather.write_feather`"))
        end = STREAM_END if magic.startswith(STREAM_END[:4]) else STREAM_END[4:]
        stored.seek(file.size - len(end))
        if magic != FILE_MAGIC and stored.read(len(end)) != end:
            raise DataError(Problem(what=f"`{file.name}` stops in the middle: the mark at the end of a stream is missing",
                                    file=file.name, hint="export or copy it again"))
        stored.seek(0)
        with (ipc.open_file if magic == FILE_MAGIC else ipc.open_stream)(stored) as opened:
            schema = opened.schema
    columns = resolve(tuple(schema.names), table=table, rule=rule, file=file.name)
    problems = (*columns.problems, *type_problems(schema, columns, table=table, rule=rule, file=file.name))
    if problems:
        raise DataError(problems)
    names = set(columns.sources.values())
    return ArrowReader(file=file, columns=columns,
                       fields=tuple(i for i, name in enumerate(schema.names) if name in names))
