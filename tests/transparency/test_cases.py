"""The random cases are drawn by chance alone: not by order, not by an account, not by a person."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from sample_campaign import english, sample_campaign

from evenhand.model.plan import DECISIONS
from evenhand.transparency import cases_in_words, random_cases
from evenhand.transparency.cases import seeded_order

SAMPLE = sample_campaign()
IDS = SAMPLE.decisions["decision_id"].to_pylist()


def _drawn(table: pa.Table, *, n: int = 10, seed: int = 1) -> list[str]:
    return random_cases(table, n=n, seed=seed)["decision_id"].to_pylist()


@given(st.permutations(range(40)), st.integers(0, 2**63))
def test_the_order_of_rows_does_not_change_who_is_drawn(order: list[int], seed: int) -> None:
    few = SAMPLE.decisions.slice(0, 40)
    assert _drawn(few, seed=seed) == _drawn(few.take(pa.array(order)), seed=seed)


def test_chunks_do_not_change_who_is_drawn() -> None:
    parts = [SAMPLE.decisions.slice(start, 50) for start in range(0, SAMPLE.decisions.num_rows, 50)]
    assert _drawn(pa.concat_tables(parts)) == _drawn(SAMPLE.decisions.combine_chunks())


def test_the_same_seed_draws_the_same_cases_on_every_machine() -> None:
    assert _drawn(SAMPLE.decisions, n=3, seed=1) == ["decision-00179", "decision-00230", "decision-00025"]


def test_another_seed_draws_others() -> None:
    assert _drawn(SAMPLE.decisions, seed=1) != _drawn(SAMPLE.decisions, seed=2)
    assert _drawn(SAMPLE.decisions, seed=-1) != _drawn(SAMPLE.decisions, seed=1)


def test_a_longer_draw_starts_with_the_shorter_one() -> None:
    assert _drawn(SAMPLE.decisions, n=50)[:10] == _drawn(SAMPLE.decisions, n=10)


def test_no_more_are_drawn_than_there_are_and_none_from_nothing() -> None:
    assert sorted(_drawn(SAMPLE.decisions, n=10_000)) == sorted(IDS)
    assert _drawn(DECISIONS.empty_table()) == []
    assert _drawn(SAMPLE.decisions, n=0) == []


def test_every_decision_is_drawn_about_equally_often() -> None:
    few = SAMPLE.decisions.slice(0, 20)
    n_seeds, n_drawn = 2_000, 5
    counts = np.zeros(20)
    for seed in range(n_seeds):
        counts += np.isin(IDS[:20], _drawn(few, n=n_drawn, seed=seed))
    expected = n_seeds * n_drawn / 20
    assert counts.sum() == n_seeds * n_drawn
    assert abs(counts - expected).max() < 6 * np.sqrt(expected)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=30, unique=True),
       st.integers(0, 2**64 - 1))
def test_different_ids_get_different_numbers_wherever_they_stand(ids: list[str], seed: int) -> None:
    whole = seeded_order(pa.chunked_array([ids]), seed=seed)
    alone = [seeded_order(pa.chunked_array([[one]]), seed=seed)[0] for one in ids]
    assert list(whole) == alone
    assert len(set(alone)) == len(ids)


def test_a_slice_is_numbered_like_the_whole() -> None:
    whole = seeded_order(SAMPLE.decisions["decision_id"], seed=5)
    assert list(seeded_order(SAMPLE.decisions["decision_id"].slice(17, 9), seed=5)) == list(whole[17:26])


def test_no_text_of_a_case_holds_a_hidden_character() -> None:
    for case in cases_in_words(SAMPLE.decisions, english()):
        texts = [value for value in dataclasses.astuple(case) if isinstance(value, str)]
        assert not [text for text in texts if set(text) & {"\u200b", "\u202e", "\n"}]


def test_a_case_tells_everything_that_was_weighed() -> None:
    case = cases_in_words(SAMPLE.decisions.slice(0, 1), english())[0]
    assert case.facts
    assert len(case.families) >= 2
    assert case.guards
    assert case.steps[0].startswith("Rung 1 of 3")
    assert case.would_change[0].endswith("would have spared it.")


def test_a_rule_address_that_is_not_of_the_web_is_dropped() -> None:
    row = SAMPLE.decisions.slice(0, 1).to_pylist()
    row[0]["statement"]["ground_url"] = "javascript:alert(1)"
    assert cases_in_words(pa.Table.from_pylist(row, DECISIONS), english())[0].ground_url == ""


def test_an_account_without_a_display_name_goes_by_its_handle() -> None:
    row = SAMPLE.decisions.slice(0, 1).to_pylist()
    row[0] |= {"display_name": None, "handle": "@only_handle", "platform": None, "language": None, "followers": None}
    case = cases_in_words(pa.Table.from_pylist(row, DECISIONS), english())[0]
    assert (case.name, case.handle, case.followers) == ("@only_handle", "only_handle", None)
