"""Single decisions of a plan in a folder, looked up without reading it whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from evenhand.connectors.plan_folder import table_file
from evenhand.errors import PlanError, Problem
from evenhand.model.plan import DECISIONS

PORTION = 5_000
"""Decisions that are read in one go."""


def closings_of(folder: Path, decision_ids: Collection[str]) -> Iterator[pa.Table]:
    """What the announcement of a closing is made from, of each closing of the plan with one of these ids, a portion at a time.

    `decision_id`, `account_id`, `handle`, `language`, `harm`, `statement`. Raises `PlanError` when the plan cannot be read.
    """
    file = table_file(folder, "decisions")
    wanted = pa.table({"decision_id": pa.array(sorted(decision_ids), pa.string())})
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("wanted", wanted)
            reader = connection.sql("""
                select decision_id, account_id, handle, language, harm, statement
                from read_parquet($file) semi join wanted using (decision_id) where penalty = 'close'""",
                params={"file": str(file)}).to_arrow_reader(PORTION)
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise PlanError(Problem(what="the plan's table `decisions` cannot be read", file=str(file),
                                hint="make the plan again")) from error


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
