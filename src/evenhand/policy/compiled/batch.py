"""Conditions over whole batches: one pass over each text column for all conditions together, numbers as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from evenhand.model.condition import Condition
from evenhand.model.expression import Column
from evenhand.policy.compiled.batch_frame import Frame, check_columns
from evenhand.policy.compiled.batch_truths import BatchTruths
from evenhand.policy.compiled.event import columns_of

SLICE_ROWS = 65_536
"""Rows that are worked out at once: few enough for the processor's cache, enough to forget each call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFunction:
    """Many conditions compiled into one function over batches."""

    conditions: tuple[Condition, ...]
    columns: tuple[Column, ...]
    """The columns that the conditions look at; a batch may hold others too."""
    schema: pa.Schema
    """One yes/no column for each condition, without nulls."""
    _truths: BatchTruths = field(repr=False)

    def holds(self, rows: pa.RecordBatch | pa.Table) -> pa.Table:
        """For each row and condition whether it holds, in the order of the rows, in the columns of `schema`.

        Times without a zone are UTC. Raises `DataError` with every column that is missing or has another type.
        """
        check_columns(rows.schema, self.columns)
        needed = rows.select([column.name for column in self.columns])
        table = needed if isinstance(needed, pa.Table) else pa.Table.from_batches([needed])
        batches = [self._slice(batch) for batch in table.to_batches(max_chunksize=SLICE_ROWS)]
        return pa.Table.from_batches(batches, schema=self.schema)

    def _slice(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        frame = Frame(batch)
        with np.errstate(all="ignore"):
            held = [self._truths.truth(condition.expression, frame).yes for condition in self.conditions]
        arrays = [pa.array(np.broadcast_to(yes, batch.num_rows)) for yes in held]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def compile_batch(conditions: Sequence[Condition], *, names: Sequence[str] | None = None) -> BatchFunction:
    """One function for all `conditions`; it holds for exactly the rows for which their SQL holds.

    `names` are those of the columns that come out, `condition_0` … unless given.

    >>> from evenhand.policy.language.condition import parse_condition
    >>> rules = compile_batch([parse_condition("contains(bio, 'airdrop')")], names=["airdrop"])
    >>> rules.holds(pa.table({"bio": ["Free AIRDROP", "gardens", None]})).to_pydict()
    {'airdrop': [True, False, False]}
    """
    trees = [condition.expression for condition in conditions]
    called = names if names is not None else [f"condition_{place}" for place in range(len(conditions))]
    if len(called) != len(conditions) or len(set(called)) != len(called):
        raise ValueError("each condition needs a name of its own")
    schema = pa.schema([pa.field(name, pa.bool_(), nullable=False) for name in called])
    return BatchFunction(conditions=tuple(conditions), columns=columns_of(trees), schema=schema, _truths=BatchTruths(trees))
