"""Golden accounts: accounts of a snapshot whose truth is known, to be read among a holdout's without a mark."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.files.source import first_line
from evenhand.errors import DataError, Problem

GOLDEN_ACCOUNTS = pa.schema([
    pa.field("item_id", pa.string()), pa.field("account_id", pa.string()), pa.field("language", pa.string()),
    pa.field("is_right", pa.bool_())])
"""`is_right`: it is right to leave the account alone."""
_NEEDED = ("account_id", "is_right")


def read_golden_accounts(file: Path, *, plan_digest: str, seed: str) -> pa.Table:
    """The golden accounts in a Parquet file with `account_id` and `is_right`: `item_id`, `account_id`, `is_right`.

    Their item ids look like those of the holdout. Raises `DataError`.
    """
    try:
        table = pq.read_table(file, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise DataError(Problem(what="the golden accounts cannot be read", file=str(file),
                                hint="give a Parquet file")) from error
    if missing := [name for name in _NEEDED if name not in table.column_names]:
        raise DataError(Problem(what=f"the golden accounts lack `{'`, `'.join(missing)}`", file=str(file),
                                hint="give `account_id` and `is_right`: whether it is right to leave the account alone"))
    try:
        rows = table.select(list(_NEEDED)).cast(pa.schema([GOLDEN_ACCOUNTS.field(name) for name in _NEEDED]))
    except pa.ArrowException as error:
        raise DataError(Problem(what=f"a column of the golden accounts is of another type: {first_line(error)}", file=str(file),
                                hint="give `account_id` as text and `is_right` as true or false")) from error
    ids = [hashlib.sha256(f"golden account:{plan_digest}:{seed}:{one}".encode()).hexdigest()
           for one in rows["account_id"].to_pylist()]
    return rows.add_column(0, "item_id", pa.array(ids, pa.string()))
