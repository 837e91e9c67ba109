"""Column mappings: what a foreign registry file calls the columns of a register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from evenhand.connectors.toml_files import read_toml
from evenhand.errors import DataError, Problem
from evenhand.model.registry import Register

SECTIONS = ("columns", "constants", "handles")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Where the columns of a register come from. A column that is not named here has its own name in the file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column → the column in the file."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Our column → one value for every row that has none."""
    handles: Mapping[str, str] = field(default_factory=dict)
    """A platform → the column in the file that holds the holder's handle there."""

    def apply(self, values: Mapping[str, object], register: Register) -> dict[str, object]:
        """One record of the file with our column names; columns that the register does not have are left out.

        >>> from evenhand.model.registry import REGISTERS
        >>> mapping = ColumnMapping(columns={"holder_id": "qid"}, constants={"kind": "institution"},
        ...                         handles={"twitter": "x"})
        >>> row = mapping.apply({"qid": "Q8333", "name": "FBI", "x": "FBI"}, REGISTERS["holders"])
        >>> row["kind"], row["handles"]
        ('institution', [{'platform': 'twitter', 'handle': 'FBI'}])
        """
        row: dict[str, object] = {}
        for name in register.schema.names:
            value = values.get(self.columns.get(name, name))
            value = self.constants.get(name) if value is None or value == "" else value
            if value is not None:
                row[name] = value
        for platform, column in self.handles.items():
            handle = values.get(column)
            if handle is not None and handle != "":
                own = row.setdefault("handles", [])
                if isinstance(own, list):
                    own.append({"platform": platform, "handle": handle})
        return row

    def used(self, register: Register) -> set[str]:
        """The columns of the file that are read."""
        return {self.columns.get(name, name) for name in register.schema.names} | set(self.handles.values())

    def problems(self, register: Register, *, present: Iterable[str], file: str) -> list[Problem]:
        """What keeps the mapping from being used on a file with the columns `present`."""
        present = tuple(present)
        found = [Problem(what=f"`{name}` is not a column of `{register.name}`", file=file,
                         hint=_nearest(name, register.schema.names))
                 for name in (*self.columns, *self.constants) if name not in register.schema.names]
        if self.handles and "handles" not in register.schema.names:
            found.append(Problem(what=f"`{register.name}` has no handles", file=file, hint="leave `handles` out"))
        named = (*self.columns.values(), *self.handles.values())
        found += [Problem(what=f"the file has no column `{name}`", file=file, hint=_nearest(name, present))
                  for name in named if name not in present]
        return found


def mapping_of_flags(columns: Iterable[str] = (), constants: Iterable[str] = (),
                     handles: Iterable[str] = ()) -> ColumnMapping:
    """The mapping that flags such as `holder_id=qid` describe.

    Raises:
        DataError: a flag has no `=`, or names a column twice; write it as `ours=theirs`.

    >>> mapping_of_flags(["name=title"], constants=["kind=media"]).constants
    {'kind': 'media'}
    """
    problems: list[Problem] = []
    read = {section: _pairs(flags, section, problems)
            for section, flags in zip(SECTIONS, (columns, constants, handles), strict=True)}
    if problems:
        raise DataError(problems)
    return ColumnMapping(**read)


def _pairs(flags: Iterable[str], section: str, problems: list[Problem]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for flag in flags:
        ours, equals, theirs = flag.partition("=")
        ours, theirs = ours.strip(), theirs.strip()
        if not (ours and equals and theirs):
            problems.append(Problem(what=f"`{flag}` does not say what is what", hint="write it as `ours=theirs`"))
        elif ours in pairs:
            problems.append(Problem(what=f"`{ours}` stands twice in the {section}", hint="keep one of the two"))
        else:
            pairs[ours] = theirs
    return pairs


def load_column_mapping(file: Path) -> ColumnMapping:
    """The mapping in a TOML file with the sections `columns`, `constants` and `handles`.

    Raises:
        DataError: the file cannot be read or holds anything else; all mistakes together.
    """
    parsed = read_toml(file, like='a mapping looks like `[columns]` and then `name = "title"`')
    problems = [_mistake(section, body, file) for section, body in parsed.items() if not _is_section(section, body)]
    if problems:
        raise DataError(problems)
    return ColumnMapping(**parsed)


def _is_section(section: str, body: Any) -> bool:
    return section in SECTIONS and isinstance(body, dict) and all(isinstance(value, str) for value in body.values())


def _mistake(section: str, body: Any, file: Path) -> Problem:
    if section not in SECTIONS:
        return Problem(what=f"unknown section `{section}`", file=str(file), hint=_nearest(section, SECTIONS))
    if not isinstance(body, dict):
        return Problem(what=f"`{section}` is not a section", file=str(file), hint=f"write `[{section}]`")
    wrong = next(name for name, value in body.items() if not isinstance(value, str))
    return Problem(what=f"`{wrong}` in `{section}` is not a text", file=str(file), hint="put the value in quotes")


def _nearest(name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"known: {', '.join(f'`{one}`' for one in known)}"
