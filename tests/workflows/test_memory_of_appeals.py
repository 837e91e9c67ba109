"""What was overturned is not found again without new evidence, and a strike that stands leads to the next rung."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_commands import PLATFORM, Terminal
from shipped_materials import shipped_materials

from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.registries import load_registries
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.snapshot import ACCOUNTS
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.plan import plan

READERS = ("--reader", "ben=und,en", "--reader", "cem=und,en", "--reader", "dee=und,en")


def planned(name: str, cut_off: datetime, *, memory: Path | None = None, changed: Mapping[str, str] | None = None) -> Path:
    """The plan for three accounts that claim to be the FBI; `changed` is what the second one says now."""
    export = Path(f"export-{name}")
    export.mkdir()
    rows = [{"account_id": f"a{n}", "handle": f"h{n}", "display_name": "Federal Bureau of Investigation",
             "bio": "Official account of the Federal Bureau of Investigation", "platform": "twitter",
             **((changed or {}) if n == 1 else {})} for n in range(3)]
    pq.write_table(pa.Table.from_pylist(rows, schema=ACCOUNTS.schema), export / "accounts.parquet")
    ingest(str(export), Path(f"snapshot-{name}"), cut_off=cut_off, settings=IngestSettings(n_buckets=1))
    materials = shipped_materials()
    if memory is not None:
        read = load_registries(memory)
        known = {register: read[register] for register in ("adjudications", "strikes")}
        materials = replace(materials, registries={**materials.registries, **known})
    with DuckDBEngine(threads=1) as engine:
        plan(SnapshotFolder(Path(f"snapshot-{name}")), materials, engine, into=Path(name))
    return Path(name)


def outcomes(folder: Path) -> dict[str, Any]:
    """Account → its penalty's first step, or the guard that spared it."""
    found: dict[str, Any] = {row["account_id"]: row["steps"][0] for row in read_plan_table(folder, "decisions").to_pylist()}
    for row in read_plan_table(folder, "spared").to_pylist():
        found[row["account_id"]] = [one["guard"] for one in row["guards"]]
    return found


def test_the_next_sweep_knows_what_was_overturned(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(tmp_path, capsys, monkeypatch)
    shutil.rmtree("plan")
    planned("plan", datetime(2026, 11, 1, tzinfo=UTC))
    assert {text.partition(":")[0] for text in outcomes(Path("plan")).values()} == {"rung 1 of 4 with 0 strikes that count"}
    terminal.drafted()
    terminal.audited(readers=READERS)
    terminal.approved()
    terminal.applied("--until-done", "--at-once")
    terminal.confirmed()
    terminal.applied("--until-done", "--at-once")
    for account in ("a0", "a1"):
        terminal.done("appeal", "file", "autumn", account, "--said", "it is a museum")
        appeal = terminal.done("appeal", "list", "autumn", "--json").json["appeals"][0]["appeal"]
        terminal.done("appeal", "decide", "autumn", appeal, "overturn", "--by", "eve", "--because", "It is", *PLATFORM)
    Path("orders.csv").write_text("demand_id,authority,territory,received_on,kind,asks,legal_basis,order_id,targets\n"
                                  "d1,Court,DE,2026-11-02,order,remove,Act 5,17,https://example.org/\n", encoding="utf-8")
    terminal.done("demand", "import", "orders.csv", "--by", "eve")  # a register in the same database is no campaign
    written = terminal.done("appeal", "records", "--into", "memory", "--rehearsals", "--json").json
    assert (written["strikes"], written["withdrawn"], written["adjudications"]) == (1, 2, 2)
    again = planned("again", datetime(2027, 1, 1, tzinfo=UTC), memory=Path("memory"),
                    changed={"bio": "Official profile of the Federal Bureau of Investigation"})
    after = outcomes(again)
    assert "adjudicated" in after["a0"], "the same facts do not lead to the same finding"
    assert after["a1"].startswith("rung 1 of 4 with 0 strikes"), "a new reason does, and the old strike is gone"
    assert after["a2"].startswith("rung 2 of 4 with 1 strike"), "who was not cleared is a rung higher"
