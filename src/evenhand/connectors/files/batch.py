"""Raw batches: what every reader hands on, whatever the format of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenhand.connectors.files.mapping import TableRule
from evenhand.connectors.files.rejects import Reason
from evenhand.errors import Problem
from evenhand.model.snapshot import Table

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in a file between two rows, from which reading can go on."""

    row: int = 0
    """Rows before it."""
    line: int = 0
    """Lines before it; text formats only."""
    offset: int = 0
    """Bytes of decoded text before it; text formats only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBatch:
    """Some consecutive rows of a file, their values as they stand there."""

    rows: NDArray[np.int64]
    """The number of each row in the file, from 1."""
    columns: Mapping[str, pa.Array]
    """Values by the contract's column name; a column that the file does not have is not there."""
    end: Mark | None
    """Where the next batch starts; None if reading cannot go on from there."""
    done_bytes: int
    """How much of the stored file has been read so far."""
    lines: NDArray[np.int64] | None = None
    """The line on which each row starts, from 1; text formats only."""
    faults: Mapping[str, Sequence[tuple[Reason, Mask]]] = field(default_factory=dict)
    """What the reader itself found wrong with values, by column."""
    broken: Sequence[Mapping[str, Any]] = ()
    """Rows that have no values at all: row, line, reason and excerpt of each."""

    @property
    def n_read(self) -> int:
        """How many rows of the file this batch accounts for."""
        return len(self.rows) + len(self.broken)

    @property
    def nbytes(self) -> int:
        """About how much memory the values take, bytes."""
        return sum(values.nbytes for values in self.columns.values())


class Reader(Protocol):
    """An opened file of one table."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the file that the contract does not know."""
        ...

    @property
    def start(self) -> Mark:
        """Where the first row starts."""
        ...

    def batches(self, start: Mark) -> Iterator[RawBatch]:
        """The rows from a mark to the end, in order, every row exactly once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns of a file feed which columns of the contract."""

    sources: Mapping[str, str]
    """The name in the file by the contract's column."""
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def resolve(names: Sequence[str], *, table: Table, rule: TableRule, file: str, is_sample: bool = False) -> Columns:
    """Which of the file's columns are used. What is missing or there twice is told as problems.

    `is_sample` says that the file may have further columns that are not in `names`, as JSON lines may; only there can a
    column be a path such as `$.user.id`.
    """
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for column in table.schema.names:
        wanted = rule.of(column).column
        if wanted is None:
            continue
        times = list(names).count(wanted)
        is_path = is_sample and wanted.startswith("$.")
        if times > 1:
            problems.append(Problem(what=f"the column `{wanted}` is there {times} times", file=file,
                                    hint="rename or remove all but one of them"))
        elif times or is_sample:
            sources[column] = wanted
        if not times and not is_path and (column in table.required or column in rule.columns):
            problems.append(_missing(column, wanted, names=names, table=table, file=file))
    used = set(sources.values())
    return Columns(sources=sources, ignored=tuple(dict.fromkeys(name for name in names if name not in used)),
                   problems=tuple(problems))


def _missing(column: str, wanted: str, *, names: Sequence[str], table: Table, file: str) -> Problem:
    near = get_close_matches(wanted.lower(), [name.lower() for name in names], n=1)
    nearest = next((name for name in names if near and name.lower() == near[0]), None)
    there = ", ".join(f"`{name[:60]}`" for name in list(names)[:20]) or "none"
    hint = f"did you mean `{nearest}`? " if nearest else ""
    example = (nearest or "name_in_the_file").replace('"', "'")
    hint += f"write `{column} = \"{example}\"` under `[{table.name}.columns]` in a `snapshot.toml`"
    return Problem(what=f"the column `{wanted}` of `{table.name}` is missing; the file has {there}", file=file, hint=hint)
