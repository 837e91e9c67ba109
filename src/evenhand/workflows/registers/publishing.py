"""Publish the registers: their events in the ledger, the demands as a page, and counts for whoever reports."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.event import EventKind
from evenhand.model.registers.counts import DEMANDS, REFERRALS, REGISTERS, REPORTS_IN, RegisterCounts
from evenhand.registers.demands.book import demand_book
from evenhand.registers.referrals.book import referral_book
from evenhand.stores.ledger.folder import CHECKPOINT, LedgerFolder, checkpoint_in
from evenhand.transparency.demands_page import (
    PublishedRegister,
    counts_of,
    entries_of,
    register_csv,
    register_html,
    register_json,
)
from evenhand.workflows.campaigns.publishing import LedgerPlace, Published, publish
from evenhand.workflows.effects.opening import State
from evenhand.workflows.registers.keeping import published

PAGES = {"demands.html": register_html, "demands.json": register_json, "demands.csv": register_csv}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPages:
    """What was published."""

    ledger: Published | None
    """What was appended to the ledger; None when its folder was read only."""
    register: PublishedRegister
    files: tuple[Path, ...]


def published_demands(folder: Path) -> PublishedRegister:
    """The register of demands as the ledger in `folder` gives it. Raises `DataError` when there is no ledger."""
    entries = list(published(folder, DEMANDS))
    checkpoint = checkpoint_in(LedgerFolder(folder).note(), folder / CHECKPOINT)
    return PublishedRegister(
        book=demand_book(entry for _, entry in entries), ledger=checkpoint.origin, size=checkpoint.size,
        entries=entries_of([(number, str(entry.body["demand_id"])) for number, entry in entries
                            if entry.kind in {EventKind.DEMAND_RECORDED, EventKind.WITHHOLDING_RECORDED}]))


def publish_demands(state: State | None, place: LedgerPlace, into: Path) -> PublishedPages:
    """Append the registers' events to the ledger and write the page, CSV and JSON, made from nothing but the ledger.

    Without a state only the pages are written: anybody can do that. Raises `DataError`.
    """
    ledger = None
    if state is not None:
        named = [name for name in sorted(REGISTERS) if state.events.last(name)]
        if DEMANDS not in named:
            raise DataError(Problem(what="there is no demand to publish", hint="record some with `evenhand demand import`"))
        ledger = [publish(state, name, place) for name in named][-1]
    register = published_demands(place.folder)
    into.mkdir(parents=True, exist_ok=True)
    files = []
    for name, make in PAGES.items():
        temporary = into / f".{name}.{os.getpid()}"
        temporary.write_text(make(register), encoding="utf-8", newline="")
        files.append(temporary.replace(into / name))
    return PublishedPages(ledger=ledger, register=register, files=tuple(files))


def register_counts(state: State) -> RegisterCounts:
    """How many demands, withholdings, referrals and reports the database holds, by outcome. No name is in it."""
    demands = counts_of(demand_book(event for _, event in state.events.read(DEMANDS)))
    referrals = referral_book(event for _, event in state.events.read(REFERRALS))
    reports: Counter[str] = Counter()
    for _, event in state.events.read(REPORTS_IN):
        reports.update({name: n for name, n in event.body.items() if isinstance(n, int)})
    return replace(demands, referrals=referrals.by_status, referrals_by_ground=referrals.by_ground, reports=dict(reports))
