"""The holdout is drawn outside of the plan, and what it says of the rest holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.campaign.audit.holdout import (
    FoundStratum,
    Prevalence,
    holdout_posts,
    holdout_prefix,
    holdout_sample,
    prevalence,
    recall,
    unplanned_accounts,
)
from evenhand.campaign.audit.resolve import Resolved, resolve
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.campaigns.audit import VERDICTS
from evenhand.model.interval import clopper_pearson
from evenhand.model.refusal import Refusal


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as engine:
        yield engine


def drawn(engine: DuckDBEngine, accounts: pa.Table, planned: list[str], *, languages: list[str], n: int,
          seed: str = "s") -> tuple[pa.Table, pa.Table]:
    steps = [unplanned_accounts(), holdout_sample(plan_digest="p", seed=seed, n_items=n)]
    found = engine.run(steps, keep=[step.name for step in steps], tables={
        "accounts": accounts, "decisions": pa.table({"account_id": pa.array(planned, pa.string())}),
        "read_languages": pa.table({"language": pa.array(languages, pa.string())})})
    return found.relations["holdout_sample"].sort_by("item_id"), found.relations["unplanned_accounts"]


def accounts_of(rows: list[tuple[str, str | None]]) -> pa.Table:
    return pa.table({"account_id": pa.array([one for one, _ in rows], pa.string()),
                     "language": pa.array([language for _, language in rows], pa.string())})


@settings(max_examples=25, deadline=None)
@given(n=st.integers(0, 60), n_planned=st.integers(0, 60), n_items=st.integers(1, 40),
       languages=st.lists(st.sampled_from(["en", "pt", "und"]), unique=True), seed=st.text("ab'", max_size=3))
def test_it_never_holds_an_account_of_the_plan(engine: DuckDBEngine, n: int, n_planned: int, n_items: int,
                                               languages: list[str], seed: str) -> None:
    rows = [(f"a{number}", ("en", "pt", None)[number % 3]) for number in range(n)]
    planned = [f"a{number}" for number in range(0, 2 * n_planned, 2)]
    items, counted = drawn(engine, accounts_of(rows), planned, languages=languages, n=n_items, seed=seed)
    outside = {one for one, language in rows if one not in planned and (language or "und") in languages}
    ids = items["account_id"].to_pylist()
    assert len(ids) == len(set(ids)) == min(n_items, len(outside))
    assert set(ids) <= outside
    assert sum(counted["n_accounts"].to_pylist()) == len({one for one, _ in rows} - set(planned))


def test_anybody_draws_it_again_with_sha256_alone(engine: DuckDBEngine) -> None:
    rows = [(f"a{number}", "en") for number in range(200)]
    items, _ = drawn(engine, accounts_of(rows), ["a3"], languages=["en"], n=20)
    prefix = holdout_prefix(plan_digest="p", seed="s")
    expected = sorted(hashlib.sha256((prefix + one).encode()).hexdigest() for one, _ in rows if one != "a3")[:20]
    assert items["item_id"].to_pylist() == expected
    assert items == drawn(engine, accounts_of(rows[::-1]), ["a3"], languages=["en"], n=20)[0]
    assert items["account_id"] != drawn(engine, accounts_of(rows), ["a3"], languages=["en"], n=20, seed="t")[0]["account_id"]


def test_its_readers_see_the_latest_posts_first(engine: DuckDBEngine) -> None:
    posts = pa.table({"post_id": [f"p{n:02}" for n in range(14)], "account_id": ["a"] * 12 + ["b", "a"],
                      "text": [f"text {n}" for n in range(13)] + [None], "created_at": list(range(14))})
    step = holdout_posts()
    found = engine.run([step], keep=[step.name], tables={
        "posts": posts, "read_accounts": pa.table({"account_id": ["a"]})}).relations[step.name].sort_by("place")
    assert found["text"].to_pylist() == [f"text {n}" for n in range(11, 1, -1)]


def words(n_right: int, n_wrong: int, n_undecided: int, *, start: int = 0) -> Resolved:
    """What two readers agree on."""
    said = ["right"] * n_right + ["wrong"] * n_wrong + ["cannot_decide"] * n_undecided
    ids = [f"i{start + number}" for number in range(len(said))]
    rows = [{"item_id": one, "reader": reader, "slot": slot, "verdict": verdict, "rationale": None}
            for reader, slot in (("ben", "first"), ("cem", "second")) for one, verdict in zip(ids, said, strict=True)]
    return resolve(pa.table({"item_id": pa.array(ids, pa.string())}), pa.Table.from_pylist(rows, schema=VERDICTS))


def missed(resolved: Resolved, *, n_accounts: int = 1_000_000, truths: pa.Table | None = None,
           items: pa.Table | None = None) -> Prevalence:
    found = prevalence(resolved, items=resolved.table.select(["item_id"]) if items is None else items, truths=truths,
                       n_accounts=n_accounts, seed="s")
    assert isinstance(found, Prevalence)
    return found


def test_with_perfect_readers_it_is_clopper_and_pearson() -> None:
    found, exact = missed(words(295, 5, 0)), clopper_pearson(5, n=300)
    assert (found.estimate, found.low, found.high) == pytest.approx((5 / 300, exact.low, exact.high))
    assert missed(words(300, 0, 0)).high == pytest.approx(0.0122, abs=1e-4)


def test_what_nobody_could_decide_widens_the_interval_upwards_only() -> None:
    plain, unsure = missed(words(295, 5, 0)), missed(words(290, 5, 5))
    assert (unsure.low, unsure.estimate) == pytest.approx((plain.low, plain.estimate))
    assert unsure.high == pytest.approx(clopper_pearson(10, n=300).high)


def test_a_small_rest_that_is_read_whole_leaves_no_chance() -> None:
    found = missed(words(38, 2, 0), n_accounts=40)
    assert (found.low, found.high) == (pytest.approx(0.05), pytest.approx(0.05))


def test_nothing_is_said_before_all_is_read() -> None:
    resolved = words(3, 1, 0)
    more = pa.table({"item_id": [*resolved.table["item_id"].to_pylist(), "unread"]})
    open_ = resolve(more, pa.Table.from_pylist([
        {"item_id": one, "reader": reader, "slot": slot, "verdict": "right", "rationale": None}
        for one in resolved.table["item_id"].to_pylist() for reader, slot in (("ben", "first"), ("cem", "second"))],
        schema=VERDICTS))
    refusal = prevalence(open_, items=more, truths=None, n_accounts=100, seed="s")
    assert isinstance(refusal, Refusal)
    assert refusal.text == "the holdout lacks 2 readings"


@pytest.mark.parametrize(("true_share", "sensitivity", "specificity"), [(0.02, 0.85, 0.99), (0.0, 0.9, 0.97), (0.2, 0.8, 0.95)])
def test_the_interval_holds_with_readers_who_make_mistakes(true_share: float, sensitivity: float, specificity: float) -> None:
    chance, held, n_runs = np.random.default_rng(3), 0, 60
    for _ in range(n_runs):
        truth = chance.random(300) < true_share
        known = np.arange(200) < 100  # golden accounts, half of them break a rule
        said = [chance.random(len(one)) < np.where(one, sensitivity, 1 - specificity) for one in (truth, known)]
        ids = [f"i{n}" for n in range(500)]
        final = np.where(np.concatenate(said), "wrong", "right")
        table = pa.table({"item_id": ids, "final": pa.array(final.tolist(), pa.string())})
        truths = pa.table({"item_id": ids[300:], "is_right": (~known).tolist()})
        found = missed(Resolved(table=table), truths=truths, items=table.slice(0, 300).select(["item_id"]))
        held += found.low <= true_share <= found.high
    assert held >= 0.93 * n_runs


@settings(max_examples=50)
@given(strata=st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1), st.floats(0, 1)), max_size=5),
       shares=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)).map(sorted), n=st.integers(1, 10_000))
def test_recall_lies_between_its_bounds(strata: list[tuple[int, float, float]], shares: list[float], n: int) -> None:
    found = [FoundStratum(n_decisions=size, share_right=max(one, two), bound=min(one, two)) for size, one, two in strata]
    low, estimate, high = shares
    outcome = recall(found, Prevalence(estimate=estimate, low=low, high=high, n_read=1, n_missed=0, n_undecided=0,
                                       n_accounts=n, golden=None))
    assert 0.0 <= outcome.low <= outcome.high <= 1.0 or not strata
    if outcome.estimate is not None and strata and outcome.high:
        assert outcome.low - 1e-9 <= outcome.estimate <= outcome.high + 1e-9
