"""`evenhand registry credentials` and `licences`: who is qualified, from what people present and from public registers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.checks import RegistryDiffView
from evenhand.workflows.credentials.imports import CredentialSettings, import_credentials, import_licences
from evenhand.workflows.import_registry import Provenance, apply_import

_INTO = click.option("--into", type=FOLDER, default=Path("registries"), show_default=True, help="The folder of registers.")
_SOURCE = click.option("--source", required=True, help="A short name of where they come from; kept in every row.")
_WRITE = click.option("--write", is_flag=True, help="Write the register. Without it, only the difference is shown.")


@click.command()
@click.argument("presented", type=EXISTING)
@click.option("--issuers", type=EXISTING, required=True, help="The allow-list of issuers (TOML), with their keys beside it.")
@click.option("--status-list", "status_lists", type=EXISTING, multiple=True,
              help="A file with one issuer's status list; may be given several times.")
@click.option("--audience", help="The platform's name in proofs that bind a credential to its holder.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
              help="The instant (UTC) at which they must be valid. Default: now.")
@_SOURCE
@_INTO
@_WRITE
@as_json
def credentials(*, presented: Path, issuers: Path, status_lists: tuple[Path, ...], audience: str | None,
                at: datetime | None, source: str, into: Path, write: bool, as_json: bool) -> None:
    """Check the credentials in PRESENTED (JSONL, CSV or a folder of them) and show what they add to the register.

    A record holds `account_id`, `credential` (SD-JWT VC, or VC 2.0 or Open Badges 3.0 as a JWT) and `nonce`. Nothing is
    fetched. Kept are profession, jurisdiction, issuer, expiry, status and a hash. Needs the optional extra `credentials`.
    """
    instant = (at or datetime.now(UTC)).replace(tzinfo=UTC)
    settings = CredentialSettings(issuers=issuers, at=instant, status_lists=status_lists, audience=audience)
    difference = import_credentials(presented, settings, into=into,
                                    provenance=Provenance(source=source, as_of=instant.date()))
    written = str(apply_import(difference)) if write else None
    screen(as_json=as_json).show(RegistryDiffView(difference=difference, written=written))


@click.command()
@click.argument("register", type=EXISTING)
@click.option("--claims", type=EXISTING, required=True, help="Which number belongs to which account (`account_id`, `number`).")
@click.option("--mapping", type=click.Path(path_type=Path), required=True,
              help="How the register writes (TOML), or a shipped one: us-nppes.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which the register was true.")
@click.option("--source-url", help="Where the register can be looked up.")
@_SOURCE
@_INTO
@_WRITE
@as_json
def licences(*, register: Path, claims: Path, mapping: Path, as_of: datetime, source_url: str | None, source: str, into: Path,
             write: bool, as_json: bool) -> None:
    """Look up the licence numbers in --claims in REGISTER, a public register as CSV, and show what they add.

    A number is no secret: the platform says which account it belongs to, after it made sure.
    """
    day = date(as_of.year, as_of.month, as_of.day)
    difference = import_licences(register, claims, mapping=mapping, into=into,
                                 provenance=Provenance(source=source, source_url=source_url, as_of=day))
    written = str(apply_import(difference)) if write else None
    screen(as_json=as_json).show(RegistryDiffView(difference=difference, written=written))
