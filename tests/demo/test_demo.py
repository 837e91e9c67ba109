"""The demo on real accounts: its promises and its figures, from one run."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pyarrow.compute as pc
import pytest

from evenhand.campaign.plan import Spared
from evenhand.connectors.plan_folder import read_plan, read_plan_table
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.decision import Decision
from evenhand.transparency import ReportView
from evenhand.workflows.deciding import decision_row
from evenhand.workflows.demo import DemoPlaces, ingest_demo, plan_demo
from evenhand.workflows.explain import explain
from evenhand.workflows.materials import SweepSettings, load_materials
from evenhand.workflows.plan import Materials

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> DemoPlaces:
    places = DemoPlaces(folder=tmp_path_factory.mktemp("demo"))
    ingest_demo(places)
    return places


@pytest.fixture(scope="module")
def report(places: DemoPlaces) -> ReportView:
    return plan_demo(places)


@pytest.fixture(scope="module")
def materials() -> Materials:
    return load_materials(SweepSettings())


def test_what_it_finds_is_right(report: ReportView) -> None:
    assert report.truth is not None
    assert report.truth.precision.n >= 20
    assert (report.truth.precision.share or 0) >= 0.95
    assert report.truth.genuine_found.hits == 0


def test_the_tables_reconcile_to_the_last_account(report: ReportView, places: DemoPlaces) -> None:
    decisions = read_plan_table(places.plan, "decisions")
    plan = read_plan(places.plan)
    assert report.campaign.total.n_accounts == decisions.num_rows == pc.count_distinct(decisions["account_id"]).as_py()
    assert sum(sum(counts.values()) for counts in plan.counts.values()) == decisions.num_rows


def test_every_effect_has_a_decision_a_statement_and_an_undo(report: ReportView, places: DemoPlaces) -> None:
    effects = read_plan_table(places.plan, "effects")
    decisions = {row["decision_id"]: row for row in read_plan_table(places.plan, "decisions").to_pylist()}
    assert effects["position"].to_pylist() == list(range(effects.num_rows))
    assert pc.count_distinct(effects["key"]).as_py() == effects.num_rows
    for effect in effects.to_pylist():
        statement = decisions[effect["decision_id"]]["statement"]
        assert effect["undo"] in ("restore", "withdraw", "until")
        assert statement["facts"]
        assert all(statement[part].strip() for part in ("subject", "what", "rule", "automation", "duration", "appeal"))
    assert set(effects["decision_id"].to_pylist()) == set(decisions)


def test_every_finding_rests_on_two_families(report: ReportView, places: DemoPlaces) -> None:
    for row in read_plan_table(places.plan, "decisions").to_pylist():
        assert len({reason["family"] for reason in row["reasons"]}) >= 2, row["account_id"]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as engine:
        yield engine


def test_explaining_an_account_gives_the_decision_of_the_plan(report: ReportView, places: DemoPlaces,
                                                              materials: Materials, engine: DuckDBEngine) -> None:
    snapshot = SnapshotFolder(places.snapshot)
    for row in read_plan_table(places.plan, "decisions").to_pylist()[::6]:
        told = explain(snapshot, materials, engine, account=row["account_id"], work=places.plan / "scan")
        decided = [decision_row(outcome) for outcome in told.outcomes if isinstance(outcome, Decision)]
        assert len(decided) == 1
        assert {name: decided[0][name] for name in row} == row


def test_explaining_an_account_that_is_left_alone_says_so(places: DemoPlaces, materials: Materials,
                                                          engine: DuckDBEngine) -> None:
    told = explain(SnapshotFolder(places.snapshot), materials, engine, account="twitter:repsalinas")
    assert not [outcome for outcome in told.outcomes if not isinstance(outcome, Spared)]
    assert "names" in {step.name for step in told.steps}


def test_the_page_of_its_outcome_and_the_readme_are_up_to_date() -> None:
    spec = spec_from_file_location("write_demo_outcome", ROOT / "tools" / "write_demo_outcome.py")
    assert spec is not None
    assert spec.loader is not None
    tool = module_from_spec(spec)
    spec.loader.exec_module(tool)
    page, table, _ = tool.demo_texts()
    readme = tool.README.read_text(encoding="utf-8")
    assert tool.PAGE.read_text(encoding="utf-8") == page, "run tools/write_demo_outcome.py"
    assert tool.with_table(readme, table) == readme, "run tools/write_demo_outcome.py"
