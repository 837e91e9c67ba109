"""Take in reports of users: de-duplicate, see who acts together, weigh, and hand a person a queue. Nothing else follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from evenhand.connectors.report_files import ReportFiles, read_reports
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.event import NOBODY, Event, EventKind
from evenhand.model.registers.counts import REPORTS_IN
from evenhand.model.registers.intake import INTAKE
from evenhand.signals.reports import STEPS
from evenhand.workflows.effects.opening import State
from evenhand.workflows.registers.keeping import Register

QUEUE_FILES = ("queue.csv", "queue.parquet", "left_out.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What reports came to."""

    queue: pa.Table
    """One row for each reported account, the most urgent first; reporters are counted, never named."""
    reliability: pa.Table
    """`reporter_id`, `reliability` (0–1), `n_decided`: for whoever runs the platform, never for the public."""
    rejects: pa.Table
    """Rows that were left out: file, row, line, reason, column, value."""
    counts: Mapping[str, int]
    """`n_read` = `n_rejected` + `n_known_ids` + `n_decided` + `n_nameless` + `n_again` + `n_counted`."""
    digest: str


def take_in(files: Sequence[Path], *, at: datetime, columns: Mapping[str, str] | None = None,
            threads: int | None = None) -> Intake:
    """The queue that the reports in `files` make, as of `at`. Raises `DataError` when a file cannot be read."""
    return weigh(read_reports(files, columns=columns or {}, cut_off=at), threads=threads)


def take_in_table(reports: pa.Table, *, threads: int | None = None) -> Intake:
    """The same for an Arrow table with columns of `INTAKE`; those that may be empty may be missing.

    Raises:
        DataError: a column that is needed is missing, or one has values that do not fit.
    """
    if missing := [name for name in INTAKE.required if name not in reports.column_names]:
        raise DataError([Problem(what=f"the column `{name}` is missing", hint="every report names it") for name in missing])
    columns, problems = [], []
    for field in INTAKE.schema:
        try:
            columns.append(reports[field.name].cast(field.type) if field.name in reports.column_names
                           else pa.nulls(reports.num_rows, field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            theirs = reports.schema.field(field.name).type
            problems.append(Problem(
                what=f"the column `{field.name}` is `{theirs}` and does not become `{field.type}`",
                hint="compare its type with `model.registers.intake.INTAKE`"))
    if problems:
        raise DataError(problems)
    table = pa.table(columns, names=INTAKE.schema.names)
    return weigh(ReportFiles(reports=table, rejects=pa.table({}), digest=""), threads=threads)


def weigh(found: ReportFiles, *, threads: int | None = None) -> Intake:
    """The queue that reports make."""
    with DuckDBEngine(threads=threads) as engine:
        done = engine.run(STEPS, tables={"intake": found.reports},
                          keep=("report_queue", "reliability", "open_reports", "report_rows"))
    queue = _in_order(done.relations["report_queue"])
    opened, rows = done.relations["open_reports"], done.relations["report_rows"]
    n_open = pc.sum(opened["n_reports"]).as_py() or 0
    nameless = opened.filter(pc.equal(opened["reporter_id"], ""))
    n_nameless = pc.sum(nameless["n_reports"]).as_py() or 0
    n_counted = opened.num_rows - nameless.num_rows
    counts = {
        "n_read": found.n_read, "n_rejected": found.rejects.num_rows, "n_known_ids": found.reports.num_rows - rows.num_rows,
        "n_decided": rows.num_rows - n_open, "n_nameless": n_nameless, "n_again": n_open - n_nameless - n_counted,
        "n_counted": n_counted, "n_queued": queue.num_rows, "n_brigaded": pc.sum(queue["is_brigaded"]).as_py() or 0}
    return Intake(queue=queue, reliability=done.relations["reliability"], rejects=found.rejects, counts=counts,
                  digest=found.digest)


def _in_order(queue: pa.Table) -> pa.Table:
    """Reports of trusted flaggers first (DSA, article 22), then the most urgent, then who waits longest."""
    brigaded = pc.or_(pc.or_(queue["by_linked"], queue["by_copies"]), queue["by_new_accounts"])
    times = {name: queue[f"{name}_second"].cast(pa.timestamp("s", tz="UTC")) for name in ("first", "last")}
    names = [name for name in queue.column_names if not name.endswith("_second")]
    table = pa.table({**{name: queue[name] for name in names}, "is_brigaded": brigaded, "first_at": times["first"],
                      "last_at": times["last"], "has_trusted": pc.greater(queue["n_trusted"], 0)})
    return table.sort_by([("has_trusted", "descending"), ("priority", "descending"), ("first_at", "ascending"),
                          ("account_id", "ascending")]).drop_columns("has_trusted")


def write_queue(intake: Intake, into: Path) -> tuple[Path, ...]:
    """Write the queue, and the rows that were left out, into a folder."""
    into.mkdir(parents=True, exist_ok=True)
    files = tuple(into / name for name in QUEUE_FILES)
    pacsv.write_csv(intake.queue, files[0])
    pq.write_table(intake.queue, files[1])
    pacsv.write_csv(intake.rejects, files[2])
    return files


def record_intake(state: State, intake: Intake, *, at: datetime) -> bool:
    """Record the counts of an intake, so that reports of the campaign can print them. The same reports count once."""
    event = Event(campaign_id=REPORTS_IN, kind=EventKind.REPORTS_RECORDED, at=at.astimezone(UTC), actor=NOBODY,
                  body={**intake.counts, "content": intake.digest})
    register = Register(state=state, name=REPORTS_IN, fold=lambda events: {one.body["content"] for one in events})
    return bool(register.decide(lambda known: () if intake.digest in known else (event,)))
