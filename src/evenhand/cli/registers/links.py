"""`evenhand registry links`: a long list of harmful hosts, as its publisher writes it, becomes a register."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.registers.links import LinkListView
from evenhand.workflows.import_links import ListSource, import_links


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--list", "list_id", required=True, help="A short name of the list; replaces what it held before.")
@click.option("--label", default="scam", show_default=True, help="What its hosts are: scam, phishing … or allow.")
@click.option("--source", required=True, help="A short name of where the list comes from; kept in every row.")
@click.option("--source-url", help="Where the list can be looked up.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which the list was true.")
@click.option("--into", type=FOLDER, default=Path("registries"), show_default=True, help="The folder of registers.")
@as_json
def links(*, file: Path, list_id: str, label: str, source: str, source_url: str | None, as_of: datetime, into: Path,
          as_json: bool) -> None:
    """Write the hosts in FILE into the register of link lists, whatever their number, at constant memory.

    FILE is a hosts file, a plain or filter list, CSV with a header or the host first, or JSON lines of a signal exchange;
    defanged entries (hxxp, [.]) are read. What names no host, or a page on a host that many share, is counted and shown.
    """
    named = ListSource(list_id=list_id, label=label, source=source, source_url=source_url,
                       as_of=date(as_of.year, as_of.month, as_of.day))
    read = import_links(file, named, into=into)
    screen(as_json=as_json).show(LinkListView(file=str(file), list_id=list_id, into=str(into), read=read))
