"""`apply` is killed with SIGKILL in the middle, several times; the same command goes on and nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from campaign_commands import PLATFORM, Campaigns

from evenhand.workflows.effects.worker import Step

APPLY = """
import os, signal, sys
from pathlib import Path
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.conduct import Conduct
from evenhand.workflows.campaigns.platforms import open_platform
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import open_state

step, nth = sys.argv[1], int(sys.argv[2])
seen = 0
def reached(at):
    global seen
    seen += at == step
    if at == step and seen == nth:
        os.kill(os.getpid(), signal.SIGKILL)

with open_state("campaign.db", evidence_key=os.environ["EVENHAND_EVIDENCE_KEY"]) as state:
    carry_out(desk_of(state, "autumn"), Path("plan"), open_platform("simulated:platform").platform,
              Conduct(caps=None, until_done=True, batch=40, reached=reached), person="ben")
"""


def test_apply_goes_on_after_every_kill(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=210)
    for step, nth in ((Step.CARRIED_OUT, 2), (Step.SAVED, 2)):
        killed = subprocess.run([sys.executable, "-c", APPLY, step, str(nth)], check=False, cwd=tmp_path,
                                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
        assert killed.returncode == -signal.SIGKILL
    assert terminal.status()["state"] == "running"
    done = terminal.done("apply", "autumn", "--by", "ben", *PLATFORM, "--until-done", "--at-once", "--json").json
    assert done["state"] == "completed"
    status = terminal.status()
    assert status["reconciles"] is True
    assert status["events"]["effect_imposed"] == 210 + 35
    assert status["events"]["statement_delivered"] == 210
    assert status["events"]["started"] == 1
    assert status["events"]["stage_finished"] == 2
    with sqlite3.connect(tmp_path / "platform" / "platform.sqlite") as platform:
        rows = platform.execute("select act, count(*), count(distinct key) from orders group by 1 order by 1").fetchall()
    platform.close()
    assert rows == [("impose", 245, 245), ("tell", 210, 210)]
