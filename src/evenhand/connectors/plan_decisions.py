"""Single decisions of a plan in a folder, looked up without reading it whole."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from evenhand.connectors.plan_folder import table_file
from evenhand.errors import PlanError, Problem
from evenhand.model.plan import DECISIONS


def find_decisions(folder: Path, wanted: str) -> pa.Table:
    """The plan's decisions with this id, or about the account with this id or handle (schema `DECISIONS`).

    Raises `PlanError` when the plan cannot be read.
    """
    file = table_file(folder, "decisions")
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute("set timezone = 'UTC'")
            found = connection.sql(
                "select * from read_parquet($file) where decision_id = $wanted or account_id = $wanted or handle = $handle",
                params={"file": str(file), "wanted": wanted, "handle": wanted.removeprefix("@")}).to_arrow_table()
    except duckdb.Error as error:
        raise PlanError(Problem(what="the plan's table `decisions` cannot be read", file=str(file),
                                hint="make the plan again")) from error
    return found.select(DECISIONS.names).cast(DECISIONS)
