"""What can be plugged in, ours and yours by the same path: a value of the right kind under the right name.

Ours are the modules of `evenhand.detectors` and `evenhand.guards` that define `DETECTOR` or `GUARD`: a new one is one new
file. Yours are entry points in the groups `evenhand.detectors` and `evenhand.guards` that name such a value.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, TypeVar

import evenhand.detectors
import evenhand.guards
from evenhand.errors import ConfigError, Problem
from evenhand.model.detector import Detector, Guard

T = TypeVar("T", Detector, Guard)


@cache
def detectors() -> tuple[Detector, ...]:
    """Every detector, ours first, each kind sorted by name. Raises `ConfigError` for a plug-in that is not one."""
    return _all(evenhand.detectors, "DETECTOR", Detector)


@cache
def guards() -> tuple[Guard, ...]:
    """Every guard, ours first, each kind sorted by name. Raises `ConfigError` for a plug-in that is not one."""
    return _all(evenhand.guards, "GUARD", Guard)


def _all(room: ModuleType, attribute: str, kind: type[T]) -> tuple[T, ...]:
    modules = (import_module(f"{room.__name__}.{module.name}") for module in pkgutil.iter_modules(room.__path__))
    ours: list[T] = [getattr(module, attribute) for module in modules if hasattr(module, attribute)]
    ours.sort(key=lambda one: one.name)
    yours: list[T] = [_checked(entry.load(), entry.name, kind)
             for entry in sorted(entry_points(group=room.__name__), key=lambda entry: entry.name)]
    every = ours + yours
    names = [one.name for one in every]
    problems = [Problem(what=f"two plug-ins are called `{name}`", hint="uninstall or rename one of them")
                for nth, name in enumerate(names) if name in names[:nth]]
    if problems:
        raise ConfigError(problems)
    return tuple(every)


def _checked(value: Any, name: str, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise ConfigError(Problem(what=f"the plug-in `{name}` is not a {kind.__name__.lower()}",
                                  hint=f"let its entry point name a value of `evenhand.model.detector.{kind.__name__}`"))
    return value
