"""The sweep's SQL steps against the same thing written by hand in Polars: time, processor time, memory; equal rows asserted.

    python benchmarks/bench_sql_against_polars.py [--snapshot FOLDER] [--runs 5] [--threads 2] [--buckets N]

The input is what the kernels (names, links, words) leave of a synthetic platform of 500,000 accounts and 1.5 million posts,
with the tables and the registers, all as Arrow tables in memory. Queries that do nothing but feed a kernel (which posts to
search for lures) belong to the kernels and are not timed. Out comes, row for row the same: what is found, the
evidence, the guards' hits, and the verdicts of the five policies below. Each run is a process of its own, warmed up by one
that does not count, the two take turns, and the clock runs from the input in memory to the last row. Ours runs as a sweep
does: runs of a quarter of a million accounts, one engine for each processor, then the platform steps. The Polars side is
`polars_pipeline.py`, with all of the accounts at once. Both have read the registers before the clock runs, as a sweep reads
them once for all its buckets, and read the other Arrow tables after it has started; ours has then done the few steps that
depend on registers alone, too, as a sweep does them once for each process. `polars-own` is the Polars side with the other
tables in its own form before that.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.campaign.pipeline import Pipeline
from evenhand.campaign.registry_relations import registry_relations
from evenhand.campaign.verdicts import verdicts
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.policy import Policy
from evenhand.model.step import Kernel, Query
from evenhand.workflows.materials import load_registers, pipeline_for
from evenhand.workflows.packs import shipped_pack
from evenhand.workflows.scan import ACCOUNTS_AT_ONCE
from evenhand.workflows.signals import suffixes

HARMS = ("impersonation_institution", "impersonation_media", "impersonation_military", "impersonation_official", "scam")
GUARDS = ("adjudicated", "criticism", "disclosure", "hijacked", "namesake", "precedence", "proven_control", "unregistered")
"""What has been written by hand in Polars; detectors and guards that were added later are left out on both sides."""
RESULTS = ("found", "evidence", "guard_hits", "verdicts")
SIDES = ("evenhand", "polars", "polars-own")
"""The last has its input in its own form before the clock runs, which saves it reading the Arrow tables."""
SCALE = "0.01"
INPUT = "input.json"


def parts() -> tuple[Pipeline, tuple[Policy, ...], dict[str, pa.Table]]:
    """The compared part of the shipped pipeline, its policies, and the registers."""
    registers = load_registers(())
    pack = shipped_pack()
    policies = tuple(replace(policy, guards=tuple(guard for guard in policy.guards if guard in GUARDS))
                     for policy in pack.policies if policy.harm in HARMS)
    pipeline = pipeline_for(replace(pack, policies=policies), registers)
    return pipeline, policies, registry_relations(registers, suffixes_of=suffixes)


def prepare(snapshot: Path, inputs: Path, *, threads: int) -> None:
    """Run every bucket of `snapshot` up to the last kernel; what each bucket's kernels leave becomes files in `inputs`."""
    pipeline, _, registries = parts()
    folder = SnapshotFolder(snapshot)
    kernels = [step.name for step in pipeline.account_steps if isinstance(step, Kernel)]
    last = max(nth for nth, step in enumerate(pipeline.account_steps) if isinstance(step, Kernel))

    def one(bucket: int) -> None:
        with DuckDBEngine(threads=1) as engine:
            engine.bind(registries)
            tables = {name: folder.source(name, [bucket]) for name in pipeline.tables}
            left = engine.run(pipeline.account_steps[:last + 1], tables=tables, keep=kernels).relations
        place = inputs / f"{bucket:05d}"
        place.mkdir()
        for name in ("accounts", "posts"):
            table = pa.concat_tables([pq.read_table(file, partitioning=None) for file in folder.files(name, bucket)])
            pq.write_table(table, place / f"{name}.parquet")
        for name, table in left.items():
            pq.write_table(table, place / f"{name}.parquet")

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(folder.manifest.n_buckets)))
    (inputs / INPUT).write_text(json.dumps({"cut_off": folder.manifest.cut_off.isoformat(), "rows": folder.manifest.rows}))


def load(inputs: Path, *, n_buckets: int) -> list[dict[str, pa.Table]]:
    """Every bucket's relations, in memory; several buckets together when there are to be fewer."""
    each = [{file.stem: pq.read_table(file, partitioning=None) for file in sorted(bucket.glob("*.parquet"))}
            for bucket in sorted(inputs.iterdir()) if bucket.is_dir()]
    groups = [each[nth::n_buckets] for nth in range(min(n_buckets, len(each)))]
    return [{name: pa.concat_tables([tables[name] for tables in group]) for name in group[0]} for group in groups]


def compared(pipeline: Pipeline) -> list[Query]:
    """The account steps that are timed: those that lead to what is kept without a kernel between."""
    read = set(pipeline.kept)
    steps: list[Query] = []
    for step in reversed(pipeline.account_steps):
        if isinstance(step, Query) and step.name in read:
            steps.append(step)
            read.update(step.inputs)
    return steps[::-1]


def by_evenhand(buckets: list[dict[str, pa.Table]], *, cut_off: datetime, threads: int) -> Any:
    """What runs our side: buckets on one engine per processor, then the platform steps and the verdicts."""
    pipeline, policies, registries = parts()
    steps = compared(pipeline)
    engines = [DuckDBEngine(threads=1) for _ in range(threads)]
    whole = DuckDBEngine(threads=threads)
    for engine in (*engines, whole):
        engine.bind(registries)
    last = verdicts(policies, cut_off=cut_off)

    def share(nth: int) -> list[Mapping[str, pa.Table]]:
        return [engines[nth].run(steps, tables=tables, keep=pipeline.kept).relations for tables in buckets[nth::threads]]

    def run() -> dict[str, pa.Table]:
        with ThreadPoolExecutor(threads) as pool:
            done = [relations for some in pool.map(share, range(threads)) for relations in some]
        kept = {name: pa.concat_tables([relations[name] for relations in done]) for name in pipeline.kept}
        left = whole.run(pipeline.platform_steps, tables=kept, keep=RESULTS[:3]).relations
        left = {**left, "profiles": kept["profiles"]}
        judged = whole.run([last], tables={name: left[name] for name in last.inputs}, keep=[last.name]).relations
        return {name: {**left, **judged}[name] for name in RESULTS}

    return run


def by_polars(buckets: list[dict[str, pa.Table]], *, cut_off: datetime, engine: str, is_read: bool) -> Any:
    """What runs the other side, with all accounts at once; `is_read`: it has read the Arrow tables before it runs."""
    import polars as pl  # noqa: PLC0415  # its number of threads is fixed by the first import, and our side has no use for it
    from polars_pipeline import outcome  # noqa: PLC0415

    _, policies, registries = parts()
    tables = {name: pa.concat_tables([tables[name] for tables in buckets]) for name in buckets[0]}
    numbers = {f"applies_{policy.harm}": f"applies_{nth}" for nth, policy in enumerate(policies)}

    def read(arrow: Mapping[str, pa.Table]) -> dict[str, pl.LazyFrame]:
        return {name: pl.DataFrame(table).lazy() for name, table in arrow.items()}

    registers, own = read(registries), read(tables) if is_read else None

    def run() -> dict[str, pl.DataFrame]:
        plans = outcome(registers | (own or read(tables)), cut_off=cut_off, engine=engine)
        done = dict(zip(plans, pl.collect_all(plans.values(), engine=engine), strict=True))
        return done | {"verdicts": done["verdicts"].rename(numbers)}

    return run


def measure(flags: argparse.Namespace) -> dict[str, float]:
    """One run of one side: seconds, processor seconds, and gigabytes at its peak and above its input."""
    cut_off = datetime.fromisoformat(json.loads((flags.inputs / INPUT).read_text())["cut_off"])
    buckets = load(flags.inputs, n_buckets=flags.buckets)
    run = (by_evenhand(buckets, cut_off=cut_off, threads=flags.threads) if flags.side == "evenhand"
           else by_polars(buckets, cut_off=cut_off, engine=flags.polars_engine, is_read=flags.side == "polars-own"))
    run()  # libraries load their parts at the first use; a sweep of many buckets pays for that once
    before, started, used = _resident(), time.perf_counter(), time.process_time()
    done = run()
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if flags.results is not None:
        for name, table in done.items():
            pq.write_table(table if isinstance(table, pa.Table) else table.to_arrow(),
                           flags.results / f"{flags.side}-{name}.parquet")
    return {"seconds": seconds, "cpu": cpu, "peak": peak / 1e9, "above": (peak - before) / 1e9}


def _resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def differences(results: Path) -> list[str]:
    """What one side has and the other has not, in words; nothing when all rows are equal."""
    said = []
    for name in RESULTS:
        ours, theirs = (f"'{results}/{side}-{name}.parquet'" for side in SIDES[:2])
        columns = ", ".join(f'"{column}"' for column in pq.read_schema(f"{results}/{SIDES[0]}-{name}.parquet").names)
        for one, other in ((ours, theirs), (theirs, ours)):
            rows = duckdb.execute(f"select {columns} from {one} except all select {columns} from {other}").fetchall()
            if rows:
                said.append(f"{name}: {len(rows)} rows only in {Path(one.strip(chr(39))).name}, such as {rows[0]}")
    return said


def main() -> None:
    """Prepare, let the sides take turns, compare their rows, and print the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--snapshot", type=Path, help="an ingested snapshot; default: `evenhand world --scale 0.01`")
    parser.add_argument("--inputs", type=Path, help="a folder to keep the kernels' relations in, or to take them from")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--buckets", type=int, help="parts that our side works through; default: as many as a sweep takes")
    parser.add_argument("--polars-engine", choices=("in-memory", "streaming"), default="in-memory")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--results", type=Path, help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.side:
        print(json.dumps(measure(flags)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        inputs, results = flags.inputs or Path(scratch) / "inputs", Path(scratch) / "results"
        results.mkdir()
        if not (inputs / INPUT).exists():
            inputs.mkdir(parents=True, exist_ok=True)
            prepare(flags.snapshot or _world(Path(scratch) / "world"), inputs, threads=flags.threads)
        rows = json.loads((inputs / INPUT).read_text())["rows"]
        flags.buckets = flags.buckets or max(1, rows["accounts"] // ACCOUNTS_AT_ONCE)
        print(f"{rows['accounts']:,} accounts, {rows['posts']:,} posts, {flags.threads} threads, {flags.runs} runs each")
        said: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
        for nth in range(flags.runs):
            for side in SIDES[::1 if nth % 2 else -1]:
                said[side].append(_measured(side, inputs, None if nth else results, flags))
        _show(said, results)


def _measured(side: str, inputs: Path, results: Path | None, flags: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, "--inputs", str(inputs), "--threads", str(flags.threads),
               "--polars-engine", flags.polars_engine, *(("--results", str(results)) if results else ()),
               "--buckets", str(flags.buckets)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "POLARS_MAX_THREADS": str(flags.threads)})
    return {str(key): float(value) for key, value in json.loads(told.stdout).items()}


def _show(said: dict[str, list[dict[str, float]]], results: Path) -> None:
    different = differences(results)
    if different:
        sys.exit("the two sides differ:\n" + "\n".join(different))
    counts = ", ".join(f"{pq.read_metadata(results / f'{SIDES[0]}-{name}.parquet').num_rows:,} {name}" for name in RESULTS)
    print(f"equal row for row: {counts.replace('_', ' ')}\n")
    middle = {side: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for side, runs in said.items()}
    print(f"{'':14s}{'seconds':>9s}{'(range)':>16s}{'cpu s':>8s}{'peak GB':>9s}{'above input':>13s}")
    for side, of in middle.items():
        times = [run["seconds"] for run in said[side]]
        span = f"{min(times):.2f} to {max(times):.2f}"
        print(f"{side:14s}{of['seconds']:9.2f}{span:>16s}{of['cpu']:8.2f}{of['peak']:9.2f}{of['above']:13.2f}")
    for side in SIDES[1:]:
        ratio = {key: middle["evenhand"][key] / middle[side][key] for key in middle["evenhand"]}
        print(f"{'to ' + side:14s}{ratio['seconds']:9.2f}{'':16s}{ratio['cpu']:8.2f}{ratio['peak']:9.2f}{ratio['above']:13.2f}")


def _world(folder: Path) -> Path:
    """A synthetic platform, written by the command line."""
    command = [sys.executable, "-c", "from evenhand.cli.main import main; main()", "world", "--scale", SCALE]
    subprocess.run([*command, "--into", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder / "snapshot"


if __name__ == "__main__":
    main()
