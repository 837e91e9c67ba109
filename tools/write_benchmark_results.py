"""Write docs/reference/benchmark-results.md: the benchmarks of the reference campaign, as they come out on this machine.

    .venv-bench/bin/python tools/write_benchmark_results.py [PART ...] [--scale-1]

Without a PART (`sweep`, `sql`, `names`, `conditions`) all are run, which takes about an hour and a half on two processors.
Parts that are not run stay on the page as they were. `--scale-1` sweeps 50 million accounts as well (an hour more, some 15 GB
of disk). A benchmark that fails, or finds that two results differ, leaves the page as it was.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "benchmark-results.md"
BEGINNING = """# Benchmark results

Written by `tools/write_benchmark_results.py`, which runs each benchmark below as its command stands there and puts what it
prints beneath it. [Decision 0013](../decisions/0013-where-the-time-goes.md) says what the figures mean and where a sweep's time
goes. Ratios are of one run on one machine; seconds on another differ.
"""
PEERS = ("duckdb", "polars", "rapidfuzz", "sparse_dot_topn", "common-expression-language", "zen-engine", "rule-engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One benchmark and its place on the page."""

    name: str
    title: str
    says: str
    command: tuple[str, ...]
    at_scale_1: tuple[str, ...] = ()
    """What is added to the command for 50 million accounts."""


PARTS = (
    Part(name="sweep", title="A full sweep of the reference world",
         says="Worlds with the reference campaign planted in them, swept, decided and scored by the command line; scale 1 is "
              "50 million accounts and 150 million posts. The floor is what it takes to decode what the steps read.",
         command=("bench_sweep.py", "--scales", "0.01", "0.1"), at_scale_1=("1",)),
    Part(name="sql", title="The SQL steps against a pipeline written by hand in Polars",
         says="The same rows on both sides, or the benchmark fails.",
         command=("bench_sql_against_polars.py", "--runs", "7")),
    Part(name="names", title="Look-alike names against `rapidfuzz.process.cdist` and TF-IDF",
         says="A million accounts and 30,000 holder names; cdist answers some of the accounts, its time is scaled.",
         command=("bench_name_search.py", "--accounts", "1000000", "--cdist-accounts", "20000", "--runs", "3")),
    Part(name="conditions", title="Thirty conditions on events, and twenty in bulk, against rule engines",
         says="The same answers from every engine, or the benchmark fails.", command=("bench_conditions.py",)))


def page(found: Mapping[str, str]) -> str:
    """The page with what was found of each part; a part without says so."""
    return "\n".join((BEGINNING, *(f"## {part.title}\n\n{part.says}\n\n{found.get(part.name, _NOTHING)}" for part in PARTS)))


_NOTHING = "Not measured yet.\n"


def parts_of(text: str) -> dict[str, str]:
    """What a page says of each part below its sentence."""
    found = {}
    headings = "|".join(f"^## {re.escape(part.title)}$" for part in PARTS)
    for part in PARTS:
        here = re.search(rf"^## {re.escape(part.title)}\n\n.*?\n\n(.*?)(?={headings}|\Z)", text, re.MULTILINE | re.DOTALL)
        if here is not None and here[1].rstrip() != _NOTHING.rstrip():
            found[part.name] = f"{here[1].rstrip()}\n"
    return found


def measured(part: Part, *, with_scale_1: bool, on: date, run: Callable[[Sequence[str]], str]) -> str:
    """What the page says of a part: the command, where and when it was run, and what it printed."""
    words = (*part.command, *(part.at_scale_1 if with_scale_1 else ()))
    told = run(words)
    return f"`python benchmarks/{shlex.join(words)}`, {on:%Y-%m-%d}, {machine()}:\n\n```text\n{told.strip()}\n```\n"


def machine() -> str:
    """The processors, memory and versions that figures depend on."""
    n_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    versions = ", ".join(f"{name} {_version(name)}" for name in PEERS if _version(name))
    return (f"{len(os.sched_getaffinity(0))} processors, {n_bytes / 1e9:.0f} GB of memory, Python {platform.python_version()}, "
            f"{versions}")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _printed(words: Sequence[str]) -> str:
    """What a benchmark prints. Ends here when it fails."""
    done = subprocess.run([sys.executable, str(ROOT / "benchmarks" / words[0]), *words[1:]], stdout=subprocess.PIPE, text=True,
                          check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{shlex.join(words)} ended with {done.returncode}; the page is as it was")
    return done.stdout


def main(arguments: Sequence[str] | None = None, *, file: Path = PAGE, run: Callable[[Sequence[str]], str] = _printed) -> None:
    """Run the parts and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"default: {', '.join(part.name for part in PARTS)}")
    parser.add_argument("--scale-1", action="store_true", help="sweep 50 million accounts as well")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - {part.name for part in PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    for part in PARTS:
        if not given.parts or part.name in given.parts:
            print(f"== {part.title}", flush=True)
            told = measured(part, with_scale_1=given.scale_1, on=datetime.now(UTC).date(), run=run)
            found = parts_of(file.read_text(encoding="utf-8")) if file.exists() else {}
            file.write_text(page(found | {part.name: told}), encoding="utf-8")


if __name__ == "__main__":
    main()
