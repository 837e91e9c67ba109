"""The published view of the register: what was asked, by whom, on which ground, and what was done. No target is in it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.model.campaigns.event import Json
from evenhand.model.registers.counts import RegisterCounts
from evenhand.model.registers.demand import DemandAnswer
from evenhand.model.registers.withholding import WithholdingStatus
from evenhand.registers.demands.book import DemandBook, DemandRecord
from evenhand.transparency.pages import rendered

PUBLISHED = ("demand_id", "authority", "territory", "received_on", "demand_kind", "asks", "order_id", "legal_basis",
             "good_faith", "n_evidence", "n_targets", "answer")
"""What is copied from a demand as it stands in the ledger."""
COLUMNS = (*PUBLISHED, "person_told", "answered_on", "n_withheld_now", "n_withheld_ever", "withheld_in", "withheld_until",
           "decided_alone", "entry")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRegister:
    """The register as a public ledger gives it."""

    book: DemandBook
    entries: Mapping[str, int]
    """By demand, the number of the entry that was recorded last."""
    ledger: str
    """The ledger's name."""
    size: int
    """Its entries when this was made."""

    def rows(self) -> list[dict[str, Json]]:
        """One row for each demand, with `COLUMNS`."""
        return [_row(one) | {"entry": self.entries[name]} for name, one in self.book.records.items()]


def counts_of(book: DemandBook) -> RegisterCounts:
    """How many demands there are by answer and territory, and withholdings by where they stand."""
    answers = Counter(str(one.answer) for one in book.records.values())
    by_territory: dict[str, Counter[str]] = {}
    for one in book.records.values():
        by_territory.setdefault(str(one.facts["territory"]), Counter())[str(one.answer)] += 1
    return RegisterCounts(
        demands={str(answer): answers[str(answer)] for answer in DemandAnswer},
        demands_by_territory={name: dict(found) for name, found in sorted(by_territory.items())},
        withholdings={str(status): sum(held.status is status for held in book.held.values()) for status in WithholdingStatus})


def register_json(register: PublishedRegister) -> str:
    """The register as one JSON document: `ledger`, `size`, `counts`, `demands`."""
    counts = counts_of(register.book)
    return json.dumps({
        "ledger": register.ledger, "size": register.size, "counts": {
            "demands": counts.demands, "by_territory": counts.demands_by_territory, "withholdings": counts.withholdings},
        "demands": register.rows()}, ensure_ascii=False, indent=1) + "\n"


def register_csv(register: PublishedRegister) -> str:
    """The demands as CSV (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[name]) for name in COLUMNS] for row in register.rows())
    return out.getvalue()


def register_html(register: PublishedRegister) -> str:
    """The register as one page without scripts; the same register gives the same text."""
    counts = counts_of(register.book)
    answers = [str(answer) for answer in DemandAnswer]
    return rendered(
        "demands/page.html.j2", register=register, rows=register.rows(), counts=counts, answers=answers,
        territories=counts.demands_by_territory,
        n_demands=len(register.book.records), n_now=sum(one.n_in_force for one in register.book.records.values()))


def _row(record: DemandRecord) -> dict[str, Json]:
    ever = [held for held in record.withholdings if held.status in _EVER]
    now = [held for held in ever if held.status is not WithholdingStatus.LIFTED]
    return {name: record.facts.get(name) for name in PUBLISHED} | {
        "person_told": record.is_told,
        "answered_on": record.answered_at.date().isoformat() if record.answered_at is not None else None,
        "n_withheld_now": len(now), "n_withheld_ever": len(ever),
        "withheld_in": " ".join(sorted({code for held in now for code in held.territories})),
        "withheld_until": max((held.until.date().isoformat() for held in now), default=None),
        "decided_alone": any(held.n_people == 1 for held in ever)}


_EVER = frozenset({WithholdingStatus.IN_FORCE, WithholdingStatus.ENDING, WithholdingStatus.LIFTED})


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def entries_of(numbers: Sequence[tuple[int, str]]) -> dict[str, int]:
    """By demand, the last of these entry numbers.

    >>> entries_of([(3, "a"), (5, "b"), (8, "a")])
    {'a': 8, 'b': 5}
    """
    return {name: number for number, name in numbers}
