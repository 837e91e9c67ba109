"""The report of a campaign as tables, one for each CSV file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import pyarrow as pa

from evenhand.model.campaigns.undone import UNDO_GATE
from evenhand.transparency.campaigns.conduct import Conduct
from evenhand.transparency.campaigns.contested import AppealLine, Contested
from evenhand.transparency.campaigns.demands import DemandLine
from evenhand.transparency.campaigns.entities import EntityLine
from evenhand.transparency.campaigns.report import CampaignReport, Span, Why


def tables(report: CampaignReport) -> Mapping[str, pa.Table]:
    """The tables of a report by the name of their file, without its ending."""
    return {
        "totals": _table([{"total": total.what, "place": place, "n": n} for total in report.totals
                          for place, n in total.places.items()], total=pa.string(), place=pa.string(), n=pa.int64()),
        "cells": report.cells, "harms": report.by_harm, "audit": _audit(report.conduct),
        "holdout": _holdout(report.conduct), "rollback": _rollback(report.conduct),
        "not-done": _of(Why, report.whys), "entities": _of(EntityLine, report.entities), "appeals": _appeals(report.contested),
        "reversals": _table([{"ground": ground, "cause": cause, "n": n} for ground, cause, n in report.contested.reversals],
                            ground=pa.string(), cause=pa.string(), n=pa.int64()),
        "conduct": _conduct(report.conduct), "demands": _of(DemandLine, report.demands), "timeline": _of(Span, report.spans)}


def _of(kind: type, lines: Sequence[object]) -> pa.Table:
    """One column per field. Texts stay texts, and counts whole numbers, also where there is no line."""
    names = [field.name for field in fields(kind)]
    rows = [{name: getattr(line, name) for name in names} for line in lines]
    types = {name: pa.timestamp("s", "UTC") if name == "start" else pa.int64() if name == "n" or name.startswith("n_")
             else pa.string() for name in names}
    return _table(rows, **types)


def _table(rows: list[dict[str, object]], **types: pa.DataType) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))


def _audit(conduct: Conduct) -> pa.Table:
    lines = conduct.audit.strata if conduct.audit is not None else ()
    rows: list[dict[str, object]] = [{
        "stratum": line.stratum, "outcome": str(line.outcome), "n_decisions": line.n_decisions, "n_read": line.n_read,
        "n_right": line.read.hits, "share_right": line.read.share, "low": line.read.low, "high": line.read.high,
        "bound": line.bound, "gate": line.gate, "lowered_to": line.lowered_to} for line in lines]
    return _table(rows, stratum=pa.string(), outcome=pa.string(), n_decisions=pa.int64(), n_read=pa.int64(), n_right=pa.int64(),
                  share_right=pa.float64(), low=pa.float64(), high=pa.float64(), bound=pa.float64(), gate=pa.float64(),
                  lowered_to=pa.string())


def _holdout(conduct: Conduct) -> pa.Table:
    """One row where a holdout was concluded, none where none was."""
    line = conduct.holdout
    rows: list[dict[str, object]] = [] if line is None or (missed := line.concluded) is None else [{
        "n_unplanned": line.n_unplanned, "n_accounts": line.n_accounts, "n_read": missed.n_read, "n_missed": missed.read.hits,
        "n_undecided": missed.n_undecided, "n_golden": missed.n_golden, "share_missed": missed.read.share,
        "low": missed.read.low, "high": missed.read.high, "prevalence": missed.prevalence,
        "prevalence_low": missed.prevalence_low, "prevalence_high": missed.prevalence_high, "recall": missed.recall,
        "recall_low": missed.recall_low, "recall_high": missed.recall_high}]
    counts = ("n_unplanned", "n_accounts", "n_read", "n_missed", "n_undecided", "n_golden")
    shares = ("share_missed", "low", "high", "prevalence", "prevalence_low", "prevalence_high", "recall", "recall_low",
              "recall_high")
    return _table(rows, **dict.fromkeys(counts, pa.int64()), **dict.fromkeys(shares, pa.float64()))


def _rollback(conduct: Conduct) -> pa.Table:
    """One row for each stage of the rollback that has finished."""
    counts = ("n_undone", "n_failed", "n_decisions", "n_unreadable", "n_items", "n_read", "n_right", "n_wrong", "n_undecided")
    rows: list[dict[str, object]] = [
        {"stage": one.stage, **{name: getattr(one, name) for name in counts}, "bound": one.bound, "gate": UNDO_GATE,
         "seed": one.seed, "finished_at": one.finished_at} for one in conduct.undone]
    return _table(rows, stage=pa.int64(), **dict.fromkeys(counts, pa.int64()), bound=pa.float64(), gate=pa.float64(),
                  seed=pa.string(), finished_at=pa.timestamp("us", "UTC"))


def _appeals(contested: Contested) -> pa.Table:
    def row(line: AppealLine) -> dict[str, object]:
        return {"cause": line.cause, "n_filed": line.n_filed, "n_open": line.n_open, "n_upheld": line.n_upheld,
                "n_overturned": line.n_overturned, "n_varied": line.n_varied, "median_days": line.median_days}

    return _table([row(line) for line in (*contested.lines, contested.total)], cause=pa.string(), n_filed=pa.int64(),
                  n_open=pa.int64(), n_upheld=pa.int64(), n_overturned=pa.int64(), n_varied=pa.int64(),
                  median_days=pa.float64())


def _conduct(conduct: Conduct) -> pa.Table:
    """Everything that somebody did to the campaign as a whole, in its order."""
    rows: list[dict[str, object]] = [{"at": at, "what": "approved", "by": who, "why": ""} for who, at in conduct.approvals]
    for halt in conduct.halts:
        rows += [{"at": halt.at, "what": f"halted: {reason.check}", "by": halt.by, "why": reason.text}
                 for reason in halt.reasons]
        rows += [{"at": at, "what": "agreed to resume", "by": who, "why": why} for who, at, why in halt.resumed]
    rows += [{"at": one.at, "what": f"waived: {one.safeguard}", "by": one.by, "why": one.why} for one in conduct.waivers]
    rows += [{"at": one.at, "what": "rolled back", "by": one.by, "why": one.why} for one in conduct.rollbacks]
    if conduct.protection is not None:
        rows += [{"at": one.at, "what": "protected list recorded", "by": one.by, "why": one.criteria}
                 for one in conduct.protection.lists]
    for what, at in (("started", conduct.started_at), ("completed", conduct.completed_at),
                     ("audited", conduct.audit.at if conduct.audit else None)):
        rows += [{"at": at, "what": what, "by": "", "why": ""}] if at is not None else []
    return _table(sorted(rows, key=lambda row: str(row["at"])), at=pa.timestamp("us", "UTC"), what=pa.string(), by=pa.string(),
                  why=pa.string())
