"""The pack on coordination is right by its own cases, and the reference pack runs none of its steps."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from shipped_materials import shipped_materials

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.harm import Harm
from evenhand.model.snapshot import TABLES
from evenhand.policy.cases.runs import case_follows, case_media, case_runs, case_tables
from evenhand.signals.coordination import coordination_steps
from evenhand.workflows.check_policies import check_pack
from evenhand.workflows.materials import SweepSettings, load_materials
from evenhand.workflows.packs import read_pack_folder, shipped_pack
from evenhand.workflows.plan import Materials

FOLDER = Path(str(resources.files("evenhand"))) / "data" / "policies" / "coordination"
COORDINATION = {step.name for step in coordination_steps()}


@pytest.fixture(scope="module")
def reference() -> Materials:
    return shipped_materials()


def test_its_cases_and_the_swap_test_pass() -> None:
    materials = load_materials(SweepSettings(pack=FOLDER))
    with DuckDBEngine(threads=1) as engine:
        checked = check_pack(materials, engine)
    assert checked.problems == ()
    assert (checked.n_policies, checked.n_cases >= 20, checked.n_swapped >= 1) == (2, True, True)


def test_it_is_the_folder_that_the_package_ships() -> None:
    pack = read_pack_folder(FOLDER)
    assert {policy.harm for policy in pack.policies} == {Harm.INAUTHENTIC_NETWORK, Harm.FAKE_FOLLOWERS}
    assert [policy.policy_id for policy in shipped_pack("coordination").policies] == [one.policy_id for one in pack.policies]


def test_the_reference_pack_runs_no_step_of_coordination(reference: Materials) -> None:
    pipeline = reference.pipeline
    names = {step.name for step in (*pipeline.account_steps, *pipeline.platform_steps)}
    assert names & COORDINATION == set()
    assert "follows" not in pipeline.tables
    assert {step.name for step in load_materials(SweepSettings(pack=FOLDER)).pipeline.account_steps} & COORDINATION


def test_the_reference_pack_keeps_nothing_of_accounts_that_are_no_suspects(reference: Materials) -> None:
    runs = (*case_runs(reference.pack, ()), *case_runs(shipped_pack("coordination"), ()))
    accounts, posts = case_tables(runs)
    filled = {"accounts": accounts, "posts": posts, "media": case_media(runs), "follows": case_follows(runs)}
    pipeline = reference.pipeline
    with DuckDBEngine(threads=1) as engine:
        engine.bind(reference.registries)
        tables = {name: filled.get(name, TABLES[name].schema.empty_table()) for name in pipeline.tables}
        kept = engine.run(pipeline.account_steps, tables=tables, keep=pipeline.kept).relations
    ids = {name: set(table["account_id"].to_pylist()) for name, table in kept.items()}
    suspects = ids["profiles"]
    named = ids.pop("contenders")  # who bears a holder's name is compared with the suspects that do
    assert 0 < len(suspects | named) < accounts.num_rows / 2, "most accounts of the cases on coordination are neither"
    assert {name: left for name, those in ids.items() if (left := those - suspects)} == {}
