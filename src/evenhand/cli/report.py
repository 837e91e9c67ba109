"""`evenhand report`: the report of a plan or of a campaign, and statements for the European transparency database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from evenhand.cli.campaigns.options import accepted, desk_at, state_option
from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.progress import progress
from evenhand.cli.views.transparency.campaign_report import CampaignReportView
from evenhand.cli.views.transparency.eu_statements import EuStatementsView
from evenhand.errors import ConfigError, Problem
from evenhand.workflows.materials import SweepSettings, load_messages, load_pack, load_registers
from evenhand.workflows.report import Beside
from evenhand.workflows.sweeps import report_plan
from evenhand.workflows.transparency.campaign_report import (
    ReportInputs,
    read_campaign,
    read_campaign_report,
    record_final,
    write_campaign_report,
)
from evenhand.workflows.transparency.eu_campaign import filing_of_campaign
from evenhand.workflows.transparency.eu_statements import EuFiling, export_eu_statements


@click.command()
@click.argument("plan", type=EXISTING, default=Path("plan"))
@click.option("--campaign", help="Report what became of the plan in this campaign.")
@state_option
@click.option("--into", type=click.Path(path_type=Path),
              help="Of a plan, the file (default: report.html in it); of a campaign, the folder (default: NAME-report).")
@click.option("--final", "person", metavar="PERSON", help="With --campaign: this is its report; recorded as PERSON's step.")
@click.option("--ledger", type=EXISTING, help="With --campaign: compare with this published ledger too.")
@click.option("--snapshot", type=EXISTING, help="With --campaign: the plan's snapshot, to tell who had been reported.")
@click.option("--internal", is_flag=True, help="With --campaign: the team's own copy, with people and small groups by name.")
@click.option("--previous", type=EXISTING, help="Of a plan: the folder of an earlier plan, to show the difference.")
@click.option("--truth", type=EXISTING, help="Of a plan: a table of known truth to lay beside it, where there is one.")
@click.option("--registries", type=EXISTING, multiple=True, help="Registers the plan used beside the shipped ones.")
@click.option("--eu-statements", type=FOLDER,
              help="Instead of the report, write statements for the European transparency database to this folder.")
@click.option("--pack", type=EXISTING, help="For --eu-statements: the plan's policy pack. Default: the shipped one.")
@click.option("--platform", default="", help="For --eu-statements: the platform's name in the database.")
@click.option("--prefix", help="Of a plan's --eu-statements: begins every key. Default: 12 digits of its digest.")
@click.option("--applied-on", type=click.DateTime(["%Y-%m-%d"]),
              help="For --eu-statements of a plan: the day the restrictions began. Default: the plan's cut-off.")
@as_json
def report(*, plan: Path, campaign: str | None, state: str, into: Path | None, person: str | None, ledger: Path | None,
           snapshot: Path | None, internal: bool, previous: Path | None, truth: Path | None, registries: tuple[Path, ...],
           eu_statements: Path | None, pack: Path | None, platform: str, prefix: str | None, applied_on: datetime | None,
           as_json: bool) -> None:
    """Write the report of PLAN, or with --campaign of what became of it; neither needs a network to be read.

    The report of a campaign is a page, a JSON document and CSV tables. Each total equals the ledger, or nothing is written.
    """
    def inputs() -> ReportInputs:
        return ReportInputs(plan=plan, holders=load_registers(registries)["holders"], snapshot=snapshot, ledger=ledger,
                            are_named=internal)

    if eu_statements is not None:
        filing = EuFiling(pack=load_pack(SweepSettings(pack=pack)), messages=load_messages("en"), platform_name=platform,
                          campaign_id=prefix, applied_on=applied_on.date() if applied_on is not None else None)
        if campaign is not None:
            if prefix is not None or applied_on is not None:
                raise ConfigError(Problem(what="a campaign has its own name and days",
                                          hint="leave out `--prefix` and `--applied-on`, or `--campaign`"))
            with desk_at(state, campaign, hours=None) as desk:
                filing = filing_of_campaign(filing, read_campaign(desk, inputs()))
        _export(plan, filing, into=eu_statements, as_json=as_json)
    elif campaign is not None:
        if person is not None and internal:
            raise ConfigError(Problem(what="the team's own copy cannot be the campaign's report",
                                      hint="leave out `--internal`, or `--final`"))
        with desk_at(state, campaign, hours=None) as desk:
            written = write_campaign_report(read_campaign_report(desk, inputs()), messages=load_messages("en"),
                                            into=into or Path(f"{campaign}-report"))
            if person is not None:
                written = accepted(record_final(desk, written, person=person), as_json=as_json)
        screen(as_json=as_json).show(CampaignReportView(written=written))
    else:
        file = report_plan(plan, into=into or plan / "report.html", registries=registries,
                           beside=Beside(previous=previous, truth=truth))
        click.echo(f"report written to {file}")


def _export(plan: Path, filing: EuFiling, *, into: Path, as_json: bool) -> None:
    shown = screen(as_json=as_json)
    with progress(shown, what="Statements", unit="decisions") as advance:
        export = export_eu_statements(plan, filing, into=into,
                                      on_progress=lambda n_done, n_total: advance(n_done, n_total, ""))
    shown.show(EuStatementsView(export=export, is_of_plan=filing.carried_out is None))
