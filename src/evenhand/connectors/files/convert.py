"""Values as they stand in a file become values of the contract, column by column; what does not fit is pointed at."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenhand.connectors.files.batch import Mask
from evenhand.connectors.files.mapping import UNITS, ColumnRule
from evenhand.connectors.files.rejects import Reason
from evenhand.connectors.files.typed import is_listed, is_textual
from evenhand.connectors.files.utf8 import decoded
from evenhand.model.snapshot import TIME

EXACT = 2**53
"""Whole numbers below it are exact in a float."""
MOST = 2**62


@dataclass(slots=True, kw_only=True)
class Converted:
    """A column of the contract and what is wrong with which of its rows."""

    values: pa.Array
    faults: list[tuple[Reason, Mask]] = field(default_factory=list)


def is_text_for(values: pa.Array, target: pa.DataType) -> bool:
    """Whether the values have to be read as text to become the target."""
    return not pa.types.is_string(target) and (is_textual(values.type) or pa.types.is_decimal(values.type))


def to_text(values: pa.Array, *, null: tuple[str, ...] = ()) -> Converted:
    """Texts; empty ones and those in `null` are missing. Numbers are texts only if every digit of them is there."""
    kind = values.type
    if is_textual(kind):
        texts, is_bad = decoded(values.cast(pa.binary()))
        result = Converted(values=texts, faults=[(Reason.BAD_UTF8, is_bad)] if is_bad.any() else [])
    elif pa.types.is_floating(kind):
        numbers, is_null = _floats(values)
        is_bad = ~is_null & ~((numbers == np.floor(numbers)) & (np.abs(numbers) < EXACT))
        whole = np.where(is_null | is_bad, 0, numbers).astype(np.int64)
        result = Converted(values=pa.array(whole, mask=is_null | is_bad).cast(pa.string()),
                           faults=[(Reason.LOST_PRECISION, is_bad)])
    elif pa.types.is_decimal(kind):
        texts = pc.replace_substring_regex(values.cast(pa.string()), r"\.0+$", "")
        result = Converted(values=texts, faults=[(Reason.WRONG_TYPE, _mask(pc.match_substring(texts, ".")))])
    else:
        result = Converted(values=values.cast(pa.string()))
    is_null = pc.equal(pc.binary_length(result.values), 0)
    if null:
        is_null = pc.or_(is_null, pc.is_in(result.values, pa.array(null, pa.string())))
    if pc.any(is_null).as_py():
        result.values = pc.if_else(is_null, pa.scalar(None, pa.string()), result.values)
    return result


def to_whole(values: pa.Array) -> Converted:
    """Whole numbers from integers and floats."""
    if pa.types.is_floating(values.type):
        numbers, is_null = _floats(values)
        is_bad = ~is_null & ~((numbers == np.floor(numbers)) & (np.abs(numbers) < 2.0**63))
        whole = np.where(is_null | is_bad, 0, numbers).astype(np.int64)
        return Converted(values=pa.array(whole, mask=is_null | is_bad), faults=[(Reason.WRONG_TYPE, is_bad)])
    if pa.types.is_uint64(values.type):
        is_bad = _mask(pc.greater(values, pa.scalar(2**63 - 1, pa.uint64())))
        return Converted(values=pc.if_else(pa.array(is_bad), None, values).cast(pa.int64()),
                         faults=[(Reason.WRONG_TYPE, is_bad)])
    return Converted(values=values.cast(pa.int64()))


def to_flag(values: pa.Array) -> Converted:
    """Yes or no, from booleans or from 0 and 1."""
    if pa.types.is_integer(values.type):
        is_bad = _mask(pc.invert(pc.is_in(values, pa.array([0, 1, None]).cast(values.type))))
        return Converted(values=pc.if_else(pa.array(is_bad), None, values).cast(pa.bool_()),
                         faults=[(Reason.WRONG_TYPE, is_bad)])
    return Converted(values=values.cast(pa.bool_()))


def to_time(values: pa.Array, rule: ColumnRule) -> Converted:
    """Times in microseconds, UTC, from timestamps, dates, and numbers with a unit. Finer parts are cut off.

    A time that does not fit becomes the earliest or latest that does, which is impossible enough to be found.
    """
    kind = values.type
    if pa.types.is_date32(kind):
        values, step = values.cast(pa.int32()), 86_400 * 10**9
    elif pa.types.is_date64(kind):
        values, step = values.cast(pa.int64()), UNITS["ms"]
    elif pa.types.is_timestamp(kind):
        values, step = values.view(pa.int64()), UNITS[kind.unit]
    else:
        step = UNITS[rule.unit or "s"]
    faults = []
    micro = UNITS["us"]
    if pa.types.is_floating(values.type):
        numbers, is_null = _floats(values)
        is_bad = ~is_null & ~np.isfinite(numbers)
        faults = [(Reason.WRONG_TYPE, is_bad)]
        is_null |= is_bad
        ticks = np.clip(np.where(is_null, 0, numbers) * (step / micro), -MOST, MOST).astype(np.int64)
    else:
        if pa.types.is_uint64(values.type):
            values = pc.min_element_wise(values, pa.scalar(MOST, pa.uint64()))
        is_null = _mask(pc.is_null(values))
        whole: NDArray[np.int64] = pc.fill_null(values, 0).cast(pa.int64()).to_numpy(zero_copy_only=False)
        if step >= micro:
            ticks = np.clip(whole, -MOST // (step // micro), MOST // (step // micro)) * (step // micro)
        else:
            ticks = whole // (micro // step)
    return Converted(values=times(pa.array(ticks, mask=is_null)), faults=faults)


def times(ticks: pa.Array) -> pa.Array:
    """Microseconds since 1970-01-01 as times of the contract."""
    return ticks.view(pa.timestamp("us")).view(TIME)


def to_list(values: pa.Array, *, null: tuple[str, ...] = ()) -> Converted:
    """Lists of texts, from lists of every layout. Missing and empty items are left out; a list without items is missing.

    (pyarrow 26 casts views of lists with nulls to lists with too few offsets, so nothing is cast here.)
    """
    n = len(values)
    lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False)
    items = to_text(values.flatten(), null=null)
    row_of = np.repeat(np.arange(n), lengths)
    faults = [(reason, rows_with(is_bad, row_of=row_of, n=n)) for reason, is_bad in items.faults]
    is_kept = _mask(pc.is_valid(items.values))
    offsets = np.concatenate(([0], np.cumsum(is_kept)))[np.concatenate(([0], np.cumsum(lengths)))]
    listed = pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), items.values.filter(pa.array(is_kept)), mask=pa.array(np.diff(offsets) == 0))
    return Converted(values=listed, faults=faults)


def rows_with(is_bad: Mask, *, row_of: NDArray[np.int64], n: int) -> Mask:
    """Which of `n` rows have at least one bad item; `row_of` is the row of each item."""
    found = np.zeros(n, np.bool_)
    found[row_of[is_bad]] = True
    return found


def native(values: pa.Array, *, target: pa.DataType, rule: ColumnRule, null: tuple[str, ...]) -> Converted:
    """A column that need not be read as text to become the target (see `is_text_for`)."""
    if pa.types.is_null(values.type):
        return Converted(values=pa.nulls(len(values), target))
    if pa.types.is_string(target):
        return to_text(values, null=null)
    if pa.types.is_integer(target):
        return to_whole(values)
    if pa.types.is_boolean(target):
        return to_flag(values)
    if is_listed(target):
        return to_list(values, null=null)
    return to_time(values, rule)


def _floats(values: pa.Array) -> tuple[NDArray[np.float64], Mask]:
    """The numbers, and which are missing; not-a-number is how some tools write missing."""
    numbers: NDArray[np.float64] = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers, np.isnan(numbers)


def _mask(values: pa.Array) -> Mask:
    found: Mask = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return found
