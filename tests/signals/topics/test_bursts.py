"""Bursts of topics: what counts as one, and what never does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.model.snapshot import TIME
from evenhand.signals.topics.bursts import MIN_ACCOUNTS, MIN_DAYS, bursts
from evenhand.signals.topics.tags import tags

DAYS = 60


def counts(usual: int, **days: int) -> np.ndarray:
    row = np.full(DAYS, usual, np.int64)
    for day, n in days.items():
        row[int(day.removeprefix("d"))] = n
    return row[np.newaxis]


TOTALS = np.full(DAYS, 2_000, np.int64)


def test_a_topic_that_is_always_busy_has_no_burst() -> None:
    assert bursts(counts(500), TOTALS) == []


def test_days_in_a_row_are_one_burst_with_its_busiest_day() -> None:
    found, = bursts(counts(2, d30=60, d31=90, d32=50), TOTALS)
    assert (found.begin, found.end, found.n_accounts) == (30, 33, 90)
    assert found.weight > 0


@pytest.mark.parametrize(("n", "is_burst"), [(MIN_ACCOUNTS - 1, False), (MIN_ACCOUNTS, True)])
def test_a_circle_of_friends_is_no_burst(n: int, *, is_burst: bool) -> None:
    assert bool(bursts(counts(0, d30=n), TOTALS)) is is_burst


def test_a_busy_day_of_the_whole_platform_is_no_burst_of_a_topic() -> None:
    totals = TOTALS.copy()
    totals[30] *= 20
    assert bursts(counts(20, d30=400), totals) == []
    assert bursts(counts(20, d30=400), TOTALS)


def test_nothing_is_usual_in_less_than_a_week() -> None:
    few = counts(2, d3=300)[:, :MIN_DAYS - 1]
    assert bursts(few, TOTALS[:MIN_DAYS - 1]) == []


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 400), min_size=MIN_DAYS, max_size=20), min_size=1, max_size=3).filter(
    lambda rows: len({len(row) for row in rows}) == 1))
def test_bursts_lie_within_the_days_do_not_overlap_and_each_topic_stands_alone(rows: list[list[int]]) -> None:
    table = np.array(rows, np.int64)
    totals = np.full(table.shape[1], 5_000, np.int64)
    found = bursts(table, totals)
    for topic in range(len(table)):
        own = [(one.begin, one.end) for one in found if one.topic == topic]
        assert own == [(one.begin, one.end) for one in bursts(table[topic:topic + 1], totals)]
        assert all(0 <= begin < end <= table.shape[1] for begin, end in own)
        assert all(end < begin for (_, end), (begin, _) in pairwise(own))


@pytest.mark.parametrize(("text", "topics"), [
    ("no tag", []), ("#one#two", ["one", "two"]), ("#Straße and #STRASSE", ["straße", "strasse"]), ("＃決勝", ["決勝"]),
    ("#हिन्दी_दिवस", ["हिन्दी_दिवस"]), ("#انتخابات۲۰۲۶!", ["انتخابات۲۰۲۶"]), ("#热搜话题# 看看", ["热搜话题"]), ("#1 of #2", []),
    ("# space", []), ("a#b", ["b"]), ("#" + "x" * 101, []), (None, [])])
def test_hashtags_are_read_in_every_script(text: str | None, topics: list[str]) -> None:
    posts = pa.record_batch({"account_id": ["a"], "post_id": ["p"], "created_at": pa.array([None], TIME),
                             "text": pa.array([text], pa.string())})
    assert tags(posts).column("topic").to_pylist() == topics
