"""Laid beside the known truth, every account stands in exactly one of four places."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_campaign import sample_campaign

from evenhand.errors import DataError
from evenhand.model.harm import Harm
from evenhand.model.plan import DECISIONS
from evenhand.transparency import truth_table
from evenhand.transparency.known_truth import TRUTH

ACCOUNTS = [f"a{i}" for i in range(14)]
KNOWN = st.dictionaries(st.sampled_from(ACCOUNTS), st.tuples(st.booleans(), st.sampled_from(["one", "two"])), max_size=14)
Known = dict[str, tuple[bool, str]]


def _decisions(found: set[str]) -> pa.Table:
    reason = {"signal": "s", "family": "claim", "fact": "It says “x”.", "where": "bio", "shown": "x", "expected": "",
              "source": ""}
    return pa.Table.from_pylist([{
        "decision_id": account, "account_id": account, "handle": f"h-{account}", "harm": "scam", "policy_id": "p",
        "penalty": "label", "reasons": [reason], "statement": {"language": "en"}} for account in sorted(found)], DECISIONS)


def _truth(known: Known) -> pa.Table:
    return pa.Table.from_pylist([{"account_id": account, "is_violator": bad, "harm": "scam" if bad else None,
                                  "group": group} for account, (bad, group) in known.items()], TRUTH)


@given(st.sets(st.sampled_from(ACCOUNTS)), KNOWN)
def test_found_missed_wrong_and_left_add_up(found: set[str], known: Known) -> None:
    table = truth_table(_decisions(found), _truth(known))
    bad = {account for account, (is_bad, _) in known.items() if is_bad}
    good = known.keys() - bad
    assert (table.precision.hits, table.precision.n) == (len(found & bad), len(found & known.keys()))
    assert (table.recall.hits, table.recall.n) == (len(found & bad), len(bad))
    assert (table.genuine_found.hits, table.genuine_found.n) == (len(found & good), len(good))
    assert table.n_unknown == len(found - known.keys())
    for row in table.groups:
        assert row.n_accounts == row.n_found_right + row.n_missed + row.n_wrongly_found + row.n_rightly_left
        assert row.n_violators == row.n_found_right + row.n_missed
    assert sum(row.n_accounts for row in table.groups) == len(known)
    assert {mistake.account_id for mistake in table.wrong} == found & good
    assert {mistake.account_id for mistake in table.missed} == bad - found


def test_a_wrong_find_says_what_spoke_against_it() -> None:
    wrong = truth_table(_decisions({"a1"}), _truth({"a1": (False, "one")})).wrong
    assert [(m.account_id, m.handle, m.group, m.harm, m.facts) for m in wrong] == [
        ("a1", "h-a1", "one", "scam", ("It says “x”.",))]


def test_a_miss_says_why_it_was_left_alone() -> None:
    sample = sample_campaign()
    missed = truth_table(sample.decisions, sample.truth, spared=sample.spared, max_named=100).missed
    spared = {row["account_id"]: row["why"] for row in sample.spared.to_pylist()}
    assert missed
    assert all(mistake.facts == (spared.get(mistake.account_id, "no detector found anything"),) for mistake in missed)
    assert any(mistake.account_id in spared for mistake in missed)


def test_only_the_first_mistakes_are_named_but_all_are_counted() -> None:
    found = set(ACCOUNTS)
    table = truth_table(_decisions(found), _truth(dict.fromkeys(ACCOUNTS, (False, "one"))), max_named=3)
    assert [mistake.account_id for mistake in table.wrong] == sorted(ACCOUNTS)[:3]
    assert table.genuine_found.hits == len(ACCOUNTS)


def test_violators_of_a_harm_that_is_not_looked_for_are_shown_but_are_no_misses() -> None:
    truth = _truth({"a1": (True, "one"), "a2": (True, "one"), "a3": (True, "one")}).set_column(
        2, "harm", pa.array([str(Harm.SCAM), str(Harm.FALSE_CLAIM), None]))
    table = truth_table(_decisions({"a1"}), truth, looked_for={Harm.SCAM})
    assert (table.recall.hits, table.recall.n, table.n_not_looked_for) == (1, 2, 1)
    assert [mistake.account_id for mistake in table.missed] == ["a3"]
    assert {(row.harm, row.is_looked_for, row.n_missed) for row in table.groups} == {
        ("scam", True, 0), ("false_claim", False, 1), (None, True, 1)}
    assert truth_table(_decisions({"a1"}), truth).recall.n == 3


def test_found_under_another_harm_is_right_but_not_the_same() -> None:
    truth = _truth({"a1": (True, "one"), "a2": (True, "one")}).set_column(
        2, "harm", pa.array([str(Harm.SCAM), str(Harm.FALSE_CLAIM)]))
    table = truth_table(_decisions({"a1", "a2"}), truth)
    assert table.precision.hits == 2
    assert table.n_same_harm == 1


def test_a_truth_table_without_a_column_or_with_an_account_twice_is_an_error() -> None:
    truth = _truth({"a1": (True, "one")})
    with pytest.raises(DataError, match="lacks the column `group`"):
        truth_table(_decisions(set()), truth.drop_columns("group"))
    with pytest.raises(DataError, match="twice"):
        truth_table(_decisions(set()), pa.concat_tables([truth, truth]))
