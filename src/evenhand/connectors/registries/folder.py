"""Registry folders: one file per register, read into Arrow tables with the register's schema and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.connectors.registries.checks import check
from evenhand.connectors.registries.files import FORMATS
from evenhand.connectors.registries.long_lists import (
    LINKS,
    LONG_LIST_ROWS,
    ROW_GROUP,
    LongList,
    check_across,
    check_long,
    is_long,
)
from evenhand.connectors.registries.rows import load_register
from evenhand.errors import DataError, Problem
from evenhand.model.registers.left_out import LeftOut
from evenhand.model.registry import REGISTERS

MOST_SHOWN = 50
"""Problems of one file that are told one by one; the rest is counted."""
COMPRESSION_LEVEL = 19
"""Of Zstandard: registers are written once and shipped, so size beats time."""


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
