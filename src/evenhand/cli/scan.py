"""`evenhand scan`: what would run, and what each step found."""

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
@click.option("--explain", "only_explain", is_flag=True, help="Show the steps that would run, and run nothing.")
@sweep_options
@as_json
def scan(*, snapshot: Path, into: Path, only_explain: bool, settings: SweepSettings, as_json: bool) -> None:
    """Run the sweep's steps over SNAPSHOT and show rows and seconds per step. Nothing is decided."""
    shown = screen(as_json=as_json)
    if only_explain:
        shown.show(StepsView(steps=steps_of(settings), counts=()))
        return
    with progress(shown, what="Sweeping") as advance:
        counts = scan_snapshot(snapshot, settings, into=into,
                               on_progress=lambda p: advance(p.n_done, p.n_total, p.what))
    shown.show(StepsView(steps=steps_of(settings), counts=counts))
