"""`evenhand intake`: reports of users become a queue of accounts for a person to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.registers.pairs import pairs
from evenhand.cli.views.registers.intake import IntakeView
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.registers.intake import record_intake, take_in, write_queue


@click.command()
@click.argument("files", type=EXISTING, nargs=-1, required=True)
@click.option("--into", type=FOLDER, default=Path("queue"), show_default=True, help="Where the queue is written.")
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="A column that has another name in FILES.")
@click.option("--show", "n_shown", type=click.IntRange(0), default=20, show_default=True, help="Accounts to show.")
@click.option("--state", help="The campaign's database: counts are recorded there for the report.")
@click.option("--threads", type=click.IntRange(1), help="Processors to use. Default: all.")
@as_json
def intake(*, files: tuple[Path, ...], into: Path, columns: tuple[str, ...], n_shown: int, state: str | None,
           threads: int | None, as_json: bool) -> None:
    """Take in the reports of FILES (CSV, JSON lines, Parquet, Arrow). They say where to look and are never evidence."""
    now = datetime.now(UTC)
    found = take_in(files, at=now, columns=pairs(columns, "column"), threads=threads)
    written = write_queue(found, into)
    if state is not None:
        with open_state(state) as opened:
            record_intake(opened, found, at=now)
    screen(as_json=as_json).show(IntakeView(intake=found, files=written, n_shown=n_shown))
