"""Files for the readers of a sample: one CSV for each, with empty columns for their words; it comes back as it is."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import DataError, Problem

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""
ANSWERS = ("item_id", "reader", "slot", "verdict", "rationale")


def write_readings(folder: Path, readings: pa.Table, *, seen: pa.Table, ending: str = "") -> tuple[Path, ...]:
    """Write `READER.csv` for each reader of `readings` (`item_id`, `slot`, `reader`) with what they see of each item.

    The columns `verdict` and `rationale` are empty. Text that a spreadsheet would run as a formula gets an apostrophe.
    Raises `DataError` when a file is there already: somebody may have written into it.
    """
    shown = {row["item_id"]: row for row in seen.to_pylist()}
    files = []
    for reader in sorted(pc.unique(readings["reader"]).to_pylist()):
        file = folder / f"{_file_name(reader)}{ending}.csv"
        if file.exists():
            raise DataError(Problem(what="there is a file for this reader already", file=str(file),
                                    hint="name another folder with `--into`"))
        folder.mkdir(parents=True, exist_ok=True)
        mine = readings.filter(pc.equal(readings["reader"], reader)).sort_by("item_id").to_pylist()
        columns = [name for name in seen.column_names if name != "item_id"]
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow((*ANSWERS, *columns))
            for row in mine:
                item = shown[row["item_id"]]
                writer.writerow((row["item_id"], reader, row["slot"], "", "", *(cell(item[name]) for name in columns)))
        files.append(file)
    return tuple(files)


def free_ending(folder: Path, ending: str) -> str:
    """`ending`, or with the next number behind it where files with it lie in `folder`, so that none is written over."""
    numbered, number = ending, 1
    while any(folder.glob(f"*{numbered}.csv")):
        number += 1
        numbered = f"{ending}-{number}"
    return numbered


def cell(value: Any) -> str:
    """A value as one cell of a CSV: lists joined, a reason as what it says, nothing that a spreadsheet runs as a formula."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " | ".join(filter(None, (cell(one) for one in value)))
    if isinstance(value, dict):  # a reason or a guard: what it says, without the signal's inner name
        return cell(value.get("fact") or value.get("shown"))
    text = " ".join(str(value).split())
    return f"'{text}" if text.startswith(FORMULA) else text


def _file_name(reader: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in reader).strip(".") or "reader"
