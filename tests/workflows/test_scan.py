"""A sweep goes on where it was stopped, and refuses what it cannot trust."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shipped_materials import shipped_materials

from evenhand.campaign.pipeline import NOTED_POSTS, _gathering, assemble
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError
from evenhand.model.harm import Harm
from evenhand.model.registry import ADJUDICATIONS
from evenhand.model.snapshot import ACCOUNTS
from evenhand.ports import Outcome
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.plan import Materials, plan
from evenhand.workflows.scan import scan


@pytest.fixture(scope="module")
def materials() -> Materials:
    """The shipped ones with the steps that find institutions only: how a sweep goes on does not depend on what it looks for."""
    whole = shipped_materials()
    pipeline, harm = whole.pipeline, Harm.IMPERSONATION_INSTITUTION
    listened_to = {guard for policy in whole.pack.policies if policy.harm is harm for guard in policy.guards}
    made_anew = {NOTED_POSTS, *(step.name for step in _gathering(pipeline.detectors, pipeline.guards))}
    return replace(whole, pipeline=assemble(
        signals=[step for step in (*pipeline.account_steps, *pipeline.platform_steps) if step.name not in made_anew],
        detectors=[detector for detector in pipeline.detectors if detector.harm is harm],
        guards=[guard for guard in pipeline.guards if guard.name in listened_to]))


@pytest.fixture
def snapshot(tmp_path: Path) -> SnapshotFolder:
    export = tmp_path / "export"
    export.mkdir()
    rows = [{"account_id": f"a{n}", "handle": f"h{n}", "display_name": "Federal Bureau of Investigation",
             "bio": "Official account of the Federal Bureau of Investigation", "platform": "twitter"} for n in range(40)]
    pq.write_table(pa.Table.from_pylist(rows, schema=ACCOUNTS.schema), export / "accounts.parquet")
    ingest(str(export), tmp_path / "snapshot", cut_off=datetime(2026, 11, 1, tzinfo=UTC),
           settings=IngestSettings(n_buckets=4))
    return SnapshotFolder(tmp_path / "snapshot")


@pytest.fixture(autouse=True)
def one_bucket_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The buckets here are small: each is a run of its own all the same."""
    monkeypatch.setattr("evenhand.workflows.scan.ACCOUNTS_AT_ONCE", 1)


class Stopping(DuckDBEngine):
    """Stops like a killed process after so many runs."""

    runs_left = 2

    def run(self, *arguments: Any, **named: Any) -> Outcome:
        if self.runs_left == 0:
            raise KeyboardInterrupt
        self.runs_left -= 1
        return super().run(*arguments, **named)


def test_a_stopped_sweep_goes_on_and_gives_the_same_plan(materials: Materials, snapshot: SnapshotFolder,
                                                         tmp_path: Path) -> None:
    with Stopping(threads=1) as engine, pytest.raises(KeyboardInterrupt):
        plan(snapshot, materials, engine, into=tmp_path / "stopped")
    assert not (tmp_path / "stopped" / "plan.json").exists()
    with DuckDBEngine(threads=1) as engine:
        resumed, swept = plan(snapshot, materials, engine, into=tmp_path / "stopped")
        whole, _ = plan(snapshot, materials, engine, into=tmp_path / "whole")
    assert swept.n_resumed == 2
    assert resumed == whole
    assert sum(resumed.counts["impersonation_institution"].values()) == 40


def test_a_changed_pack_does_not_take_over_old_results(materials: Materials, snapshot: SnapshotFolder, tmp_path: Path) -> None:
    with DuckDBEngine(threads=1) as engine:
        engine.bind(materials.registries)
        first = scan(snapshot, materials.pipeline, engine, work=tmp_path / "scan", registries_digest="r")
        fewer = replace(materials.pipeline, account_steps=(*materials.pipeline.account_steps[:-1],
                        replace(materials.pipeline.account_steps[-1], sentence="changed")))
        assert scan(snapshot, fewer, engine, work=tmp_path / "scan", registries_digest="r").n_resumed == 4
        last = materials.pipeline.account_steps[-1]
        changed = replace(materials.pipeline, account_steps=(*materials.pipeline.account_steps[:-1],
                          replace(last, sql=f"{last.sql} ") if hasattr(last, "sql") else replace(last, digest="other")))
        again = scan(snapshot, changed, engine, work=tmp_path / "scan", registries_digest="r")
    assert first.n_resumed == again.n_resumed == 0
    assert first.key != again.key


def test_a_vanished_bucket_is_an_error_and_never_a_smaller_plan(materials: Materials, snapshot: SnapshotFolder,
                                                                tmp_path: Path) -> None:
    Path(snapshot.files("accounts", 1)[0]).unlink()
    with DuckDBEngine(threads=1) as engine, pytest.raises(DataError, match="a file of `accounts` is gone"):
        plan(snapshot, materials, engine, into=tmp_path / "plan")
    assert not (tmp_path / "plan" / "plan.json").exists()


def test_a_folder_with_something_else_is_left_alone(materials: Materials, snapshot: SnapshotFolder, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with DuckDBEngine(threads=1) as engine:
        engine.bind(materials.registries)
        with pytest.raises(DataError, match="holds something else"):
            scan(snapshot, materials.pipeline, engine, work=tmp_path / "mine", registries_digest="r")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_a_changed_register_does_not_take_over_old_results(materials: Materials, snapshot: SnapshotFolder,
                                                           tmp_path: Path) -> None:
    decided = {"account_id": "a3", "harm": "impersonation_institution", "holder_id": None, "outcome": "legitimate",
               "evidence_digest": None, "decided_at": datetime(2026, 10, 1, tzinfo=UTC)}
    known = {**materials.registries, "adjudications": pa.Table.from_pylist([decided], schema=ADJUDICATIONS)}
    later = replace(materials, registries=known, registries_digest="another")
    with DuckDBEngine(threads=1) as engine:
        before, _ = plan(snapshot, materials, engine, into=tmp_path / "plan")
        after, swept = plan(snapshot, later, engine, into=tmp_path / "plan")
    assert swept.n_resumed == 0
    assert sum(before.counts["impersonation_institution"].values()) == 40
    assert sum(after.counts["impersonation_institution"].values()) == 39


def test_a_stamp_that_was_cut_off_starts_the_sweep_anew(materials: Materials, snapshot: SnapshotFolder,
                                                         tmp_path: Path) -> None:
    with DuckDBEngine(threads=1) as engine:
        whole, _ = plan(snapshot, materials, engine, into=tmp_path / "plan")
        (tmp_path / "plan" / "scan" / "scan.json").write_text("")
        again, swept = plan(snapshot, materials, engine, into=tmp_path / "plan")
    assert swept.n_resumed == 0
    assert again == whole


def test_a_sweep_killed_while_it_makes_room_leaves_nothing_that_another_takes_for_whole(
        materials: Materials, snapshot: SnapshotFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(folder: Path, **_: object) -> None:
        (folder / "bucket=00001" / "profiles.parquet").unlink()
        raise KeyboardInterrupt

    with DuckDBEngine(threads=1) as engine:
        whole, _ = plan(snapshot, materials, engine, into=tmp_path / "plan")
        with monkeypatch.context() as patched:
            patched.setattr(shutil, "rmtree", killed)
            with pytest.raises(KeyboardInterrupt):
                plan(snapshot, replace(materials, registries_digest="another"), engine, into=tmp_path / "plan")
        again, swept = plan(snapshot, materials, engine, into=tmp_path / "plan")
    assert swept.n_resumed == 0
    assert again == whole


@pytest.mark.parametrize("left", [(), ("scan.json.part",), ("scan.json.part", "spill")])
def test_a_sweep_killed_before_it_began_goes_on(materials: Materials, snapshot: SnapshotFolder, tmp_path: Path,
                                                left: tuple[str, ...]) -> None:
    work = tmp_path / "plan" / "scan"
    work.mkdir(parents=True)
    for name in ("lock", *left):
        (work / name).mkdir() if name == "spill" else (work / name).touch()
    with DuckDBEngine(threads=1) as engine:
        assert plan(snapshot, materials, engine, into=tmp_path / "plan")[1].n_resumed == 0


def test_a_part_that_lost_a_file_is_made_again_and_never_a_smaller_plan(materials: Materials, snapshot: SnapshotFolder,
                                                                        tmp_path: Path) -> None:
    with DuckDBEngine(threads=1) as engine:
        whole, _ = plan(snapshot, materials, engine, into=tmp_path / "plan")
        (tmp_path / "plan" / "scan" / "parts" / "bucket=00002" / "profiles.parquet").unlink()
        again, swept = plan(snapshot, materials, engine, into=tmp_path / "plan")
    assert swept.n_resumed == 3
    assert again == whole
