"""The sweep's verbs as one call each, from paths and settings to values: what the command line and scripts use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evenhand import __version__
from evenhand.connectors.plan_folder import read_plan, refuse_foreign, remove_unfinished
from evenhand.connectors.plan_sources import Sources, snapshot_files, write_sources
from evenhand.connectors.registries.long_lists import refuse_changed
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import Problem, StalePlan
from evenhand.model.penalty import Penalty
from evenhand.model.plan import Plan
from evenhand.model.step import Step
from evenhand.ports import StepCount
from evenhand.transparency import ReportView
from evenhand.workflows.buckets.hands import hands_for
from evenhand.workflows.buckets.parts import SPILL, only_sweep
from evenhand.workflows.check_policies import refuse_unchecked
from evenhand.workflows.explain import Explanation, explain
from evenhand.workflows.materials import SweepSettings, load_materials, load_messages, load_registers, open_engine
from evenhand.workflows.plan import Materials, plan
from evenhand.workflows.report import Beside, read_report, write_report
from evenhand.workflows.scan import OnProgress, scan

PLAN_LOCK = ".lock"
"""Held from the first step to the report: the sweep's own lock is let go when the cases are decided."""


def scan_snapshot(snapshot: Path, settings: SweepSettings, *, into: Path,
                  on_progress: OnProgress | None = None) -> tuple[StepCount, ...]:
    """Run the steps over the snapshot in a folder; rows and seconds per step. What was found stays in `into`."""
    materials, folder = load_materials(settings), SnapshotFolder(snapshot)
    with open_engine(settings, spill=into / SPILL) as engine:
        refuse_unchecked(materials, engine, is_shipped=settings.pack is None)
        engine.bind(materials.bound)
        done = scan(folder, materials.pipeline, engine, work=into, registries_digest=materials.registries_digest,
                    hands=hands_for(folder, materials, settings, on_progress=on_progress))
    refuse_changed(materials.long_lists)
    return done.counts


def steps_of(settings: SweepSettings) -> tuple[Step, ...]:
    """The steps that would run, in order."""
    pipeline = load_materials(settings).pipeline
    return (*pipeline.account_steps, *pipeline.platform_steps)


def plan_snapshot(snapshot: Path, settings: SweepSettings, *, into: Path, beside: Beside,
                  on_progress: OnProgress | None = None) -> ReportView:
    """Make the plan for the snapshot in a folder, with its report; what the report shows.

    Raises `DataError` when another sweep is making a plan in `into`, or when it holds something else.
    """
    materials, folder = load_materials(settings), SnapshotFolder(snapshot)
    refuse_foreign(into)
    with only_sweep(into, lock=PLAN_LOCK):
        remove_unfinished(into)
        with open_engine(settings, spill=into / "scan" / SPILL) as engine:
            refuse_unchecked(materials, engine, is_shipped=settings.pack is None)
            plan(folder, materials, engine, into=into,
                 hands=hands_for(folder, materials, settings, on_progress=on_progress))
        write_sources(into, Sources(snapshot=snapshot, pack=settings.pack, registries=settings.registries,
                                    sentence_model=settings.sentence_model, files=snapshot_files(snapshot),
                                    left_out=materials.left_out))
        view = read_report(into, messages=materials.messages, holders=materials.registries["holders"], beside=beside)
        write_report(view, into / "report.html")
    return view


def explain_account(snapshot: Path, settings: SweepSettings, *, account: str, plan: Path | None) -> Explanation:
    """Why an account has the outcome it has, compared with the other accounts of a plan if one is given."""
    materials = load_materials(settings)
    if plan is not None:
        materials = as_planned(materials, read_plan(plan), SnapshotFolder(snapshot))
    with open_engine(settings) as engine:
        return explain(SnapshotFolder(snapshot), materials, engine, account=account,
                       work=plan / "scan" if plan is not None else None)


def as_planned(materials: Materials, plan: Plan, snapshot: SnapshotFolder) -> Materials:
    """The materials with the plan's own seed and means. Raises `StalePlan` naming everything that differs from the plan."""
    differs = {
        "the snapshot": (plan.snapshot, snapshot.manifest.fingerprint, "name the plan's snapshot with `--snapshot`"),
        "the policy pack": (plan.pack_digest, materials.pack.digest, "name the plan's pack with `--pack`"),
        "a register": (plan.registries_digest, materials.registries_digest,
                       "name the plan's registers with `--registries`"),
        "the code": (plan.code_version, __version__, "use the version that made the plan, or plan again"),
        "a step, word list or table": (plan.steps_digest, materials.pipeline.digest, "plan again"),
    }
    problems = [Problem(what=f"{what} is not what the plan `{plan.digest[:12]}` was made from", hint=hint)
                for what, (then, now, hint) in differs.items() if then != now]
    if problems:
        raise StalePlan(problems)
    return replace(materials, seed=plan.seed, supported=frozenset(Penalty(name) for name in plan.supported))


def report_plan(plan: Path, *, into: Path, beside: Beside, registries: tuple[Path, ...] = ()) -> Path:
    """Write the report of a plan; the file's path. Holders in `registries` and the shipped ones are called by name."""
    view = read_report(plan, messages=load_messages("en"), holders=load_registers(registries)["holders"], beside=beside)
    return write_report(view, into)
