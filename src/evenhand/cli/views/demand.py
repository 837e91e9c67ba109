"""The register of demands: how many, from whom, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import number, quiet, table
from evenhand.statements import visible
from evenhand.workflows.ledger.demands import DemandRegister, Recorded

_MAX_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedView:
    """Demands that were recorded.

    JSON: `read`, `recorded`, `size` (entries of the ledger now), `folder`.
    """

    name: ClassVar[str] = "demand_record"
    recorded: Recorded
    folder: Path

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence and the next command."""
        done = self.recorded
        known = done.n_read - done.n_recorded
        return Group(Text(f"{done.n_recorded:,} demands recorded" + (f"; {known:,} stood there already." if known else ".")),
                     quiet(f"the register: evenhand demand list {self.folder}"))

    def record(self) -> dict[str, object]:
        """The counts."""
        done = self.recorded
        return {"read": done.n_read, "recorded": done.n_recorded, "size": done.size, "folder": str(self.folder)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRegisterView:
    """The published register.

    JSON: `demands`, each with `demand_id`, `authority`, `territory`, `received_on`, `demand_kind`, `order_id`,
    `legal_basis`, `n_targets`, `answer`, `person_told`, `entry` (its number in the ledger).
    """

    name: ClassVar[str] = "demands"
    register: DemandRegister

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts by territory, authority and answer."""
        counts = self.register.counts()
        grid = table()
        for title in ("territory", "authority", "answer"):
            grid.add_column(title, overflow="fold")
        grid.add_column("demands", justify="right", no_wrap=True)
        for territory, authority, answer, n in counts[:_MAX_SHOWN]:
            grid.add_row(visible(territory), visible(authority), answer.replace("_", " "), number(n))
        parts: list[RenderableType] = [Text(f"{len(self.register.demands):,} demands", style="bold"), grid]
        if len(counts) > _MAX_SHOWN:
            parts.append(quiet(f"and {len(counts) - _MAX_SHOWN:,} more lines; --json has every demand"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """Every demand as values."""
        return {"demands": [dict(one) for one in self.register.demands]}
