"""Two runs of `apply` at once: whoever takes a step second goes on, and nothing is refused or done twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from campaign_commands import Campaigns, Terminal

from evenhand.model.campaigns.campaign import Campaign, CampaignState
from evenhand.model.campaigns.event import NOBODY, EventKind, Json
from evenhand.model.campaigns.refusal_code import RefusalCode
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns import carry_out as module
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.conduct import Applied, Conduct
from evenhand.workflows.campaigns.platforms import open_platform
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.effects.worker import Step


@pytest.fixture
def terminal(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return campaigns.begin(tmp_path, capsys, monkeypatch, n=30)


@pytest.fixture
def state(terminal: Terminal) -> Iterator[State]:  # in its folder
    with open_state("campaign.db", evidence_key=os.environ["EVENHAND_EVIDENCE_KEY"]) as opened:
        yield opened


def by_another(state: State, kind: EventKind, body: dict[str, Json]) -> None:
    desk = desk_of(state, "autumn")
    assert isinstance(desk.take(desk.hand(NOBODY).event(kind, body)), Campaign)


def finished_by_another(state: State) -> None:
    """Another run finishes the first stage as soon as nothing of it is left."""
    progress, count = desk_of(state, "autumn").course().campaign.progress, state.release.stage("autumn", 1)
    if progress is not None and progress.n_finished == 0 and not count.n_held and not count.n_open:
        by_another(state, EventKind.STAGE_FINISHED, {"stage": 1, "n_imposed": count.n_imposed, "n_failed": 0,
                                                     "n_suppressed": 0})


@pytest.mark.parametrize("first", [EventKind.STAGE_STARTED, EventKind.STAGE_FINISHED])
def test_the_second_to_start_or_finish_a_stage_goes_on(
        terminal: Terminal, state: State, first: EventKind, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = module.opened_with

    def opened_by_another(*of: object, **more: object) -> dict[str, Json]:
        body = usual(*of, **more)
        by_another(state, EventKind.STAGE_STARTED, body)
        return body

    def reached(step: Step) -> None:
        if step is Step.SETTLED and first is EventKind.STAGE_FINISHED:
            finished_by_another(state)

    if first is EventKind.STAGE_STARTED:
        monkeypatch.setattr(module, "opened_with", opened_by_another)
    with closing(open_platform("simulated:platform")) as opened:
        done = carry_out(desk_of(state, "autumn"), Path("plan"), opened.platform,
                         Conduct(caps=None, until_done=True, reached=reached), person="ben")
    assert isinstance(done, Applied), done
    assert done.campaign.state is CampaignState.COMPLETED
    status = terminal.status()
    assert status["reconciles"] is True
    assert status["events"]["stage_started"] == status["events"]["stage_finished"] == done.n_stages
    assert status["events"]["effect_imposed"] == 35


@pytest.mark.parametrize(("seconds", "is_taken"), [(1, True), (29, True), (31, False), (3_600, False)])
def test_who_waited_for_another_is_dated_when_their_turn_came_and_a_wrong_clock_is_refused(
        state: State, seconds: int, is_taken: bool) -> None:
    desk = desk_of(state, "autumn")
    before = desk.course().campaign.changed_at
    withdrawn = replace(desk.hand("ben").event(EventKind.APPROVAL_WITHDRAWN), at=before - timedelta(seconds=seconds))
    outcome = desk.take(withdrawn)
    if is_taken:
        assert isinstance(outcome, Campaign)
        assert desk.course().steps[-1].at == before
    else:
        assert isinstance(outcome, Refusal)
        assert outcome.code is RefusalCode.BACKDATED
