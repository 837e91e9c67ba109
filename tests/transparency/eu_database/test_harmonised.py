"""The parts of the harmonised report add up to the restrictions, and complaints to what was filed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from eu_filing import FILING, rows, table
from hypothesis import given
from hypothesis import strategies as st

from evenhand.model.appeal import Appeal, AppealOutcome
from evenhand.transparency.eu_database.checked import checked
from evenhand.transparency.eu_database.harmonised import added, automated_means, complaints, measures, own_initiative
from evenhand.transparency.eu_database.mapping import is_restriction, statements

AT = datetime(2026, 11, 1, tzinfo=UTC)
MADE = table(*rows(120))
STATEMENTS = statements(MADE.filter(is_restriction(MADE)), FILING)


@given(st.lists(st.integers(0, STATEMENTS.num_rows), max_size=4))
def test_portions_add_up_to_the_whole(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), STATEMENTS.num_rows]
    parts = [measures(STATEMENTS.slice(start, end - start)) for start, end in pairwise(edges)]
    assert added(parts) == measures(STATEMENTS)


def test_both_sections_count_every_restriction_once() -> None:
    counts = checked(MADE, FILING).measures
    n = STATEMENTS.num_rows
    own, automated = own_initiative(counts), automated_means(counts)
    assert sum(own["measures"].to_pylist()) == sum(own["detected_by_automated_means"].to_pylist()) == n
    assert sum(automated["automated_means_alone"].to_pylist()) == STATEMENTS["automated_decision"].to_pylist().count(
        "AUTOMATED_DECISION_FULLY")
    assert sum(map(sum, zip(automated["automated_means_alone"].to_pylist(),
                            automated["automated_means_and_a_person"].to_pylist(), strict=True))) == n
    assert set(own["restriction"].to_pylist()) >= {"DECISION_VISIBILITY_CONTENT_LABELLED", "DECISION_ACCOUNT_TERMINATED"}


outcomes = st.lists(st.sampled_from([None, *AppealOutcome]), max_size=20)


def _appeal(i: int, outcome: AppealOutcome | None) -> Appeal:
    return Appeal(appeal_id=str(i), decision_id=str(i), filed_at=AT, said="0", outcome=outcome,
                  decided_at=AT + timedelta(days=i + 1) if outcome else None, decided_by="zoe" if outcome else None)


@given(outcomes)
def test_complaints_add_up(filed: list[AppealOutcome | None]) -> None:
    told = complaints(_appeal(i, outcome) for i, outcome in enumerate(filed))
    assert told["submitted"] == len(filed) == (told["decided"] or 0) + (told["open"] or 0)
    assert told["decided"] == sum(told[name] or 0 for name in ("upheld", "reversed", "varied"))
    if told["decided"]:
        low, share, high = (told[name] for name in ("share_reversed_low", "share_reversed", "share_reversed_high"))
        assert low is not None
        assert share is not None
        assert high is not None
        assert 0 <= low <= share <= high <= 1
    else:
        assert told["share_reversed"] is told["median_days_to_decide"] is None


def test_an_even_number_of_days_has_the_one_in_the_middle() -> None:
    told = complaints(_appeal(i, AppealOutcome.UPHELD if i else AppealOutcome.VARIED) for i in range(4))
    assert told["median_days_to_decide"] == pytest.approx(2.5)
    assert (told["varied"], told["reversed"], told["share_reversed"]) == (1, 0, 0.25)
