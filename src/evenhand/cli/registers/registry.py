"""`evenhand registry`: bring lists of holders, fact-checks, credentials and links into a registry, with a look first."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.registers.credentials import credentials, licences
from evenhand.cli.registers.links import links
from evenhand.cli.registers.pairs import pairs
from evenhand.cli.registers.topics import topics
from evenhand.cli.views.checks import RegistryDiffView
from evenhand.cli.views.media import PicturesView
from evenhand.workflows.import_registry import ColumnMapping, Provenance, apply_import, import_registry
from evenhand.workflows.media.of_folder import pictures_in


@click.group()
def registry() -> None:
    """Registries: who can be impersonated, and which claims, credentials and links are known."""


registry.add_command(credentials)
registry.add_command(licences)
registry.add_command(links)
registry.add_command(topics)


@registry.command("import")
@click.argument("file", type=EXISTING)
@click.option("--kind", default="holders", show_default=True, help="The register: holders, link_lists, fact_checks …")
@click.option("--into", type=FOLDER, default=Path("registries"), show_default=True, help="The folder of registers.")
@click.option("--source", required=True, help="A short name of where the list comes from; kept in every row.")
@click.option("--source-url", help="Where the list can be looked up.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which the list was true.")
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="A column that has another name in FILE.")
@click.option("--constant", "constants", multiple=True, metavar="OURS=VALUE", help="One value for every row.")
@click.option("--handle", "handles", multiple=True, metavar="PLATFORM=THEIRS", help="A column that holds handles there.")
@click.option("--state-affiliated", "state_sites", multiple=True, metavar="SITE",
              help="The site of a publisher of fact-checks that belongs to a state.")
@click.option("--write", is_flag=True, help="Write the register. Without it, only the difference is shown.")
@as_json
def import_(*, file: Path, kind: str, into: Path, source: str, source_url: str | None, as_of: datetime, write: bool,
            state_sites: tuple[str, ...], as_json: bool, **mapped: tuple[str, ...]) -> None:
    """Compare FILE (CSV, JSON, JSONL, Parquet) with a register and show what is added, removed and changed.

    Fact-checks may also come as ClaimReview (JSON-LD): a feed, a page, or a folder of them.
    """
    mapping = ColumnMapping(**{name: pairs(given, name.removesuffix("s")) for name, given in mapped.items()})
    day = date(as_of.year, as_of.month, as_of.day)
    difference = import_registry(file, kind, into=into, mapping=mapping, state_sites=state_sites,
                                 provenance=Provenance(source=source, source_url=source_url, as_of=day))
    written = str(apply_import(difference)) if write else None
    screen(as_json=as_json).show(RegistryDiffView(difference=difference, written=written))


@registry.command()
@click.argument("folder", type=EXISTING)
@as_json
def pictures(*, folder: Path, as_json: bool) -> None:
    """Show each picture in FOLDER as a register of holders names it in `avatars`: its PDQ hash, and where it stands.

    Needs the optional extra `media`.
    """
    screen(as_json=as_json).show(PicturesView(pictures=pictures_in(folder)))
