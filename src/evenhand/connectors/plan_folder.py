"""A plan as files: `plan.json`, `decisions.parquet`, `spared.parquet`, `effects.parquet` in one folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.errors import DataError, PlanError, Problem
from evenhand.model.harm import Harm
from evenhand.model.plan import DECISIONS, EFFECTS, SPARED, Plan

TABLES: Mapping[str, pa.Schema] = {"decisions": DECISIONS, "spared": SPARED, "effects": EFFECTS}


class PlanWriter:
    """Writes a plan's tables a portion at a time and its header last: a folder without `plan.json` is not a plan.

    Used as a context; leaving it with an error removes the unfinished tables.
    """

    def __init__(self, folder: Path) -> None:
        refuse_foreign(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writers = {name: pq.ParquetWriter(self._unfinished(name), schema, compression="zstd")
                         for name, schema in TABLES.items()}

    def __enter__(self) -> Self:
        """The writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the files; after an error, remove what is unfinished."""
        for writer in self._writers.values():
            writer.close()
        for name in TABLES:
            self._unfinished(name).unlink(missing_ok=True)

    def add(self, table: str, rows: pa.Table) -> None:
        """Add rows to `decisions`, `spared` or `effects`."""
        if rows.num_rows:
            self._writers[table].write_table(rows)

    def finish(self, plan: Plan) -> None:
        """Put the tables and then the header in their place."""
        (self._folder / "plan.json").unlink(missing_ok=True)
        for name in TABLES:
            self._writers[name].close()
            self._unfinished(name).rename(self._folder / f"{name}.parquet")
        header = self._folder / f".plan.{os.getpid()}.json"
        text = json.dumps(asdict(plan) | {"cut_off": plan.cut_off.isoformat()}, ensure_ascii=False, indent=2)
        header.write_text(text + "\n", encoding="utf-8")
        header.rename(self._folder / "plan.json")

    def _unfinished(self, name: str) -> Path:
        return self._folder / f".{name}.{os.getpid()}.parquet"


def refuse_foreign(folder: Path) -> None:
    """Raise `DataError` when `folder` is a file or holds what is not of a plan: nobody's files are mixed with ours."""
    names = {"plan.json", "sources.json", "scan", "report.html", *(f"{name}.parquet" for name in TABLES)}
    if not folder.exists():
        return
    if not folder.is_dir():
        raise DataError(Problem(what=f"`{folder}` is a file, not a folder", hint="name an empty or a new folder"))
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in names and not path.name.startswith("."))
    if foreign:
        raise DataError(Problem(what=f"`{folder}` holds something else: {', '.join(f'`{name}`' for name in foreign[:5])}",
                                hint="name an empty or a new folder"))


def remove_unfinished(folder: Path) -> None:
    """Remove what a plan that was killed left half written. Only for whoever is alone at work in `folder`."""
    for name in (*TABLES, "plan", "sources.json", "report.html"):
        for path in folder.glob(f".{name}.*"):
            path.unlink(missing_ok=True)


def read_plan(folder: Path) -> Plan:
    """The header of the plan in `folder`. Raises `PlanError` when there is none."""
    path = folder / "plan.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Plan(**data | {"cut_off": datetime.fromisoformat(data["cut_off"]), "guards": tuple(data["guards"]),
                              "supported": tuple(data["supported"]), "harms": tuple(map(Harm, data.get("harms", Harm)))})
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PlanError(Problem(what=f"there is no plan in `{folder}`",
                                hint="make one with `evenhand plan SNAPSHOT --into FOLDER`")) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PlanError(Problem(what="this is not a plan's header", file=str(path), hint="make the plan again")) from error


def table_file(folder: Path, name: str) -> Path:
    """Where one of a plan's tables stands, for readers that do not load it whole."""
    return folder / f"{name}.parquet"


def read_plan_table(folder: Path, name: str) -> pa.Table:
    """One of a plan's tables. Raises `PlanError` when it is not there or cannot be read."""
    path = table_file(folder, name)
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise PlanError(Problem(what=f"the plan's table `{name}` cannot be read", file=str(path),
                                hint="make the plan again")) from error

