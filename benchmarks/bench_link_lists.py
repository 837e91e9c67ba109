"""Long link lists: the time and peak memory of importing one, and of planning with it. It must not grow with the list.

    python benchmarks/bench_link_lists.py [--folder runs/links] [--entries 100000 1000000]

The lists are hosts files of made-up hosts in no order; the snapshot is a made-up world at scale 0.001. The first plan
checks the list and prepares the materials, the second finds them prepared. Ten million entries take 400 MB of disk.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

MAIN = ("-c", "from evenhand.cli.main import main; main()")
SPREAD, BITS = 0x9E3779B1, 32
"""An odd factor: multiplied by it, the numbers below 2^32 come in another order, each once."""
CHUNK = 1_000_000


def main(folder: Path, sizes: list[int]) -> None:
    """Make the world, then import and plan with a list of each size."""
    folder.mkdir(parents=True, exist_ok=True)
    world = folder / "world"
    if not world.exists():
        _measured("world", ["world", "--scale", "0.001", "--into", str(world)], cache=folder / "cache")
    for n in sizes:
        file, registries = folder / f"hosts-{n}.txt", folder / f"registries-{n}"
        _write(file, n)
        _measured(f"{n:>12,} import", ["registry", "links", str(file), "--list", "made-up", "--source", "a benchmark",
                                       "--as-of", "2026-01-01", "--into", str(registries)], cache=folder / "cache")
        size = (registries / "link_lists.parquet").stat().st_size
        print(f"{'':12} {file.stat().st_size / 1e6:,.0f} MB of text, {size / 1e6:,.0f} MB of register")
        for nth in ("first", "second"):
            into = folder / f"plan-{n}-{nth}-{time.time_ns()}"
            _measured(f"{n:>12,} {nth} plan", ["plan", str(world / "snapshot"), "--registries", str(registries),
                                               "--into", str(into)], cache=folder / f"cache-{n}")


def _write(file: Path, n: int) -> None:
    with file.open("w", encoding="ascii") as out:
        for begin in range(0, n, CHUNK):
            numbers = np.arange(begin, min(n, begin + CHUNK), dtype=np.uint64) * np.uint64(SPREAD) % np.uint64(1 << BITS)
            out.writelines(f"0.0.0.0 {number:08x}.example-{number % 9973}.com\n" for number in numbers.tolist())


def _measured(what: str, words: list[str], *, cache: Path) -> None:
    """Run a command in a process of its own, and tell its seconds and its peak memory."""
    cache.mkdir(mode=0o700, exist_ok=True)
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *MAIN, *words], stdout=subprocess.DEVNULL,
                               env={**os.environ, "EVENHAND_CACHE": str(cache)})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{what}: ended with {os.waitstatus_to_exitcode(status)}")
    print(f"{what:<25} {time.perf_counter() - began:7.1f} s, {used.ru_utime + used.ru_stime:6.1f} s of processor, "
          f"peak {used.ru_maxrss / 1000:,.0f} MB", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("runs/links"))
    parser.add_argument("--entries", type=int, nargs="+", default=[100_000, 1_000_000])
    given = parser.parse_args()
    main(given.folder, given.entries)
