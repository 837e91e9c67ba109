"""`evenhand report`: the HTML report of a plan."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING
from evenhand.workflows.report import Beside
from evenhand.workflows.sweeps import report_plan


@click.command()
@click.argument("plan", type=EXISTING)
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="The file. Default: report.html in the plan.")
@click.option("--previous", type=EXISTING, help="The folder of an earlier plan, to show the difference.")
@click.option("--truth", type=EXISTING, help="A table of known truth to lay beside it, where there is one.")
@click.option("--registries", type=EXISTING, multiple=True, help="Registers the plan used beside the shipped ones.")
def report(*, plan: Path, into: Path | None, previous: Path | None, truth: Path | None,
           registries: tuple[Path, ...]) -> None:
    """Write the report of PLAN as one HTML file that needs no network."""
    written = report_plan(plan, into=into or plan / "report.html", registries=registries,
                          beside=Beside(previous=previous, truth=truth))
    click.echo(f"report written to {written}")
