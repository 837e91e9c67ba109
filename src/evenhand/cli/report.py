"""`evenhand report`: the HTML report of a plan, and its statements for the European transparency database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.progress import progress
from evenhand.cli.views.transparency.eu_statements import EuStatementsView
from evenhand.workflows.materials import SweepSettings, load_messages, load_pack
from evenhand.workflows.report import Beside
from evenhand.workflows.sweeps import report_plan
from evenhand.workflows.transparency.eu_statements import EuFiling, export_eu_statements


@click.command()
@click.argument("plan", type=EXISTING)
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="The file. Default: report.html in the plan.")
@click.option("--previous", type=EXISTING, help="The folder of an earlier plan, to show the difference.")
@click.option("--truth", type=EXISTING, help="A table of known truth to lay beside it, where there is one.")
@click.option("--registries", type=EXISTING, multiple=True, help="Registers the plan used beside the shipped ones.")
@click.option("--eu-statements", type=FOLDER,
              help="Instead of the report, write statements for the European transparency database to this folder.")
@click.option("--pack", type=EXISTING, help="For --eu-statements: the plan's policy pack. Default: the shipped one.")
@click.option("--platform", default="", help="For --eu-statements: the platform's name in the database.")
@click.option("--campaign", help="For --eu-statements: begins every key. Default: 12 digits of the plan's digest.")
@click.option("--applied-on", type=click.DateTime(["%Y-%m-%d"]),
              help="For --eu-statements: the day the restrictions began. Default: the plan's cut-off.")
@as_json
def report(*, plan: Path, into: Path | None, previous: Path | None, truth: Path | None, registries: tuple[Path, ...],
           eu_statements: Path | None, pack: Path | None, platform: str, campaign: str | None, applied_on: datetime | None,
           as_json: bool) -> None:
    """Write the report of PLAN as one HTML file that needs no network, or its statements for the European database."""
    if eu_statements is None:
        written = report_plan(plan, into=into or plan / "report.html", registries=registries,
                              beside=Beside(previous=previous, truth=truth))
        click.echo(f"report written to {written}")
        return
    shown = screen(as_json=as_json)
    filing = EuFiling(pack=load_pack(SweepSettings(pack=pack)), messages=load_messages("en"), platform_name=platform,
                      campaign_id=campaign, applied_on=applied_on.date() if applied_on is not None else None)
    with progress(shown, what="Statements", unit="decisions") as advance:
        export = export_eu_statements(plan, filing, into=eu_statements,
                                      on_progress=lambda n_done, n_total: advance(n_done, n_total, ""))
    shown.show(EuStatementsView(export=export))
