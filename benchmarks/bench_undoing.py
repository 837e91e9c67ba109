"""What comes after the decisions, on many of them: European statements, the preview of a class reversal, what people are told.

    python benchmarks/bench_undoing.py PLAN FOLDER [COPIES]

The decisions of the plan in PLAN are written COPIES times (default 20), each copy under ids of its own, to a plan in FOLDER.
Each line then gives wall and processor seconds and the peak memory of the process so far, writing the copies included. The
plan has to be made with the shipped pack.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.appeals.siblings import causes
from evenhand.connectors.plan_folder import PlanWriter, read_plan, read_plan_table
from evenhand.model.appeal import Cause, CauseKind
from evenhand.workflows.appeals.class_reversal import preview_class_reversal, write_class_reversal
from evenhand.workflows.materials import load_languages, load_messages
from evenhand.workflows.packs import shipped_pack
from evenhand.workflows.transparency.eu_statements import EuFiling, export_eu_statements

Result = TypeVar("Result")


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


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 20)  # noqa: PLR2004  # the third argument
