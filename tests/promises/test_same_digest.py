"""Promise: the same input gives the same plan, whatever the threads, the buckets and the order of the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.plan import Plan
from evenhand.policy.cases.runs import case_media, case_runs, case_tables
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.materials import SweepSettings, load_materials
from evenhand.workflows.plan import Materials, plan

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def materials() -> Materials:
    return load_materials(SweepSettings())


def planned(materials: Materials, folder: Path, *, buckets: int, threads: int, order: int) -> Plan:
    runs = case_runs(materials.pack, ())
    accounts, posts = case_tables(runs)
    source = folder / "export"
    source.mkdir(parents=True)
    for name, table in (("accounts", accounts), ("posts", posts), ("media", case_media(runs))):
        shuffled = table.take(pa.array(np.random.default_rng(order).permutation(table.num_rows)))
        pq.write_table(shuffled, source / f"{name}.parquet")
    ingest(str(source), folder / "snapshot", cut_off=CUT_OFF, settings=IngestSettings(n_buckets=buckets, threads=threads))
    with DuckDBEngine(threads=threads) as engine:
        made, _ = plan(SnapshotFolder(folder / "snapshot"), materials, engine, into=folder / "plan")
    return made


def test_threads_buckets_and_order_do_not_change_the_digest(materials: Materials, tmp_path: Path) -> None:
    plans = [planned(materials, tmp_path / f"{buckets}-{threads}-{order}", buckets=buckets, threads=threads, order=order)
             for buckets, threads, order in ((1, 1, 0), (1, 2, 1), (4, 2, 2), (7, 1, 3))]
    assert len({made.digest for made in plans}) == 1
    assert len({made.snapshot for made in plans}) == 1
    assert sum(sum(counts.values()) for counts in plans[0].counts.values()) > 0


def test_every_row_of_the_plan_is_the_same_too(materials: Materials, tmp_path: Path) -> None:
    for name, buckets in (("one", 1), ("five", 5)):
        planned(materials, tmp_path / name, buckets=buckets, threads=2, order=buckets)
    for table in ("decisions", "spared", "effects"):
        one, five = (read_plan_table(tmp_path / name / "plan", table) for name in ("one", "five"))
        assert one.equals(five), table


def test_another_seed_gives_another_digest_and_another_order(materials: Materials, tmp_path: Path) -> None:
    one = planned(materials, tmp_path / "one", buckets=2, threads=1, order=0)
    two = planned(replace(materials, seed=1), tmp_path / "two", buckets=2, threads=1, order=0)
    assert one.digest != two.digest
    ids = [read_plan_table(tmp_path / name / "plan", "decisions")["account_id"].to_pylist() for name in ("one", "two")]
    assert ids[0] != ids[1]
    assert sorted(ids[0]) == sorted(ids[1])
