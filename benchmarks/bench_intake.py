"""A million reports, taken in; beside it, in the same run, what one would write instead: a count of reports by account.

    python benchmarks/bench_intake.py [--folder runs/intake] [--reports 1000000]

Half of the reports were decided before, accounts and reporters are reported and report with heavy tails, and 50 brigades of
200 reporters each report accounts of their own. Each line gives wall and processor seconds and the peak memory so far.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from evenhand.workflows.registers.intake import take_in

T = TypeVar("T")
BRIGADES, MEMBERS = 50, 200
BEGIN = 1_780_000_000
DAY = 86_400


def main(folder: Path, n: int) -> None:
    """Write the reports, then measure."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "reports.csv"
    pacsv.write_csv(_reports(n), file)
    print(f"{n:,} reports, {file.stat().st_size / 1e6:,.0f} MB")
    _timed("count by account", lambda: duckdb.sql(
        f"select account_id, count(*) from read_csv('{file}') group by 1 order by 2 desc").fetchall())
    done = _timed("queue by hands  ", lambda: take_in([file], at=datetime.now(UTC)))
    flagged = {row["account_id"] for row in done.queue.select(["account_id", "by_linked"]).to_pylist() if row["by_linked"]}
    planted = {f"b{k // 5}" for k in range(BRIGADES)}
    print(f"  {dict(done.counts)}")
    print(f"  accounts reported by a planted brigade: {len(planted)}, told as linked: {len(planted & flagged)}; "
          f"others told as linked: {len(flagged - planted)}")


def _reports(n: int) -> pa.Table:
    chance, n_planted = np.random.default_rng(1), BRIGADES * MEMBERS
    n_usual = n - n_planted
    brigade = np.repeat(np.arange(BRIGADES), MEMBERS)
    account = np.concatenate([
        np.char.add("a", np.minimum((chance.pareto(1.1, n_usual) * 30).astype(int), 99_999).astype(str)),
        np.char.add("b", (brigade // 5).astype(str))])
    reporter = np.concatenate([
        np.char.add("u", np.minimum((chance.pareto(1.2, n_usual) * 800).astype(int), 199_999).astype(str)),
        np.char.add("g", (brigade % 5 * 1_000 + np.tile(np.arange(MEMBERS), BRIGADES)).astype(str))])
    second = np.concatenate([BEGIN + chance.integers(0, 90 * DAY, n_usual),
                             BEGIN + 40 * DAY + chance.integers(0, 20_000, n_planted)])
    outcome = chance.choice(np.array(["", "true", "false"]), n_usual, p=[0.5, 0.175, 0.325])
    return pa.table({
        "report_id": np.char.add("r", np.arange(n).astype(str)), "account_id": account, "reporter_id": reporter,
        "reporter_created_at": _iso(second - chance.integers(DAY, 900 * DAY, n)), "created_at": _iso(second),
        "upheld": np.concatenate([outcome, np.full(n_planted, "")])})


def _iso(seconds: np.ndarray) -> np.ndarray:
    return np.datetime_as_string(seconds.astype("datetime64[s]"), timezone="UTC")


def _timed(what: str, call: Callable[[], T]) -> T:
    wall, processor = time.perf_counter(), time.process_time()
    result = call()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}  {time.perf_counter() - wall:6.2f} s wall  {time.process_time() - processor:6.2f} s processor  "
          f"{peak:,.0f} MB")
    return result


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--folder", type=Path, default=Path("runs/intake"))
    arguments.add_argument("--reports", type=int, default=1_000_000)
    chosen = arguments.parse_args()
    main(chosen.folder, chosen.reports)
