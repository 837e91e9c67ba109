"""The demo: the bundled snapshot of real public accounts, ingested, swept, planned, and laid beside the known truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from evenhand.transparency import ReportView
from evenhand.workflows.ingest import IngestSummary, Report, ingest
from evenhand.workflows.materials import SweepSettings
from evenhand.workflows.report import Beside
from evenhand.workflows.scan import Progress
from evenhand.workflows.sweeps import plan_snapshot

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
"""Fixed, so that the demo gives the same plan digest whenever it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlaces:
    """Where the demo leaves what it makes."""

    folder: Path

    @property
    def snapshot(self) -> Path:
        """The ingested snapshot."""
        return self.folder / "snapshot"

    @property
    def plan(self) -> Path:
        """The plan, with the report inside."""
        return self.folder / "plan"


def ingest_demo(places: DemoPlaces, *, progress: Report | None = None) -> IngestSummary:
    """Ingest the bundled export, which is in a foreign shape, by its own `snapshot.toml`."""
    with resources.as_file(resources.files("evenhand") / "data" / "demo") as folder:
        return ingest(str(folder), places.snapshot, cut_off=CUT_OFF, mapping=folder / "snapshot.toml", progress=progress)


def plan_demo(places: DemoPlaces, *, previous: Path | None = None,
              on_progress: Callable[[Progress], None] | None = None) -> ReportView:
    """Plan the demo with the shipped pack and write the report, the known truth beside it."""
    with resources.as_file(resources.files("evenhand") / "data" / "demo" / "truth.parquet") as truth:
        return plan_snapshot(places.snapshot, SweepSettings(), into=places.plan, on_progress=on_progress,
                             beside=Beside(previous=previous, truth=truth))
