"""`evenhand demo`: the main job on bundled real data."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import click

from evenhand.cli.options import FOLDER, as_json, screen
from evenhand.cli.views.progress import progress
from evenhand.cli.views.sweep import NextCommands, SweepView
from evenhand.errors import DataError, Problem
from evenhand.workflows.demo import DemoPlaces, ingest_demo, plan_demo


@click.command()
@click.option("--into", type=FOLDER, default=Path("evenhand-demo"), show_default=True, help="The folder for the results.")
@as_json
def demo(*, into: Path, as_json: bool) -> None:
    """Sweep a bundled snapshot of real public accounts with the shipped policies, and explain every decision."""
    shown = screen(as_json=as_json)
    places = DemoPlaces(folder=into)
    _clear(places)
    with progress(shown, what="Reading", unit="parts") as advance:
        ingest_demo(places, progress=lambda p: advance(p.done, p.total, f"{p.stage} {p.what}"))
    started = time.monotonic()
    with progress(shown, what="Sweeping") as advance:
        report = plan_demo(places, on_progress=lambda p: advance(p.n_done, p.n_total, p.what, n_before=p.n_before))
    shown.show(SweepView(report=report, seconds=time.monotonic() - started, next_commands=NextCommands(commands=(
        (f"open {places.plan / 'report.html'}", "the report, with the known truth beside it"),
        (f"evenhand explain web:spiegel.today --plan {places.plan}", "why one account is in the plan"),
        ("evenhand ingest FOLDER --into snapshot", "your own export"),
        ("evenhand plan snapshot --into plan", "your own plan")))))


def _clear(places: DemoPlaces) -> None:
    """Remove what an earlier demo left. Anything else in the folder is not ours to remove."""
    if places.folder.exists():
        foreign = sorted(path.name for path in places.folder.iterdir() if path not in (places.snapshot, places.plan))
        if foreign:
            raise DataError(Problem(what=f"`{places.folder}` holds something else: {', '.join(foreign[:3])}",
                                    hint="name a new folder with `--into`"))
        for folder in (places.snapshot, places.plan):
            shutil.rmtree(folder, ignore_errors=True)
