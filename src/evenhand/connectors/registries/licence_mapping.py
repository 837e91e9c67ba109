"""How a licence register writes what we keep: a TOML file with its columns, its words and its codes."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

from evenhand.connectors.toml_files import read_toml
from evenhand.errors import DataError, Problem
from evenhand.model.registry import CredentialStatus

COLUMNS = ("number", "profession", "jurisdiction", "status", "expires_at", "ended_at", "resumed_at")
"""Columns of a register that are read. A licence with `ended_at` and without `resumed_at` has the status `unknown`."""
CHECKS = ("none", "npi")
_TEXTS = ("issuer", "check", "delimiter", "encoding", "date_format", "jurisdiction", "jurisdiction_prefix")
_TABLES = ("columns", "require", "professions", "statuses")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceMapping:
    """One register's way of writing."""

    issuer: str
    columns: Mapping[str, str]
    """Our column → theirs."""
    check: str = "none"
    delimiter: str = ","
    encoding: str = "utf8"
    date_format: str = "%Y-%m-%d"
    jurisdiction: str | None = None
    """For every row that names none."""
    jurisdiction_prefix: str = ""
    """Put before what the column says, such as `US-` before `CA`."""
    require: Mapping[str, str] = field(default_factory=dict)
    """Their column → the one value that a row must have."""
    professions: Mapping[str, str] = field(default_factory=dict)
    """The beginning of their code → the profession. Without any, their words are taken as they are."""
    statuses: Mapping[str, CredentialStatus] = field(default_factory=dict)
    """Their word, case folded → ours. A word that is not here is `unknown`."""

    @property
    def read_columns(self) -> list[str]:
        """Their columns that are read, each once."""
        return list(dict.fromkeys([*self.columns.values(), *self.require]))

    def profession_of(self, row: Mapping[str, str]) -> str | None:
        """The profession of a row, by the longest beginning of its code; None where there is none."""
        code = row[self.columns["profession"]]
        if not self.professions:
            return code or None
        fitting = [begin for begin in self.professions if code.startswith(begin)]
        return self.professions[max(fitting, key=len)] if fitting else None

    def jurisdiction_of(self, row: Mapping[str, str]) -> str | None:
        """Where the licence holds."""
        named = row.get(self.columns.get("jurisdiction", ""), "")
        return f"{self.jurisdiction_prefix}{named}" if named else self.jurisdiction


def load_licence_mapping(file: Path) -> LicenceMapping:
    """The mapping in a TOML file, or the shipped one of that name (`us-nppes`).

    Raises:
        DataError: there is none, or it holds what a mapping does not; all mistakes together.
    """
    shipped = resources.files("evenhand").joinpath("data/licence_registers", f"{file.name}.toml")
    if shipped.is_file() and not file.exists():
        parsed = tomllib.loads(shipped.read_text(encoding="utf-8"))
    else:
        parsed = read_toml(file, like='a mapping looks like `issuer = "…"` and then `[columns]`',
                           missing="name a TOML file, or a shipped mapping such as `us-nppes`")
    problems = _mistakes(parsed, file)
    if problems:
        raise DataError(problems)
    statuses = {word.casefold(): CredentialStatus(status) for word, status in parsed.pop("statuses", {}).items()}
    return LicenceMapping(**parsed, statuses=statuses)


def _mistakes(parsed: Mapping[str, Any], file: Path) -> list[Problem]:
    problems = [Problem(what=f"unknown key `{name}`", file=str(file), hint=_nearest(name, (*_TEXTS, *_TABLES)))
                for name in parsed if name not in (*_TEXTS, *_TABLES)]
    problems += [Problem(what=f"`{name}` is not a text", file=str(file), hint="put the value in quotes")
                 for name in _TEXTS if not isinstance(parsed.get(name, ""), str)]
    broken = [name for name in _TABLES if not (isinstance(parsed.get(name, {}), dict)
                                               and all(isinstance(one, str) for one in parsed.get(name, {}).values()))]
    problems += [Problem(what=f"`{name}` is not a table of texts", file=str(file), hint=f"write `[{name}]`")
                 for name in broken]
    if problems:
        return problems
    columns = parsed.get("columns", {})
    problems += [Problem(what=f"unknown column `{name}`", file=str(file), hint=_nearest(name, COLUMNS))
                 for name in columns if name not in COLUMNS]
    problems += [Problem(what=f"the mapping names no `{name}`", file=str(file), hint=f'write `{name} = "…"`')
                 for name, given in (("issuer", parsed), ("number", columns), ("profession", columns)) if not given.get(name)]
    problems += [Problem(what=f"`{status}` is not a known status", file=str(file), hint=f"known: {', '.join(CredentialStatus)}")
                 for status in parsed.get("statuses", {}).values() if status not in tuple(CredentialStatus)]
    if parsed.get("check", "none") not in CHECKS:
        problems.append(Problem(what=f"`{parsed['check']}` is not a known check", file=str(file),
                                hint=f"known: {', '.join(CHECKS)}"))
    if len(parsed.get("delimiter", ",").encode()) != 1:
        problems.append(Problem(what=f"the delimiter `{parsed['delimiter']}` is not one ASCII character", file=str(file),
                                hint='write `delimiter = ";"`'))
    if not _is_encoding(parsed.get("encoding", "utf8")):
        problems.append(Problem(what=f"unknown encoding `{parsed['encoding']}`", file=str(file),
                                hint='write `encoding = "utf8"`'))
    return problems


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"known: {', '.join(f'`{one}`' for one in known)}"
