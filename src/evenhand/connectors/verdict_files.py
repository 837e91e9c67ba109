"""Verdicts from teams that label elsewhere: CSV, JSON, JSONL or Parquet, all mistakes told at once with their lines."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.labelled_files import LINE, MOST_SHOWN, Wanted, read_labelled, to_mend
from evenhand.connectors.registries.files import content_of, parquet_table, read_contents
from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.audit import VERDICTS, Slot, Verdict

_CLOSED = {"slot": tuple(map(str, Slot)), "verdict": tuple(map(str, Verdict))}
"""Columns with a closed list of values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFile:
    """Verdicts as a file holds them, and the line of each."""

    verdicts: pa.Table
    """The columns of `VERDICTS`."""
    lines: pa.ChunkedArray
    """Counted from 1; in Parquet the row."""

    def not_in(self, before: pa.Table) -> VerdictFile:
        """Those that do not stand in `before` (`VERDICTS`) with the same item, slot, reader and word."""
        known = set(map(_word, before.to_pylist()))
        is_new = pa.array([_word(row) not in known for row in self.verdicts.to_pylist()], pa.bool_())
        return VerdictFile(verdicts=self.verdicts.filter(is_new), lines=self.lines.filter(is_new))


def read_verdicts(file: Path) -> VerdictFile:
    """The verdicts in `file`: columns `item_id`, `reader`, `slot`, `verdict` and, where there is one, `rationale`.

    Raises:
        DataError: the file cannot be read, a column is missing, or a record is wrong: nothing is taken from a file with
            mistakes, since verdicts that are left out would change what the audit finds.
    """
    present = _columns_of(file)
    missing = [_missing(field.name, present, file=file) for field in VERDICTS
               if not field.nullable and field.name not in present]
    if missing:
        raise DataError(missing)
    read = read_labelled(file, Wanted(schema=VERDICTS, columns={name: name for name in VERDICTS.names if name in present},
                                      constants={}))
    problems = [*to_mend(read.problems),
                *(problem for name, known in _CLOSED.items() for problem in _unknown(read.table, name, known, file=file))]
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise DataError(problems[:MOST_SHOWN])
    return VerdictFile(verdicts=read.table.select(VERDICTS.names), lines=read.table[LINE])


def _columns_of(file: Path) -> tuple[str, ...]:
    if file.suffix.lower() == ".parquet":
        return tuple(parquet_table(content_of(file), str(file)).column_names)
    return read_contents(file).columns


def _missing(name: str, present: tuple[str, ...], *, file: Path) -> Problem:
    near = get_close_matches(name, present, n=1)
    return Problem(what=f"the file has no column `{name}`", file=str(file), line=1, hint=f"did you mean `{near[0]}`?" if near
                   else f"columns: {', '.join(f'`{column}`' for column in present)}" if present else "it holds no record")


def _unknown(table: pa.Table, name: str, known: tuple[str, ...], *, file: Path) -> list[Problem]:
    wrong = pc.invert(pc.is_in(table[name], value_set=pa.array(known, pa.string())))
    listed = ", ".join(f"`{value}`" for value in known)
    problems = []
    for row in pc.indices_nonzero(wrong).slice(0, MOST_SHOWN).to_pylist():
        value = table[name][row].as_py()
        near = get_close_matches(value.strip().lower(), known, n=1)
        problems.append(Problem(what=f"unknown {name} `{value}`", file=str(file), line=table[LINE][row].as_py(),
                                hint=f"did you mean `{near[0]}`? one of {listed}" if near else f"one of {listed}"))
    return problems


def _word(row: dict[str, str]) -> tuple[str, ...]:
    return row["item_id"], row["slot"], row["reader"], row["verdict"]
