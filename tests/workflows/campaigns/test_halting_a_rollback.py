"""A rollback that somebody halts goes no further until an approver starts it again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from campaign_commands import PLATFORM, Campaigns

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.effect_state import Act, Order, Receipt
from evenhand.workflows.campaigns.halting import halt
from evenhand.workflows.campaigns.rolling_back import RolledBack, roll_back
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import open_state

BACK = ("rollback", "autumn", *PLATFORM)


class Interrupted(FilesPlatform):
    """Somebody halts the campaign while the first effects are undone."""

    def carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        receipts = super().carry_out(orders, attached)
        if any(order.act is Act.UNDO for order in orders):
            with open_state("campaign.db") as state:
                assert isinstance(halt(desk_of(state, "autumn"), why="a reporter called", person="dee"), Campaign)
        return receipts


def test_a_halt_stops_it_and_an_approver_starts_it_again(
        campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=210, is_applied=True)
    key = os.environ["EVENHAND_EVIDENCE_KEY"]
    with closing(SimulatedPlatform(Path("platform"))) as simulated, open_state("campaign.db", evidence_key=key) as state:
        back = roll_back(desk_of(state, "autumn"), Path("plan"), Interrupted(Path("platform"), answering=simulated.answer),
                         why="a wrong list", person="ben")
        assert isinstance(back, RolledBack)
        assert 0 < back.n_undone < 245
        assert back.stopped is not None
        assert back.stopped.startswith("`dee` halted the rollback: a reporter called; ")
    stopped = terminal.run(*BACK, "--by", "ben", "--json")
    assert stopped.code == 3
    assert "an approver goes on" in terminal.done("status", "autumn").out
    assert terminal.refused(*BACK, "--by", "dee", "--why", "I say so") == "not_an_approver"
    assert stopped.json["undone"] == back.n_undone
    again = terminal.done(*BACK, "--by", "cem", "--why", "it was a false alarm", "--unread", "nobody is there",
                          "--json").json
    assert (again["state"], again["undone"], again["failed"]) == ("rolled_back", 245, 0)
    status = terminal.status()
    assert status["reconciles"] is True
    assert (status["events"]["rollback_started"], status["events"]["rolled_back"]) == (2, 1)


def test_nothing_is_taken_back_without_saying_why(
        campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
        golden: Callable[[str, str], None]) -> None:
    terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=30, is_applied=True)
    ran = terminal.run(*BACK, "--by", "ben", "--confirm", "autumn:30")
    assert ran.code == 2
    golden("mistyped/rollback.txt", ran.err)
    assert terminal.status()["state"] == "completed"
