"""Kills during a sweep: the same command again must end in the same plan, whatever the instant.

    python benchmarks/bench_kills.py [--kills 5] [--scale 0.002] [--folder runs/kills]

`--kills 50 --scale 0.02` is the whole thing. A world is written and planned once without being disturbed. Then a fresh plan
is started again and again, and all its processes are killed (SIGKILL) at a random instant of its expected length; after
each kill the same command is run to its end and its digest is compared. Prints how many digests were equal.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path


def run(*command: str, killed_after: float | None = None) -> bool:
    """Run `evenhand`; True when it ended by itself. It is killed with all its processes when it takes longer."""
    with subprocess.Popen([sys.executable, "-m", "evenhand", *command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            _, said = process.communicate(timeout=killed_after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return False
    if process.returncode:
        raise SystemExit(f"evenhand {' '.join(command)} ended with {process.returncode}:\n{said}")
    return True


def main(n_kills: int, scale: float, folder: Path) -> None:
    """Do it and print what came of it."""
    world, plan = folder / f"world-{scale}", folder / "plan"
    if not (world / "world.toml").exists():
        run("world", "--scale", str(scale), "--into", str(world))
    command = ("plan", str(world / "snapshot"), "--into", str(plan))
    shutil.rmtree(plan, ignore_errors=True)
    started = time.perf_counter()
    run(*command)
    length = time.perf_counter() - started
    wanted = json.loads((plan / "plan.json").read_text())["digest"]
    print(f"undisturbed: {length:.1f} s, digest {wanted[:16]}", flush=True)
    chance = random.Random(20261125)
    n_equal = n_killed = n_resumed = 0
    while n_killed < n_kills:
        shutil.rmtree(plan, ignore_errors=True)
        if run(*command, killed_after=chance.uniform(0.05, 1.0) * length):
            continue
        n_killed += 1
        n_resumed += any((plan / "scan" / "parts").glob("bucket=*")) if plan.exists() else 0
        run(*command)
        n_equal += json.loads((plan / "plan.json").read_text())["digest"] == wanted
        print(f"kill {n_killed}: {n_equal} equal digests, {n_resumed} had something to go on from", flush=True)
    print(f"{n_killed} kills, {n_equal} equal digests")
    if n_equal != n_killed:
        raise SystemExit(1)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kills", type=int, default=5)
    arguments.add_argument("--scale", type=float, default=0.002)
    arguments.add_argument("--folder", type=Path, default=Path("runs/kills"))
    chosen = arguments.parse_args()
    main(chosen.kills, chosen.scale, chosen.folder)
