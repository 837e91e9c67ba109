"""A task: its form, and the function that measures. What it is handed: the card, its files as tables, and the seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from evenhand.evaluation.card import Card
from evenhand.evaluation.outcome import Measured, NoDetector
from evenhand.evaluation.task_form import TaskForm
from evenhand.workflows.evaluation.bench import Bench


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskData:
    """What a task is handed besides the bench."""

    card: Card
    tables: Mapping[str, tuple[pa.Table, ...]]
    """By role, one table for each file of the card, in its order: the task's columns, `label` (the task's name of it) where
    the task has labels, and `line`."""
    folder: Path
    """The data folder, for tasks that open files (such as images) that a table names."""
    seed: int = 0

    def table(self, role: str) -> pa.Table:
        """All rows of that role. An empty table with the task's columns when the card names no such file."""
        return pa.concat_tables(self.tables[role]).combine_chunks()


Measure: TypeAlias = Callable[[TaskData, Bench], Measured | NoDetector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One kind of task. A module of `workflows.evaluation.tasks` defines one as `TASK`, and nothing else registers it."""

    form: TaskForm
    measure: Measure
