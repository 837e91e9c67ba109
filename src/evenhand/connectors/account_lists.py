"""Lists of accounts as people keep them: a file with the column `account_id`."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from evenhand.connectors.labelled_files import Wanted, read_labelled, to_mend
from evenhand.errors import DataError, Problem

_LIST = pa.schema([pa.field("account_id", pa.string(), nullable=False)])


def read_accounts(file: Path) -> tuple[str, ...]:
    """The accounts in `file` (CSV, JSON, JSONL, Parquet), each once and sorted.

    Raises `DataError` when it cannot be read, is empty, or a record lacks its account: nobody is left out unnoticed.
    """
    read = read_labelled(file, Wanted(schema=_LIST, columns={"account_id": "account_id"}, constants={}))
    if read.problems:
        raise DataError(to_mend(read.problems))
    if not read.table.num_rows:
        raise DataError(Problem(what="the list names no account", file=str(file), hint="give a column `account_id`"))
    return tuple(sorted(set(read.table["account_id"].to_pylist())))
