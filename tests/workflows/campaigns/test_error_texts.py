"""What a campaign's steps say of a plan, a list or a name that does not fit."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_commands import Campaigns, Terminal
from campaign_plans import written_plan
from error_texts import command, error_texts
from fake_platform import FakePlatform
from sample_events import event

from evenhand.connectors.plan_folder import read_plan
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.event import EventKind
from evenhand.model.penalty import Penalty
from evenhand.stores.events import EventTable
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.filling import fill, refuse_unsupported
from evenhand.workflows.effects.opening import State, open_state

Golden = Callable[[str, str], None]


@pytest.fixture
def terminal(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The approved campaign `autumn`; `winter` is real and has no plan."""
    made = campaigns.begin(tmp_path, capsys, monkeypatch, n=30)
    made.done("campaign", "draft", "winter", "--by", "ana")
    return made


def test_what_the_steps_of_a_campaign_refuse(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    by = ("--by", "ben")
    Path("golden.parquet").write_bytes(b"")
    pq.write_table(pa.table({"item_id": ["g1"], "language": ["en"], "is_right": [True]}), "golden.parquet")
    with Path("cases.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("decision_id", "confirmed"), ("d0", "")])
    written_plan(Path("empty"), n=0)
    apply = ("apply", "autumn", *by, "--confirm", "autumn:30", "--platform")
    golden("errors/campaigns/steps.txt", error_texts({
        "no such campaign": command("status", "spring"),
        "a register for a campaign": command("campaign", "draft", "demands", *by),
        "the clock of a real campaign": command("halt", "winter", *by, "--why", "x", "--later", "5"),
        "no plan to audit": command("audit", "draw", "winter", *by, "--seed", "1", "--reader", "ben=en"),
        "too few readers": command("audit", "draw", "autumn", *by, "--seed", "1", "--reader", "ben=en", "--reader", "cem=pt"),
        "other golden items": command("audit", "conclude", "autumn", *by, "--golden", "golden.parquet"),
        "nothing to lower": command("audit", "lower", "autumn", *by),
        "a platform of no kind": command(*apply, "mastodon"),
        "a platform without its place": command(*apply, "files:"),
        "a webhook without its secret": command(*apply, "webhook:https://example.org/hook"),
        "cases without a word": command("campaign", "confirm", "autumn", *by, "--from", "cases.csv"),
        "a decision that waits for nobody": command("campaign", "confirm", "autumn", *by, "--decision", "d0"),
        "a decision of another plan": command("campaign", "confirm", "autumn", *by, "--decision", "x1"),
        "a plan that decides nothing": command("campaign", "bind", "winter", *by, "--plan", "empty"),
        "a large account of another plan": command(
            "campaign", "release", "autumn", *by, "--decision", "x1", "--why", "its owner asked"),
    }))


def test_what_is_wrong_with_a_plan(terminal: Terminal, tmp_path: Path, golden: Golden) -> None:
    with_others, without = tmp_path / "others", tmp_path / "without"
    for folder in (with_others, without):
        written_plan(folder, n=12)
    effects = pq.read_table(with_others / "effects.parquet")
    (without / "effects.parquet").unlink()
    turned = effects.set_column(effects.schema.get_field_index("penalty"), effects.schema.field("penalty"),
                                pa.array(["warn"] * effects.num_rows))
    pq.write_table(turned, with_others / "effects.parquet")
    small = Capabilities(platform="small", authority="test", penalties={Penalty.LABEL: FakePlatform().capabilities.of(
        Penalty.LABEL)})
    with open_state("campaign.db") as state:
        golden("errors/campaigns/plans.txt", error_texts({
            "effects that were changed": command("campaign", "bind", "winter", "--by", "ana", "--plan", str(with_others)),
            "a table that is gone": command("campaign", "bind", "winter", "--by", "ana", "--plan", str(without)),
            "penalties that the platform does not have": lambda: refuse_unsupported(Path("plan"), small),
            "effects of no decision": lambda: _filled_with_strangers(state, tmp_path / "strangers"),
        }, hide={str(tmp_path): ""}))


def _filled_with_strangers(state: State, folder: Path) -> object:
    written_plan(folder, n=12)
    effects = pq.read_table(folder / "effects.parquet")
    ids = ["x1" if one == "d3" else one for one in effects["decision_id"].to_pylist()]
    pq.write_table(effects.set_column(effects.schema.get_field_index("decision_id"), effects.schema.field("decision_id"),
                                      pa.array(ids)), folder / "effects.parquet")
    way = rollout(folder, read_plan(folder))
    return fill(folder, state.outbox, campaign_id="spring", capabilities=FakePlatform().capabilities, turns=way.turns)


def test_what_is_wrong_once_a_campaign_runs(terminal: Terminal, golden: Golden) -> None:
    with open_state("campaign.db") as state:
        desk = desk_of(state, "autumn")
        basis = desk.course().campaign.basis
        assert basis is not None
        desk.take(desk.hand("ben").event(EventKind.STARTED, {"basis": basis.as_json(), "n_stages": 4}))
        EventTable(state.database).append([event(EventKind.APPROVED, "ben", campaign_id="summer")])
        golden("errors/campaigns/running.txt", error_texts({
            "a stage to read before one began": command("audit", "stage", "autumn"),
            "events that do not follow each other": command("status", "summer"),
        }))
