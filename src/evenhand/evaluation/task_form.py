"""What a kind of task asks of a card: which files with which columns and labels, which options, which metrics it gives."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from evenhand.policy.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskColumn:
    """A column that a task reads, by the name that the task calls it. The card says what it is called in the file."""

    name: str
    sentence: str
    is_required: bool = True
    """False where rows may lack a value, and where the card may leave the column out (it is then null)."""
    type: pa.DataType = pa.string()  # noqa: RUF009  # a constant


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFile:
    """A file that a task reads, by its role."""

    role: str
    sentence: str
    columns: tuple[TaskColumn, ...]
    labels: tuple[str, ...] = ()
    """The names that the values of a column `label` are mapped to by the card. Rows with other values are left out and
    counted. Without labels, a column called `label` is like any other."""
    is_repeated: bool = False
    """True where a card may name several files of this role."""
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricForm:
    """A metric that a task gives, by its name in cards and results."""

    name: str
    sentence: str
    is_share: bool = True
    """False for counts and ratios, which are not shown as a percentage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskForm:
    """The form of one kind of task."""

    name: str
    sentence: str
    files: tuple[TaskFile, ...]
    metrics: tuple[MetricForm, ...]
    options: tuple[Key, ...] = ()
    """Keys of the table `options` in a card."""

    def file(self, role: str) -> TaskFile:
        """The file of that role. Raises `KeyError` when the task reads none."""
        return {file.role: file for file in self.files}[role]

    def metric(self, name: str) -> MetricForm:
        """The metric of that name. Raises `KeyError` when the task gives none."""
        return {metric.name: metric for metric in self.metrics}[name]
