"""Make the report of a plan: read its tables, lay the previous plan and a known truth beside it, write one HTML file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.plan_folder import read_plan, read_plan_table
from evenhand.errors import DataError, Problem
from evenhand.statements.messages import Messages
from evenhand.transparency import ReportSources, ReportView, report_html, report_view


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is laid beside a plan in its report."""

    previous: Path | None = None
    """The folder of an earlier plan."""
    truth: Path | None = None
    """A Parquet table of known truth (`transparency.known_truth.TRUTH`); only for snapshots whose truth is known."""


def read_report(folder: Path, *, messages: Messages, holders: pa.Table, beside: Beside) -> ReportView:
    """The report of the plan in `folder` as values. Raises `PlanError` when the plan and its rows do not reconcile."""
    named = dict(zip(holders["holder_id"].to_pylist(), holders["name"].to_pylist(), strict=True))
    plan, previous = read_plan(folder), None
    if beside.previous is not None:
        previous = read_plan_table(beside.previous, "decisions")
    return report_view(ReportSources(
        plan=plan, decisions=read_plan_table(folder, "decisions"), spared=read_plan_table(folder, "spared"),
        effects=read_plan_table(folder, "effects"), previous=previous, holder_names=named,
        previous_name=read_plan(beside.previous).digest[:12] if beside.previous is not None else "",
        truth=_truth(beside.truth), looked_for=frozenset(plan.harms)), messages=messages)


def write_report(view: ReportView, into: Path) -> Path:
    """Write the report as one self-contained HTML file and return its path."""
    into.parent.mkdir(parents=True, exist_ok=True)
    temporary = into.with_name(f".{into.name}.{os.getpid()}")
    temporary.write_text(report_html(view), encoding="utf-8")
    temporary.replace(into)
    return into


def _truth(path: Path | None) -> pa.Table | None:
    if path is None:
        return None
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(Problem(what="the known truth cannot be read", file=str(path),
                                hint="give a Parquet file with account_id, is_violator, harm and group")) from error
