"""Contract of engines: every step of the shipped pack gives equal rows on DuckDB and on a Spark Connect engine (Sail).

The input is the shipped pack's own cases: accounts and posts in many scripts, one for every path the rules can take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from shipped_materials import shipped_materials

from evenhand.campaign.audit.sample import audit_sample, audit_strata
from evenhand.campaign.stages import rollout_order
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.engines.spark import SparkEngine
from evenhand.model.registry import TOPICS
from evenhand.model.snapshot import TABLES, TIME
from evenhand.model.step import Step
from evenhand.policy.cases.runs import case_follows, case_media, case_redirects, case_runs, case_tables, case_topics
from evenhand.ports import Engine, Source
from evenhand.signals.web.listed_links import LONG_LISTS, listed_links
from evenhand.signals.web.shared_hosts import HOSTS_OF_MANY
from evenhand.workflows.case_fact_checks import with_case_fact_checks
from evenhand.workflows.plan import Materials

pytestmark = [pytest.mark.contract, pytest.mark.loopback]


@pytest.fixture(scope="module")
def materials() -> Materials:
    loaded = with_case_fact_checks(shipped_materials(), ())
    topics = [row | {"source": "the cases", "as_of": date(2026, 1, 1)} for row in case_topics(case_runs(loaded.pack, ()))]
    return replace(loaded, registries=loaded.registries | {"topics": pa.Table.from_pylist(topics, schema=TOPICS)})


@pytest.fixture(scope="module")
def tables(materials: Materials) -> dict[str, pa.Table]:
    runs = case_runs(materials.pack, ())
    accounts, posts = case_tables(runs)
    filled = {"accounts": accounts, "posts": posts, "media": case_media(runs), "follows": case_follows(runs),
              "redirects": case_redirects(runs)}
    return {name: filled.get(name, TABLES[name].schema.empty_table()) for name in materials.pipeline.tables}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    server_module = pytest.importorskip("pysail.spark", reason="Sail is not installed: `make setup-test` installs it")
    server = server_module.SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    _, port = server.listening_address
    try:
        with SparkEngine(f"sc://127.0.0.1:{port}") as engine:
            yield engine
    finally:
        server.stop()


def rows(table: pa.Table) -> list[str]:
    """The rows as comparable texts, in any order; numbers to twelve digits."""
    return sorted(repr([_plain(row[name]) for name in sorted(row)]) for row in table.to_pylist())


def _plain(value: Any) -> Any:
    return float(f"{value:.12g}") if isinstance(value, float) else value


def run(engine: Engine, materials: Materials, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    engine.bind(materials.registries)
    pipeline = materials.pipeline
    near = engine.run(pipeline.account_steps, tables=tables, keep=[step.name for step in pipeline.account_steps]).relations
    wide = engine.run(pipeline.platform_steps, tables={name: near[name] for name in pipeline.kept},
                      keep=[step.name for step in pipeline.platform_steps]).relations
    return {**near, **wide}


def test_every_step_gives_equal_rows(spark: SparkEngine, materials: Materials, tables: dict[str, pa.Table]) -> None:
    with DuckDBEngine(threads=1) as duckdb:
        here = run(duckdb, materials, tables)
    there = run(spark, materials, tables)
    assert here.keys() == there.keys()
    different = {name: (len(rows(here[name])), len(rows(there[name]))) for name in here
                 if rows(here[name]) != rows(there[name])}
    assert different == {}
    assert here["found"].num_rows > 0, "cases that find nothing prove nothing"


def test_a_campaigns_sample_and_order_are_the_same_on_every_engine(spark: SparkEngine) -> None:
    ids = [f"d{n}" for n in range(300)]
    decisions = pa.table({"decision_id": ids, "account_id": ids, "policy_id": ["media"] * 300, "penalty": ["label"] * 300,
                          "automation": ["fully", "partially", None] * 100,
                          "language": ["en", "عر", None] * 100, "followers": [None, 5, 7] * 100,
                          "platform": ["here", None, "there"] * 100})
    given = {"decisions": decisions, "effects": pa.table({"decision_id": ids, "not_before": pa.nulls(300, TIME)}),
             "audit_sizes": pa.table({"stratum": ["media/label/en", "media/label/عر"], "n_items": [20, 200]})}
    for step in (audit_strata(), audit_sample(plan_digest="p", seed="it's a seed"), rollout_order(plan_digest="p", seed="s")):
        tables = {name: given[name] for name in step.inputs}
        with DuckDBEngine(threads=1) as duckdb:
            here = duckdb.run([step], tables=tables, keep=[step.name]).relations[step.name]
        there = spark.run([step], tables=tables, keep=[step.name]).relations[step.name]
        assert here.num_rows > 0
        assert rows(here) == rows(there), step.name


def test_a_list_in_its_file_gives_the_rows_of_the_same_list_in_memory(
        spark: SparkEngine, materials: Materials, tables: dict[str, pa.Table], tmp_path: Path) -> None:
    whole = materials.registries["link_lists"]
    half = whole.num_rows // 2
    files = {tmp_path / "first.parquet": whole.slice(0, half), tmp_path / "last.parquet": whole.slice(half + 9)}
    for file, part in files.items():
        pq.write_table(part, file)
    split: dict[str, Source] = {"link_lists": whole.slice(half, 9), LONG_LISTS: tuple(map(str, files))}
    before = [step for step in materials.pipeline.account_steps if step.name in ("links", "addresses", "hops")]
    read = {name: tables[name] for step in before for name in step.inputs}

    def listed(engine: Engine, step: Step, bound: dict[str, Source], of: dict[str, pa.Table]) -> pa.Table:
        engine.bind(bound)
        return engine.run([*before, HOSTS_OF_MANY, step], tables=of, keep=[step.name]).relations[step.name]

    with DuckDBEngine(threads=1) as duckdb:
        here = listed(duckdb, listed_links(), {"link_lists": whole}, read)
        assert here.num_rows > 0, "cases that link to nothing prove nothing"
        in_files = listed_links(has_long_lists=True)
        assert rows(listed(duckdb, in_files, split, read)) == rows(here)
        for account_id in pc.unique(here["account_id"]).to_pylist()[:3]:
            alone = {name: table.filter(pc.equal(table["account_id"], account_id)) for name, table in read.items()}
            mine = here.filter(pc.equal(here["account_id"], account_id))
            assert rows(listed(duckdb, in_files, split, alone)) == rows(mine)
    assert rows(listed(spark, in_files, split, read)) == rows(here)
