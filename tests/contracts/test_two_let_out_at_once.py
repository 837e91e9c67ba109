"""Two runs that let effects out at the same time keep one cap, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from campaign_commands import Campaigns, Terminal

from evenhand.campaign.stages import Caps, Spent
from evenhand.connectors.plan_folder import read_plan
from evenhand.workflows.campaigns import letting_out
from evenhand.workflows.campaigns.letting_out import Terms, let_out
from evenhand.workflows.campaigns.rollout import Rollout, rollout
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import State, open_state

pytestmark = pytest.mark.contract
CAP = 10
TERMS = Terms(caps=Caps(effects=CAP, effects_per_language=CAP, reach=10**9, reach_per_language=10**9), seed="1")


@pytest.fixture
def terminal(place: str, campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A campaign of 30 labels of which one is let out."""
    plan = {"n": 30, "penalties": ("label",), "languages": ("en",)}
    if place == str(tmp_path / "campaign.db"):
        ready = campaigns.begin(tmp_path, capsys, monkeypatch, **plan)
        monkeypatch.setenv("EVENHAND_STATE", place)
    else:
        ready = Terminal(tmp_path, capsys, monkeypatch, **plan)
        monkeypatch.setenv("EVENHAND_STATE", place)
        ready.brought()
    ready.applied("--effects-per-hour", "1")
    return ready


def test_two_that_count_at_once_let_out_one_cap(terminal: Terminal, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.status()["state"] == "running"
    counted, done, usual = Event(), Event(), letting_out._spent

    def slowly(state: State, campaign_id: str, way: Rollout, *, hour: datetime) -> Spent:
        spent = usual(state, campaign_id, way, hour=hour)
        if not counted.is_set():  # the first goes on only when the second is through, or cannot begin
            counted.set()
            done.wait(timeout=0.5)
        return spent

    def lets_out(is_second: bool) -> int:
        if is_second:
            assert counted.wait(timeout=20)
        with open_state(place) as state:
            desk = desk_of(state, "autumn")
            found = let_out(state, desk.course(), rollout(Path("plan"), read_plan(Path("plan"))), TERMS, stage=1,
                            at=desk.clock.now())
        done.set()
        return found.n_released

    monkeypatch.setattr(letting_out, "_spent", slowly)
    with ThreadPoolExecutor(2) as pool:
        released = list(pool.map(lets_out, (False, True)))
    with open_state(place) as state:
        hour = desk_of(state, "autumn").clock.now().replace(minute=0, second=0, microsecond=0)
        n_out = state.release.let_out("autumn", stages=range(1, 10), since=hour, until=hour + timedelta(hours=1)).num_rows
    assert (n_out, sum(released)) == (CAP, CAP - 1)
