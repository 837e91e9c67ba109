"""`evenhand explain`: why one account has the outcome it has, and the networks of a plan."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, as_json, screen, sweep_options
from evenhand.cli.views.explain import ExplainView
from evenhand.cli.views.networks import NetworkListView, NetworkView
from evenhand.errors import ConfigError, Problem
from evenhand.workflows.materials import SweepSettings, load_messages
from evenhand.workflows.networks import networks_of
from evenhand.workflows.sweeps import explain_account


@click.command()
@click.argument("account", required=False)
@click.option("--network", "network_id", metavar="ID", help="The fact sheet of one network of the plan.")
@click.option("--networks", is_flag=True, help="List the networks of the plan.")
@click.option("--snapshot", type=EXISTING, help="The ingested snapshot. Default: `snapshot` beside the plan, or here.")
@click.option("--plan", "plan_folder", type=EXISTING, help="The plan, so that other accounts are compared with as there.")
@click.option("--short", is_flag=True, help="Leave the rows of each step out.")
@sweep_options
@as_json
def explain(*, account: str | None, network_id: str | None, networks: bool, snapshot: Path | None,
            plan_folder: Path | None, short: bool, settings: SweepSettings, as_json: bool) -> None:
    """Explain ACCOUNT (an id or a handle): every signal, finding, guard and rule, and what would have changed it."""
    shown = screen(as_json=as_json)
    if [account is not None, network_id is not None, networks].count(True) != 1:
        raise ConfigError(Problem(what="nothing says what to explain, or several things do",
                                  hint="name an account, or a network with `--network ID`, or list them with `--networks`"))
    if account is not None:
        beside = plan_folder.parent / "snapshot" if plan_folder is not None else Path("snapshot")
        found = explain_account(snapshot or beside, settings, account=account, plan=plan_folder)
        shown.show(ExplainView(explanation=found, messages=load_messages("en"), with_steps=not short))
        return
    if plan_folder is None:
        raise ConfigError(Problem(what="networks are those of a plan", hint="name its folder with `--plan`"))
    of_plan = networks_of(plan_folder, snapshot or plan_folder.parent / "snapshot", settings, network_id=network_id)
    shown.show(NetworkListView(networks=of_plan) if networks else NetworkView(network=of_plan[0]))
