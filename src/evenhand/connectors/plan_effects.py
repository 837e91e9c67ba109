"""A plan's effects and statements as the outbox takes them, read a portion at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from evenhand.connectors.plan_folder import table_file
from evenhand.errors import PlanError, Problem

PORTION = 50_000


def effect_portions(folder: Path) -> Iterator[pa.Table]:
    """The plan's effects in its order: position, key, decision_id, account_id, post_id, penalty, stratum, until, due_at.

    Times are microseconds since 1970; `due_at` is 0 for what waits for nothing. An effect lasts as long as its decision.
    """
    return _portions(folder, """
        select e.position, e.key, e.decision_id, e.account_id, e.post_id, e.penalty,
            concat(d.policy_id, '/', d.penalty, '/', coalesce(d.language, 'und')) as stratum,
            epoch_us(d.until) as until, coalesce(epoch_us(e.not_before), 0) as due_at
        from read_parquet($effects) e left join read_parquet($decisions) d using (decision_id)
        order by e.position""", effects=str(table_file(folder, "effects")), decisions=str(table_file(folder, "decisions")))


def last_effect(folder: Path) -> str | None:
    """The key of the effect that comes last in the plan's order; None in a plan without any."""
    found = next(_portions(folder, "select key from read_parquet($effects) order by position desc limit 1",
                           effects=str(table_file(folder, "effects"))), None)
    return found["key"][0].as_py() if found is not None and found.num_rows else None


def statement_portions(folder: Path) -> Iterator[pa.Table]:
    """The plan's statements of reasons: decision_id, account_id, language and the whole statement as JSON in `body`."""
    return _portions(folder, """
        select decision_id, account_id, statement.language as language, to_json(statement)::varchar as body
        from read_parquet($decisions)""", decisions=str(table_file(folder, "decisions")))


def _portions(folder: Path, sql: str, **files: str) -> Iterator[pa.Table]:
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            reader = connection.sql(sql, params=files).to_arrow_reader(PORTION)
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise PlanError(Problem(what="the plan's tables cannot be read", file=str(folder),
                                hint="make the plan again")) from error
