"""What a platform cannot take back was audited and approved as such, or is not carried out there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from campaign_commands import Campaigns
from error_texts import error_texts

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.model.campaigns.capability import Capability, Reversible, Support
from evenhand.model.campaigns.event import EventKind
from evenhand.model.penalty import Penalty
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.conduct import Conduct
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import open_state


def test_a_plan_that_was_audited_as_reversible_starts_on_no_platform_where_it_is_not(
        campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
        golden: Callable[[str, str], None]) -> None:
    campaigns.begin(tmp_path, capsys, monkeypatch, n=30)
    never = Capability(support=Support.NATIVE, reversible=Reversible.NO)
    a_month = Capability(support=Support.NATIVE, reversible=Reversible.UNTIL, window=timedelta(days=30))
    can = FilesPlatform(Path("platform")).capabilities
    platform = FilesPlatform(Path("platform"), capabilities=replace(can, penalties={
        **can.penalties, Penalty.DELETE_POST: never, Penalty.SUSPEND: a_month, Penalty.DEMONETISE: never}))
    with open_state("campaign.db", evidence_key=os.environ["EVENHAND_EVIDENCE_KEY"]) as state:
        desk = desk_of(state, "autumn")
        golden("errors/campaigns/irreversible.txt", error_texts({
            "what it cannot take back": lambda: carry_out(desk, Path("plan"), platform, Conduct(), person="ben")}))
        assert desk.course().last(EventKind.STARTED) is None
        assert desk.state.outbox.reckoning("autumn") == ()
