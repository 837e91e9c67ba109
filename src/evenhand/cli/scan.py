"""`evenhand scan`: which steps run, and how many rows each one leaves."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen, sweep_options
from evenhand.cli.views.progress import progress
from evenhand.cli.views.steps import StepsView
from evenhand.workflows.materials import SweepSettings
from evenhand.workflows.sweeps import scan_snapshot, steps_of


@click.command()
@click.argument("snapshot", type=EXISTING)
@click.option("--into", type=FOLDER, default=Path("scan"), show_default=True, help="The folder to work in; can be resumed.")
@click.option("--explain", "with_sql", is_flag=True, help="Show the SQL of each step as well, in the order in which it ran.")
@sweep_options
@as_json
def scan(*, snapshot: Path, into: Path, with_sql: bool, settings: SweepSettings, as_json: bool) -> None:
    """Run the sweep's steps over SNAPSHOT and show rows and seconds per step. Nothing is decided."""
    shown = screen(as_json=as_json)
    with progress(shown, what="Sweeping") as advance:
        counts = scan_snapshot(snapshot, settings, into=into,
                               on_progress=lambda p: advance(p.n_done, p.n_total, p.what, n_before=p.n_before))
    shown.show(StepsView(steps=steps_of(settings), counts=counts, with_sql=with_sql))
