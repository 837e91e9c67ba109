"""The materials of the shipped pack and registers, loaded once in a process for all tests that only read them."""

from __future__ import annotations

from functools import cache

from evenhand.workflows.materials import SweepSettings, load_materials
from evenhand.workflows.plan import Materials


@cache
def shipped_materials() -> Materials:
    """What `load_materials` gives for the usual settings. A test that wants them otherwise makes a changed copy."""
    return load_materials(SweepSettings())
