"""Golden items: decisions whose truth is known, to be read among the others without anybody seeing which they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.files.source import first_line
from evenhand.errors import DataError, Problem
from evenhand.model.plan import DECISIONS

SEEN = ("account_id", "handle", "display_name", "platform", "language", "followers", "harm", "policy_id", "reasons", "post_ids",
        "guards_considered")
GOLDEN = pa.schema([pa.field("item_id", pa.string()), pa.field("is_right", pa.bool_()),
                    *(DECISIONS.field(name) for name in SEEN)])


def read_golden(file: Path | None, *, prefix: str) -> pa.Table:
    """The golden items in a Parquet file: columns of a plan's decisions, `decision_id` and `is_right`; none without a file.

    Their item ids are made as those of the sample, so that nobody can tell them apart. Raises `DataError`.
    """
    if file is None:
        return GOLDEN.empty_table()
    try:
        table = pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        raise DataError(Problem(what="the golden items cannot be read", file=str(file), hint="give a Parquet file")) from error
    if missing := [name for name in ("decision_id", "is_right", *SEEN) if name not in table.column_names]:
        raise DataError(Problem(what=f"the golden items lack `{'`, `'.join(missing)}`", file=str(file),
                                hint="take decisions of an earlier plan and add `is_right`"))
    ids = [hashlib.sha256(f"{prefix}{one}".encode()).hexdigest() for one in table["decision_id"].to_pylist()]
    try:
        return table.select(list(GOLDEN.names[1:])).add_column(0, "item_id", pa.array(ids, pa.string())).cast(GOLDEN)
    except pa.ArrowException as error:
        raise DataError(Problem(what=f"a column of the golden items is of another type: {first_line(error)}", file=str(file),
                                hint="take decisions of an earlier plan and add `is_right`, true or false")) from error
