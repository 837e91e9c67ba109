"""A real process with a platform behind a folder, killed with SIGKILL after a step; `test_worker` stops at all of them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from effect_plans import PENALTIES, effects, statements

from evenhand.model.campaigns.event import EventKind
from evenhand.stores.database import open_database
from evenhand.stores.events import EventTable
from evenhand.stores.outbox import OutboxTable
from evenhand.workflows.effects.worker import Step

WORKER = """
import os, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.stores.database import open_database
from evenhand.stores.evidence import EvidenceTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.seal import Seal
from evenhand.workflows.effects.worker import Doors, Shift, Step, work

folder, step, nth = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
seen = 0
def reached(at):
    global seen
    seen += at == step
    if at == step and seen == nth:
        os.kill(os.getpid(), signal.SIGKILL)

simulated = SimulatedPlatform(folder)
with open_database(folder / "campaign.db") as database:
    doors = Doors(outbox=OutboxTable(database), evidence=EvidenceTable(database, Seal(b"k" * 32)),
                  platform=FilesPlatform(folder, answering=simulated.answer), now=lambda: datetime.now(UTC),
                  sleep=time.sleep, reached=reached)
    list(work(Shift(campaign_id="autumn", owner="one", batch=4), doors))
"""


def run(folder: Path, step: str, nth: int) -> int:
    return subprocess.run([sys.executable, "-c", WORKER, str(folder), step, str(nth)], check=False,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}).returncode


def test_a_process_that_is_killed_leaves_nothing_lost_and_nothing_doubled(tmp_path: Path) -> None:
    with open_database(tmp_path / "campaign.db") as database:
        OutboxTable(database).load("autumn", effects=effects(), statements=statements())
    for step, nth in ((Step.SAVED, 2), (Step.CARRIED_OUT, 1)):
        assert run(tmp_path, step, nth) == -signal.SIGKILL
    assert run(tmp_path, "never", 1) == 0
    with open_database(tmp_path / "campaign.db") as database:
        assert EventTable(database).counts("autumn") == {
            EventKind.EFFECT_IMPOSED: len(PENALTIES) + 1, EventKind.STATEMENT_DELIVERED: len(PENALTIES)}
    with sqlite3.connect(tmp_path / "platform.sqlite") as platform:
        rows = platform.execute("select act, count(*), count(distinct key) from orders group by 1 order by 1").fetchall()
    platform.close()
    assert rows == [("impose", len(PENALTIES) + 1, len(PENALTIES) + 1), ("tell", len(PENALTIES), len(PENALTIES))]
