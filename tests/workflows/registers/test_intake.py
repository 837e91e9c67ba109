"""Reports come in from files and tables, every row accounted for; a person gets a queue, and no decision changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import grimp
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shipped_materials import shipped_materials

from evenhand.cli.main import main
from evenhand.connectors.plan_folder import read_plan_table
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError
from evenhand.model.evidence import EvidenceFamily
from evenhand.model.registers.intake import INTAKE
from evenhand.model.snapshot import ACCOUNTS, REPORTS
from evenhand.policy.language.vocabulary import COLUMNS
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.plan import plan
from evenhand.workflows.registers.intake import record_intake, take_in, take_in_table, write_queue
from evenhand.workflows.registers.publishing import register_counts

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
CSV = ("report_id,account_id,reporter_id,created_at,text,upheld,is_trusted\n"
       "r1,x,ann,2026-11-20T10:00:00Z,he poses as my bank,,\nr2,x,ann,2026-11-21T10:00:00Z,again,,\n"
       "r2,x,ann,2026-11-21T10:00:00Z,again,,\nr3,y,bob,2026-11-20T10:00:00Z,,true,\nr4,y,,2026-11-20T11:00:00Z,,,\n"
       "r5,z,eve,2026-11-20T11:00:00Z,,,yes\n,x,ann,2026-11-20T10:00:00Z,,,\nr6,x,ann,2027-11-20T10:00:00Z,,,\n"
       "r7,x,ann,soon,,,\n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reports.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def test_every_row_is_accounted_for_and_what_is_wrong_has_its_line(file: Path) -> None:
    found = take_in([file], at=AT)
    n = dict(found.counts)
    assert n == {"n_read": 9, "n_rejected": 3, "n_known_ids": 1, "n_decided": 1, "n_nameless": 1, "n_again": 1, "n_counted": 2,
                 "n_queued": 3, "n_brigaded": 0}
    assert [(row["line"], row["column"], row["reason"]) for row in found.rejects.to_pylist()] == [
        (8, "report_id", "missing"), (9, "created_at", "after_cut_off"), (10, "created_at", "wrong_type")]


def test_a_trusted_flagger_comes_first_and_no_reporter_is_named(file: Path, tmp_path: Path) -> None:
    found = take_in([file], at=AT)
    assert found.queue["account_id"].to_pylist()[0] == "z"
    written = b"".join(path.read_bytes() for path in write_queue(found, tmp_path / "queue")[:2])
    assert not any(name in written for name in (b"ann", b"bob", b"eve"))


def test_json_lines_parquet_and_a_table_give_the_same_queue(file: Path, tmp_path: Path) -> None:
    rows = [{"report_id": f"r{n}", "account_id": f"a{n % 3}", "reporter_id": f"u{n % 5}", "created_at": AT.isoformat()}
            for n in range(20)]
    lines = tmp_path / "reports.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    table = pa.Table.from_pylist([row | {"created_at": AT} for row in rows], schema=INTAKE.schema)
    pq.write_table(table, tmp_path / "reports.parquet")
    expected = take_in_table(table.select(["report_id", "account_id", "reporter_id", "created_at"])).queue
    assert take_in([lines], at=AT).queue.equals(expected)
    assert take_in([tmp_path / "reports.parquet"], at=AT).queue.equals(expected)
    assert take_in([lines, file], at=AT).counts["n_read"] == 29


def test_other_column_names_and_mistakes_in_them(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    file = tmp_path / "flags.csv"
    file.write_text("id,target,by\n1,x,ann\n", encoding="utf-8")
    names = {"report_id": "id", "account_id": "target", "reporter_id": "by"}
    assert take_in([file], at=AT, columns=names).counts["n_counted"] == 1
    said = []
    for columns in ({"reporter": "by"}, {"report_id": "id"}):
        with pytest.raises(DataError) as raised:
            take_in([file], at=AT, columns=columns)
        said.append(str(raised.value))
    with pytest.raises(DataError) as raised:
        take_in_table(pa.table({"report_id": ["1"]}))
    with pytest.raises(DataError) as gone:
        take_in([tmp_path / "nowhere.csv"], at=AT)
    golden("registers/intake_mistakes.txt",
           "\n\n".join([*said, str(raised.value), str(gone.value)]).replace(str(tmp_path), "") + "\n")


def test_the_same_reports_are_counted_once(file: Path, tmp_path: Path) -> None:
    with open_state(tmp_path / "state.db") as state:
        found = take_in([file], at=AT)
        assert record_intake(state, found, at=AT)
        assert not record_intake(state, found, at=AT)
        assert register_counts(state).reports["n_read"] == 9


def test_the_command_shows_a_queue(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                   monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["intake", file.name])
    assert ended.value.code == 0
    golden("registers/intake.txt", capsys.readouterr().out)


@pytest.mark.scale
def test_no_decision_changes_whatever_is_reported(tmp_path: Path) -> None:
    """The promise that reports only route: everybody reports everybody, and the plan decides the same."""
    materials = shipped_materials()
    accounts = pa.Table.from_pylist(
        [{"account_id": f"a{n}", "handle": f"h{n}", "display_name": "Federal Bureau of Investigation", "platform": "twitter",
          "bio": "Official account of the Federal Bureau of Investigation" if n % 2 else "gardens"} for n in range(8)],
        schema=ACCOUNTS.schema)
    ids = accounts["account_id"].to_pylist()
    reports = pa.Table.from_pylist(
        [{"report_id": f"r{n}-{k}", "account_id": one, "reporter_id": f"u{k}", "category": "scam", "text": "close it",
          "created_at": datetime(2026, 10, 1, tzinfo=UTC)} for n, one in enumerate(ids) for k in range(5)],
        schema=REPORTS.schema)
    decided = []
    for name, more in (("without", {}), ("with", {"reports": reports})):
        source = tmp_path / name
        source.mkdir()
        for table, rows in {"accounts": accounts, **more}.items():
            pq.write_table(rows, source / f"{table}.parquet")
        ingest(str(source), tmp_path / name / "snapshot", cut_off=datetime(2026, 11, 1, tzinfo=UTC),
               settings=IngestSettings(n_buckets=1, threads=1))
        with DuckDBEngine(threads=1) as engine:
            plan(SnapshotFolder(tmp_path / name / "snapshot"), materials, engine, into=tmp_path / name / "plan")
        decided.append([read_plan_table(tmp_path / name / "plan", table) for table in ("decisions", "spared")])
    assert decided[0][0].num_rows > 0
    assert all(one.equals(other) for one, other in zip(*decided, strict=True))


def test_nothing_that_finds_spares_or_decides_can_read_a_report() -> None:
    pipeline = shipped_materials().pipeline
    assert REPORTS.name not in pipeline.tables, "the sweep opens no table of reports"
    assert not any("report" in name for step in (*pipeline.account_steps, *pipeline.platform_steps) for name in step.inputs)
    assert not any("report" in name for columns in COLUMNS.values() for name in columns)
    assert not {"report", "reports", "demand"} & {str(family) for family in EvidenceFamily}
    graph = grimp.build_graph("evenhand", cache_dir=None)
    readers = graph.find_downstream_modules("evenhand.signals.reports", as_package=True)
    assert readers, "the graph knows the reports"
    assert {module.split(".")[1] for module in readers} <= {"workflows", "cli"}
