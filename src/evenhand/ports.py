"""The protocols of the doors: what the core asks of an engine, without knowing which one it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evenhand.model.step import Step

Source: TypeAlias = pa.Table | tuple[str, ...]
"""Where a base relation comes from: an Arrow table, or the paths of Parquet files with the same columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """What one step did in one run: how many rows it left, and how many seconds it took."""

    name: str
    n_rows: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an engine hands back: the kept relations, and a count per step in the order they ran."""

    relations: Mapping[str, pa.Table]
    counts: tuple[StepCount, ...] = field(default=())


class Engine(Protocol):
    """Runs an ordered list of steps over named relations.

    Implementations promise: equal rows for equal input whatever the engine, the number of threads and the batch
    size; row order is not promised. A failing step raises `DataError` with the step's name.
    """

    def bind(self, relations: Mapping[str, Source]) -> None:
        """Make relations available to every later run, such as registries. A later bind replaces an earlier one."""

    def run(self, steps: Sequence[Step], *, tables: Mapping[str, Source], keep: Collection[str]) -> Outcome:
        """Run `steps` in order over `tables` and what was bound; return the relations named in `keep`.

        Nothing of `tables` or of the steps' results remains afterwards.
        """

    def close(self) -> None:
        """Give back what the engine holds: connections, temporary files."""


class SentenceModel(Protocol):
    """Turns sentences into vectors whose cosine says how alike their meanings are. It never fetches anything."""

    @property
    def name(self) -> str:
        """Which model, in which version: another name means other vectors."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One vector of length 1 for each text, the same whatever stands beside it."""
