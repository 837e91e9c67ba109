"""Credential import: what people presented is checked, and what is left of it becomes rows of the register `credentials`.

Tokens are read, checked and forgotten: no name, no number and no token is kept. Nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evenhand.connectors.credentials.issuers import load_issuers
from evenhand.connectors.credentials.presented import read_presented
from evenhand.connectors.credentials.status_lists import load_status_lists
from evenhand.connectors.credentials.verifier import Verifier
from evenhand.connectors.registries.licences import read_licences
from evenhand.model.registry import REGISTERS
from evenhand.workflows.import_registry import Provenance, RegistryDiff, import_contents


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSettings:
    """By what presented credentials are judged."""

    issuers: Path
    """The allow-list, a TOML file."""
    at: datetime
    """The instant at which they must be valid."""
    status_lists: tuple[Path, ...] = ()
    audience: str | None = None
    """The platform's name in key-binding proofs."""


def import_credentials(presented: Path, settings: CredentialSettings, *, provenance: Provenance, into: Path) -> RegistryDiff:
    """What the credentials in a file or folder would change in the register `credentials` of the folder `into`.

    Raises:
        ConfigError: the optional extra is not installed.
        DataError: the allow-list, a status list or the records cannot be read at all. All mistakes of one file together.
    """
    verifier = Verifier(issuers=load_issuers(settings.issuers), at=settings.at, audience=settings.audience,
                        lists=load_status_lists(settings.status_lists, at=settings.at))
    contents = read_presented(presented, verifier)
    return import_contents(contents, REGISTERS["credentials"], provenance=provenance, into=into)


def import_licences(register: Path, claims: Path, *, mapping: Path, provenance: Provenance, into: Path) -> RegistryDiff:
    """What a published register of licences says about the licences that accounts gave, as a difference to `credentials`.

    Raises:
        DataError: a file cannot be read, or the mapping does not fit it. All mistakes together.
    """
    contents = read_licences(register, claims, mapping=mapping)
    return import_contents(contents, REGISTERS["credentials"], provenance=provenance, into=into)
