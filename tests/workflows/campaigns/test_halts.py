"""What stops a campaign that runs: a platform that does not do what it says, and appeals that are decided against it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from campaign_commands import PLATFORM, Campaigns, Terminal, filled

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.campaign import CampaignState
from evenhand.model.campaigns.effect_state import Order, ReadBack, Standing
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.conduct import Conduct
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import open_state


class Lying(FilesPlatform):
    """Says that it did it, and does not show it when asked again."""

    def read_back(self, orders: Sequence[Order]) -> list[ReadBack]:
        return [ReadBack(key=order.idempotency_key, standing=Standing.ABSENT) for order in orders]


@pytest.fixture
def terminal(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return campaigns.begin(tmp_path, capsys, monkeypatch, n=210)


def test_a_platform_that_does_not_show_what_it_did_halts_the_campaign(terminal: Terminal) -> None:
    simulated = SimulatedPlatform(Path("platform"))
    lying = Lying(Path("platform"), answering=simulated.answer)
    with open_state("campaign.db", evidence_key="k" * 43 + "=") as state:
        conduct = Conduct(caps=None, until_done=True, batch=50)
        done = carry_out(desk_of(state, "autumn"), Path("plan"), lying, conduct, person="ben")
    simulated.close()
    assert not isinstance(done, Refusal)
    assert done.campaign.state is CampaignState.HALTED
    assert [reason.check for reason in done.campaign.halts[0].reasons] == ["read_back"]
    status = terminal.status()
    assert status["events"]["halted"] == 1
    assert "effect_imposed" not in status["events"], "nothing is done that the platform does not show"


def test_appeals_that_are_lost_halt_it_before_the_next_batch_goes_out(terminal: Terminal) -> None:
    first = terminal.applied("--at-once")
    assert first["stages"][0]["is_finished"] is True
    with open_state("campaign.db") as state:
        desk = desk_of(state, "autumn")
        lost = [Event(campaign_id="autumn", kind=kind, at=desk.clock.now(), actor="eve", body=body)
                for number in range(30) for kind, body in (
                    (EventKind.STAGE_STARTED, {"stage": 2, "n_decisions": 10}) if number == 0 else
                    (EventKind.APPEAL_DECIDED, {"decision_id": f"d{number}", "outcome": "overturned"}),)]
        desk.take(*lost)
    done = terminal.done("apply", "autumn", "--by", "ben", *PLATFORM, "--at-once", "--until-done", "--json").json
    assert done["state"] == "halted"
    halt = terminal.status()["halts"][0]
    assert halt["by"] == "evenhand"
    assert "overturned_appeals" in [reason["check"] for reason in halt["reasons"]]
    assert done["stages"][0]["imposed"] == 0
    assert terminal.refused("apply", "autumn", "--by", "ben", *PLATFORM) == "wrong_state"


@pytest.mark.parametrize(("word", "state"), [("right", "completed"), ("wrong", "halted")])
def test_the_next_stage_waits_for_the_items_of_the_last_one_and_the_breaker_hears_them(
        terminal: Terminal, word: str, state: str) -> None:
    first = terminal.applied("--at-once")
    assert first["stages"][0]["is_finished"] is True
    waiting = terminal.applied("--at-once")
    assert waiting["stages"] == []
    assert "75 items of stage 1 to be read" in next(iter(waiting["waiting"]))
    handed = terminal.done("audit", "stage", "autumn", "--json").json
    assert (handed["stage"], handed["n_items"]) == (1, 75)
    n_taken = 0
    for file in sorted(Path("stage-readings").glob("*.csv")):
        assert "penalty" not in file.read_text(encoding="utf-8").partition("\n")[0]
        filled(file, lambda _row: word)
        n_taken += terminal.done("audit", "verdicts", "autumn", str(file), "--json").json["taken"]
    assert n_taken == 75
    assert terminal.applied("--at-once")["state"] == state
    checks = {reason["check"] for halt in terminal.status()["halts"] for reason in halt["reasons"]}
    assert checks == (set() if word == "right" else {"appeals_and_audit", "audited_items"})


def test_when_nobody_reads_the_next_stage_begins_after_a_day_and_says_so(terminal: Terminal) -> None:
    terminal.applied("--at-once")
    done = terminal.done("apply", "autumn", "--by", "ben", *PLATFORM, "--at-once", "--later", "25", "--json").json
    assert done["state"] == "completed"
    with open_state("campaign.db") as state:
        starts = [event.body for event in desk_of(state, "autumn").course().steps if event.kind is EventKind.STAGE_STARTED]
    assert [start.get("n_unread_before") for start in starts] == [None, 75]
