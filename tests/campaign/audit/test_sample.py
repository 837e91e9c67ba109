"""The sample is the seed's own: anybody draws the same one, whatever the order of the decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from evenhand.campaign.audit.sample import audit_sample, audit_strata
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.campaigns.audit import item_prefix

N = 600
DECISIONS = pa.table({
    "decision_id": [f"d{n:04}" for n in range(N)], "account_id": [f"a{n:04}" for n in range(N)],
    "policy_id": ["media"] * N, "penalty": (["close"] + ["label"] * 5) * (N // 6),
    "language": (["en", "en", "pt", None, "en", "pt"]) * (N // 6)})
SIZES = pa.table({"stratum": ["media/close/en", "media/label/en", "media/label/pt", "media/label/und"],
                  "n_items": [236, 93, 10, 5]})


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as engine:
        yield engine


def drawn(engine: DuckDBEngine, decisions: pa.Table = DECISIONS, *, seed: str = "s", plan: str = "p") -> pa.Table:
    step = audit_sample(plan_digest=plan, seed=seed)
    return engine.run([step], tables={"decisions": decisions, "audit_sizes": SIZES},
                      keep=[step.name]).relations[step.name].sort_by("item_id")


def test_strata_are_counted_and_add_up(engine: DuckDBEngine) -> None:
    step = audit_strata()
    strata = engine.run([step], tables={"decisions": DECISIONS}, keep=[step.name]).relations[step.name]
    counts = dict(zip(strata["stratum"].to_pylist(), strata["n_decisions"].to_pylist(), strict=True))
    assert counts == {"media/close/en": 100, "media/label/en": 200, "media/label/pt": 200, "media/label/und": 100}


def test_each_stratum_gets_its_size_and_a_small_one_is_taken_whole(engine: DuckDBEngine) -> None:
    counted = drawn(engine).group_by("stratum").aggregate([("item_id", "count")])
    assert dict(zip(counted["stratum"].to_pylist(), counted["item_id_count"].to_pylist(), strict=True)) == {
        "media/close/en": 100, "media/label/en": 93, "media/label/pt": 10, "media/label/und": 5}


def test_the_order_of_the_decisions_does_not_matter_and_the_seed_and_plan_do(engine: DuckDBEngine) -> None:
    once = drawn(engine)
    assert once == drawn(engine, DECISIONS[::-1])
    assert once["decision_id"] != drawn(engine, seed="t")["decision_id"]
    assert once["decision_id"] != drawn(engine, plan="q")["decision_id"]


def test_anybody_can_draw_it_again_with_sha256_alone(engine: DuckDBEngine) -> None:
    mine = [row["decision_id"] for row in DECISIONS.to_pylist() if (row["penalty"], row["language"]) == ("label", "pt")]
    prefix = item_prefix(plan_digest="p", seed="s")
    expected = sorted(mine, key=lambda name: hashlib.sha256((prefix + name).encode()).hexdigest())[:10]
    found = drawn(engine)
    assert sorted(found.filter(pc.equal(found["stratum"], "media/label/pt"))["decision_id"].to_pylist()) == sorted(expected)


def test_a_seed_is_text_and_nothing_else(engine: DuckDBEngine) -> None:
    assert drawn(engine, seed="it's; drop table decisions --").num_rows == 208


def test_every_decision_of_a_stratum_is_as_likely(engine: DuckDBEngine) -> None:
    counts: dict[str, int] = {}
    for seed in range(60):
        found = drawn(engine, seed=str(seed))
        for name in found.filter(pc.equal(found["stratum"], "media/label/und"))["decision_id"].to_pylist():
            counts[name] = counts.get(name, 0) + 1
    # 60 draws of 5 out of 100: 3 expected of each
    assert len(counts) >= 85
    assert max(counts.values()) <= 12
