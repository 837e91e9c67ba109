"""`evenhand state`: copy the campaign's database while it is in use, put a copy in its place, bring it to this version."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.campaigns.options import state_option
from evenhand.cli.options import as_json, screen
from evenhand.cli.views.state import StateView
from evenhand.workflows.keeping import back_up_state, migrate_state, restore_state

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def state() -> None:
    """The campaign's database: copy it, restore a copy, bring it to this version's schema."""


@state.command()
@click.argument("into", type=FILE)
@state_option
@as_json
def backup(*, into: Path, state: str, as_json: bool) -> None:
    """Copy the database into the file INTO as it is at one instant, while others go on working. For SQLite."""
    screen(as_json=as_json).show(StateView(done=back_up_state(state, into), what="copied"))


@state.command()
@click.argument("copy", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@state_option
@as_json
def restore(*, copy: Path, state: str, as_json: bool) -> None:
    """Put COPY in the place of a database that is not there any more. Nothing is written over. For SQLite."""
    screen(as_json=as_json).show(StateView(done=restore_state(copy, state), what="restored"))


@state.command()
@state_option
@as_json
def migrate(*, state: str, as_json: bool) -> None:
    """Bring the database to the schema of this version, whole or not at all. Make a copy first."""
    screen(as_json=as_json).show(StateView(done=migrate_state(state), what="migrated"))
