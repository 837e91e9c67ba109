"""Registry folders: one file per register, read into Arrow tables with the register's schema and checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.connectors.registries.checks import Objection, check
from evenhand.connectors.registries.columns import ColumnMapping
from evenhand.connectors.registries.fact_checks import completed
from evenhand.connectors.registries.files import FORMATS, Contents, content_of, parquet_table, read_contents
from evenhand.connectors.registries.long_lists import (
    LINKS,
    LONG_LIST_ROWS,
    ROW_GROUP,
    LongList,
    check_across,
    check_long,
    is_long,
)
from evenhand.connectors.registries.shapes import shaped
from evenhand.connectors.registries.values import reader, with_main
from evenhand.errors import DataError, Problem
from evenhand.model.registers.left_out import LeftOut
from evenhand.model.registry import REGISTERS, Register

MOST_SHOWN = 50
"""Problems of one file that are told one by one; the rest is counted."""
COMPRESSION_LEVEL = 19
"""Of Zstandard: registers are written once and shipped, so size beats time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The rows that may stand in a register, with the line of each, and a problem for every row that may not."""

    table: pa.Table
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()
    """The file of each row, where several were read as one."""
    n_left_out: int = 0
    """Records that may not stand in it; one may have several problems."""
    keys_left_out: frozenset[tuple[Any, ...]] = frozenset()
    """The keys of those whose key can be read."""
    n_without_key: int = 0
    """Those that nobody can tell whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registries:
    """All registers by name, without the records that could not be used."""

    tables: dict[str, pa.Table]
    left_out: tuple[LeftOut, ...] = ()


def load_registries(folder: Path, *more: Path) -> dict[str, pa.Table]:
    """All registers of one or several folders, by name. A register that is in none of them is an empty table.

    A link list of more than `long_lists.LONG_LIST_ROWS` rows is checked and stays in its file, which `long_lists` names.

    Raises:
        DataError: a file is not a register, cannot be read, or holds rows that may not stand in it; one key stands in
            two folders. All problems of all files together.
    """
    read = _read(folder, *more)
    if read.problems:
        raise DataError(read.problems)
    return read.joined(has_several=bool(more))


def read_registries(folder: Path, *more: Path) -> Registries:
    """The same for a sweep: a record that cannot be used is left out as a whole and told.

    Raises:
        DataError: a file is not a register, cannot be read, or has no record that can be used; a record of a long list is
            broken; one key stands in two folders. All problems together.
    """
    read = _read(folder, *more)
    if read.refused:
        raise DataError([*read.refused, *(one for one in read.problems if one not in read.refused)])
    return Registries(tables=read.joined(has_several=bool(more)), left_out=tuple(read.left_out))


@dataclass(slots=True, kw_only=True)
class _Read:
    """What was found in folders of registers."""

    tables: dict[str, list[pa.Table]]
    links: list[pa.Table | Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """All of them, in the order of the files."""
    refused: list[Problem] = field(default_factory=list)
    """Those for which no sweep may be made."""
    left_out: list[LeftOut] = field(default_factory=list)

    def take(self, name: str, file: Path) -> None:
        """Read the file of a register."""
        if is_long(file):
            found, n_found = check_long(file, most=MOST_SHOWN)
            self.refuse(shortened(found, str(file), n=n_found))
            self.links.append(file)
            return
        checked = load_register(file, REGISTERS[name])
        self.tables[name].append(checked.table)
        if name == LINKS:
            self.links.append(checked.table)
        if not checked.n_left_out:
            return
        told = shortened(checked.problems, str(file))
        self.problems += told
        self.left_out.append(LeftOut(register=name, file=str(file), n=checked.n_left_out, problems=tuple(told)))
        if not checked.table.num_rows:
            self.refused.append(Problem(what=f"no record of `{name}` can be used", file=str(file),
                                        hint="mend the file, or take it out of the folder"))

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Note problems for which no sweep may be made."""
        self.problems += problems
        self.refused += problems

    def joined(self, *, has_several: bool) -> dict[str, pa.Table]:
        """Each register as one table. Raises `DataError` when a key stands in two folders."""
        joined = {name: pa.concat_tables(parts).combine_chunks() for name, parts in self.tables.items()}
        if has_several:
            _refuse_doubled(joined, self.links)
        return joined


def _read(*folders: Path) -> _Read:
    read = _Read(tables={name: [register.schema.empty_table()] for name, register in REGISTERS.items()})
    for place in folders:
        not_registers: list[Problem] = []
        files = _files(place, not_registers)
        read.refuse(not_registers)
        for name, file in files.items():
            try:
                read.take(name, file)
            except DataError as error:
                read.refuse(error.problems)
    return read


def _refuse_doubled(joined: Mapping[str, pa.Table], links: Sequence[pa.Table | Path]) -> None:
    """Raises `DataError` when a key stands in two folders. `links` are the link lists of each, of which some are files."""
    problems: list[Problem] = []
    n_problems = 0
    for name, table in joined.items():
        if name == LINKS and any(isinstance(one, Path) for one in links):
            found, n_found = check_across(links, most=MOST_SHOWN)
        else:
            found = check(table, REGISTERS[name])
            n_found = len(found)
        problems += [objection.at(name, None) for objection in found]
        n_problems += n_found
    if problems:
        raise DataError(shortened(problems, "the folders together", n=n_problems))


def long_lists(*folders: Path) -> tuple[LongList, ...]:
    """The link lists of these folders that stay in their files, in the order of the folders."""
    return tuple(LongList.at(file.resolve()) for folder in folders if folder.is_dir()
                 for file in sorted(folder.iterdir()) if is_long(file))


def shipped_registries() -> dict[str, pa.Table]:
    """The registers that come with the package, by name. `data/registries/sources.toml` says where each row is from."""
    with resources.as_file(resources.files("evenhand").joinpath("data/registries")) as folder:
        return load_registries(folder)


def _files(folder: Path, problems: list[Problem]) -> dict[str, Path]:
    """The file of each register in a folder. Files of other kinds, such as notes, are let be."""
    if not folder.is_dir():
        problems.append(Problem(what=f"there is no folder `{folder}`", hint="make one with `evenhand registry import`"))
        return {}
    files: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in FORMATS or file.name.startswith((".", "_")) or file.stem == "imports":
            continue
        if file.stem not in REGISTERS:
            near = get_close_matches(file.stem, REGISTERS, n=1)
            problems.append(Problem(what=f"`{file.stem}` is not a register", file=str(file), hint=(
                f"did you mean `{near[0]}`?" if near else f"registers: {', '.join(f'`{one}`' for one in REGISTERS)}")))
        elif file.stem in files:
            problems.append(Problem(what=f"`{file.stem}` is there twice", file=str(file),
                                    hint=f"keep this or `{files[file.stem].name}`"))
        else:
            files[file.stem] = file
    return files


def load_register(file: Path, register: Register) -> Checked:
    """The rows of one register file.

    Raises:
        DataError: the file cannot be read at all, or a column has the wrong name or type.
    """
    if file.suffix.lower() != ".parquet":
        return read_rows(read_contents(file), register, ColumnMapping(), constants={})
    table = parquet_table(content_of(file), str(file))
    return _kept(shaped(table, register, file), register, file=str(file))


def _kept(table: pa.Table, register: Register, *, file: str, lines: tuple[int, ...] | None = None,
          files: tuple[str, ...] | None = None) -> Checked:
    files = files or (file,) * table.num_rows
    lines = tuple(range(1, table.num_rows + 1)) if lines is None else lines
    against = check(table, register)
    bad = {objection.row for objection in against}
    good = [row for row in range(table.num_rows) if row not in bad] if bad else range(table.num_rows)
    kept = table.take(pa.array(good, pa.int64())) if bad else table
    keys = [tuple(table[name][row].as_py() for name in register.key) for row in sorted(bad)]
    return Checked(table=kept.cast(register.schema), lines=tuple(lines[row] for row in good),
                   files=tuple(files[row] for row in good), n_left_out=len(bad),
                   problems=tuple(_of_row(objection, files, lines) for objection in against),
                   keys_left_out=frozenset(key for key in keys if all(key)), n_without_key=sum(not all(key) for key in keys))


def _of_row(objection: Objection, files: tuple[str, ...], lines: tuple[int, ...]) -> Problem:
    return objection.at(files[objection.row], lines[objection.row])


def read_rows(contents: Contents, register: Register, mapping: ColumnMapping, constants: Mapping[str, object], *,
              state_sites: Collection[str] = ()) -> Checked:
    """The records of a file as rows of a register. A record with any mistake is left out as a whole.

    `constants` are set in every row, such as the provenance of the whole file. `state_sites` are sites of publishers of
    fact-checks that belong to a state.
    """
    problems = list(contents.problems)
    readers = {field.name: reader(field.name, field.type) for field in register.schema}
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    files: list[str] = []
    unread: list[tuple[Any, ...]] = []
    for record in contents.records:
        values = {**mapping.apply(record.values, register), **constants}
        row: dict[str, Any] = {}
        for name, value in values.items():
            try:
                row[name] = None if value is None else readers[name](value)
            except ValueError as error:
                problems.append(Problem(what=str(error), file=record.file or contents.file, line=record.line,
                                        hint=f"see its column `{name}`"))
                unread.append(_key_of(values, readers, register))
                break
        else:
            if register.name == "holders":
                row["names"] = with_main(row.get("name"), row.get("names") or [])
            elif register.name == "fact_checks":
                row = completed(row, state_sites=state_sites)
            rows.append(row)
            lines.append(record.line)
            files.append(record.file or contents.file)
    nullable = pa.schema([field.with_nullable(True) for field in register.schema])
    checked = _kept(pa.Table.from_pylist(rows, schema=nullable), register, file=contents.file, lines=tuple(lines),
                    files=tuple(files))
    problems += checked.problems
    legible = [key for key in unread if all(key)]
    return Checked(table=checked.table, lines=checked.lines, files=checked.files,
                   n_left_out=contents.n_read - checked.table.num_rows, keys_left_out=checked.keys_left_out.union(legible),
                   n_without_key=checked.n_without_key + len(contents.problems) + len(unread) - len(legible),
                   problems=tuple(sorted(problems, key=lambda one: (one.file or "", one.line or 0))))


def _key_of(values: Mapping[str, object], readers: Mapping[str, Callable[[object], object]], register: Register
            ) -> tuple[Any, ...]:
    """The key of a record that cannot be read, as far as it can be; None for what cannot."""
    key: list[Any] = []
    for name in register.key:
        try:
            key.append(None if values.get(name) is None else readers[name](values[name]))
        except ValueError:
            key.append(None)
    return tuple(key)


def shortened(problems: list[Problem] | tuple[Problem, ...], file: str, *, n: int | None = None) -> list[Problem]:
    """At most `MOST_SHOWN` of the problems, and how many more there are of `n` (None: of those given)."""
    shown = list(problems[:MOST_SHOWN])
    n_more = (len(problems) if n is None else n) - len(shown)
    if n_more:
        shown.append(Problem(what=f"{n_more} more rows cannot stand in it", file=file,
                             hint="mend those above first: they often share one cause"))
    return shown


def save_register(name: str, table: pa.Table, folder: Path) -> Path:
    """Write a register as `folder/name.parquet`, sorted by its key: equal rows give equal bytes. Returns the file.

    The file is put in place in one step, so that a reader never sees half of it.
    """
    register = REGISTERS[name]
    rows = table.select(register.schema.names).cast(register.schema)
    order = pc.sort_indices(rows, sort_keys=[(column, "ascending") for column in register.key])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.parquet"
    unfinished = folder / f".{name}.parquet.unfinished"
    pq.write_table(rows.take(order).combine_chunks(), unfinished, compression="zstd",
                   compression_level=COMPRESSION_LEVEL, use_dictionary=True, write_statistics=False,
                   row_group_size=ROW_GROUP if rows.num_rows > LONG_LIST_ROWS else rows.num_rows or 1, store_schema=False)
    unfinished.replace(file)
    return file
