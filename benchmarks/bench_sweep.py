"""A full sweep of the reference world: time, processor time, memory and bytes, per step, with the machine's floor beside it.

    python benchmarks/bench_sweep.py [--scales 0.01 0.1] [--folder runs/bench] [--memory 4GB] [--keep]

`--scales 0.01 0.1 1` is the whole thing (scale 1: 50 million accounts, about 10 GB of disk). A world is written by
`evenhand world`, swept and decided by `evenhand plan` with the world's own registers, and scored by `evenhand evaluate`, each
as a user would; then one process does a run of its buckets once more, for what each step takes of memory and of the files.
The floor is what the machine needs for the least that any sweep must do: decode the columns that the steps read, and copy the
files.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pyarrow.parquet as pq
import step_costs

from evenhand.detectors.false_claim import DETECTOR as FALSE_CLAIM
from evenhand.guards.refutes_claim import GUARD as REFUTES_CLAIM
from evenhand.model.step import Kernel
from evenhand.workflows.materials import SweepSettings, load_materials

SWEPT_ONCE = 0.1
"""Scale from which a world is swept but once: what the first sweep makes and keeps is seconds, however large the world."""
SECONDS_BETWEEN_LOOKS = 2.0
"""The kernel walks all pages for each look: five a second take a quarter of a processor."""
QUERIED = {"accounts": ("account_id", "platform", "handle", "display_name", "bio", "website", "created_at", "verified"),
           "posts": ("account_id", "post_id", "created_at")}
"""Columns that the SQL steps read of every row, beside those of the kernels."""
CLAIM_STEPS = ("claim_matches_in_posts", "claim_matches_in_pictures", "claim_matches", "repeating_posts", "claim_lures",
               "texts_beside", "claim_answers",
               *(step.name for step in FALSE_CLAIM.steps), *(step.name for step in REFUTES_CLAIM.steps))
"""What a register of fact-checks adds to a sweep."""


@dataclass(frozen=True)
class Cost:
    """What one command took, all its processes together."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


def timed(*command: str) -> Cost:
    """The cost of running `evenhand` with these words. Raises when it does not end well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "evenhand", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        peak = [0]
        watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watch.start()
        _, said = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"evenhand {' '.join(command)} ended with {process.returncode}:\n{said}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak[0])


def _watch(pid: int, peak: list[int]) -> None:
    """Keep the largest memory that a process and all below it held at once; what they share counts once (PSS)."""
    while Path(f"/proc/{pid}").exists():
        peak[0] = max(peak[0], sum(map(_held, _tree(pid))))
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _tree(pid: int) -> list[int]:
    try:
        children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
                    for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *(below for child in children for below in _tree(child))]


def _held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def columns_read() -> dict[str, list[str]]:
    """The columns of each table that the shipped pack's steps read."""
    pipeline = load_materials(SweepSettings()).pipeline
    read = {name: set(QUERIED.get(name, ())) for name in pipeline.tables}
    for step in pipeline.account_steps:
        if isinstance(step, Kernel) and step.source in read:
            read[step.source] |= set(step.columns)
    return {name: sorted(columns) for name, columns in read.items()}


def decode(path: str, columns: Sequence[str]) -> int:
    """Decode columns of a file and forget them; the bytes that they take in the file."""
    with pq.ParquetFile(path) as file:
        for _ in file.iter_batches(65_536, columns=list(columns), use_threads=False):
            pass
        groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
    return sum(group.column(n).total_compressed_size for group in groups for n in range(group.num_columns)
               if group.column(n).path_in_schema.split(".")[0] in columns)


def floor(snapshot: Path, copies: Path) -> tuple[float, float, int, int]:
    """Seconds to decode what the sweep reads, seconds to copy the files, bytes read, bytes in all."""
    read = columns_read()
    files = [(str(path), columns) for name, columns in read.items() for path in sorted((snapshot / name).glob("*.parquet"))]
    started = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        n_read = sum(pool.map(decode, [path for path, _ in files], [columns for _, columns in files], chunksize=4))
    decoded = time.perf_counter() - started
    copies.mkdir(parents=True)
    started = time.perf_counter()
    for number, (path, _) in enumerate(files):
        shutil.copyfile(path, copies / str(number))
    copied = time.perf_counter() - started
    shutil.rmtree(copies)
    return decoded, copied, n_read, sum(Path(path).stat().st_size for path, _ in files)


def measure(scale: float, folder: Path, memory: str | None, *, is_last: bool) -> None:
    """Write, sweep and score one world and print what it took; the whole score of the last, how many bars of the others."""
    world, plan = folder / f"world-{scale}", folder / f"plan-{scale}"
    for before in (plan, folder / f"first-{scale}"):
        shutil.rmtree(before, ignore_errors=True)
    made = timed("world", "--scale", str(scale), "--into", str(world)) if not (world / "world.toml").exists() else None
    limits = ("--memory", memory) if memory else ()
    sweep = ("plan", str(world / "snapshot"), "--registries", str(world / "registries"), *limits)
    first = timed(*sweep, "--into", str(folder / f"first-{scale}")) if scale < SWEPT_ONCE else None
    swept = timed(*sweep, "--into", str(plan))
    decoded, copied, n_read, n_all = floor(world / "snapshot", folder / "copies")
    rows = json.loads((world / "snapshot" / "snapshot.json").read_text())["rows"]
    n = rows["accounts"] / 1e6
    print(f"\nscale {scale}: {rows['accounts']:,} accounts, {rows['posts']:,} posts, {n_all / 1e9:.2f} GB in files")
    if made is not None:
        print(f"  world    {made.seconds:8.1f} s  {made.processor_seconds:8.1f} s of processors  "
              f"{made.peak_bytes / 1e9:5.2f} GB at most   {made.seconds / swept.seconds:.2f} x the sweep")
    if first is not None:
        print(f"  first    {first.seconds:8.1f} s  {first.processor_seconds:8.1f} s of processors, with what is made once of "
              "words and registers, and kept")
    print(f"  sweep    {swept.seconds:8.1f} s  {swept.processor_seconds:8.1f} s of processors  "
          f"{swept.peak_bytes / 1e9:5.2f} GB at most   {swept.processor_seconds / n:.1f} s of processors per million accounts")
    print(f"  floor    {decoded:8.1f} s to decode the {n_read / 1e9:.2f} GB that the steps read, "
          f"{copied:.1f} s to copy the files;  sweep = {swept.seconds / decoded:.1f} x decoding")
    _print_steps(plan)
    print(step_costs.shown(*step_costs.step_costs(world, folder / "step-costs")))
    score = subprocess.run([sys.executable, "-m", "evenhand", "evaluate", str(world), "--plan", str(plan)],
                           capture_output=True, text=True, check=True).stdout
    print(score if is_last else score.partition("\nBars\n")[0])


def _print_steps(plan: Path) -> None:
    """Rows and seconds per step, the longest first, over all processes."""
    seconds: dict[str, float] = {}
    rows: dict[str, int] = {}
    for counts in plan.glob("scan/parts/bucket=*/counts.json"):
        for name, n_rows, spent in json.loads(counts.read_text()):
            seconds[name], rows[name] = seconds.get(name, 0) + spent, rows.get(name, 0) + n_rows
    whole = sum(seconds.values())
    print(f"  steps by bucket, {whole:.1f} s in all:")
    for name in sorted(seconds, key=lambda name: -seconds[name])[:16]:
        print(f"    {name:28} {seconds[name]:8.1f} s  {100 * seconds[name] / whole:5.1f} %  {rows[name]:>12,} rows")
    claims = sum(spent for name, spent in seconds.items() if name in CLAIM_STEPS)
    print(f"    {'false claims, all their steps':28} {claims:8.1f} s  {100 * claims / whole:5.1f} %")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--scales", type=float, nargs="+", default=[0.01, 0.1])
    arguments.add_argument("--folder", type=Path, default=Path("runs/bench"))
    arguments.add_argument("--memory", help="what the sweep may take, such as 4GB")
    arguments.add_argument("--keep", action="store_true", help="keep worlds and plans for the next run")
    chosen = arguments.parse_args()
    for one in chosen.scales:
        measure(one, chosen.folder, chosen.memory, is_last=one == chosen.scales[-1])
    if not chosen.keep:
        shutil.rmtree(chosen.folder, ignore_errors=True)
