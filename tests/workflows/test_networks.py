"""The networks of a plan are listed, and one has a fact sheet that says what the explanation of each member says."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from error_texts import command, error_texts

from evenhand.cli.main import main
from evenhand.connectors.snapshot import bucket_of, bucket_path, save_manifest
from evenhand.model.snapshot import TABLES, Manifest
from evenhand.policy.cases.runs import case_follows, case_media, case_runs, case_tables
from evenhand.workflows import networks
from evenhand.workflows.packs import shipped_pack

PACK = Path(str(resources.files("evenhand"))) / "data" / "policies" / "coordination"
Say = Callable[..., str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the accounts of the coordination pack's cases as a snapshot, and its plan."""
    folder, pack = tmp_path_factory.mktemp("networks"), shipped_pack("coordination")
    runs = tuple(run for run in case_runs(pack, ()) if "network" in run.policy_id)
    accounts, posts = case_tables(runs)
    cut_off = max(posts["created_at"].drop_null().to_pylist())
    filled = {"accounts": accounts, "posts": posts, "media": case_media(runs), "follows": case_follows(runs)}
    for name, table in filled.items():
        rows = table.cast(TABLES[name].schema)
        owners = rows["account_id" if "account_id" in rows.column_names else rows.column_names[0]].to_pylist()
        for bucket in range(2):
            path = bucket_path(folder / "snapshot", name, bucket)
            path.parent.mkdir(parents=True, exist_ok=True)
            mine = pa.array([bucket_of(owner, n_buckets=2) == bucket for owner in owners], pa.bool_())
            pq.write_table(rows.filter(mine), path)
    save_manifest(folder / "snapshot", Manifest(
        cut_off=cut_off, n_buckets=2, rows={name: table.num_rows for name, table in filled.items()}, rejected={},
        fingerprint="cases"))
    with pytest.raises(SystemExit) as ended:
        main(["plan", str(folder / "snapshot"), "--into", str(folder / "plan"), "--pack", str(PACK), "--threads", "1"])
    assert ended.value.code == 0
    return folder


@pytest.fixture
def said(made: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs `evenhand explain` on the plan; what it printed, after it ended with the code."""

    def run(*words: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["explain", *words, "--plan", str(made / "plan"), "--pack", str(PACK), "--threads", "1"])
        shown = capsys.readouterr()
        assert ended.value.code == 0, shown.err
        return shown.out

    return run


def test_every_network_is_listed_and_each_has_a_sheet_that_agrees_with_its_members(said: Say, made: Path) -> None:
    listed = json.loads(said("--networks", "--json"))["networks"]
    assert listed
    assert [one["n_members"] for one in listed] == sorted((one["n_members"] for one in listed), reverse=True)
    assert all(one["n_members"] >= 4 and one["n_same_text"] + one["n_same_link"] > 0 for one in listed)
    decided = pq.read_table(made / "plan" / "decisions.parquet", columns=["account_id", "harm", "penalty"])
    penalties = {row["account_id"]: row["penalty"] for row in decided.to_pylist() if row["harm"] == "inauthentic_network"}
    sheets = [json.loads(said("--network", one["network_id"], "--json")) for one in listed[:2]]
    for one, sheet in zip(listed, sheets, strict=False):
        assert {name: sheet[name] for name in one} == one
        assert sheet["network_id"] in [member["account_id"] for member in sheet["members"]]
        assert {member["account_id"]: member["outcome"] for member in sheet["members"]
                if member["account_id"] in penalties} == {
                    member["account_id"]: penalties[member["account_id"]] for member in sheet["members"]
                    if member["account_id"] in penalties}
        assert sum(sheet["outcomes"].values()) == len(sheet["members"]) == one["n_members"]
    assert any(member["outcome"] in penalties.values() for sheet in sheets for member in sheet["members"])
    member = next(one for one in sheets[0]["members"] if one["n_posts"])
    steps = {step["step"]: step["rows"] for step in json.loads(said(member["account_id"], "--json"))["steps"]}
    assert {row["group_id"] for row in steps["networks"]} == {sheets[0]["network_id"]}
    assert {row["n_together"] for row in steps["together"]} == {member["n_posts"]}


def test_the_sheet_reads_well_and_says_what_it_does_not_claim(said: Say) -> None:
    network_id = json.loads(said("--networks", "--json"))["networks"][0]["network_id"]
    text = said("--network", network_id)
    assert f"network {network_id}" in text
    assert "It is not claimed who is behind them" in " ".join(text.split())
    assert network_id in said("--networks")


def test_what_cannot_be_shown_is_told(made: Path, golden: Callable[[str, str], None]) -> None:
    of_plan = ("--plan", str(made / "plan"), "--pack", str(PACK), "--threads", "1")
    golden("errors/explain/networks.txt", error_texts({
        "a network that is not there": command("explain", "--network", "nobody", *of_plan),
        "an account and a list": command("explain", "somebody", "--networks", *of_plan), "nothing": command("explain"),
        "networks of no plan": command("explain", "--networks"),
        "a pack that looks for none": lambda: networks._needed((), Path("plan")),
        "a plan without its sweep": lambda: networks._parts(Path("plan"), "profiles"),
    }, hide={str(made): "FOLDER"}))
