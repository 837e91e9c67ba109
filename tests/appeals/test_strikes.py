"""Strikes follow from what happened: one for each decision, from its first effect on, until it is reversed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.appeals.strikes import GIVEN, IMPOSED, REVERSED, built_on, strikes

AT = datetime(2026, 11, 1, tzinfo=UTC)
LASTS = timedelta(days=90)
DAY = timedelta(days=1)
decisions = st.sampled_from(["d0", "d1", "d1-varied", "d1-varied-varied", "d2"])
happened = st.lists(st.tuples(decisions, st.integers(0, 9)), max_size=8)


def _imposed(rows: list[tuple[str, int]]) -> pa.Table:
    return pa.Table.from_pylist([{"decision_id": name, "account_id": f"a{name[:2]}", "stratum": "scam/links/label/en",
                                  "at": AT + day * DAY} for name, day in rows], schema=IMPOSED)


def _reversed(rows: list[tuple[str, int]]) -> pa.Table:
    return pa.Table.from_pylist([{"decision_id": name, "at": AT + day * DAY} for name, day in rows], schema=REVERSED)


@settings(max_examples=60)
@given(happened, happened, st.none() | st.integers(0, 9))
def test_a_strike_is_given_with_the_first_effect_and_falls_with_the_decision(
        imposed: list[tuple[str, int]], undone: list[tuple[str, int]], rolled_back: int | None) -> None:
    made = strikes(_imposed(imposed), undone=_reversed(undone), lasts=LASTS,
                   rolled_back_at=None if rolled_back is None else AT + rolled_back * DAY)
    assert made.schema == GIVEN
    wanted = {}
    for name in sorted({name[:2] for name, _ in imposed}):
        first = AT + min(day for one, day in imposed if one[:2] == name) * DAY
        falls = [day for one, day in undone if one[:2] == name] + ([] if rolled_back is None else [rolled_back])
        wanted[name] = (first, first + LASTS, AT + min(falls) * DAY if falls else None)
    assert {row["decision_id"]: (row["given_at"], row["expires_at"], row["withdrawn_at"]) for row in made.to_pylist()} == wanted
    assert set(made["policy_id"].to_pylist()) <= {"scam/links"}


def test_a_decision_that_counted_a_strike_before_it_fell_is_named() -> None:
    def given_on(day: int, decision_id: str, *, fell: int | None = None, policy: str = "scam/links") -> dict[str, object]:
        return {"decision_id": decision_id, "account_id": "a", "policy_id": policy, "points": 1, "given_at": AT + day * DAY,
                "expires_at": AT + (day + 90) * DAY, "withdrawn_at": None if fell is None else AT + fell * DAY}

    every = pa.Table.from_pylist([
        given_on(0, "wrong", fell=50), given_on(40, "counted it"), given_on(60, "came after it fell"),
        given_on(40, "another rule", policy="media"), given_on(40, "fell itself", fell=45)], schema=GIVEN)
    assert built_on(every)["decision_id"].to_pylist() == ["counted it"]
    assert built_on(every.slice(1, 2)).num_rows == 0
