"""The report of a campaign as one JSON document."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from evenhand.model.interval import Interval
from evenhand.transparency.campaigns.outcomes import FATES, MEASURES
from evenhand.transparency.campaigns.report import CampaignReport
from evenhand.transparency.campaigns.tables import tables

VERSION = 1
"""Raised when a field changes its meaning or goes away."""


def document(report: CampaignReport) -> dict[str, Any]:
    """The report as values that JSON can hold: the same figures as the page and the tables, and nothing else.

    `totals` are the numbers that were held against the ledger, `sums` those of the whole campaign. Times are ISO 8601 in UTC,
    shares lie between 0 and 1, spans are days.
    """
    campaign, plan, conduct = report.campaign, report.plan, report.conduct
    audit = conduct.audit
    return {
        "view": "campaign_report", "version": VERSION, "campaign": campaign.campaign_id, "state": str(campaign.state),
        "mode": str(campaign.mode), "rehearsal": campaign.is_rehearsal, "made_at": report.at.isoformat(),
        "events": report.n_events, "ledger_compared": report.is_published, "sources_known": report.sources_known,
        "assurance": {"plan": plan.digest, "snapshot": plan.snapshot, "cut_off": plan.cut_off.isoformat(), "pack": plan.pack,
                      "pack_digest": plan.pack_digest, "registries_digest": plan.registries_digest,
                      "code_version": plan.code_version, "seed": plan.seed, "guards": list(plan.guards)},
        "sums": {name: report.n(name) for name in ("decided", *FATES, *MEASURES)},
        "totals": {total.what: total.n for total in report.totals},
        "audit": None if audit is None else {
            "at": audit.at.isoformat(), "seed": audit.seed, "items": audit.n_items, "golden": audit.n_golden,
            "kappa": audit.kappa, "alpha": audit.alpha},
        "holdout": None if conduct.holdout is None else {
            "drawn_at": conduct.holdout.drawn_at.isoformat(), "seed": conduct.holdout.seed, "items": conduct.holdout.n_items,
            "readings": conduct.holdout.n_readings,
            "concluded_at": None if conduct.holdout.concluded is None else conduct.holdout.concluded.at.isoformat()},
        "protected": None if conduct.protection is None else {
            "lists": [{"criteria": one.criteria, "listed": one.n_listed, "decisions": one.n_decisions}
                      for one in conduct.protection.lists], "decisions": conduct.protection.n_decisions,
            "imposed": conduct.protection.n_imposed, "not_imposed": conduct.protection.n_spared,
            "waiting": conduct.protection.n_waiting},
        "appeals": {"overturned": _interval(report.contested.overturned), "slowest_days": _days(report.contested.slowest),
                    "oldest_open_days": _days(report.contested.oldest_open)},
        "one_by_one": {"confirmed": conduct.n_confirmed, "not_confirmed": conduct.n_not_confirmed,
                       "closings_announced": report.n_announced},
        "stages": {"finished": conduct.n_finished, "of": conduct.n_stages},
        "registers": None if report.registers is None else asdict(report.registers),
        "tables": {name: [_plain(row) for row in table.to_pylist()] for name, table in tables(report).items()
                   if name != "totals"}}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _interval(interval: Interval | None) -> dict[str, float | int | None] | None:
    return None if interval is None else {"hits": interval.hits, "n": interval.n, "share": interval.share,
                                          "low": interval.low, "high": interval.high}


def _days(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(days=1), 2)
