"""The fact-checks that a pack's cases are about, in place of the register's while the cases run."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pyarrow as pa

from evenhand.campaign.pipeline import assemble
from evenhand.connectors.registries.fact_checks import completed
from evenhand.model.policy import SwapPair
from evenhand.model.registry import FACT_CHECKS
from evenhand.policy.cases.runs import case_fact_checks
from evenhand.workflows.plan import Materials
from evenhand.workflows.signals import fact_check_steps

_PROVENANCE = {"source": "the pack's cases", "as_of": date(2026, 1, 1)}


def with_case_fact_checks(materials: Materials, sides: tuple[SwapPair, ...]) -> Materials:
    """The materials with the fact-checks of the pack's cases, their sides exchanged too, as the only ones.

    A pack whose cases need none is checked with the materials as they are.
    """
    checked = case_fact_checks(materials.pack, sides)
    if not checked:
        return materials
    rows = [completed(asdict(one)) | _PROVENANCE for one in checked]
    register = pa.Table.from_pylist(rows, schema=FACT_CHECKS)
    pipeline = materials.pipeline
    new = {step.name: step for step in fact_check_steps(register)}
    steps = assemble(signals=(*(step for step in pipeline.account_steps if step.name not in new), *new.values()),
                     detectors=pipeline.detectors, guards=pipeline.guards)
    return replace(materials, pipeline=steps, registries={**materials.registries, "fact_checks": register})
