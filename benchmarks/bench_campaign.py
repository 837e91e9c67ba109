"""A whole campaign, from a plan to its report: seconds, processor time and memory of each step, on SQLite or PostgreSQL.

    python benchmarks/bench_campaign.py --plan runs/plan [--folder runs/campaign] [--database sqlite] [--at-once]
    python benchmarks/bench_campaign.py --scale 0.01 [--kills 50]

With `--scale` a part of the reference campaign is drawn up by hand, decisions and effects in its proportions, and no world
and no plan are needed: at `--scale 1` it is 997,000 accounts of which 1.4 million posts are deleted, 2.4 million effects.
The campaign is a rehearsal: its clock moves on by itself, so that caps of an hour and the cooling-off cost nothing. Verdicts
are simulated: every decision is read as right. The platform is the files connector with one that answers every file in this
process, so what it takes is counted too. With `--kills 50` `apply` is a process of its own that is killed (SIGKILL) at random
instants and started again; then platform, outbox and events are compared: how many orders were lost or doubled.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from campaign_scale import scaled_plan

from evenhand.campaign.stages import Caps
from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.event import EventKind
from evenhand.model.refusal import Refusal
from evenhand.stores.ledger.keys import make_key
from evenhand.stores.seal import Seal
from evenhand.workflows.campaigns.carry_out import Applied, Conduct, carry_out
from evenhand.workflows.campaigns.preparing import Draft, approve, draft
from evenhand.workflows.campaigns.publishing import LedgerPlace, publish
from evenhand.workflows.campaigns.reading import Truths, conclude_audit, take_verdicts
from evenhand.workflows.campaigns.sampling import Reading, draw
from evenhand.workflows.campaigns.status import status
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.report import Beside
from evenhand.workflows.sweeps import report_plan

CAPS = Caps(effects=2_000_000, effects_per_language=1_000_000, reach=10**12, reach_per_language=10**12)
NAME = "bench"


class Steps:
    """The steps that were measured."""

    def __init__(self) -> None:
        print(f"{'step':<14}{'seconds':>9}{'processor':>11}{'peak GB':>9}", flush=True)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Measure what happens within, and print it."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = time.perf_counter(), _processor()
        yield
        print(f"{name:<14}{time.perf_counter() - before[0]:>9.1f}{_processor() - before[1]:>11.1f}{_peak():>9.2f}", flush=True)


def _processor() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF,
                                                                                 resource.RUSAGE_CHILDREN)))


def _peak() -> float:
    found = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if "VmHWM" in line)
    return int(found.split()[1]) / 2**20


def accepted(outcome: object) -> object:
    """The outcome; a refusal ends the run."""
    if isinstance(outcome, Refusal):
        raise SystemExit(f"refused: {outcome.text}")
    return outcome


def audited(desk: Desk, plan: Path, folder: Path) -> None:
    """The sample drawn, read as right and concluded."""
    spoken = sorted(set(pc.unique(_languages(plan)).to_pylist()))
    reading = Reading(seed="bench", readers=dict.fromkeys(("ben", "cem", "dee"), spoken))
    drawn = accepted(draw(desk, plan, reading, person="ben", into=folder / "readings"))
    readings = drawn.sample.assignment.readings  # type: ignore[attr-defined]
    verdicts = readings.append_column("verdict", [["right"] * readings.num_rows]).append_column(
        "rationale", [[""] * readings.num_rows])
    pacsv.write_csv(verdicts, folder / "verdicts.csv")
    accepted(take_verdicts(desk, plan, folder / "verdicts.csv", golden=None, into=None))
    accepted(conclude_audit(desk, plan, Truths(without_because="a bench"), person="ben"))
    print(f"  {readings.num_rows:,} readings", flush=True)


def _languages(plan: Path) -> pa.ChunkedArray:
    return pc.fill_null(pq.read_table(plan / "decisions.parquet", columns=["language"])["language"], "und")


def closings(desk: Desk, plan: Path) -> None:
    """Every closing decided by a person."""
    decided = pq.read_table(plan / "decisions.parquet", columns=["decision_id", "penalty"])
    ids = decided.filter(pc.equal(decided["penalty"], "close"))["decision_id"].to_pylist()
    hand = desk.hand("ben")
    if ids:
        accepted(desk.take(*(hand.event(EventKind.DECISION_CONFIRMED, {"decision_id": one, "confirmed": True}) for one in ids)))


def applied(desk: Desk, plan: Path, folder: Path, *, at_once: bool) -> Applied:
    """All stages carried out."""
    simulated = SimulatedPlatform(folder / "platform")
    platform = FilesPlatform(folder / "platform", answering=simulated.answer)
    conduct = Conduct(caps=None if at_once else CAPS, until_done=True)
    done = carry_out(desk, plan, platform, conduct, person="ben")
    simulated.close()
    accepted(done)
    return done  # type: ignore[return-value]


def killed(place: str, folder: Path, chosen: argparse.Namespace) -> None:
    """`apply` in processes that are killed at random instants; the last one ends by itself."""
    command = [sys.executable, __file__, "--go-on", place, "--folder", str(folder), *(["--at-once"] if chosen.at_once else [])]
    chance, n_killed = random.Random(20261126), 0
    while True:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(timeout=chance.uniform(0.2, 1.0) * chosen.seconds if n_killed < chosen.kills else None)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                n_killed += 1
                continue
        if process.returncode:
            raise SystemExit(f"apply ended with {process.returncode}")
        print(f"  {n_killed} kills", flush=True)
        return


def compared(state: State, folder: Path) -> str:
    """What the platform, the outbox and the events say of the same orders."""
    platform = sqlite3.connect(folder / "platform" / "platform.sqlite")
    acts = {act: (n, n_keys) for act, n, n_keys in platform.execute(
        "select act, count(*), count(distinct key) from orders group by 1")}
    platform.close()
    effects = pq.ParquetFile(folder / "plan" / "effects.parquet").metadata.num_rows
    told = pq.ParquetFile(folder / "plan" / "decisions.parquet").metadata.num_rows
    kinds = state.events.counts(NAME)
    events = Counter(f"{event.body['key']} {event.kind}" for _, event in state.events.read(NAME) if "key" in event.body)
    lost = effects - acts["impose"][1] + told - acts["tell"][1] + effects - kinds[EventKind.EFFECT_IMPOSED] \
        + told - kinds[EventKind.STATEMENT_DELIVERED]
    doubled = sum(n - n_keys for n, n_keys in acts.values()) + sum(n - 1 for n in events.values())
    return f"{lost} lost, {doubled} doubled"


def run(state: State, plan: Path, folder: Path, chosen: argparse.Namespace) -> None:
    """Every step in its turn."""
    steps = Steps()
    desk = desk_of(state, NAME, is_new_rehearsal=True)
    with steps.of("draft"):
        accepted(draft(desk, Draft(is_rehearsal=True), person="ana", plan=plan))
    with steps.of("audit"):
        audited(desk, plan, folder)
    desk.clock.sleep(timedelta(hours=25).total_seconds())
    with steps.of("approve"):
        for person in ("ben", "cem"):
            accepted(approve(desk, plan, person=person))
    with steps.of("closings"):
        closings(desk, plan)
    with steps.of("apply"):
        if chosen.kills:
            killed(str(state.database.engine.url.render_as_string(hide_password=False)) if chosen.database != "sqlite"
                   else str(folder / "campaign.db"), folder, chosen)
        else:
            applied(desk, plan, folder, at_once=chosen.at_once)
    print(f"  {compared(state, folder)}", flush=True)
    make_key("example.org/bench", folder / "ledger.key")
    with steps.of("publish"):
        published = publish(state, NAME, LedgerPlace(folder=folder / "ledger", private=folder / "private",
                                                     key=folder / "ledger.key"))
    with steps.of("report"):
        found = status(desk)
        report_plan(plan, into=folder / "report.html", registries=(), beside=Beside())
    orders = {f"{one.act}/{one.state}": one.n for one in found.outbox}
    print(f"{found.campaign.state}; {published.n_events:,} events in the ledger; reconciles: {found.reconciles}; {orders}")


def main() -> None:
    """Do it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--folder", type=Path, default=Path("runs/campaign"))
    parser.add_argument("--at-once", action="store_true", help="without caps for an hour")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=8.0, help="the longest life of a process that is killed")
    parser.add_argument("--go-on", metavar="DATABASE", help="be the process that is killed")
    chosen = parser.parse_args()
    if chosen.go_on:
        with open_state(chosen.go_on, evidence_key=os.environ["EVENHAND_EVIDENCE_KEY"]) as state:
            applied(desk_of(state, NAME), chosen.folder / "plan", chosen.folder, at_once=chosen.at_once)
        return
    shutil.rmtree(chosen.folder, ignore_errors=True)
    chosen.folder.mkdir(parents=True)
    plan = chosen.folder / "plan"
    if chosen.plan is None:
        scaled_plan(plan, chosen.scale)
    else:
        plan.mkdir()
        for file in chosen.plan.glob("*.*"):
            shutil.copy(file, plan)
    place = chosen.folder / "campaign.db" if chosen.database == "sqlite" else chosen.database
    os.environ["EVENHAND_EVIDENCE_KEY"] = Seal.new_key()
    with open_state(place, evidence_key=os.environ["EVENHAND_EVIDENCE_KEY"]) as state:
        run(state, plan, chosen.folder, chosen)


if __name__ == "__main__":
    main()
