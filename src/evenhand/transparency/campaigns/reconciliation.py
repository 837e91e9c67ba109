"""Every total of a report held against the ledger's events and the outbox: one that differs stops the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import DataError, Problem
from evenhand.model.campaigns.effect_state import TOO_LATE, Act, EffectState
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.record import SETTLING, CampaignRecord
from evenhand.transparency.campaigns.outcomes import REASONS, REINSTATEMENT

REPORT, EVENTS, OUTBOX, PLAN, LEDGER = ("the report's table", "the ledger's events", "the outbox", "the plan",
                                        "the published ledger")
_IMPOSED = (EffectState.DONE, EffectState.UNDONE, EffectState.LIFTED)
_MEASURE: Mapping[str, tuple[EventKind, Act, tuple[EffectState, ...]]] = {
    "effects_imposed": (EventKind.EFFECT_IMPOSED, Act.IMPOSE, _IMPOSED),
    "effects_failed": (EventKind.EFFECT_FAILED, Act.IMPOSE, (EffectState.FAILED,)),
    "effects_suppressed": (EventKind.EFFECT_SUPPRESSED, Act.IMPOSE, (EffectState.SUPPRESSED,)),
    "effects_undone": (EventKind.EFFECT_UNDONE, Act.IMPOSE, (EffectState.UNDONE,)),
    "effects_lifted": (EventKind.EFFECT_LIFTED, Act.IMPOSE, (EffectState.LIFTED,))}
_WORDS = {"effects_imposed": "effects imposed", "effects_failed": "effects that failed",
          "effects_suppressed": "effects not carried out", "effects_undone": "effects undone",
          "effects_lifted": "suspensions that ended on their day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One number, as each place that knows it gives it. They are to be the same."""

    what: str
    places: Mapping[str, int]
    """Where it was counted → what was counted there."""

    @property
    def agrees(self) -> bool:
        """True when all places say the same."""
        return len(set(self.places.values())) <= 1

    @property
    def n(self) -> int:
        """The number. Only for a total that agrees."""
        return next(iter(self.places.values()))


def refuse_differing(totals: Iterable[Total]) -> None:
    """Raise `DataError` that names, for every total on which two places differ, both numbers."""
    problems = []
    for total in totals:
        (first, n), *others = total.places.items()
        for place, found in others:
            if found != n:
                hint = _PUBLISH if place == LEDGER and found < n else _HINT
                problems.append(Problem(what=f"{total.what}: {n:,} in {first}, {found:,} in {place}", hint=hint))
    if problems:
        raise DataError(problems)


_PUBLISH = "nothing was written: publish what is new with `evenhand campaign publish`, or leave out `--ledger`"
_HINT = "nothing was written: see `evenhand status` and `evenhand verify`; restore the database or the plan that was changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What others than the record say of the same numbers."""

    n_planned: int
    """Decisions in the plan's header."""
    n_bound: int | None
    """Decisions in the event that bound the plan; None where it does not say."""
    n_ordered: int | None
    """Effects in the plan's table; None before anything was ordered."""
    n_reversed: int
    """Decisions that the report counts as taken back."""
    n_holdout_words: int = 0
    """Readers' words on holdouts that the report counts."""
    n_protected_words: int = 0
    """Persons' decisions about protected accounts that the report counts."""
    n_undo_words: int = 0
    """Readers' words on undone accounts that the report counts."""
    published: Mapping[EventKind, int] | None = None
    """Kinds of the campaign's entries in the published ledger; None where none was named."""


def totals(table: pa.Table, record: CampaignRecord, known: Known) -> tuple[Total, ...]:
    """What a report rests on, each number from every place that knows it. `table` are the report's cells."""
    n_lighter = pc.count_distinct(record.lighter["decision_id"]).as_py()
    decided = {REPORT: _sum(table, "decided"), PLAN: known.n_planned + n_lighter}
    if known.n_bound is not None:
        decided |= {EVENTS: known.n_bound + n_lighter}
    found = [Total(what="decisions", places=decided)]
    for name, (kind, act, states) in _MEASURE.items():
        found.append(Total(what=_WORDS[name], places={
            REPORT: _sum(table, name), EVENTS: record.kinds.get(kind, 0), OUTBOX: _orders(record, act, states)}))
    if known.n_ordered is not None:
        found.append(Total(what="effects ordered", places={
            REPORT: _sum(table, "effects_imposed", "effects_failed", "effects_suppressed", "effects_waiting"),
            PLAN: known.n_ordered + record.lighter.num_rows,
            OUTBOX: _orders(record, Act.IMPOSE, tuple(EffectState))}))
        found.append(Total(what="effects that wait", places={
            REPORT: _sum(table, "effects_waiting"),
            OUTBOX: _orders(record, Act.IMPOSE, (EffectState.QUEUED, EffectState.IN_FLIGHT))}))
    found += _statements(table, record)
    found.append(Total(what="effects that the platform did not take back", places={
        REPORT: _sum(table, "effects_not_undone"), EVENTS: record.kinds.get(EventKind.UNDO_FAILED, 0),
        OUTBOX: _n_too_late(record.settled) + sum(
            _orders(record, act, (EffectState.FAILED, EffectState.SUPPRESSED), settled=True) for act in (Act.UNDO, Act.LIFT))}))
    found.append(Total(what="decisions taken back", places={
        "the report's reversals": known.n_reversed, EVENTS: record.kinds.get(EventKind.DECISION_REVERSED, 0)}))
    found.append(Total(what="words of readers on the holdout", places={
        REPORT: known.n_holdout_words, EVENTS: record.kinds.get(EventKind.HOLDOUT_READ, 0)}))
    found.append(Total(what="persons' decisions about protected accounts", places={
        REPORT: known.n_protected_words, EVENTS: record.kinds.get(EventKind.PROTECTED_DECIDED, 0)}))
    found.append(Total(what="words of readers on the rollback", places={
        REPORT: known.n_undo_words, EVENTS: record.kinds.get(EventKind.UNDO_READ, 0)}))
    found.append(Total(what="effects imposed once and no more", places={
        EVENTS: record.kinds.get(EventKind.EFFECT_IMPOSED, 0), "their keys": _n_keys(record.settled)}))
    if known.published is not None:
        found += _entries(record.kinds, known.published)
    return tuple(found)


def _entries(kinds: Mapping[EventKind, int], published: Mapping[EventKind, int]) -> list[Total]:
    """All entries together and, where these are as many, those of each kind."""
    every = Total(what="entries", places={EVENTS: sum(kinds.values()), LEDGER: sum(published.values())})
    return [every] if not every.agrees else [every, *(
        Total(what=f"entries `{kind}`", places={EVENTS: kinds.get(kind, 0), LEDGER: published.get(kind, 0)})
        for kind in EventKind if kind in kinds or kind in published)]


def _statements(table: pa.Table, record: CampaignRecord) -> list[Total]:
    delivered, failed = (record.kinds.get(kind, 0) for kind in (EventKind.STATEMENT_DELIVERED, EventKind.STATEMENT_FAILED))
    tell = {(kind, state): _orders(record, Act.TELL, (state,), kind=kind) for kind in (REASONS, REINSTATEMENT)
            for state in (EffectState.DONE, EffectState.FAILED, EffectState.SUPPRESSED)}
    no, gone = EffectState.FAILED, EffectState.SUPPRESSED
    return [
        Total(what="statements of reasons delivered", places={REPORT: _sum(table, "statements_delivered"),
                                                              OUTBOX: tell[REASONS, EffectState.DONE]}),
        Total(what="statements of reasons not delivered", places={REPORT: _sum(table, "statements_failed"),
                                                                  OUTBOX: tell[REASONS, no]}),
        Total(what="statements of reasons to accounts that were gone", places={
            REPORT: _sum(table, "statements_to_gone"), OUTBOX: tell[REASONS, gone]}),
        Total(what="statements of reinstatement delivered", places={REPORT: _sum(table, "reinstatements_delivered"),
                                                                    OUTBOX: tell[REINSTATEMENT, EffectState.DONE]}),
        Total(what="statements of reinstatement not delivered", places={
            REPORT: _sum(table, "reinstatements_failed"), OUTBOX: tell[REINSTATEMENT, no] + tell[REINSTATEMENT, gone]}),
        Total(what="statements delivered", places={
            REPORT: _sum(table, "statements_delivered", "reinstatements_delivered", "answers_delivered"),
            EVENTS: delivered, OUTBOX: _orders(record, Act.TELL, (EffectState.DONE,))}),
        Total(what="statements not delivered", places={
            REPORT: _sum(table, "statements_failed", "statements_to_gone", "reinstatements_failed", "answers_failed"),
            EVENTS: failed, OUTBOX: _orders(record, Act.TELL, (no, gone))})]


def n_settled(record: CampaignRecord) -> Total:
    """The events that were read one by one, against how many the database counts."""
    return Total(what="events about effects and statements", places={
        "those that were read": record.settled.num_rows, EVENTS: sum(record.kinds.get(kind, 0) for kind in SETTLING)})


def _orders(record: CampaignRecord, act: Act, states: tuple[EffectState, ...], *, settled: bool | None = None,
            kind: str | None = None) -> int:
    return sum(row["n"] for row in record.orders.to_pylist()
               if row["act"] == act and row["state"] in states and settled in (None, row["is_settled"])
               and kind in (None, row["statement_kind"]))


def _n_too_late(settled: pa.Table) -> int:
    """Effects that could not be taken back any more, so that nobody asked the platform: they have no order."""
    return int(pc.sum(pc.and_(pc.equal(settled["kind"], str(EventKind.UNDO_FAILED)),
                              pc.equal(settled["why"], TOO_LATE))).as_py() or 0)


def _sum(table: pa.Table, *names: str) -> int:
    return sum(int(pc.sum(table[name]).as_py() or 0) for name in names)


def _n_keys(settled: pa.Table) -> int:
    imposed = settled.filter(pc.equal(settled["kind"], str(EventKind.EFFECT_IMPOSED)))
    return int(pc.count_distinct(imposed["key"]).as_py())
