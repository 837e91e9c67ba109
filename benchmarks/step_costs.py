"""What each step of a sweep takes of the machine: seconds, processor seconds, memory and bytes read, over one run of buckets.

A sweep counts rows and seconds of its steps in every process. Memory and bytes belong to a process, not to a step, so they are
looked at here: one process does the buckets of a quarter of a million accounts step by step, as each process of a sweep does,
after others that warmed it up.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.step import Kernel, Step
from evenhand.ports import StepCount
from evenhand.workflows.buckets.parts import open_parts
from evenhand.workflows.materials import SweepSettings, load_materials
from evenhand.workflows.scan import bucket_runs, do_buckets

SELF = Path("/proc/self")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCost:
    """One step, or all kernels over the same files, which are decoded once for all of them."""

    name: str
    n_rows: int
    seconds: float
    processor_seconds: float
    more_bytes: int
    """By how much the process held more at most within the step than before it."""
    read_bytes: int
    """Read from files, out of the kernel's cache or not."""
    within: tuple[StepCount, ...] = ()
    """The kernels that went together."""


class WatchedEngine(DuckDBEngine):
    """The embedded engine, with what each step took in `costs`. Linux only."""

    costs: list[StepCost]

    def _done(self, step: Step, steps: Sequence[Step]) -> dict[str, StepCount]:
        (SELF / "clear_refs").write_text("5")  # the most it held is counted anew from here
        held, read, started, spent = _bytes("status", "VmRSS"), _bytes("io", "rchar"), time.perf_counter(), time.process_time()
        done = super()._done(step, steps)
        name = step.name if len(done) == 1 or not isinstance(step, Kernel) else f"{len(done)} kernels over {step.source}"
        self.costs.append(StepCost(
            name=name, n_rows=sum(one.n_rows for one in done.values()), seconds=time.perf_counter() - started,
            processor_seconds=time.process_time() - spent, more_bytes=_bytes("status", "VmHWM") - held,
            read_bytes=_bytes("io", "rchar") - read, within=tuple(done.values()) if len(done) > 1 else ()))
        return done


def _bytes(file: str, key: str) -> int:
    """A number that the system keeps of this process, in bytes."""
    [line] = [line for line in (SELF / file).read_text().splitlines() if line.startswith(f"{key}:")]
    number, *unit = line.split(":")[1].split()
    return int(number) * (1024 if unit == ["kB"] else 1)


def step_costs(world: Path, work: Path) -> tuple[int, list[StepCost]]:
    """Accounts in the run that was looked at, the world's last full one, and what each account step took over it."""
    materials = load_materials(SweepSettings(registries=(world / "registries",)))
    snapshot = SnapshotFolder(world / "snapshot")
    runs = bucket_runs(snapshot)[:2]
    with open_parts(work, key="step costs", kept=materials.pipeline.kept) as parts, \
            WatchedEngine(threads=1, spill=parts.spill) as engine:
        engine.bind(materials.bound)
        for run in runs:
            engine.costs = []
            do_buckets(run, snapshot, materials.pipeline, engine, parts)
    return snapshot.manifest.rows["accounts"] * len(runs[-1]) // snapshot.manifest.n_buckets, engine.costs


def shown(n_accounts: int, costs: Sequence[StepCost], *, most: int = 24) -> str:
    """The costs as a table, the dearest steps first."""
    ordered = sorted(costs, key=lambda cost: -cost.seconds)
    rest = ordered[most:]
    lines = [f"  one process, {n_accounts:,} accounts, step by step",
             f"    {'':38} {'seconds':>8} {'processor':>9} {'more MB':>8} {'read MB':>8} {'rows':>11}"]
    for cost in ordered[:most]:
        lines.append(_line(cost))
        lines += [f"      {one.name:36} {one.seconds:8.3f} {'':9} {'':8} {'':8} {one.n_rows:11,}" for one in cost.within]
    if rest:
        lines.append(_line(_together(f"{len(rest)} others", rest)))
    return "\n".join((*lines, _line(_together("all", costs))))


def _together(name: str, costs: Sequence[StepCost]) -> StepCost:
    return StepCost(name=name, n_rows=sum(cost.n_rows for cost in costs), seconds=sum(cost.seconds for cost in costs),
                    processor_seconds=sum(cost.processor_seconds for cost in costs),
                    more_bytes=max(cost.more_bytes for cost in costs), read_bytes=sum(cost.read_bytes for cost in costs))


def _line(cost: StepCost) -> str:
    return (f"    {cost.name:38} {cost.seconds:8.3f} {cost.processor_seconds:9.3f} {cost.more_bytes / 1e6:8.1f} "
            f"{cost.read_bytes / 1e6:8.1f} {cost.n_rows:11,}")
