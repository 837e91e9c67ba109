"""Promise: the same input gives the same plan, whatever the threads, the buckets and the order of the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shipped_materials import shipped_materials

from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.registries.long_lists import LongList
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError
from evenhand.model.plan import Plan
from evenhand.policy.cases.runs import case_media, case_runs, case_tables
from evenhand.signals.web.listed_links import listed_links
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.plan import Materials, plan

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def materials() -> Materials:
    return shipped_materials()


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


@pytest.fixture(scope="module")
def plans(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Plan]:
    """The same input planned in four ways: the folder and the plan in it."""
    folder = tmp_path_factory.mktemp("same")
    return {folder / f"{buckets}-{threads}-{order}": planned(
        materials, folder / f"{buckets}-{threads}-{order}", buckets=buckets, threads=threads, order=order)
        for buckets, threads, order in ((1, 1, 0), (1, 2, 1), (5, 2, 2), (7, 1, 3))}


def test_threads_buckets_and_order_do_not_change_the_digest(plans: dict[Path, Plan]) -> None:
    assert len({made.digest for made in plans.values()}) == 1
    assert len({made.snapshot for made in plans.values()}) == 1
    assert all(sum(sum(counts.values()) for counts in made.counts.values()) > 0 for made in plans.values())


def test_every_row_of_the_plan_is_the_same_too(plans: dict[Path, Plan]) -> None:
    for table in ("decisions", "spared", "effects"):
        first, *others = (read_plan_table(folder / "plan", table) for folder in plans)
        assert first.num_rows > 0
        assert [first.equals(other) for other in others] == [True] * 3, table


def test_another_seed_gives_another_digest_and_another_order(materials: Materials, plans: dict[Path, Plan],
                                                             tmp_path: Path) -> None:
    folder, one = next(iter(plans.items()))
    two = planned(replace(materials, seed=1), tmp_path / "two", buckets=2, threads=1, order=0)
    assert one.digest != two.digest
    ids = [read_plan_table(place / "plan", "decisions")["account_id"].to_pylist() for place in (folder, tmp_path / "two")]
    assert ids[0] != ids[1]
    assert sorted(ids[0]) == sorted(ids[1])


def test_a_link_list_in_its_file_gives_the_same_decisions(materials: Materials, plans: dict[Path, Plan],
                                                          tmp_path: Path) -> None:
    whole = materials.registries["link_lists"]
    pq.write_table(whole, tmp_path / "link_lists.parquet")
    steps = tuple(listed_links(has_long_lists=True) if step.name == "listed_links" else step
                  for step in materials.pipeline.account_steps)
    in_file = replace(materials, pipeline=replace(materials.pipeline, account_steps=steps),
                      registries={**materials.registries, "link_lists": whole.slice(0, 0)},
                      long_lists=(LongList.at(tmp_path / "link_lists.parquet"),))
    made = planned(in_file, tmp_path / "file", buckets=2, threads=1, order=0)
    folder, one = next(iter(plans.items()))
    assert made.counts == one.counts
    rows = [read_plan_table(place / "plan", "decisions").select(["account_id", "harm", "penalty", "holder_id"])
            for place in (folder, tmp_path / "file")]
    assert rows[0].equals(rows[1])
    lost = replace(in_file, long_lists=(replace(in_file.long_lists[0], n_bytes=1),))
    with pytest.raises(DataError, match="changed while it was read"):
        planned(lost, tmp_path / "lost", buckets=1, threads=1, order=0)
