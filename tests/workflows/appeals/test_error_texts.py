"""What hearing an appeal, and reversing a class of decisions, say of a decision, an appeal or a cause that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_commands import Campaigns, Terminal
from campaign_plans import written_plan
from error_texts import command, error_texts
from fake_platform import FakePlatform

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.event import EventKind
from evenhand.model.penalty import Penalty
from evenhand.workflows.appeals.carrying_out import refuse_unsupported
from evenhand.workflows.campaigns.platforms import Opened
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import open_state

Golden = Callable[[str, str], None]


@pytest.fixture
def terminal(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
             monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The campaign `autumn`, which is over; `winter` has a plan in which two accounts have one handle."""
    made = campaigns.begin(tmp_path, capsys, monkeypatch, n=30, is_applied=True)
    written_plan(tmp_path / "alike", n=12)
    decisions = pq.read_table("alike/decisions.parquet")
    pq.write_table(decisions.set_column(decisions.schema.get_field_index("handle"), decisions.schema.field("handle"),
                                        pa.array(["same"] * 12)), "alike/decisions.parquet")
    made.done("campaign", "draft", "winter", "--by", "ana", "--plan", "alike")
    return made


def test_appeals_that_cannot_be_heard(terminal: Terminal, tmp_path: Path, golden: Golden) -> None:
    with open_state("campaign.db") as state:
        desk = desk_of(state, "autumn")
        hand = desk.hand("appellant")
        desk.take(*(hand.event(EventKind.APPEAL_FILED, {"appeal_id": f"aaaaaa{one}", "decision_id": f"d{one}", "said": "x"})
                    for one in (1, 2)))
    small = Opened(platform=FilesPlatform(tmp_path / "small", capabilities=Capabilities(
        platform="small", authority="owner", penalties={Penalty.WARN: FakePlatform().capabilities.of(Penalty.WARN)})))
    said, word = ("--said", "it was not so"), ("--by", "eve", "--because", "I looked")
    golden("errors/appeals/hearing.txt", error_texts({
        "a handle that two accounts have": command("appeal", "file", "winter", "same", *said, "--plan", "alike"),
        "a decision that was not carried out": command("appeal", "file", "winter", "d0", *said, "--plan", "alike"),
        "another plan": command("appeal", "file", "autumn", "d0", *said, "--plan", "alike"),
        "an id that two appeals begin with": command("appeal", "decide", "autumn", "aaaaaa", "uphold", *word),
        "a lighter penalty for what has been undone": lambda: _varied_too_late(terminal),
        "a lighter penalty that the platform does not have": lambda: refuse_unsupported(Penalty.SUSPEND, small),
    }))


def _varied_too_late(terminal: Terminal) -> object:
    """An appeal is open while the class of its decision is reversed."""
    word = ("--by", "eve", "--because", "I looked")
    for decision in ("d0", "d3"):
        terminal.done("appeal", "file", "autumn", decision, "--said", "it was not so")
    terminal.done("appeal", "decide", "autumn", "d0", "overturn", *word)
    terminal.done("appeal", "reverse", "autumn", "--cause", "rule:scam/links", *word, "--yes")
    return command("appeal", "decide", "autumn", "d3", "vary", *word, "--to", "label")()


def test_classes_that_cannot_be_reversed(terminal: Terminal, golden: Golden) -> None:
    written_plan(Path("damaged"), n=12)
    Path("damaged/effects.parquet").write_bytes(b"PAR1 and no more")
    cause = ("--cause", "rule:scam/links")
    golden("errors/appeals/reversing.txt", error_texts({
        "a cause that nothing rests on": command("appeal", "reverse", "autumn", "--by", "eve", "--cause", "rule:scam/lynx"),
        "a folder with something in it": command("appeal", "siblings", "plan", *cause, "--into", "plan"),
        "a table that is damaged": command("appeal", "siblings", "damaged", *cause),
    }))
