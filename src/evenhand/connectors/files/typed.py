"""Typed columns of Parquet and Arrow: which types can become the contract's, and batches that are safe to look into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.connectors.files.batch import Columns
from evenhand.connectors.files.mapping import TableRule
from evenhand.errors import Problem
from evenhand.model.snapshot import Table

PIECE_ROWS = 65_536
"""Rows handed on at a time."""
_RAW = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}


def is_textual(kind: pa.DataType) -> bool:
    """Whether values of the type are text, or bytes that may be text."""
    return bool(kind in _RAW or kind in _RAW.values() or pa.types.is_fixed_size_binary(kind))


def is_listed(kind: pa.DataType) -> bool:
    """Whether values of the type are lists."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
            or pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind))


def type_problems(schema: pa.Schema, columns: Columns, *, table: Table, rule: TableRule, file: str) -> list[Problem]:
    """What to say about columns whose type can never become the contract's."""
    problems = []
    for column, name in columns.sources.items():
        kind, target = schema.field(name).type, table.schema.field(column).type
        unit = rule.of(column).unit
        if pa.types.is_timestamp(target) and unit is None and _is_number(_stored(kind)):
            problems.append(Problem(
                what=f"the times in `{name}` are numbers ({kind}) of an unknown unit",
                file=file, hint=f'write `{column} = {{ column = "{name}", unit = "s" }}` (or "ms", "us", "ns") under '
                f"`[{table.name}.columns]` in a `snapshot.toml`"))
        elif not _fits(_stored(kind), target):
            problems.append(Problem(what=f"the column `{name}` has the type {str(kind)[:80]}, which cannot become "
                                    f"{target}", file=file, hint="export it as text, or map another column"))
    return problems


def _stored(kind: pa.DataType) -> pa.DataType:
    """The type behind dictionaries and extensions."""
    while pa.types.is_dictionary(kind) or (isinstance(kind, pa.BaseExtensionType) and kind.extension_name != "arrow.uuid"):
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind.storage_type
    return kind


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _fits(kind: pa.DataType, target: pa.DataType) -> bool:
    if pa.types.is_null(kind) or is_textual(kind):
        return True
    if pa.types.is_timestamp(target):
        return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind) or _is_number(kind))
    if pa.types.is_boolean(target):
        return bool(pa.types.is_boolean(kind) or pa.types.is_integer(kind))
    if pa.types.is_list(target):
        return is_listed(kind) and _is_plain_item(_stored(kind.value_type))
    return _is_number(kind)


def _is_plain_item(kind: pa.DataType) -> bool:
    return bool(is_textual(kind) or pa.types.is_null(kind) or pa.types.is_integer(kind))


def safe_columns(batch: pa.RecordBatch, sources: Mapping[str, str]) -> dict[str, pa.Array]:
    """Columns by the contract's name, after every offset and index in them was found to stay inside its buffers.

    Texts come as bytes, since nothing has said yet that they are UTF-8.

    Raises:
        ArrowInvalid: the batch is damaged.
    """
    return {column: _safe(batch.column(name)) for column, name in sources.items()}


def pieces_of(columns: Mapping[str, pa.Array], *, n_rows: int, before: int, start: int) -> Iterator[
        tuple[dict[str, pa.Array], NDArray[np.int64]]]:
    """The columns in pieces of at most `PIECE_ROWS` rows, with the number of each row, from row `start` on.

    `before` is how many rows of the file stand before them.
    """
    for first in range(max(0, start - before), n_rows, PIECE_ROWS):
        n = min(PIECE_ROWS, n_rows - first)
        yield ({column: values.slice(first, n) for column, values in columns.items()},
               np.arange(before + first + 1, before + first + n + 1))


def _safe(values: pa.Array) -> pa.Array:
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if isinstance(values, pa.DictionaryArray):
        raw = pa.DictionaryArray.from_arrays(values.indices, _safe(values.dictionary), safe=True)
        return _safe(raw.dictionary_decode())
    raw = _as_bytes(values)
    raw.validate(full=True)
    return raw.cast(pa.binary()) if raw.type == pa.binary_view() else raw


def _as_bytes(values: pa.Array) -> pa.Array:
    """The same values with texts as bytes, without looking at them."""
    kind = values.type
    if kind in _RAW:
        return pa.Array.from_buffers(_RAW[kind], len(values), values.buffers(), offset=values.offset)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        items = values.values
        items = items.storage if isinstance(items, pa.ExtensionArray) else items
        items = _safe(items) if isinstance(items, pa.DictionaryArray) else _as_bytes(items)
        listed = pa.large_list(items.type) if pa.types.is_large_list(kind) else pa.list_(items.type)
        return pa.Array.from_buffers(listed, len(values), values.buffers()[:2], offset=values.offset, children=[items])
    return values
