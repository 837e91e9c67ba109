"""`evenhand explain`: why one account has the outcome it has."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, as_json, screen, sweep_options
from evenhand.cli.views.explain import ExplainView
from evenhand.workflows.materials import SweepSettings, load_messages
from evenhand.workflows.sweeps import explain_account


@click.command()
@click.argument("account")
@click.option("--snapshot", type=EXISTING, help="The ingested snapshot. Default: `snapshot` beside the plan, or here.")
@click.option("--plan", "plan_folder", type=EXISTING, help="The plan, so that other accounts are compared with as there.")
@click.option("--short", is_flag=True, help="Leave the rows of each step out.")
@sweep_options
@as_json
def explain(*, account: str, snapshot: Path | None, plan_folder: Path | None, short: bool, settings: SweepSettings,
            as_json: bool) -> None:
    """Explain ACCOUNT (an id or a handle): every signal, finding, guard and rule, and what would have changed it."""
    beside = plan_folder.parent / "snapshot" if plan_folder is not None else Path("snapshot")
    found = explain_account(snapshot or beside, settings, account=account, plan=plan_folder)
    screen(as_json=as_json).show(ExplainView(explanation=found, messages=load_messages("en"), with_steps=not short))
