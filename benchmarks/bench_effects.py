"""Effects from the outbox to a platform and back: rows a second, seconds and memory, on SQLite and on PostgreSQL.

    python benchmarks/bench_effects.py [--scale 0.02] [--database sqlite] [--folder runs/effects] [--kills 0]

At `--scale 1` these are the 2.4 million effects of the reference campaign with the statements of 997,000 accounts, through
the files connector with a simulated platform that answers every file. `--database postgresql:///NAME?host=FOLDER` takes an
empty database. With `--kills 50` the worker is a process of its own that is killed (SIGKILL) at random instants and
started again; then the platform's state, the outbox and the events are compared: how many effects were lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.effect_state import EffectState
from evenhand.stores.database import open_database
from evenhand.stores.events import EventTable
from evenhand.stores.evidence import EvidenceTable
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.seal import Seal
from evenhand.workflows.effects.worker import Doors, Shift, work

ACCOUNTS = {"close": 67_000, "suspend": 180_000, "demonetise": 150_000, "limit_reach": 250_000, "label": 350_000}
"""Of the reference campaign: 67,000 closed, 930,000 lesser penalties; how those split was not published."""
POSTS, PER_ACCOUNT = 1_400_000, 14
PORTION = 50_000
TEXT = "This account presents itself as an office and is not in any register that we know. You can contest each fact. "


def decisions(scale: float) -> list[str]:
    """The penalty of each decision; one in so many deletes posts besides."""
    listed = [penalty for penalty, n in ACCOUNTS.items() for _ in range(round(n * scale))]
    listed += ["delete_post"] * round(POSTS * scale / PER_ACCOUNT)
    random.Random(7).shuffle(listed)
    return listed


def portions(listed: list[str]) -> tuple[list[pa.Table], list[pa.Table]]:
    """Effects and statements, a portion at a time."""
    rows = [(number, penalty, post) for number, penalty in enumerate(listed)
            for post in (range(PER_ACCOUNT) if penalty == "delete_post" else (None,))]
    until = int((datetime.now(UTC) + timedelta(days=30)).timestamp() * 1e6)
    keys = random.Random(8)
    effects = []
    for start in range(0, len(rows), PORTION):
        part = rows[start:start + PORTION]
        effects.append(pa.table({
            "key": [f"{keys.getrandbits(128):032x}" for _ in part], "decision_id": [f"{n * 2654435761 % 2**32:024x}" for n, _, _
                                                                                   in part],
            "account_id": [str(10**18 + n) for n, _, _ in part],
            "post_id": pa.array([None if post is None else str(10**15 + n * 100 + post) for n, _, post in part], pa.string()),
            "penalty": [penalty for _, penalty, _ in part],
            "until": pa.array([until if penalty == "suspend" else None for _, penalty, _ in part], pa.int64()),
            "due_at": pa.array([0] * len(part), pa.int64()), "stage": pa.array([0] * len(part), pa.int32()),
            "turn": pa.array(range(start, start + len(part)), pa.int64())}))
    body = json.dumps({"language": "en", "subject": "A penalty", "facts": [TEXT] * 8, "what": TEXT * 4, "rule": TEXT * 6})
    statements = [pa.table({
        "decision_id": [f"{n * 2654435761 % 2**32:024x}" for n in range(start, min(start + PORTION, len(listed)))],
        "account_id": [str(10**18 + n) for n in range(start, min(start + PORTION, len(listed)))],
        "language": ["en"] * min(PORTION, len(listed) - start), "body": [body] * min(PORTION, len(listed) - start)})
        for start in range(0, len(listed), PORTION)]
    return effects, statements


def worked(place: str, folder: Path) -> int:
    """Work until nothing is due; how many orders were settled."""
    simulated = SimulatedPlatform(folder)
    with open_database(place) as database:
        doors = Doors(outbox=OutboxTable(database), evidence=EvidenceTable(database, Seal(b"k" * 32)), sleep=time.sleep,
                      platform=FilesPlatform(folder, answering=simulated.answer), now=lambda: datetime.now(UTC))
        return sum(len(batch) for batch in work(Shift(campaign_id="bench", owner="bench"), doors))


def killed(place: str, folder: Path, n_kills: int, seconds: float) -> int:
    """Work in processes that are killed at random instants, the last of which ends by itself; how many were killed."""
    chance, done = random.Random(20261126), 0
    command = [sys.executable, __file__, "--work", place, "--folder", str(folder)]
    while True:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(timeout=chance.uniform(0.3, 1.0) * seconds if done < n_kills else None)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                done += 1
                continue
        if process.returncode:
            raise SystemExit(f"the worker ended with {process.returncode}")
        return done


def compared(place: str, folder: Path, n_effects: int, n_decisions: int) -> str:
    """What the platform, the outbox and the events say of the same effects."""
    platform = sqlite3.connect(folder / "platform.sqlite")
    acts = {act: (n, keys) for act, n, keys in platform.execute(
        "select act, count(*), count(distinct key) from orders group by 1")}
    platform.close()
    with open_database(place) as database:
        stood = {(one.act.value, one.state): one.n for one in OutboxTable(database).reckoning("bench")}
        store = EventTable(database)
        keys = [event.body["key"] + event.kind for _, event in store.read("bench")]  # type: ignore[operator]
    lost = n_effects - stood.get(("impose", EffectState.DONE), 0) + n_decisions - stood.get(("tell", EffectState.DONE), 0)
    missing = n_effects + n_decisions - acts["impose"][1] - acts["tell"][1]
    return f"{lost} lost in the outbox, {missing} missing on the platform, {len(keys) - len(set(keys))} events doubled"


def main() -> None:
    """Do it and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--folder", type=Path, default=Path("runs/effects"))
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=5.0, help="the longest life of a worker that is killed")
    parser.add_argument("--work", metavar="DATABASE", help="be the worker of a run with kills")
    chosen = parser.parse_args()
    if chosen.work:
        worked(chosen.work, chosen.folder)
        return
    shutil.rmtree(chosen.folder, ignore_errors=True)
    chosen.folder.mkdir(parents=True)
    place = str(chosen.folder / "campaign.db") if chosen.database == "sqlite" else chosen.database
    listed = decisions(chosen.scale)
    effects, statements = portions(listed)
    n_effects = sum(part.num_rows for part in effects)

    def timed(what: str, n: int, started: tuple[float, float]) -> None:
        wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
        print(f"{what:<28} {n:>10,} rows {wall:>8.1f} s wall {cpu:>8.1f} s cpu {n / wall:>10,.0f} rows/s", flush=True)

    with open_database(place) as database:
        started = (time.perf_counter(), time.process_time())
        for part in statements:
            OutboxTable(database).load("bench", statements=part)
        timed("statements loaded", len(listed), started)
        started = (time.perf_counter(), time.process_time())
        for part in effects:
            OutboxTable(database).load("bench", effects=part)
        timed("effects loaded", n_effects, started)
    del effects, statements
    started = (time.perf_counter(), time.process_time())
    if chosen.kills:
        n_killed = killed(place, chosen.folder, chosen.kills, chosen.seconds)
        timed(f"worked through {n_killed} kills", n_effects + len(listed), started)
    else:
        timed("worked off", worked(place, chosen.folder), started)
    print(compared(place, chosen.folder, n_effects, len(listed)))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    main()
