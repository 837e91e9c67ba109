"""`evenhand victims`: whom to tell and to help, of those that a plan spared."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, as_json, screen
from evenhand.cli.views.victims import VictimsView
from evenhand.workflows.victims.of_plan import victims_of


@click.command()
@click.argument("plan", type=EXISTING)
@as_json
def victims(*, plan: Path, as_json: bool) -> None:
    """Show the accounts in PLAN that were probably taken over: they are spared, and a person tells and helps their holders."""
    screen(as_json=as_json).show(VictimsView(victims=victims_of(plan)))
