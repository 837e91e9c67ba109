"""`evenhand plan`: everything that would be done, under one digest."""

from __future__ import annotations

import time
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen, sweep_options
from evenhand.cli.views.progress import progress
from evenhand.cli.views.sweep import NextCommands, SweepView
from evenhand.workflows.materials import SweepSettings
from evenhand.workflows.report import Beside
from evenhand.workflows.sweeps import plan_snapshot


@click.command()
@click.argument("snapshot", type=EXISTING)
@click.option("--into", type=FOLDER, default=Path("plan"), show_default=True, help="The folder for the plan; can be resumed.")
@click.option("--previous", type=EXISTING, help="The folder of an earlier plan, to show the difference.")
@sweep_options
@as_json
def plan(*, snapshot: Path, into: Path, previous: Path | None, settings: SweepSettings, as_json: bool) -> None:
    """Make a plan for SNAPSHOT: who would get which penalty, and why. Nothing is done to anyone.

    An interrupted run continues where it stopped.
    """
    shown = screen(as_json=as_json)
    started = time.monotonic()
    with progress(shown, what="Sweeping") as advance:
        report = plan_snapshot(snapshot, settings, into=into, beside=Beside(previous=previous),
                               on_progress=lambda p: advance(p.n_done, p.n_total, p.what, n_before=p.n_before))
    shown.show(SweepView(report=report, seconds=time.monotonic() - started, next_commands=NextCommands(commands=(
        (f"evenhand explain ACCOUNT --snapshot {snapshot} --plan {into}", "why one account is in the plan, or is not"),
        (f"open {into / 'report.html'}", "the whole report"),
        (f"evenhand plan {snapshot} --into plan-2 --previous {into}", "what another pack or seed would change")))))
