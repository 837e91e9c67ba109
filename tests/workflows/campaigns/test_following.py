"""`evenhand status NAME --live`: a line for each look where there is no terminal, until the campaign is over."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaign_commands import Campaigns

from evenhand.cli.views.campaigns.live import LiveView
from evenhand.connectors.plan_folder import read_plan
from evenhand.workflows.campaigns.clock import Clock
from evenhand.workflows.campaigns.following import follow
from evenhand.workflows.campaigns.rollout import rollout
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.campaigns.watching import sliced
from evenhand.workflows.effects.opening import open_state


def test_a_campaign_is_followed_until_it_is_over(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=24)
    with open_state("campaign.db") as state:
        seen = desk_of(state, "autumn")

        def sleep(seconds: float) -> None:
            terminal.applied("--until-done", "--at-once")
            seen.clock.sleep(seconds)

        desk = Desk(state=state, campaign_id="autumn", clock=Clock(now=seen.clock.now, sleep=sleep))
        looks = list(follow(desk, every=2.0))
    assert [str(look.campaign.state) for look in looks] == ["approved", "completed"]
    assert (looks[0].stage, looks[1].stage, looks[1].n_decisions) == (0, 1, 24)
    assert "28 imposed" in LiveView(glance=looks[1]).line()
    assert {one.check: one.n for one in looks[1].brakes} == {
        "appeals_and_audit": 0, "overturned_appeals": 0, "audited_items": 0, "read_back": 28, "statements": 24,
        "slice_disparity": 0, "protected_list": 0}
    shown = terminal.done("status", "autumn", "--live").out
    assert "stage 1 of 1, 24 decisions" in shown.splitlines()[0]
    assert terminal.done("status", "autumn", "--live", "--json").json["state"] == "completed"
    assert terminal.run("status", "--live").code == 2
    terminal.done("appeal", "file", "autumn", "a0", "--said", "It is a parody.")
    terminal.done("appeal", "decide", "autumn", "d0", "overturn", "--by", "zoe", "--because", "It is a parody.")
    looked = terminal.done("status", "autumn", "--live", "--json", "--plan", "plan").json["brakes"]
    n_seen = {one["check"]: one["n"] for one in looked}
    assert (n_seen["overturned_appeals"], n_seen["slice_disparity"]) == (1, 1)
    with open_state("campaign.db") as state:
        found = sliced(desk_of(state, "autumn").course(), rollout(Path("plan"), read_plan(Path("plan"))))
    assert found.to_pylist() == [{"group": "decided_appeal of stage 1", "is_error": True,
                                  "slices": ["language en", "policy scam/links"]}]
