"""`evenhand appeal records`: what the next sweep has to know: who has which strikes, and what was found legitimate."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.campaigns.options import state_option
from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.appeals.recorded import RecordedView
from evenhand.workflows.appeals.recording import record
from evenhand.workflows.effects.opening import open_state


@click.command()
@click.option("--into", type=FOLDER, required=True, help="The folder for both registers, for `evenhand plan --registries`.")
@click.option("--pack", "packs", type=EXISTING, multiple=True,
              help="A pack that some plan was made with, where it is not the shipped one; may be given several times.")
@click.option("--rehearsals", "with_rehearsals", is_flag=True, help="Also what rehearsals gave. Never for a real plan.")
@state_option
@as_json
def records(*, into: Path, packs: tuple[Path, ...], with_rehearsals: bool, state: str, as_json: bool) -> None:
    """Write strikes and adjudications, of all campaigns, as the registers that the next plan reads.

    A strike that was withdrawn is not among them, and an account that was found legitimate is spared without new evidence.
    """
    with open_state(state, create=False) as opened:
        done = record(opened, into=into, packs=packs, with_rehearsals=with_rehearsals)
    screen(as_json=as_json).show(RecordedView(done=done))
