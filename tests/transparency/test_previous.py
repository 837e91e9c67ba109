"""The difference to the previous plan accounts for everybody who is in either of them."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from sample_campaign import sample_campaign

from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.plan import DECISIONS
from evenhand.transparency import Difference, difference

SIDES = st.dictionaries(st.sampled_from([f"a{i}" for i in range(12)]),
                        st.tuples(st.sampled_from(list(Harm)[:3]), st.sampled_from(list(Penalty)[1:])), max_size=12)
Side = dict[str, tuple[Harm, Penalty]]


def _plan(side: Side) -> pa.Table:
    return pa.Table.from_pylist([{
        "decision_id": account, "account_id": account, "harm": str(harm), "policy_id": "p", "penalty": str(penalty),
        "reasons": [], "statement": {"language": "en"}} for account, (harm, penalty) in side.items()], DECISIONS)


def _between(before: Side, now: Side) -> Difference:
    return difference(_plan(before), _plan(now), name="before")


@given(SIDES, SIDES)
def test_the_totals_are_those_of_a_plain_comparison(before: Side, now: Side) -> None:
    total = _between(before, now).total
    both = before.keys() & now.keys()
    assert (total.n_before, total.n_now) == (len(before), len(now))
    assert total.n_new == len(now.keys() - before.keys())
    assert total.n_gone == len(before.keys() - now.keys())
    assert total.n_heavier == sum(now[account][1] > before[account][1] for account in both)
    assert total.n_lighter == sum(now[account][1] < before[account][1] for account in both)
    assert total.n_same == sum(now[account][1] == before[account][1] for account in both)


@given(SIDES, SIDES)
def test_every_line_adds_up_on_both_sides(before: Side, now: Side) -> None:
    change = _between(before, now)
    for row in (*change.rows, change.total):
        kept = row.n_heavier + row.n_lighter + row.n_same
        assert row.n_before == row.n_gone + kept
        assert row.n_now == row.n_new + kept
    assert sum(row.n_now for row in change.rows) == change.total.n_now
    assert sum(row.n_before for row in change.rows) == change.total.n_before


@given(SIDES, SIDES)
def test_a_move_between_harms_is_gone_there_and_new_here_but_neither_in_total(before: Side, now: Side) -> None:
    change = _between(before, now)
    moved = sum(now[account][0] is not before[account][0] for account in before.keys() & now.keys())
    assert change.n_moved == moved
    assert sum(row.n_new for row in change.rows) == change.total.n_new + moved
    assert sum(row.n_gone for row in change.rows) == change.total.n_gone + moved


def test_the_same_plan_twice_changes_nothing() -> None:
    sample = sample_campaign().decisions
    change = difference(sample, sample)
    assert change.total.n_same == sample.num_rows
    assert change.total.n_new == change.total.n_gone == change.total.n_heavier == change.total.n_lighter == 0
    assert change.new_accounts == change.gone_accounts == ()


def test_a_harm_in_neither_plan_has_no_line() -> None:
    change = _between({"a0": (Harm.FALSE_CLAIM, Penalty.WARN)}, {})
    assert [row.harm for row in change.rows] == [Harm.FALSE_CLAIM]
    assert change.gone_accounts == ("a0",)


def test_two_empty_plans_have_no_difference() -> None:
    assert _between({}, {}).rows == ()
