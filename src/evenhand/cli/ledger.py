"""`evenhand ledger`: keep a campaign's public record, hand out what opens it, and erase what must be forgotten."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.ledger import AppendedView, DisclosureView, ErasureView, KeyView
from evenhand.cli.views.progress import progress
from evenhand.errors import ConfigError, Problem
from evenhand.workflows.ledger.keep import append_events, disclose, erase, make_ledger_key

FILE = click.Path(path_type=Path, dir_okay=False)

private_folder = click.option("--private", type=FOLDER, required=True,
                              help="The folder of what opens the entries. It is not published; keep a copy of it.")


@click.group()
def ledger() -> None:
    """The ledger: a public, append-only record of what a campaign did. `evenhand verify` checks one."""


@ledger.command()
@click.argument("name")
@click.option("--into", type=FILE, default=Path("ledger.key"), show_default=True, help="The file of the private key.")
@as_json
def keygen(*, name: str, into: Path, as_json: bool) -> None:
    """Make the key of the ledger NAME, an address without scheme such as example.org/ledger.

    The private key is written to a file that only its owner may read, and is never shown.
    """
    screen(as_json=as_json).show(KeyView(key=make_ledger_key(name, into), private=into))


@ledger.command()
@click.argument("events", type=EXISTING)
@click.option("--into", "folder", type=FOLDER, required=True, help="The ledger's folder, which is published.")
@private_folder
@click.option("--key", type=FILE, default=Path("ledger.key"), show_default=True, help="The file of the private key.")
@click.option("--after", type=click.IntRange(0), help="Refuse unless the ledger has exactly so many entries.")
@as_json
def append(*, events: Path, folder: Path, private: Path, key: Path, after: int | None, as_json: bool) -> None:
    """Append EVENTS (JSON lines) to a ledger, which is made if it is not there. All of them, or none if one is wrong."""
    shown = screen(as_json=as_json)
    with progress(shown, what="Appending", unit="events") as advance:
        appended = append_events(events, folder, private=private, key=key, after=after,
                                 progress=lambda done, total: advance(done, total, ""))
    shown.show(AppendedView(appended=appended))


@ledger.command("disclose")
@click.argument("entry", type=click.IntRange(0))
@private_folder
@click.option("--place", "places", multiple=True, help="Only this place of it, such as body.account_id; may be repeated.")
@click.option("--into", type=FILE, help="Write the disclosures to a file, to be handed to whom the entry concerns.")
@as_json
def disclose_(*, entry: int, private: Path, places: tuple[str, ...], into: Path | None, as_json: bool) -> None:
    """Show what opens ENTRY, so that its person can check that the ledger says the same."""
    found = disclose(entry, private=private, places=places)
    if into is not None:
        into.write_text("".join(f"{one.text}\n" for one in found), encoding="utf-8")
    screen(as_json=as_json).show(DisclosureView(entry=entry, disclosures=found, written=into))


@ledger.command("erase")
@private_folder
@click.option("--entry", "entries", type=click.IntRange(0), multiple=True, help="The number of an entry; may be repeated.")
@click.option("--value", help="All entries that hold this text, such as an account's id.")
@click.option("--write", is_flag=True, help="Erase. Without it, only what would be erased is shown.")
@as_json
def erase_(*, private: Path, entries: tuple[int, ...], value: str | None, write: bool, as_json: bool) -> None:
    """Erase for good what opens entries. The ledger itself stays as it is, and verifies as before."""
    if not entries and value is None:
        raise ConfigError(Problem(what="nothing is named that should be erased", hint="give `--entry` or `--value`"))
    screen(as_json=as_json).show(ErasureView(erasure=erase(private=private, entries=entries, value=value, write=write)))
