"""Checks a raw batch against the contract: rows that hold what the contract says, and rejects for all others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.connectors.files.batch import Mask, RawBatch
from evenhand.connectors.files.convert import Converted, is_text_for, native, rows_with, to_text
from evenhand.connectors.files.mapping import TableRule
from evenhand.connectors.files.parse import parsed
from evenhand.connectors.files.rejects import SHORT, Reason, excerpt_of, rejects_table, shown
from evenhand.model.snapshot import EARLIEST, MAX_TEXT_BYTES, Table

PLACE = (pa.field("row", pa.int64(), nullable=False), pa.field("line", pa.int64()))
"""The row and the line in the file, kept until the snapshot is written."""
FLOATED_ID = r"^[0-9]([.,][0-9]+[eE]\+?|[eE]\+)[0-9]{1,2}$"
"""An id as a spreadsheet or a float writes it: its last digits are gone, so it names nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A batch after its check: rows read = rows kept + rejects."""

    kept: pa.RecordBatch
    """Columns of the contract, `row` and `line`."""
    rejects: pa.Table

    @property
    def n_read(self) -> int:
        """How many rows of the file the batch accounts for."""
        return len(self.kept) + len(self.rejects)


def check(raw: RawBatch, *, table: Table, rule: TableRule, cut_off: datetime, file: str,
          database: duckdb.DuckDBPyConnection) -> Checked:
    """The batch, sorted into rows that are kept and rejects with the first reason in the order of the columns."""
    columns = convert(raw, table=table, rule=rule, database=database)
    reasons: list[tuple[str, Reason]] = []
    verdict = np.zeros(len(raw.rows), np.int32)
    for name, column in columns.items():
        field = table.schema.field(name)
        faults = [*raw.faults.get(name, ()), *column.faults, *found_in(column.values, cut_off=cut_off)]
        if name in table.key or name == table.account:
            faults.append((Reason.LOST_PRECISION, _where(pc.match_substring_regex(column.values, FLOATED_ID))))
        if not field.nullable:
            faults.append((Reason.MISSING, _is_missing(column.values)))
        for reason, is_bad in faults:
            if is_bad.any():
                reasons.append((name, reason))
                verdict[is_bad & (verdict == 0)] = len(reasons)
    is_bad = verdict > 0
    lines = pa.nulls(len(raw.rows), pa.int64()) if raw.lines is None else pa.array(raw.lines)
    kept = pa.record_batch([*(column.values for column in columns.values()), pa.array(raw.rows), lines],
                           schema=pa.schema([*table.schema, *PLACE]))
    if is_bad.any():
        kept = kept.filter(pa.array(~is_bad))
    return Checked(kept=kept, rejects=rejects_table(
        [*raw.broken, *_entries(raw, np.flatnonzero(is_bad), verdict=verdict, reasons=reasons)], file=file))


def convert(raw: RawBatch, *, table: Table, rule: TableRule,
            database: duckdb.DuckDBPyConnection) -> dict[str, Converted]:
    """Every column of the contract, in its type; constant or null where the file does not have it."""
    n = len(raw.rows)
    done: dict[str, Converted] = {}
    texts: dict[str, Converted] = {}
    for field in table.schema:
        values, constant = raw.columns.get(field.name), rule.of(field.name).constant
        if values is None:
            filler = pa.scalar(constant, field.type)
            done[field.name] = Converted(values=pa.repeat(filler, n))
        elif is_text_for(values, field.type):
            texts[field.name] = to_text(values, null=rule.null)
        else:
            done[field.name] = native(values, target=field.type, rule=rule.of(field.name), null=rule.null)
    read = parsed(database.cursor(), {name: text.values for name, text in texts.items()},
                  targets={name: table.schema.field(name).type for name in texts},
                  rules={name: rule.of(name) for name in texts})
    for name, text in texts.items():
        done[name] = Converted(values=read[name].values, faults=[*text.faults, *read[name].faults])
    return {name: done[name] for name in table.schema.names}


def found_in(values: pa.Array, *, cut_off: datetime) -> list[tuple[Reason, Mask]]:
    """What is wrong with values that have the right type: texts that no post holds, times that cannot be."""
    kind = values.type
    if pa.types.is_timestamp(kind):
        ticks = pc.fill_null(values.view(pa.int64()), micros(EARLIEST)).to_numpy(zero_copy_only=False)
        return [(Reason.TIME_TOO_EARLY, ticks < micros(EARLIEST)), (Reason.AFTER_CUT_OFF, ticks > micros(cut_off))]
    if pa.types.is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False)
        row_of = np.repeat(np.arange(len(values)), lengths)
        return [(reason, rows_with(is_bad, row_of=row_of, n=len(values)))
                for reason, is_bad in found_in(values.flatten(), cut_off=cut_off)]
    if not pa.types.is_string(kind):
        return []
    faults = []
    if _has_nul(values):
        faults.append((Reason.NUL_CHARACTER, _where(pc.match_substring(values, "\x00"))))
    size = pc.fill_null(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
    return [*faults, (Reason.TEXT_TOO_LONG, size > MAX_TEXT_BYTES)]


def micros(at: datetime) -> int:
    """Microseconds since 1970-01-01 UTC.

    >>> from datetime import UTC, datetime
    >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    since: int = pa.scalar(at, pa.timestamp("us", tz="UTC")).value
    return since


def _has_nul(texts: pa.Array) -> bool:
    """Whether there may be a NUL character, seen from the bytes of all texts at once."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None or not data.size:
        return False
    first, last = np.frombuffer(offsets, np.int32)[[texts.offset, texts.offset + len(texts)]]
    return not np.frombuffer(data, np.uint8)[first:last].all()


def _is_missing(values: pa.Array) -> Mask:
    return ~_where(pc.not_equal(pc.utf8_trim_whitespace(values), ""))


def _where(values: pa.Array) -> Mask:
    found: Mask = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return found


def _plain(values: pa.Array) -> pa.Array:
    """The values, times as numbers, since a time out of range has no Python value."""
    width = pa.int32() if pa.types.is_date32(values.type) else pa.int64()
    return values.cast(width) if pa.types.is_temporal(values.type) else values


def _entries(raw: RawBatch, bad: NDArray[np.int64], *, verdict: NDArray[np.int32],
             reasons: list[tuple[str, Reason]]) -> list[dict[str, Any]]:
    """A reject for each bad row, with what stands in the file."""
    if not len(bad):
        return []
    at = pa.array(bad)
    given = {name: _plain(values.take(at)).to_pylist() for name, values in raw.columns.items()}
    entries = []
    for i, row in enumerate(bad):
        name, reason = reasons[verdict[row] - 1]
        entries.append({
            "row": int(raw.rows[row]), "line": None if raw.lines is None else int(raw.lines[row]),
            "reason": reason, "column": name, "value": shown(given[name][i] if name in given else None, limit=SHORT),
            "excerpt": excerpt_of({column: values[i] for column, values in given.items()})})
    return entries
