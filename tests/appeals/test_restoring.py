"""Promise: undoing restores exactly what a decision did, its strikes and what was built on them included, and no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.appeals.restoring import undo_effects
from evenhand.model.appeal import UNDO_EFFECTS, Way
from evenhand.model.plan import EFFECTS

AT = pa.scalar(datetime(2026, 11, 1, tzinfo=UTC), pa.timestamp("us", tz="UTC"))
PENALTIES = ("label", "delete_post", "suspend")

planned = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(PENALTIES), st.booleans()), max_size=14)
chosen = st.sets(st.integers(0, 5))


def _effects(rows: list[tuple[int, str, bool]]) -> pa.Table:
    return pa.Table.from_pylist([
        {"position": i, "key": f"k{i}", "decision_id": f"d{decision}", "account_id": f"a{decision}",
         "post_id": f"p{i}" if penalty == "delete_post" else None, "penalty": penalty, "undo": "restore", "not_before": None}
        for i, (decision, penalty, _) in enumerate(rows)], EFFECTS)


def _platform(effects: list[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    """What stands on the platform after effects, in the order in which it was laid on top of what was there."""
    return [(one["account_id"], one["post_id"], one["penalty"]) for one in effects]


@settings(max_examples=80)
@given(planned, chosen)
def test_undoing_restores_what_was_and_touches_nobody_else(rows: list[tuple[int, str, bool]], decisions: set[int]) -> None:
    effects = _effects(rows)
    imposed = [f"k{i}" for i, (*_, is_imposed) in enumerate(rows) if is_imposed]
    ids = pa.array([f"d{i}" for i in sorted(decisions)], pa.string())
    undo = undo_effects(effects, decision_ids=ids, imposed=pa.array(imposed, pa.string()))
    assert undo.schema == UNDO_EFFECTS
    stack = _platform([one for one in effects.to_pylist() if one["key"] in imposed])
    for one in undo.to_pylist():
        if one["way"] == Way.UNDO:
            stack.remove((one["account_id"], one["post_id"], one["penalty"]))
    untouched = [one for one in effects.to_pylist() if one["key"] in imposed and one["decision_id"] not in ids.to_pylist()]
    assert stack == _platform(untouched)
    n_chosen = sum(decision in decisions for decision, *_ in rows)
    assert undo.num_rows == n_chosen
    assert undo["of_key"].to_pylist() == [f"k{i}" for i in reversed(range(len(rows))) if rows[i][0] in decisions]
    assert [one["way"] for one in undo.to_pylist()] == [
        "undo" if key in imposed else "cancel" for key in undo["of_key"].to_pylist()]


@given(planned, chosen, chosen)
def test_an_effect_has_one_undo_whoever_asks_for_it(rows: list[tuple[int, str, bool]], one: set[int], other: set[int]) -> None:
    effects = _effects(rows)
    undone = [undo_effects(effects, decision_ids=pa.array([f"d{i}" for i in sorted(some)], pa.string()))
              for some in (one, other, one | other)]
    keys = [dict(zip(undo["of_key"].to_pylist(), undo["key"].to_pylist(), strict=True)) for undo in undone]
    assert keys[0] | keys[1] == keys[2]
    assert len(set(keys[2].values())) == len(keys[2])
