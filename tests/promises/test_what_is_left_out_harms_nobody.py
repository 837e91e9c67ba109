"""Promise: whichever records of registers are broken, no penalty gets heavier or surer, and each of them is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shipped_materials import shipped_materials

from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.registries import read_registries, shipped_registries
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.decision import Automation
from evenhand.model.penalty import Penalty
from evenhand.model.plan import Plan
from evenhand.policy.cases.runs import case_media, case_runs, case_tables
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.materials import SweepSettings, materials_of
from evenhand.workflows.packs import shipped_pack
from evenhand.workflows.plan import plan

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
WAYS: tuple[Callable[[bytes], bytes], ...] = (
    lambda line: line[:len(line) // 2], lambda line: b"\xff" + line, lambda line: b"[" + line + b"]",
    lambda line: line.replace(b'"as_of": "', b'"as_of": "x').replace(b'"points": ', b'"points": -').replace(
        b'"decided_at": "', b'"decided_at": "x'))
"""How a line is broken."""
Lines = dict[str, list[bytes]]
Decided = dict[str, tuple[Penalty, Automation]]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> SnapshotFolder:
    """The accounts and posts of the shipped pack's own cases."""
    folder = tmp_path_factory.mktemp("left-out")
    runs = case_runs(shipped_pack(), ())
    accounts, posts = case_tables(runs)
    (folder / "export").mkdir()
    for name, table in (("accounts", accounts), ("posts", posts), ("media", case_media(runs))):
        pq.write_table(table, folder / "export" / f"{name}.parquet")
    ingest(str(folder / "export"), folder / "snapshot", cut_off=CUT_OFF, settings=IngestSettings(n_buckets=1, threads=1))
    return SnapshotFolder(folder / "snapshot")


@pytest.fixture(scope="module")
def registers(snapshot: SnapshotFolder, tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """What of the shipped registers bears upon them, and a strike for each account that is decided about."""
    folder = tmp_path_factory.mktemp("whole") / "plan"
    with DuckDBEngine(threads=1) as engine:
        plan(snapshot, shipped_materials(), engine, into=folder)
    decided, spared = (read_plan_table(folder, name).to_pylist() for name in ("decisions", "spared"))
    ids = pa.array({row["holder_id"] for row in (*decided, *spared)} - {None}, pa.string())
    shipped = shipped_registries()
    holders = shipped["holders"].filter(pc.is_in(shipped["holders"]["holder_id"], value_set=ids))
    strikes = [{"account_id": row["account_id"], "policy_id": row["policy_id"], "points": 1,
                "given_at": "2026-10-01T00:00:00Z", "expires_at": "2027-10-01T00:00:00Z"} for row in decided]
    cleared = [{"account_id": row["account_id"], "harm": row["harm"], "holder_id": row["holder_id"] or "",
                "outcome": "legitimate", "decided_at": "2026-10-01T00:00:00Z"} for row in decided[::3]]
    said = "\n".join(text or "" for text in case_tables(case_runs(shipped_pack(), ()))[1]["text"].to_pylist())
    links = [row for row in shipped["link_lists"].to_pylist() if row["host"] in said]
    found = {"holders": holders.to_pylist(), "strikes": strikes, "link_lists": links, "adjudications": cleared}
    return {name: [json.dumps(row, default=str).encode() for row in rows] for name, rows in found.items()}


def decided(snapshot: SnapshotFolder, registers: Lines, folder: Path) -> tuple[Plan, Decided]:
    """The plan with these registers and no others, and what it decides about whom."""
    (folder / "registries").mkdir()
    for name, lines in registers.items():
        (folder / "registries" / f"{name}.jsonl").write_bytes(b"\n".join(lines))
    read = read_registries(folder / "registries")
    materials = materials_of(shipped_pack(), read.tables, SweepSettings(), left_out=read.left_out)
    with DuckDBEngine(threads=1) as engine:
        made, _ = plan(snapshot, materials, engine, into=folder / "plan")
    rows = read_plan_table(folder / "plan", "decisions").to_pylist()
    return made, {row["account_id"]: (Penalty(row["penalty"]), Automation(row["automation"])) for row in rows}


@pytest.fixture(scope="module")
def whole(snapshot: SnapshotFolder, registers: Lines, tmp_path_factory: pytest.TempPathFactory) -> Decided:
    made, found = decided(snapshot, registers, tmp_path_factory.mktemp("unbroken"))
    assert made.left_out == {}
    assert {automation for _, automation in found.values()} == {Automation.FULLY, Automation.PARTIALLY}
    return found


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_no_set_of_broken_records_makes_a_penalty_heavier_or_surer(
        snapshot: SnapshotFolder, registers: Lines, whole: Decided, data: st.DataObject) -> None:
    among = data.draw(st.sampled_from([("strikes",), tuple(registers)]), label="among")
    broken = {name: data.draw(st.dictionaries(st.integers(0, len(lines) - 1), st.sampled_from(WAYS),
                                              max_size=len(lines) - 1 if name in among else 0), label=name)
              for name, lines in registers.items()}
    assume(any(broken.values()))
    told = {name: len(which) for name, which in sorted(broken.items()) if which}
    torn = {name: [broken[name][nth](line) if nth in broken[name] else line for nth, line in enumerate(lines)]
            for name, lines in registers.items()}
    with TemporaryDirectory() as folder:
        made, found = decided(snapshot, torn, Path(folder))
    assert made.left_out == told
    for account_id, (penalty, automation) in found.items():
        if set(told) != {"strikes"}:
            assert automation is Automation.PARTIALLY, account_id
        else:
            assert penalty <= whole[account_id][0], account_id
