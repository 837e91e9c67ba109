"""The digest of the kept rows tells their set: not their order, and no two sets alike."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.connectors.files.embedded import connect
from evenhand.connectors.files.embedded import given as rows_given
from evenhand.connectors.ingested.finish import _kept, needs_platform
from evenhand.model.snapshot import ACCOUNTS, TABLES, TIME

DATABASE = connect()
Row = dict[str, Any]

texts = st.text("ab0;:-[ \x01é", min_size=1, max_size=3)
rows = st.lists(st.fixed_dictionaries(
    {"account_id": st.integers(0, 30).map(str), "handle": texts},
    optional={"display_name": texts, "bio": texts, "website": texts, "previous_names": st.lists(texts, min_size=1, max_size=2),
              "followers": st.integers(-2, 20), "following": st.integers(-2, 20), "verified": st.booleans(),
              "monetised": st.booleans(), "created_at": st.integers(0, 20)}),
    max_size=4, unique_by=lambda row: str(row["account_id"]))


def digest_of(some: list[Row]) -> tuple[int, tuple[int, int]]:
    kinds = {field.name: pa.int64() if field.type == TIME else field.type for field in ACCOUNTS.schema}
    table = pa.table({name: pa.array([row.get(name) for row in some], kind) for name, kind in kinds.items()})
    at = ACCOUNTS.schema.get_field_index("created_at")
    table = table.set_column(at, "created_at", table.column(at).combine_chunks().view(pa.timestamp("us")).view(TIME))
    with rows_given(DATABASE, table.append_column("index", pa.array(np.arange(len(some)))), name="arrived"):
        kept, sums, _ = _kept(ACCOUNTS, has_gone=False, database=DATABASE)
    return len(kept), sums


@given(rows, rows)
def test_two_sets_of_rows_have_the_same_digest_only_if_they_are_the_same(one: list[Row], other: list[Row]) -> None:
    def canonical(some: list[Row]) -> list[str]:
        return sorted(json.dumps(row, sort_keys=True) for row in some)

    assert (digest_of(one) == digest_of(other)) == (canonical(one) == canonical(other))


@given(rows)
def test_the_order_of_rows_leaves_no_trace(some: list[Row]) -> None:
    assert digest_of(some) == digest_of(some[::-1])


@given(rows.filter(bool), st.data())
def test_one_changed_value_changes_the_digest(some: list[Row], data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(some))
    name = data.draw(st.sampled_from(sorted(set(row) - {"account_id"})))
    changed = [{**one, name: None} if one is row else one for one in some]
    assert digest_of(some) != digest_of(changed)


@pytest.mark.parametrize("name", TABLES)
def test_only_ids_that_do_not_name_their_account_are_compared_across_buckets(name: str) -> None:
    assert needs_platform(TABLES[name]) == (name in {"posts", "media", "reports"})
