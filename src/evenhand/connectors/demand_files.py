"""Demands of authorities out of a file: CSV, JSON, JSON lines or Parquet, whatever its columns are called."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from evenhand.connectors.registries.files import Record, read_contents
from evenhand.errors import DataError, Problem
from evenhand.model.registers.demand import Asked, Demand, DemandAnswer, DemandKind

COLUMNS = ("demand_id", "authority", "territory", "received_on", "kind", "asks", "order_id", "legal_basis", "good_faith",
           "evidence", "text", "targets", "n_targets", "answer", "person_told")
"""What is read of a row. `targets` and `evidence` are lists, or texts with `|` between the parts."""
NEEDED = ("authority", "territory", "received_on", "kind")
T = TypeVar("T", DemandKind, DemandAnswer, Asked)
YES, NO = ("true", "yes", "1"), ("false", "no", "0", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFile:
    """What a file holds: demands, and a problem for each row that is none. Such a row is left out as a whole."""

    file: Path
    demands: tuple[Demand, ...]
    problems: tuple[Problem, ...]

    @property
    def n_read(self) -> int:
        """Rows in the file."""
        return len(self.demands) + len(self.problems)


def read_demands(file: Path, *, columns: Mapping[str, str], constants: Mapping[str, str]) -> DemandFile:
    """Every demand of a file. `columns` says how ours are called there, `constants` gives one value to all rows.

    A demand without an id gets one made from its authority, territory, day, order and text: the same each time.

    Raises:
        DataError: columns that are not there, all of them at once; a file that cannot be read.
    """
    contents = read_contents(file)
    if unknown := _unknown(columns, constants, contents.columns, file):
        raise DataError([*contents.problems, *unknown] if contents.records else contents.problems or unknown)
    demands, problems = dict[str, Demand](), list(contents.problems)
    for record in contents.records:
        try:
            demand = _demand(record, columns, constants)
        except ValueError as error:
            problems.append(Problem(what=str(error), file=str(file), line=record.line))
            continue
        if demand.demand_id in demands:
            problems.append(Problem(what=f"the demand `{demand.demand_id}` stands in the file already", file=str(file),
                                    line=record.line, hint="leave one out, or give each its own `demand_id`"))
        else:
            demands[demand.demand_id] = demand
    return DemandFile(file=file, demands=tuple(demands.values()),
                      problems=tuple(sorted(problems, key=lambda one: one.line or 0)))


def _unknown(columns: Mapping[str, str], constants: Mapping[str, str], there: tuple[str, ...], file: Path) -> list[Problem]:
    names = ", ".join(f"`{name}`" for name in COLUMNS)
    problems = [Problem(what=f"a demand has no `{name}`", hint=f"it has {names}")
                for name in (*columns, *constants) if name not in COLUMNS]
    problems += [Problem(what=f"the file has no column `{theirs}`", file=str(file), hint=f"it has {', '.join(there)}")
                 for theirs in columns.values() if theirs not in there]
    return problems + [
        Problem(what=f"nothing says the `{name}` of a demand", file=str(file),
                hint=f"name its column with `--column {name}=THEIRS`, or give all the same with `--constant {name}=VALUE`")
        for name in NEEDED if name not in columns and name not in constants and name not in there]


def _demand(record: Record, columns: Mapping[str, str], constants: Mapping[str, str]) -> Demand:
    row = {name: constants.get(name, record.values.get(columns.get(name, name))) for name in COLUMNS}
    said = {name: "" if value is None else str(value).strip() for name, value in row.items()}
    targets = _parts(row["targets"])
    whole = "\x1f".join(said[name] for name in ("authority", "territory", "received_on", "order_id", "text"))
    return Demand(
        demand_id=said["demand_id"] or hashlib.sha256(whole.encode()).hexdigest()[:24], authority=said["authority"],
        territory=said["territory"], received_on=_day(said["received_on"]), kind=_one_of(DemandKind, said["kind"], "kind"),
        asks=_one_of(Asked, said["asks"] or Asked.OTHER, "asks"), order_id=said["order_id"] or None,
        legal_basis=said["legal_basis"] or None, evidence=_parts(row["evidence"]), text=said["text"], targets=targets,
        good_faith=_yes(said["good_faith"], "good_faith") if said["good_faith"] else None,
        n_targets=max(_count(said["n_targets"]), len(targets)), person_told=_yes(said["person_told"], "person_told"),
        answer=_one_of(DemandAnswer, said["answer"] or DemandAnswer.PENDING, "answer"))


def _parts(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value or "").split("|")
    return tuple(text for part in parts if (text := str(part).strip()))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError(f"`received_on` is `{text}`, not a day such as `2026-11-01`") from error


def _count(text: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"`n_targets` is `{text}`, not a whole number")
    return int(text or 0)


def _yes(text: str, name: str) -> bool:
    if text.lower() not in (*YES, *NO):
        raise ValueError(f"`{name}` is `{text}`, not yes or no")
    return text.lower() in YES


def _one_of(kind: type[T], text: str, name: str) -> T:
    try:
        return kind(text)
    except ValueError as error:
        raise ValueError(f"`{name}` is `{text}`, not one of {', '.join(f'`{one}`' for one in kind)}") from error
