"""The allow-list of issuers: whose credentials count, for which profession, with which keys. A TOML file and JWKS files.

An issuer that is not on the list is not trusted, whatever its credential says. Keys are never fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from evenhand.connectors.credentials.compact import NotAccepted, read_object
from evenhand.connectors.credentials.signatures import ALGORITHMS, PublicKey, public_key, refuse_without_extra
from evenhand.connectors.toml_files import read_toml
from evenhand.errors import DataError, Problem

HOLDERS = ("key", "bearer")
"""How a holder proves that a credential is theirs: with the key that it names, or by having it."""
_ISSUER = ("id", "name", "keys", "status_keys", "algorithms", "holder", "credential")
_CREDENTIAL = ("type", "profession", "profession_claim", "jurisdiction", "jurisdiction_claim", "needs_status")


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialType:
    """One type of credential of an issuer, and where it says what a register keeps."""

    type: str
    """An SD-JWT VC's `vct`, a VC's type, or the id of an Open Badges achievement."""
    profession: str | None = None
    profession_claim: str | None = None
    """The way to the claim, with dots: `credentialSubject.licence.profession`."""
    jurisdiction: str | None = None
    jurisdiction_claim: str | None = None
    needs_status: bool = False
    """Whether every credential of this type names a status list; one that does not is then not accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Somebody whose credentials count."""

    id: str
    name: str
    keys: tuple[PublicKey, ...]
    status_keys: tuple[PublicKey, ...]
    """Keys that may sign its status lists; its own unless the list says otherwise."""
    algorithms: tuple[str, ...] = tuple(ALGORITHMS)
    holder: str = "key"
    types: Mapping[str, CredentialType] = field(default_factory=dict)


def load_issuers(file: Path) -> dict[str, Issuer]:
    """The issuers in an allow-list, by their id.

    Raises:
        ConfigError: the optional extra is not installed.
        DataError: the list or a file of keys cannot be read or used. All mistakes together.
    """
    refuse_without_extra()
    parsed = read_toml(file, like='a list looks like `[[issuer]]` and then `id = "https://board.example"`')
    tables = parsed.pop("issuer", [])
    problems = [_unknown(name, ("issuer",), file) for name in parsed]
    if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        problems.append(Problem(what="the list names no issuer", file=str(file), hint="begin with `[[issuer]]`"))
        raise DataError(problems)
    issuers = [_issuer(table, file, problems) for table in tables]
    found = {issuer.id: issuer for issuer in issuers if issuer is not None}
    if not problems and len(found) != len(tables):
        ids = [table["id"] for table in tables]
        problems += [Problem(what=f"the issuer `{one}` stands twice", file=str(file), hint="join its types and its keys in one")
                     for one in found if ids.count(one) > 1]
    if problems:
        raise DataError(problems)
    return found


def _issuer(table: Mapping[str, Any], file: Path, problems: list[Problem]) -> Issuer | None:
    before = len(problems)
    who = f"the issuer `{table.get('name') or table.get('id')}`" if table.get("name") or table.get("id") else "an issuer"
    problems += [_unknown(name, _ISSUER, file) for name in table if name not in _ISSUER]
    problems += [Problem(what=f"{who} has no `{name}`", file=str(file), hint=f'write `{name} = "…"`')
                 for name in ("id", "name", "keys") if not (isinstance(table.get(name), str) and table[name])]
    algorithms, holder = table.get("algorithms", list(ALGORITHMS)), table.get("holder", "key")
    if not isinstance(algorithms, list) or not set(map(str, algorithms)) <= set(ALGORITHMS):
        problems.append(Problem(what=f"`algorithms` of {who} names one that is not allowed", file=str(file),
                                hint=f"allowed: {', '.join(f'`{one}`' for one in ALGORITHMS)}"))
    if holder not in HOLDERS:
        problems.append(Problem(what=f"`{holder}` is not a way to prove who holds a credential", file=str(file),
                                hint="`key` asks for a proof with the holder's key, `bearer` for none"))
    types = _types(table.get("credential", []), file, problems, who=who)
    if len(problems) > before:
        return None
    keys = _keys(file.parent / table["keys"], problems)
    status_keys = _keys(file.parent / str(table["status_keys"]), problems) if "status_keys" in table else keys
    return Issuer(id=table["id"], name=table["name"], keys=keys, status_keys=status_keys, algorithms=tuple(algorithms),
                  holder=holder, types=types)


def _types(tables: object, file: Path, problems: list[Problem], *, who: str) -> dict[str, CredentialType]:
    if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        problems.append(Problem(what=f"{who} has no type of credential", file=str(file),
                                hint="write `[[issuer.credential]]` with `type` and `profession`"))
        return {}
    found: dict[str, CredentialType] = {}
    for table in tables:
        wrong = [_unknown(name, _CREDENTIAL, file) for name in table if name not in _CREDENTIAL]
        wrong += [_of_another_kind(name, file) for name, value in table.items()
                  if name in _CREDENTIAL and not isinstance(value, bool if name == "needs_status" else str)]
        if not table.get("type") or not (table.get("profession") or table.get("profession_claim")):
            wrong.append(Problem(what=f"a credential of {who} has no `type` or no profession", file=str(file),
                                 hint="write `type`, and `profession` or `profession_claim`"))
        problems += wrong
        if not wrong:
            found[table["type"]] = CredentialType(**table)
    return found


def _of_another_kind(name: str, file: Path) -> Problem:
    if name == "needs_status":
        return Problem(what=f"`{name}` of a credential is not a yes or no", file=str(file), hint="write `true` or `false`")
    return Problem(what=f"`{name}` of a credential is not a text", file=str(file), hint="put the value in quotes")


def _keys(file: Path, problems: list[Problem]) -> tuple[PublicKey, ...]:
    """The public keys in a JWKS file (RFC 7517, section 5)."""
    try:
        return _read_keys(file.read_bytes())
    except NotAccepted as error:
        problems.append(Problem(what=error.what, file=str(file), hint=error.hint))
    except OSError:
        problems.append(Problem(what=f"`{file.name}` cannot be read", file=str(file),
                                hint="`keys` names a file beside the allow-list; nothing is fetched"))
    return ()


def _read_keys(content: bytes) -> tuple[PublicKey, ...]:
    document = read_object(content, "the file of keys")
    listed = document.get("keys", [document] if "kty" in document else [])
    if not isinstance(listed, list) or not listed:
        raise NotAccepted("the file holds no keys", hint='a JWKS file looks like `{"keys": [ … ]}`')
    return tuple(public_key(jwk, what=f"key {nth}") for nth, jwk in enumerate(listed, start=1))


def _unknown(name: str, known: tuple[str, ...], file: Path) -> Problem:
    near = get_close_matches(name, known, n=1)
    return Problem(what=f"unknown key `{name}`", file=str(file),
                   hint=f"did you mean `{near[0]}`?" if near else f"known: {', '.join(f'`{one}`' for one in known)}")
