"""`evenhand policy`: check a pack before it is used."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, as_json, screen, teller
from evenhand.cli.views.checks import PackCheckView
from evenhand.cli.views.problems import ProblemsView
from evenhand.errors import ExitCode, PolicyError
from evenhand.workflows.check_policies import check_pack_folder
from evenhand.workflows.materials import SweepSettings


@click.group()
def policy() -> None:
    """Policy packs: the rules, their cases, and the checks that they are neutral."""


@policy.command()
@click.argument("pack", type=EXISTING, required=False)
@click.option("--registries", type=EXISTING, multiple=True, help="A folder of registers to use beside the shipped ones.")
@as_json
@click.pass_context
def check(context: click.Context, *, pack: Path | None, registries: tuple[Path, ...], as_json: bool) -> None:
    """Check PACK (the shipped one if left out): schema, closed harms, neutrality, every case, and the swap test."""
    shown = screen(as_json=as_json)
    found = check_pack_folder(SweepSettings(pack=pack, registries=registries, on_left_out=teller(as_json=as_json)))
    if found.problems:
        shown.warn(ProblemsView(error=PolicyError(found.problems)))
        context.exit(ExitCode.YOUR_INPUT)
    shown.show(PackCheckView(check=found))
