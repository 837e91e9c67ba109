"""Reads CSV: any single-byte delimiter, quoted line ends, all usual line ends and encodings, row by row accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.connectors.files.batch import Columns, Mark, RawBatch, resolve
from evenhand.connectors.files.mapping import TableRule
from evenhand.connectors.files.rejects import EXCERPT, Reason, shown
from evenhand.connectors.files.source import SourceFile
from evenhand.connectors.files.split import Split, split
from evenhand.connectors.files.text import TextFile, head_of, open_text, walk
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import Table

DELIMITERS = b",;\t|"
"""Tried on the header, unless the mapping names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvReader:
    """An opened CSV file: its header is read and understood."""

    text: TextFile
    columns: Columns
    names: tuple[str, ...]
    """The header."""
    delimiter: int
    quoted: bool
    returns_only: bool
    """Whether lines end in a carriage return alone, as on very old systems."""
    start: Mark

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the file that the contract does not know."""
        return self.columns.ignored

    def batches(self, start: Mark) -> Iterator[RawBatch]:
        """The rows from a mark to the end, in order, every row exactly once."""
        return walk(self.text, start, cut=self._cut)

    def _cut(self, data: bytes, mark: Mark, done_bytes: int, *, is_last: bool) -> tuple[RawBatch, int]:
        if self.returns_only:
            data = data.replace(b"\r", b"\n")
        if is_last and not data.endswith(b"\n"):
            data += b"\n"
        found = split(data, delimiter=self.delimiter, quoted=self.quoted, is_last=is_last)
        return self._batch(data, found, mark=mark, done_bytes=done_bytes), found.used

    def _batch(self, data: bytes, found: Split, *, mark: Mark, done_bytes: int) -> RawBatch:
        starts = found.fields[found.first]
        ends = np.append(starts[1:], found.used) - 1
        n_lines, lines = _lines(data, starts, used=found.used)
        is_row = ~_is_blank(data, starts, ends, found.n_fields)
        is_good = is_row & (found.n_fields == len(self.names))
        numbers = mark.row + np.cumsum(is_row)
        fields = pa.Array.from_buffers(pa.binary(), len(found.fields) - 1,
                                       [None, pa.py_buffer(found.fields.astype(np.int32)), pa.py_buffer(data)])
        first = found.first[is_good]
        columns = {column: self._values(fields, first, self.names.index(source))
                   for column, source in self.columns.sources.items()}
        broken = [self._broken(data[starts[i]:ends[i]][: 4 * EXCERPT], n_fields=int(found.n_fields[i]),
                               row=int(numbers[i]), line=int(mark.line + lines[i]))
                  for i in np.flatnonzero(is_row & ~is_good)]
        return RawBatch(
            rows=numbers[is_good], lines=mark.line + lines[is_good], columns=columns, broken=broken,
            done_bytes=done_bytes, end=Mark(row=int(mark.row + is_row.sum()), line=mark.line + n_lines,
                                            offset=mark.offset + found.used))

    def _broken(self, raw: bytes, *, n_fields: int, row: int, line: int) -> Mapping[str, Any]:
        value = f"{n_fields} fields, the header has {len(self.names)}" if n_fields else None
        return {"row": row, "line": line, "reason": Reason.RAGGED_ROW if n_fields else Reason.STRAY_QUOTE,
                "value": shown(value, limit=EXCERPT), "excerpt": shown(raw.rstrip(b"\r"), limit=EXCERPT)}

    def _values(self, fields: pa.Array, first: NDArray[np.int64], index: int) -> pa.Array:
        """One column of the good rows: unquoted."""
        values = pc.binary_slice(fields.take(pa.array(first + index)), 0, -1)
        if index == len(self.names) - 1:
            ends_in_return = pc.ends_with(values, b"\r")
            if pc.any(ends_in_return).as_py():
                values = pc.if_else(ends_in_return, pc.binary_slice(values, 0, -1), values)
        if self.quoted:
            is_quoted = pc.starts_with(values, b'"')
            if pc.any(is_quoted).as_py():
                inner = pc.replace_substring(pc.binary_slice(values, 1, -1), b'""', b'"')
                values = pc.if_else(is_quoted, inner, values)
        return values


def _lines(data: bytes, starts: NDArray[np.int64], *, used: int) -> tuple[int, NDArray[np.int64]]:
    """How many lines the rows take, and on which of them (from 1) each row starts."""
    line_ends = np.flatnonzero(np.frombuffer(data, np.uint8, used) == ord("\n"))
    return len(line_ends), np.searchsorted(line_ends, starts) + 1


def _is_blank(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64],
              n_fields: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which records are blank lines."""
    size = ends - starts
    is_blank: NDArray[np.bool_] = (n_fields == 1) & (size == 0)
    for i in np.flatnonzero((n_fields == 1) & (size == 1)):
        is_blank[i] = data[starts[i]:ends[i]] == b"\r"
    return is_blank


def open_csv(file: SourceFile, *, table: Table, rule: TableRule) -> CsvReader | None:
    """The opened file, or None if it is empty.

    Raises:
        DataError: it is no CSV, or columns are missing or there twice.
    """
    text = open_text(file, encoding=rule.encoding)
    head = head_of(text)
    blank = len(head) - len(head.lstrip(b"\r\n"))
    if blank == len(head):
        return None
    returns_only = b"\r" in head and b"\n" not in head
    if returns_only:
        head = head.replace(b"\r", b"\n")
    line = head[blank:].partition(b"\n")[0]
    delimiter = ord(rule.delimiter) if rule.delimiter else _sniff(line, table=table, rule=rule)
    header = head[blank:]
    found = split(header, delimiter=delimiter, quoted=rule.quote, is_last=False)
    if not len(found.n_fields):
        header = line + b"\n"
        found = split(header, delimiter=delimiter, quoted=rule.quote, is_last=True)
    if not found.n_fields[0]:
        raise DataError(Problem(what=f"the header of `{file.name}` is not CSV: a quote is not closed", file=file.name,
                                line=1, hint="save it again as CSV UTF-8, or say `csv = { quote = false }` in a "
                                "`snapshot.toml`"))
    names = _names(header, found, quoted=rule.quote)
    columns = resolve(names, table=table, rule=rule, file=file.name)
    if columns.problems:
        raise DataError(columns.problems)
    used = blank + int(found.fields[found.n_fields[0]])
    return CsvReader(
        text=text, columns=columns, names=names, delimiter=delimiter, quoted=rule.quote, returns_only=returns_only,
        start=Mark(offset=min(used, len(head)), line=head[:used].count(b"\n")))


def _names(header: bytes, found: Split, *, quoted: bool) -> tuple[str, ...]:
    """The names in the first row. What is not UTF-8 in them is shown as `?`, so that the message can be printed."""
    names = []
    for start, end in zip(found.fields[: found.n_fields[0]], found.fields[1:], strict=False):
        raw = header[start:end - 1].strip()
        if quoted and raw.startswith(b'"'):
            raw = raw[1:-1].replace(b'""', b'"').strip()
        names.append(raw.decode("utf-8", errors="replace").replace("�", "?"))
    return tuple(names)


def _sniff(line: bytes, *, table: Table, rule: TableRule) -> int:
    """The delimiter that finds most of the columns in the header; on a tie the one that is there most often."""
    wanted = {rule.of(column).column for column in table.schema.names}

    def fit(delimiter: int) -> tuple[int, int]:
        names = [name.strip(b' "\r').decode("utf-8", errors="replace") for name in line.split(bytes([delimiter]))]
        return len(wanted.intersection(names)), len(names)

    return max(DELIMITERS, key=fit)
