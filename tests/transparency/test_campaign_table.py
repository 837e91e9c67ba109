"""The campaign table reconciles to the last account, whatever was decided."""

from __future__ import annotations

import random
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_campaign import sample_campaign

from evenhand.errors import PlanError
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.plan import DECISIONS, EFFECTS
from evenhand.transparency import CampaignTable, campaign_table
from evenhand.transparency.campaign_table import IMPOSED, LESSER

MADE = st.lists(st.tuples(st.sampled_from(Harm), st.sampled_from(IMPOSED),
                          st.lists(st.sampled_from(Harm), max_size=3, unique=True),
                          st.integers(min_value=0, max_value=4)), max_size=60)


def decisions(made: list[tuple[Harm, Penalty, list[Harm], int]]) -> pa.Table:
    statement = {"language": "en", "facts": ["x"]}
    return pa.Table.from_pylist([{
        "decision_id": f"d{i}", "account_id": f"a{i}", "harm": str(harm), "policy_id": "p", "penalty": str(penalty),
        "reasons": [], "post_ids": [f"a{i}-{k}" for k in range(n_posts)], "statement": statement,
        "other_harms": [str(other) for other in others if other is not harm] or None,
    } for i, (harm, penalty, others, n_posts) in enumerate(made)], DECISIONS)


def effects_of(made: list[tuple[Harm, Penalty, list[Harm], int]]) -> pa.Table:
    rows = [(i, penalty, post) for i, (_, penalty, _, n_posts) in enumerate(made)
            for post in ([f"a{i}-{k}" for k in range(n_posts)] if penalty is Penalty.DELETE_POST else [None])]
    return pa.Table.from_pylist([{
        "position": position, "key": f"k{position}", "decision_id": f"d{i}", "account_id": f"a{i}", "post_id": post,
        "penalty": str(penalty), "undo": "restore"} for position, (i, penalty, post) in enumerate(rows)], EFFECTS)


def _of(table: CampaignTable, harm: Harm) -> dict[Penalty, int]:
    return dict(next(row.by_penalty for row in table.rows if row.harm is harm))


@given(MADE)
def test_lines_and_columns_add_up_to_the_decisions_and_to_the_accounts(
        made: list[tuple[Harm, Penalty, list[Harm], int]]) -> None:
    tables = decisions(made)
    table = campaign_table(tables)
    n = tables.num_rows
    assert sum(row.n_accounts for row in table.rows) == table.total.n_accounts == n
    assert sum(table.total.by_penalty.values()) == n
    assert len(set(tables["account_id"].to_pylist())) == n
    assert all(sum(row.by_penalty.values()) == row.n_accounts for row in (*table.rows, table.total))
    assert all(sum(row.by_penalty[penalty] for row in table.rows) == table.total.by_penalty[penalty]
               for penalty in IMPOSED)
    apart = (Penalty.CLOSE, Penalty.SUSPEND, Penalty.DELETE_POST)
    assert all(sum(row.by_penalty[penalty] for penalty in apart) + row.n_lesser == row.n_accounts
               for row in (*table.rows, table.total))


@given(MADE)
def test_every_cell_counts_what_a_plain_count_counts(made: list[tuple[Harm, Penalty, list[Harm], int]]) -> None:
    table = campaign_table(decisions(made))
    plain = Counter((harm, penalty) for harm, penalty, _, _ in made)
    assert all(row.by_penalty[penalty] == plain[row.harm, penalty] for row in table.rows for penalty in IMPOSED)


@given(MADE)
def test_further_harms_are_counted_apart_and_never_added_to_the_accounts(
        made: list[tuple[Harm, Penalty, list[Harm], int]]) -> None:
    table = campaign_table(decisions(made))
    others = [(harm, [other for other in listed if other is not harm]) for harm, _, listed, _ in made]
    assert table.total.n_also_other_harms == sum(bool(listed) for _, listed in others)
    assert sum(row.n_also_other_harms for row in table.rows) == table.total.n_also_other_harms
    assert sum(row.n_found_elsewhere for row in table.rows) == sum(len(listed) for _, listed in others)


@given(MADE)
def test_deleted_posts_are_the_same_counted_from_effects_and_from_decisions(
        made: list[tuple[Harm, Penalty, list[Harm], int]]) -> None:
    table = campaign_table(decisions(made))
    assert table == campaign_table(decisions(made), effects=effects_of(made))
    assert table.total.n_posts_deleted == sum(n for _, penalty, _, n in made if penalty is Penalty.DELETE_POST)


@given(MADE, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(made: list[tuple[Harm, Penalty, list[Harm], int]],
                                           chance: random.Random) -> None:
    tables = decisions(made)
    order = list(range(tables.num_rows))
    chance.shuffle(order)
    assert campaign_table(tables.take(pa.array(order, pa.int64()))) == campaign_table(tables)


def test_every_harm_has_a_line_even_when_nothing_was_found() -> None:
    table = campaign_table(DECISIONS.empty_table())
    assert [row.harm for row in table.rows] == list(Harm)
    assert table.total.n_accounts == 0
    assert table.counts() == {}


def test_its_counts_are_those_of_the_plan() -> None:
    sample = sample_campaign()
    assert campaign_table(sample.decisions).counts() == sample.plan.counts


def test_lesser_penalties_are_neither_closing_nor_suspending_nor_deleting() -> None:
    assert set(IMPOSED) - set(LESSER) == {Penalty.CLOSE, Penalty.SUSPEND, Penalty.DELETE_POST}


def test_as_a_table_it_has_a_line_per_harm_and_the_total() -> None:
    table = campaign_table(decisions([(Harm.SCAM, Penalty.CLOSE, [], 0)])).to_arrow()
    assert table["harm"].to_pylist() == [*map(str, Harm), "total"]
    assert table["close"].to_pylist()[-1] == 1
    assert table["accounts"].to_pylist()[-1] == 1


def test_an_account_decided_twice_is_an_error() -> None:
    one = decisions([(Harm.SCAM, Penalty.CLOSE, [], 0)])
    with pytest.raises(PlanError, match="2 decisions for 1 accounts"):
        campaign_table(pa.concat_tables([one, one]))


@pytest.mark.parametrize(("column", "value"), [("harm", "rumour"), ("penalty", "none"), ("penalty", "shadow_ban")])
def test_a_harm_or_penalty_that_does_not_exist_is_an_error(column: str, value: str) -> None:
    one = decisions([(Harm.SCAM, Penalty.CLOSE, [], 0)])
    with pytest.raises(PlanError, match=f"unknown {column} `{value}`"):
        campaign_table(one.set_column(one.column_names.index(column), column, pa.array([value])))


def test_the_line_of_a_harm_holds_only_that_harm() -> None:
    table = campaign_table(decisions([(Harm.SCAM, Penalty.CLOSE, [], 0), (Harm.FALSE_CLAIM, Penalty.LABEL, [], 0)]))
    assert _of(table, Harm.SCAM)[Penalty.CLOSE] == 1
    assert _of(table, Harm.FALSE_CLAIM) == dict.fromkeys(IMPOSED, 0) | {Penalty.LABEL: 1}
