"""Reads Parquet: column by column what is needed, row group by row group, and never a part of a damaged file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.files.batch import Columns, Mark, RawBatch, resolve
from evenhand.connectors.files.mapping import TableRule
from evenhand.connectors.files.source import SourceFile
from evenhand.connectors.files.typed import PIECE_ROWS, pieces_of, safe_columns, type_problems
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import Table

BATCH_BYTES = 32_000_000
"""About how many bytes are read at a time, as far as the footer tells; never more than `PIECE_ROWS` rows."""
BUFFER = 1_000_000
"""Bytes of a column chunk held at a time."""
MAX_NAME_BYTES = 50_000_000
"""A text in the footer that is longer is damage."""
MAX_PARTS = 10_000_000
"""A footer with more columns or row groups is damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetReader:
    """An opened Parquet file: its footer is read and makes sense."""

    file: SourceFile
    columns: Columns
    group_rows: tuple[int, ...]
    """Rows of each row group."""
    batch_rows: int
    """Rows read at a time."""
    start: Mark = field(default_factory=Mark)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the file that the contract does not know."""
        return self.columns.ignored

    def batches(self, start: Mark) -> Iterator[RawBatch]:
        """The rows from a mark to the end, in order, every row exactly once."""
        with self.file.open() as stored:
            opened = open_footer(stored)
            total, before = sum(self.group_rows), 0
            for group, n_rows in enumerate(self.group_rows):
                row, before = before, before + n_rows
                if before <= start.row:
                    continue
                for batch in opened.iter_batches(batch_size=self.batch_rows, row_groups=[group], use_threads=False,
                                                 columns=list(dict.fromkeys(self.columns.sources.values()))):
                    if row + len(batch) > start.row:
                        columns = safe_columns(batch, self.columns.sources)
                        for values, rows in pieces_of(columns, n_rows=len(batch), before=row, start=start.row):
                            yield RawBatch(rows=rows, columns=values, end=Mark(row=int(rows[-1])),
                                           done_bytes=self.file.size * int(rows[-1]) // max(total, 1))
                    row += len(batch)
                if row != before:
                    raise DataError(Problem(
                        what=f"`{self.file.name}` is damaged: row group {group} has {row - before + n_rows} rows, its "
                        f"footer says {n_rows}", file=self.file.name, hint="export or copy it again"))


def open_footer(stored: pa.NativeFile) -> pq.ParquetFile:
    """The opened file, with limits on what a damaged footer may ask for."""
    return pq.ParquetFile(
        stored, pre_buffer=False, buffer_size=BUFFER, page_checksum_verification=True,
        thrift_string_size_limit=MAX_NAME_BYTES, thrift_container_size_limit=MAX_PARTS)


def open_parquet(file: SourceFile, *, table: Table, rule: TableRule) -> ParquetReader | None:
    """The opened file, or None if it holds no rows and no columns.

    Raises:
        DataError: columns are missing, there twice, or of a type that cannot become the contract's.
    """
    with file.open() as stored:
        opened = open_footer(stored)
        schema, metadata = opened.schema_arrow, opened.metadata
        n_bytes = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        group_rows = tuple(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
    if sum(group_rows) != metadata.num_rows or min(group_rows, default=0) < 0:
        raise DataError(Problem(what=f"`{file.name}` is damaged: its footer counts {metadata.num_rows} rows, its row "
                                f"groups {sum(group_rows)}", file=file.name, hint="export or copy it again"))
    columns = resolve(tuple(schema.names), table=table, rule=rule, file=file.name)
    problems = (*columns.problems, *type_problems(schema, columns, table=table, rule=rule, file=file.name))
    if problems:
        raise DataError(problems)
    row_bytes = max(1, n_bytes // max(1, metadata.num_rows))
    return ParquetReader(file=file, columns=columns, group_rows=group_rows,
                         batch_rows=max(1, min(PIECE_ROWS, BATCH_BYTES // row_bytes)))
