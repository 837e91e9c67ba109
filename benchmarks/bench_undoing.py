"""What comes after the decisions, on many of them: European statements, a class reversal, what people are told, strikes.

    python benchmarks/bench_undoing.py [--plan PLAN] [--folder runs/undoing] [--copies 20]

The decisions of a plan (default: of a world of 100,000 accounts) are written so many times to a plan in a folder, each copy
under ids of its own. Each line then gives wall and processor seconds and the peak memory of the process so far, writing the
copies included. The plan has to be made with the shipped pack. The second half puts the copies into a campaign's database as if
they had been carried out, overturns one, and reverses its whole class there.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.siblings import causes
from evenhand.connectors.plan_effects import effect_portions
from evenhand.connectors.plan_folder import PlanWriter, read_plan, read_plan_table
from evenhand.connectors.platforms.files import EVERYTHING
from evenhand.model.appeal import AppealOutcome, Cause, CauseKind
from evenhand.model.campaigns.capability import Capabilities
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.refusal import Refusal
from evenhand.stores.seal import Seal
from evenhand.workflows.appeals.class_reversal import preview_class_reversal, write_class_reversal
from evenhand.workflows.appeals.filing import file
from evenhand.workflows.appeals.hearing import Word, decide
from evenhand.workflows.appeals.recording import record
from evenhand.workflows.appeals.reversing import preview_reversal, reverse
from evenhand.workflows.campaigns.plan_basis import plan_now
from evenhand.workflows.campaigns.steps import Desk
from evenhand.workflows.effects.filling import fill
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.materials import load_languages, load_messages
from evenhand.workflows.packs import shipped_pack
from evenhand.workflows.transparency.eu_statements import EuFiling, export_eu_statements

Result = TypeVar("Result")
NAME = "autumn"
SCALE = "0.002"


def main(plan: Path, folder: Path, copies: int) -> None:
    """Write the copies, then measure."""
    many = folder / "plan"
    _copies(plan, many, copies=copies)
    filing = EuFiling(pack=shipped_pack(), messages=load_messages("en"), platform_name="Birdsite")
    done = _timed("European statements", lambda: export_eu_statements(many, filing, into=folder / "eu"))
    print(f"  {done.n_decisions:,} decisions, {done.n_ready:,} ready, {done.n_refused:,} refused")
    cause = Cause(kind=CauseKind.RULE, value=causes(read_plan_table(plan, "decisions"), CauseKind.RULE)[0])
    preview = _timed(f"preview of {cause}", lambda: preview_class_reversal(many, cause))
    print(f"  {preview.reversal.siblings.num_rows:,} siblings, {preview.reversal.undo.num_rows:,} effects to undo")
    _timed("their lists and statements", lambda: write_class_reversal(
        many, preview, languages=load_languages(), into=folder / "undo"))
    _in_a_campaign(many, folder, cause)


def _in_a_campaign(plan: Path, folder: Path, cause: Cause) -> None:
    """Overturn one decision that rests on the cause and reverse the class, in a database where all of them are in force."""
    with open_state(folder / "campaign.db", evidence_key=Seal.new_key()) as state:
        _timed("a campaign in which all of them are in force", lambda: _carried_out(state, plan))
        desk = Desk(state=state, campaign_id=NAME)
        (case,) = preview_class_reversal(plan, cause).reversal.siblings.slice(0, 1)["decision_id"].to_pylist()
        filed = _accepted(_timed("one appeal filed", lambda: file(desk, plan, case, said="no")))
        word = Word(outcome=AppealOutcome.OVERTURNED, by="eve", because="wrong")
        _timed("and decided", lambda: decide(desk, plan, filed.appeal.appeal_id, word))
        ahead = _accepted(_timed("preview of its class in the campaign", lambda: preview_reversal(desk, plan, cause)))
        done = _accepted(_timed("the class reversed", lambda: reverse(desk, plan, ahead, word)))
        print(f"  {done.n_reversed:,} decisions, {done.ordered.n_undo:,} effects ordered to be undone")
        _timed("the campaign's course read", desk.course)
        written = _timed("strikes and memory for the next plan", lambda: record(state, into=folder / "memory"))
        print(f"  {written.n_strikes:,} strikes, {written.n_adjudications:,} adjudications")


def _accepted(outcome: Result | Refusal) -> Result:
    """The outcome; the benchmark ends where a safeguard refuses."""
    if isinstance(outcome, Refusal):
        raise SystemExit(outcome.render())
    return outcome


def _carried_out(state: State, plan: Path) -> None:
    """The events of a campaign up to its last stage, and an outbox that says that everything was done and told."""
    now = plan_now(plan)
    basis, at = now.basis.as_json(), datetime(2026, 11, 1, tzinfo=UTC)
    strata = {stratum: "passed" for portion in effect_portions(plan) for stratum in pc.unique(portion["stratum"]).to_pylist()}
    steps: list[tuple[EventKind, str, dict[str, Json]]] = [
        (EventKind.DRAFTED, "ana", {"mode": "team", "cooling_off_seconds": 3600}),
        (EventKind.PLANNED, "ana", {"basis": basis, "irreversible": [], "files": now.files}),
        (EventKind.SAMPLE_DRAWN, "ben", {"plan_digest": now.plan.digest, "seed": "1", "n_items": 0, "n_readings": 0}),
        (EventKind.AUDITED, "ben", {"plan_digest": now.plan.digest, "strata": strata}),
        *((EventKind.APPROVED, person, {"basis": basis}) for person in ("ben", "cem")),
        (EventKind.STARTED, "ben", {"basis": basis, "n_stages": 1})]
    state.events.append([Event(campaign_id=NAME, kind=kind, at=at + timedelta(hours=2 * hour), actor=actor, body=body)
                         for hour, (kind, actor, body) in enumerate(steps)])
    fill(plan, state.outbox, campaign_id=NAME, turns=_first_stage, capabilities=Capabilities(
        platform="own", authority="owner", penalties=EVERYTHING))
    with state.database.write() as connection:
        connection.exec_driver_sql(
            "insert into outbox (campaign_id, key, act, decision_id, account_id, penalty, stratum, stage, turn, state, "
            "due_at, attempts, failures) select distinct campaign_id, decision_id || ':reasons', 'tell', decision_id, "
            "account_id, penalty, stratum, 1, 0, 'queued', 0, 1, 0 from outbox")
        connection.exec_driver_sql("update outbox set state = 'done', settled_at = 1793500000000000")
    for portion in effect_portions(plan):
        state.events.append([Event(campaign_id=NAME, kind=EventKind.EFFECT_IMPOSED, at=at + timedelta(days=1),
                                   actor="evenhand", body=row) for row in portion.select(
            ["key", "decision_id", "account_id", "penalty", "stratum"]).to_pylist()])


def _first_stage(effects: pa.Table) -> pa.Table:
    return effects.append_column("stage", pa.repeat(pa.scalar(1, pa.int32()), effects.num_rows)).append_column(
        "turn", effects["position"])


def _copies(plan: Path, into: Path, *, copies: int) -> None:
    tables = {name: read_plan_table(plan, name) for name in ("decisions", "effects")}
    with PlanWriter(into) as writer:
        for number in range(copies):
            for name, table in tables.items():
                writer.add(name, _renamed(table, f"{number:05d}x"))
        writer.finish(read_plan(plan))


def _renamed(table: pa.Table, prefix: str) -> pa.Table:
    for column in ("decision_id", "account_id", "key"):
        if column in table.column_names:
            place = table.column_names.index(column)
            named = pc.binary_join_element_wise(pa.scalar(prefix), table[column].combine_chunks(), "")
            table = table.set_column(place, table.schema.field(column), named)
    return table


def _timed(what: str, work: Callable[[], Result]) -> Result:
    wall, processor = time.monotonic(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(f"{what}: {time.monotonic() - wall:.1f} s, {time.process_time() - processor:.1f} s of processor, {peak:.2f} GB")
    return result


def _own_plan(folder: Path) -> Path:
    """The plan of a small world, made by the command line."""
    world, plan = folder / "world", folder / "planned"
    evenhand = [sys.executable, "-m", "evenhand"]
    subprocess.run([*evenhand, "world", "--scale", SCALE, "--into", str(world)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*evenhand, "plan", str(world / "snapshot"), "--registries", str(world / "registries"), "--into", str(plan)],
                   check=True, stdout=subprocess.DEVNULL)
    return plan


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plan", type=Path, help="made with the shipped pack")
    arguments.add_argument("--folder", type=Path, default=Path("runs/undoing"))
    arguments.add_argument("--copies", type=int, default=20)
    chosen = arguments.parse_args()
    if chosen.plan is None:
        shutil.rmtree(chosen.folder, ignore_errors=True)
    main(chosen.plan or _own_plan(chosen.folder), chosen.folder, chosen.copies)
