"""Cases that wait for a person's word: a CSV to read them in, and the words that come back, one for each case."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.labelled_files import LINE, Wanted, read_labelled, to_mend
from evenhand.connectors.reading_files import cell
from evenhand.errors import DataError, Problem

WORDS = {"yes": True, "no": False}
_ANSWERS = pa.schema([pa.field("decision_id", pa.string(), nullable=False), pa.field("confirmed", pa.string())])


def write_cases(file: Path, cases: pa.Table) -> None:
    """Write the cases, one a row, with an empty column `confirmed` for `yes` or `no`.

    Text that a spreadsheet would run as a formula gets an apostrophe. Raises `DataError` when the file is there already:
    somebody may have written into it.
    """
    if file.exists():
        raise DataError(Problem(what="there is such a file already", file=str(file), hint="name another one with `--into`"))
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = [name for name in cases.column_names if name != "decision_id"]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("decision_id", "confirmed", *columns))
        for batch in cases.to_batches(max_chunksize=10_000):
            writer.writerows((row["decision_id"], "", *(cell(row[name]) for name in columns)) for row in batch.to_pylist())


def read_words(file: Path) -> dict[str, bool]:
    """Decision → whether it was confirmed, of the rows of `file` (CSV, JSON, JSONL, Parquet) that say so.

    Raises `DataError` with all mistakes together: the file cannot be read, a word is neither `yes` nor `no`, or a decision has
    two that differ.
    """
    read = read_labelled(file, Wanted(schema=_ANSWERS, columns={name: name for name in _ANSWERS.names}, constants={}))
    problems = to_mend(read.problems)
    words: dict[str, bool] = {}
    said = read.table.filter(pc.not_equal(pc.fill_null(pc.utf8_trim_whitespace(read.table["confirmed"]), ""), ""))
    for row in said.to_pylist():
        word = WORDS.get(row["confirmed"].strip().casefold())
        if word is None:
            problems.append(Problem(what=f"`{row['confirmed']}` is no word on a case", file=str(file), line=row[LINE],
                                    hint="write `yes`, `no`, or nothing while it is unread"))
        elif words.setdefault(row["decision_id"], word) is not word:
            problems.append(Problem(what=f"`{row['decision_id']}` is confirmed and not confirmed", file=str(file),
                                    line=row[LINE], hint="leave one row for each decision"))
    if problems:
        raise DataError(problems)
    return words
