"""A plan's effects and statements as the outbox takes them, read a portion at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from evenhand.connectors.plan_folder import table_file
from evenhand.errors import PlanError, Problem

PORTION = 50_000
_ORDER = pa.schema([pa.field("decision_id", pa.string()), pa.field("place", pa.int64())])


def effect_portions(folder: Path, *, order: pa.Table | None = None) -> Iterator[pa.Table]:
    """The plan's effects: position, key, decision_id, account_id, post_id, penalty, stratum, until, due_at, place.

    They come in the plan's order, or by the `place` that `order` gives to each `decision_id`; it is null for those of which
    `order` says nothing. Times are microseconds since 1970; `due_at` is 0 for what waits for nothing. An effect lasts as long
    as its decision.
    """
    return _portions(folder, """
        select e.position, e.key, e.decision_id, e.account_id, e.post_id, e.penalty,
            concat(d.policy_id, '/', d.penalty, '/', coalesce(d.language, 'und')) as stratum,
            epoch_us(d.until) as until, coalesce(epoch_us(e.not_before), 0) as due_at, r.place
        from read_parquet($effects) e left join read_parquet($decisions) d using (decision_id)
            left join rollout r using (decision_id)
        order by r.place nulls last, e.position""", order, effects=str(table_file(folder, "effects")),
        decisions=str(table_file(folder, "decisions")))


def last_effect(folder: Path, *, order: pa.Table | None = None) -> str | None:
    """The key of the effect that comes last in the same order; None in a plan without any."""
    found = next(_portions(folder, """
        select e.key from read_parquet($effects) e left join rollout r using (decision_id)
        order by r.place desc nulls first, e.position desc limit 1""", order, effects=str(table_file(folder, "effects"))), None)
    return found["key"][0].as_py() if found is not None and found.num_rows else None


def waits_until(folder: Path, decision_id: str) -> datetime | None:
    """The earliest day of the effects of one decision as the plan has it; None for what waits for nothing."""
    found = next(_portions(folder, """
        select max(not_before) as at from read_parquet($effects) where decision_id = $decision""", None,
        effects=str(table_file(folder, "effects")), decision=decision_id), None)
    at = None if found is None else found["at"][0].as_py()
    return None if at is None else at.astimezone(UTC)


def statement_portions(folder: Path) -> Iterator[pa.Table]:
    """The plan's statements of reasons: decision_id, account_id, language and the whole statement as JSON in `body`."""
    return _portions(folder, """
        select decision_id, account_id, statement.language as language, to_json(statement)::varchar as body
        from read_parquet($decisions)""", None, decisions=str(table_file(folder, "decisions")))


def _portions(folder: Path, sql: str, order: pa.Table | None, **files: str) -> Iterator[pa.Table]:
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("rollout", _ORDER.empty_table() if order is None else order.select(_ORDER.names))
            reader = connection.sql(sql, params=files).to_arrow_reader(PORTION)
            for batch in reader:
                yield pa.Table.from_batches([batch])
    except duckdb.Error as error:
        raise PlanError(Problem(what="the plan's tables cannot be read", file=str(folder),
                                hint="make the plan again")) from error
