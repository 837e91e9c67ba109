"""A plan's basis is what its snapshot and pack are now, not what its header says that they were."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from campaign_plans import CUT_OFF, written_plan

from evenhand.connectors.plan_sources import Sources, snapshot_files, write_sources
from evenhand.connectors.snapshot import save_manifest
from evenhand.model.snapshot import Manifest
from evenhand.workflows.campaigns.plan_basis import plan_as_made, plan_now


def test_whatever_changed_below_a_plan_is_named(tmp_path: Path) -> None:
    written_plan(tmp_path / "plan")
    assert plan_as_made(tmp_path / "plan") == plan_now(tmp_path / "plan"), "nothing says what it was made from"
    snapshot, pack = tmp_path / "snapshot", tmp_path / "pack"
    (snapshot / "accounts").mkdir(parents=True)
    accounts = snapshot / "accounts" / "bucket=000.parquet"
    pq.write_table(pa.table({"account_id": ["1"]}), accounts)
    save_manifest(snapshot, Manifest(cut_off=CUT_OFF, n_buckets=1, rows={"accounts": 1}, rejected={}, fingerprint="sha256:a"))
    with resources.as_file(resources.files("evenhand") / "data" / "policies" / "reference") as shipped:
        shutil.copytree(shipped, pack)
    write_sources(tmp_path / "plan", Sources(snapshot=snapshot, pack=pack, registries=(), sentence_model=None,
                                             files=snapshot_files(snapshot)))
    before = plan_as_made(tmp_path / "plan").basis
    assert before.changed(plan_as_made(tmp_path / "plan").basis) == ()
    pq.write_table(pa.table({"account_id": ["2"]}), accounts)
    assert before.changed(plan_as_made(tmp_path / "plan").basis) == ("the snapshot",)
    pq.write_table(pa.table({"account_id": ["1"]}), accounts)
    assert before.changed(plan_as_made(tmp_path / "plan").basis) == ()
    text = (pack / "pack.toml").read_text(encoding="utf-8")
    (pack / "pack.toml").write_text(text.replace('version = "', 'version = "9'), encoding="utf-8")
    assert before.changed(plan_as_made(tmp_path / "plan").basis) == ("the policy pack",)
