"""Which files are the source: from a folder, a glob, one file, an address, or a `snapshot.toml`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from evenhand.connectors.files.mapping import Mapping, load_mapping
from evenhand.connectors.files.source import COMPRESSIONS, Place, SourceFile, files_at, place, reading, tables_in
from evenhand.errors import DataError, Problem, without_secrets
from evenhand.model.snapshot import TABLES

EXPANSION = 4
"""About how many bytes in memory one byte of a compressed file becomes."""
COMPRESSED = (".parquet", ".pq", *COMPRESSIONS)
MAPPING = "snapshot.toml"
"""A mapping with this name in the source folder is used without being asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is to be read."""

    files: dict[str, list[SourceFile]]
    """The files of each table, in the order in which they are read."""
    ignored: tuple[str, ...]
    """Names of files that belong to no table."""
    mapping: Mapping

    @property
    def n_bytes(self) -> int:
        """Stored bytes of all files."""
        return sum(file.size for files in self.files.values() for file in files)

    @property
    def memory_bytes(self) -> int:
        """About how much all rows would take in memory."""
        return sum(file.size * (EXPANSION if file.name.lower().endswith(COMPRESSED) else 1)
                   for files in self.files.values() for file in files)


def discover(source: str | Path, *, mapping: Path | None = None, without: Path | None = None) -> Source:
    """The files of each table, and how to read them. What stands in the folder `without` is not seen.

    Raises:
        DataError: nothing is there, no file belongs to a table, or the mapping is wrong.
    """
    where = place(source)
    if mapping is None and where.is_local:
        given = Path(where.path)
        if given.suffix == ".toml":
            mapping, where = given, replace(where, path=str(given.parent))
        else:
            with reading(str(given)):
                mapping = given / MAPPING if (given / MAPPING).is_file() else None
    rules = load_mapping(mapping) if mapping is not None else Mapping()
    named, problems = _named(rules, where)
    if problems:
        raise DataError(problems)
    outside = str(without.resolve()) + "/" if without is not None else None
    found = [file for file in files_at(where) if outside is None or not file.is_local or not file.path.startswith(outside)]
    tables, ignored = tables_in(found)
    files = {name: named.get(name) or tables.get(name, []) for name in TABLES}
    taken = {file.path for some in files.values() for file in some}
    if not files["accounts"]:
        raise DataError(_nothing(without_secrets(str(source), is_address=True), found))
    ignored = [file.name for file in found if file.path not in taken and Path(file.name).name != MAPPING]
    return Source(files={name: some for name, some in files.items() if some}, ignored=tuple(ignored), mapping=rules)


def is_elsewhere(name: str) -> bool:
    """Whether a name stands for itself, so that it is not relative to the source.

    >>> [is_elsewhere(name) for name in ("s3://bucket/posts", "/exports/posts.csv", "posts/*.csv")]
    [True, True, False]
    """
    return "://" in name or name.startswith(("/", "~"))


def _named(rules: Mapping, where: Place) -> tuple[dict[str, list[SourceFile]], list[Problem]]:
    """The files that the mapping names, and names that fit nothing."""
    named: dict[str, list[SourceFile]] = {}
    problems = []
    for table, rule in rules.tables.items():
        for pattern in rule.files:
            found = files_at(place(pattern)) if is_elsewhere(pattern) else files_at(where, pattern=pattern)
            if not found:
                problems.append(Problem(what=f"no file fits `{pattern}` of the table `{table}`", file=where.path,
                                        hint="paths are relative to the source"))
            known = {file.path for file in named.setdefault(table, [])}
            named[table] += [file for file in found if file.path not in known]
    return named, problems


def _nothing(source: str, found: list[SourceFile]) -> Problem:
    names = ", ".join(f"`{file.name}`" for file in found[:10])
    if not found:
        return Problem(what=f"nothing is at `{source}`", file=source, hint="check the path; a glob needs quotes in a shell")
    return Problem(
        what=f"no file of the table `accounts` is at `{source}`; there {'is' if len(found) == 1 else 'are'} {names}",
        file=source, hint="name it `accounts.csv` (or .parquet, .jsonl, .arrow), or name the files in a `snapshot.toml`")
