"""The decisions of some strata of a plan, read a portion at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from evenhand.connectors.plan_folder import table_file
from evenhand.errors import PlanError, Problem

PORTION = 10_000


def decisions_of_strata(folder: Path, strata: Collection[str]) -> Iterator[pa.Table]:
    """What a lighter decision is made from, of each decision of these strata.

    `decision_id`, `account_id`, `handle`, `language`, `harm`, `penalty`, `automation`, `stratum`, `statement`. Raises
    `PlanError` when the plan cannot be read.
    """
    file = table_file(folder, "decisions")
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            reader = connection.sql("""
                with named as (
                    select *, concat(policy_id, '/', penalty, '/', coalesce(language, 'und')) as stratum
                    from read_parquet($file))
                select decision_id, account_id, handle, language, harm, penalty, automation, stratum, statement
                from named where list_contains($strata, stratum)""",
                params={"file": str(file), "strata": sorted(strata)}).to_arrow_reader(PORTION)
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except duckdb.Error as error:
        raise PlanError(Problem(what="the plan's table `decisions` cannot be read", file=str(file),
                                hint="make the plan again")) from error
