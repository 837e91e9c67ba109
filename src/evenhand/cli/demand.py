"""`evenhand demand`: the register of what authorities ordered or asked for, and what was answered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.demand import DemandRegisterView, RecordedView
from evenhand.errors import ConfigError, Problem
from evenhand.workflows.ledger.demands import RegisterPlace, demand_register, record_demands


@click.group()
def demand() -> None:
    """Demands of authorities: recorded, answered, published. A demand is never evidence and makes no finding."""


@demand.command()
@click.argument("file", type=EXISTING)
@click.option("--into", "folder", type=FOLDER, required=True, help="The ledger's folder, which is published.")
@click.option("--private", type=FOLDER, required=True, help="The folder of what opens the entries.")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), default=Path("ledger.key"), show_default=True,
              help="The file of the ledger's private key.")
@click.option("--by", required=True, help="Who records them; published as a commitment.")
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="A column that has another name in FILE.")
@click.option("--constant", "constants", multiple=True, metavar="OURS=VALUE", help="One value for every row.")
@as_json
def record(*, file: Path, folder: Path, private: Path, key: Path, by: str, columns: tuple[str, ...],
           constants: tuple[str, ...], as_json: bool) -> None:
    """Record the demands of FILE (CSV, JSON, JSONL, Parquet) in a ledger. Recorded again only when the answer changed."""
    recorded = record_demands(file, RegisterPlace(folder=folder, private=private, key=key), columns=_pairs(columns, "column"),
                              constants=_pairs(constants, "constant"), at=datetime.now(UTC).replace(microsecond=0), actor=by)
    screen(as_json=as_json).show(RecordedView(recorded=recorded, folder=folder))


@demand.command("list")
@click.argument("folder", type=FOLDER)
@as_json
def list_(*, folder: Path, as_json: bool) -> None:
    """Show the register as the ledger published in FOLDER gives it."""
    screen(as_json=as_json).show(DemandRegisterView(register=demand_register(folder)))


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if problems := [Problem(what=f"`--{option} {text}` is not a pair", hint=f"write `--{option} NAME=VALUE`")
                    for text, (name, equals, value) in zip(given, pairs, strict=True) if not (name and equals and value)]:
        raise ConfigError(problems)
    return {name: value for name, _, value in pairs}
