"""One batch while conditions are worked out over it: its columns as arrays, and three-valued truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import DataError, Problem
from evenhand.model.expression import Column, Expression, walk
from evenhand.signals.words.folded import Flags

T = TypeVar("T")

STORED = {"varchar": pa.large_string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
          "timestamp": pa.timestamp("us", tz="UTC")}
"""The Arrow type in which each kind of column is worked with."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number or a time (microseconds) for each row; a single value stands for all rows."""

    values: npt.NDArray[Any]
    known: Flags | None = None
    """False where it is not known; None: all are known. What stands in `values` there means nothing."""

    def doubled(self) -> Numbers:
        """The same as doubles."""
        return Numbers(self.values.astype(np.float64), self.known)


@dataclass(frozen=True, slots=True)
class Truth:
    """Yes, no or not known for each row; a single value stands for all rows."""

    yes: Flags
    no: Flags

    @classmethod
    def of(cls, test: Flags, known: Flags | None = None) -> Truth:
        """What `test` says where it is known."""
        return cls(test, ~test) if known is None else cls(test & known, ~test & known)

    def __and__(self, other: Truth) -> Truth:
        """Yes where both are, no where one is."""
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        """Yes where one is, no where both are."""
        return Truth(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> Truth:
        """Yes and no exchanged."""
        return Truth(self.no, self.yes)


class Slots:
    """A number for each expression in the conditions, the same for equal ones. Hashing trees for every batch is slow."""

    def __init__(self, conditions: Iterable[Expression]) -> None:
        self._nodes = [node for condition in conditions for node in walk(condition)]  # kept, so that no id is used again
        numbers: dict[Expression, int] = {}
        self._numbers = {id(node): numbers.setdefault(node, len(numbers)) for node in self._nodes}

    def __call__(self, node: Expression) -> int:
        """The number of a node of the conditions."""
        return self._numbers[id(node)]


def both_known(*known: Flags | None) -> Flags | None:
    """Where all are known; None when they are everywhere."""
    some = [flags for flags in known if flags is not None]
    return reduce(and_, some) if some else None


class Frame:
    """One batch and what has been worked out over it. Each result is worked out once, whoever asks."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self._made: dict[object, Any] = {}
        self.n_rows: int = batch.num_rows

    def once(self, key: object, make: Callable[[Frame], T]) -> T:
        """What `make` gives, made at the first call with `key`."""
        if key not in self._made:
            self._made[key] = make(self)
        made: T = self._made[key]
        return made

    def array(self, column: Column) -> pa.Array:
        """A column in the type of `STORED`."""
        # the engine too cuts times off at microseconds; a number that does not fit raises
        return self.once(("array", column.name), lambda _: self._batch.column(column.name).cast(
            STORED[column.stored], safe=column.stored != "timestamp"))

    def known(self, column: Column) -> Flags | None:
        """Where the column is known; None when it is everywhere."""
        return self.once(("known", column.name), lambda _: known(self.array(column)))

    def numbers(self, column: Column) -> Numbers:
        """A column of numbers or times."""
        array = self.array(column)
        kind = np.float64 if column.stored == "double" else np.int64
        buffer = array.buffers()[1]
        if not self.n_rows or buffer is None:
            return Numbers(np.zeros(self.n_rows, kind), self.known(column))
        return Numbers(np.frombuffer(buffer, kind)[array.offset:array.offset + self.n_rows], self.known(column))

    def truth(self, column: Column) -> Truth:
        """A column of yes and no."""
        return truth_of(self.array(column))


def known(array: pa.Array) -> Flags | None:
    """Where an array is known; None when it is everywhere."""
    if not array.null_count:
        return None
    flags: Flags = pc.is_valid(array).to_numpy(zero_copy_only=False)
    return flags


def truth_of(array: pa.Array) -> Truth:
    """An array of yes and no, unknown where it is null."""
    test: Flags = (array.fill_null(False) if array.null_count else array).to_numpy(zero_copy_only=False)
    return Truth.of(test, known(array))


def check_columns(schema: pa.Schema, columns: tuple[Column, ...]) -> None:
    """Raise `DataError` with every column that is missing or has another type."""
    problems = []
    for column in columns:
        place = schema.get_field_index(column.name)
        if place < 0:
            problems.append(Problem(what=f"the batch has no column `{column.name}`",
                                    hint="add it, with nulls where it is not known"))
        elif not _fits(schema.field(place).type, column.stored):
            problems.append(Problem(what=f"`{column.name}` of the batch is {schema.field(place).type}",
                                    hint=f"give {STORED[column.stored]}"))
    if problems:
        raise DataError(problems)


def _fits(kind: pa.DataType, stored: str) -> bool:
    if pa.types.is_null(kind):
        return True
    if pa.types.is_dictionary(kind):
        return _fits(kind.value_type, stored)
    fits: bool = {
        "varchar": pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind),
        "bigint": pa.types.is_integer(kind), "boolean": pa.types.is_boolean(kind),
        "double": pa.types.is_floating(kind) or pa.types.is_integer(kind), "timestamp": pa.types.is_timestamp(kind),
    }[stored]
    return fits
