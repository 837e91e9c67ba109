"""Every breakdown adds up to what it breaks down, and says what a plain count says."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from sample_campaign import GUARDS, sample_campaign, spared_by_guard

from evenhand.model.plan import DECISIONS, SPARED
from evenhand.transparency import by_guard, by_holder, by_language, top_reasons
from evenhand.transparency.breakdowns import NO_GUARD

SAMPLE = sample_campaign()
ROWS = SAMPLE.decisions.to_pylist()


def test_reasons_are_counted_once_per_decision() -> None:
    plain = Counter(signal for row in ROWS for signal in {reason["signal"] for reason in row["reasons"]})
    counted = {row.signal: row.n_accounts for row in top_reasons(SAMPLE.decisions, n=100)}
    assert counted == dict(plain)


def test_a_reason_given_twice_by_one_account_counts_once() -> None:
    row = dict(ROWS[0])
    row["reasons"] = [row["reasons"][0], row["reasons"][0]]
    assert [r.n_accounts for r in top_reasons(pa.Table.from_pylist([row], DECISIONS))] == [1]


def test_the_most_frequent_reasons_come_first_and_only_as_many_as_asked() -> None:
    top = top_reasons(SAMPLE.decisions, n=4)
    assert len(top) == 4
    assert [row.n_accounts for row in top] == sorted((row.n_accounts for row in top), reverse=True)
    assert all(row.share == row.n_accounts / len(ROWS) for row in top)


def test_the_example_is_a_fact_of_that_signal() -> None:
    facts = {(reason["signal"], reason["fact"]) for row in ROWS for reason in row["reasons"]}
    assert all((row.signal, row.example) in facts for row in top_reasons(SAMPLE.decisions))


def test_the_order_of_decisions_does_not_change_the_reasons() -> None:
    assert top_reasons(SAMPLE.decisions.sort_by([("decision_id", "descending")])) == top_reasons(SAMPLE.decisions)


def test_languages_add_up_and_unknown_ones_have_their_own_line() -> None:
    rows = by_language(SAMPLE.decisions)
    assert sum(row.n_accounts for row in rows) == len(ROWS)
    assert {row.language for row in rows} == {row["language"] for row in ROWS}
    assert None in {row.language for row in rows}
    assert all(row.n_accounts == row.n_closed + row.n_suspended + row.n_posts_deleted_from + row.n_lesser for row in rows)


def test_holders_add_up_and_decisions_about_no_name_have_their_own_line() -> None:
    rows = by_holder(SAMPLE.decisions)
    assert {row.holder_id: row.n_accounts for row in rows} == Counter(row["holder_id"] for row in ROWS)
    assert {row.holder_id: row.n_closed for row in rows if row.n_closed} == Counter(
        row["holder_id"] for row in ROWS if row["penalty"] == "close")


def test_the_spared_add_up_over_guards() -> None:
    rows = by_guard(SAMPLE.spared, SAMPLE.decisions, guards=GUARDS)
    assert sum(row.n_spared for row in rows) == SAMPLE.spared.num_rows
    assert {row.guard: row.n_spared for row in rows if row.n_spared} == spared_by_guard(SAMPLE.spared)


def test_a_guard_that_only_asks_has_not_spared() -> None:
    precedence = next(row for row in by_guard(SAMPLE.spared, SAMPLE.decisions) if row.guard == "precedence")
    assert precedence.n_spared == 0
    assert precedence.n_also == sum(any(hit["guard"] == "precedence" for hit in row["guards"])
                                    for row in SAMPLE.spared.to_pylist())
    assert precedence.n_lowered == sum(bool(row["guards_considered"]) for row in ROWS)


def test_a_guard_that_found_nothing_is_listed_with_zeros() -> None:
    row = next(row for row in by_guard(SAMPLE.spared, SAMPLE.decisions, guards=GUARDS)
               if row.guard == "unsupported_language")
    assert (row.n_spared, row.n_also, row.n_lowered) == (0, 0, 0)


def test_suspicions_without_a_guard_come_last() -> None:
    assert by_guard(SAMPLE.spared, SAMPLE.decisions)[-1].guard == NO_GUARD


def test_nothing_breaks_down_to_nothing() -> None:
    nothing = DECISIONS.empty_table()
    assert top_reasons(nothing) == by_language(nothing) == by_holder(nothing) == ()
    assert by_guard(SPARED.empty_table(), nothing) == ()
