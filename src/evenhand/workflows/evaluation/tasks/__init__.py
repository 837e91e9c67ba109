"""The kinds of task that a card may name: one module each, which defines `TASK`. A new one is one new file."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType

from evenhand.workflows.evaluation.task import Task


@cache
def tasks() -> MappingProxyType[str, Task]:
    """Every task by name. Raises `ValueError` when two modules call theirs the same."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found: dict[str, Task] = {}
    for module in modules:
        task = getattr(module, "TASK", None)
        if isinstance(task, Task) and found.setdefault(task.form.name, task) is not task:
            raise ValueError(f"two tasks are called `{task.form.name}`: rename one")
    return MappingProxyType(found)
