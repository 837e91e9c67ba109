"""The materials of the shipped pack and registers, loaded once in a process for all tests that only read them."""

from __future__ import annotations

from functools import cache

from evenhand.campaign.pipeline import assemble
from evenhand.workflows.materials import SweepSettings, load_materials, load_messages
from evenhand.workflows.packs import shipped_pack
from evenhand.workflows.plan import Materials


@cache
def shipped_materials() -> Materials:
    """What `load_materials` gives for the usual settings. A test that wants them otherwise makes a changed copy."""
    return load_materials(SweepSettings())


def small_materials() -> Materials:
    """Materials without any step, for what is refused before a step would run."""
    return Materials(pack=shipped_pack(), pipeline=assemble(signals=(), detectors=(), guards=()), registries={},
                     registries_digest="none", messages=load_messages("en"))
