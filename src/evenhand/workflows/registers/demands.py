"""The register of demands: taken in from files, answered by people. Nothing that finds or decides reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from evenhand.connectors.demand_files import DemandFile, read_demands
from evenhand.errors import Problem
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal
from evenhand.model.registers.counts import DEMANDS
from evenhand.model.registers.demand import Demand, DemandAnswer
from evenhand.model.registers.territory import codes
from evenhand.model.registers.withholding import OPEN, Withholding
from evenhand.registers.demands import steps
from evenhand.registers.demands.book import DemandBook, DemandRecord, demand_book
from evenhand.registers.people import By
from evenhand.statements.withheld import Concerned, withheld
from evenhand.workflows.effects.opening import State
from evenhand.workflows.materials import load_languages
from evenhand.workflows.registers.carrying import order_of
from evenhand.workflows.registers.keeping import Register

LASTING = timedelta(days=90)
"""How long something is withheld where nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file of demands: rows read = recorded + unchanged + left out."""

    n_read: int
    n_recorded: int
    n_unchanged: int
    """They stand in the register already and say the same."""
    problems: tuple[Problem, ...]
    """One for each row that was left out, or whose answer was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants to withhold."""

    demand_id: str
    target: str
    account_id: str
    post_id: str | None = None
    territories: tuple[str, ...] = ()
    """ISO 3166 codes; the authority's own where none is given."""
    until: datetime | None = None
    language: str | None = None
    """In which the person is told."""


def demands_in(state: State) -> Register[DemandBook]:
    """The register of demands in a database."""
    return Register(state=state, name=DEMANDS, fold=demand_book)


def read(file: Path, *, columns: Mapping[str, str], constants: Mapping[str, str]) -> DemandFile:
    """The demands of a file, to be read before a database is made for them.

    Raises:
        DataError: columns that are not there; a file that cannot be read.
    """
    return read_demands(file, columns=columns, constants=constants)


def import_demands(state: State, found: DemandFile, *, by: By) -> Imported:
    """Record the demands of a file, as `read` it. Rows that are none are left out as a whole and told, each with its line.

    One that stands there with the same facts is not recorded again, and a file without answers takes none back.
    """
    unheard: list[Problem] = []

    def new(book: DemandBook) -> tuple[Event, ...]:
        unheard[:] = [Problem(
            what=f"the demand `{one.demand_id}` is said to be answered by withholding, and nothing is withheld for it",
            file=str(found.file), hint="it is recorded as pending; propose it with `evenhand demand withhold`")
            for one in found.demands if _is_only_said(one, book.records.get(one.demand_id))]
        kept = (_kept(one, book.records.get(one.demand_id)) for one in found.demands)
        events = (one.event(at=by.at, actor=by.person) for one in kept)
        return tuple(event for event in events if _is_news(event, book.records.get(str(event.body["demand_id"]))))

    recorded = demands_in(state).decide(new)
    n_recorded = len(recorded) if isinstance(recorded, tuple) else 0
    return Imported(n_read=found.n_read, n_recorded=n_recorded, n_unchanged=len(found.demands) - n_recorded,
                    problems=(*found.problems, *unheard))


def _is_only_said(demand: Demand, record: DemandRecord | None) -> bool:
    """Whether a file says that something is withheld where nothing is: that follows from a withholding only."""
    return demand.answer is DemandAnswer.WITHHELD_THERE and (record is None or record.answer is not DemandAnswer.WITHHELD_THERE)


def _kept(demand: Demand, record: DemandRecord | None) -> Demand:
    """The demand with the answer that stands, where the file has none or something is withheld because of it."""
    if _is_only_said(demand, record):
        demand = replace(demand, answer=DemandAnswer.PENDING)
    if record is None:
        return demand
    is_open = any(held.status in OPEN for held in record.withholdings)
    if demand.answer is not DemandAnswer.PENDING and not is_open:
        return demand
    return replace(demand, answer=record.answer, person_told=bool(record.facts["person_told"]),
                   legal_basis=demand.legal_basis or _text(record.facts["legal_basis"]))


def _is_news(event: Event, record: DemandRecord | None) -> bool:
    return record is None or dict(record.facts) != dict(event.body)


def answer(state: State, demand_id: str, given: DemandAnswer, *, person_told: bool, by: By) -> tuple[Event, ...] | Refusal:
    """Record what a demand was answered."""
    return demands_in(state).decide(lambda book: steps.answered(book, demand_id, given, person_told=person_told, by=by))


def withhold(state: State, wanted: Wanted, *, by: By) -> Event | Refusal:
    """Propose to withhold what a demand names, within the authority's territory. Nothing happens before `agree`."""
    def decided(book: DemandBook) -> Event | Refusal:
        record = book.records.get(wanted.demand_id)
        if record is None:
            return steps.unknown_demand(wanted.demand_id)
        return steps.ground_of(record, wanted.territories) or steps.proposed(
            book, _withholding(wanted, record, number=len(book.held) + 1, at=by.at), by=by)

    outcome = demands_in(state).decide(decided)
    return outcome if isinstance(outcome, Refusal) else outcome[0]


def _withholding(wanted: Wanted, record: DemandRecord, *, number: int, at: datetime) -> Withholding:
    own = codes(str(record.facts["territory"]))
    territories, until = wanted.territories or own, wanted.until or at + LASTING
    concerned = Concerned(account=wanted.account_id, post=wanted.target if wanted.post_id else "", territories=territories)
    words = load_languages().for_reader(wanted.language)
    return Withholding(
        withholding_id=f"w{number}", demand_id=wanted.demand_id, target=wanted.target, account_id=wanted.account_id,
        post_id=wanted.post_id, territories=territories, authority_territories=own, until=until,
        statement=withheld(words, order_of(record), concerned, until=until))


def agree(state: State, withholding_id: str, *, by: By, alone: bool = False) -> tuple[Event, ...] | Refusal:
    """A second person's consent to a withholding; `carry_out` then tells the platform."""
    return demands_in(state).decide(lambda book: steps.agreed(book, withholding_id, by=by, alone=alone))


def decline(state: State, withholding_id: str, *, why: str, by: By) -> tuple[Event, ...] | Refusal:
    """Turn a proposal down."""
    return demands_in(state).decide(lambda book: steps.declined(book, withholding_id, why=why, by=by))


def lift(state: State, withholding_id: str, *, why: str, by: By) -> tuple[Event, ...] | Refusal:
    """End a withholding before its day; `carry_out` then tells the platform."""
    return demands_in(state).decide(lambda book: steps.ended(book, withholding_id, why=why, by=by))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
