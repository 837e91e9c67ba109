"""What may be done about a demand, and what is refused: each step as events, or a refusal with its reason."""

from __future__ import annotations

from enum import StrEnum

from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.refusal import Refusal
from evenhand.model.registers.counts import DEMANDS
from evenhand.model.registers.demand import NEEDS_BASIS, DemandAnswer, DemandKind
from evenhand.model.registers.territory import codes, lies_within
from evenhand.model.registers.withholding import LONGEST, OPEN, Withholding, WithholdingStatus
from evenhand.registers.demands.book import DemandBook, DemandRecord, Held
from evenhand.registers.people import By

_S = WithholdingStatus
REQUIRED_PEOPLE = 2


class DemandRefusal(StrEnum):
    """Why a step was refused. A code is never renamed: programs read it."""

    UNKNOWN_DEMAND = "unknown_demand"
    UNKNOWN_WITHHOLDING = "unknown_withholding"
    NOT_A_PERSON = "not_a_person"
    ANSWERED_SO = "answered_so"
    NOTHING_WITHHELD = "nothing_withheld"
    STILL_WITHHELD = "still_withheld"
    NO_LEGAL_BASIS = "no_legal_basis"
    ONLY_ASKS = "only_asks"
    NO_TERRITORY = "no_territory"
    BEYOND_TERRITORY = "beyond_territory"
    NOT_NAMED = "not_named"
    TOO_LONG = "too_long"
    WITHHELD_ALREADY = "withheld_already"
    PROPOSER_AGREES = "proposer_agrees"
    NOT_OPEN = "not_open"


def answered(book: DemandBook, demand_id: str, answer: DemandAnswer, *, person_told: bool, by: By) -> Event | Refusal:
    """The event of answering a demand. That something is withheld is never just said: `agreed` records it."""
    record = book.records.get(demand_id)
    if record is None:
        return unknown_demand(demand_id)
    if refusal := by.refused_about("demands", code=DemandRefusal.NOT_A_PERSON):
        return refusal
    if record.answer is answer and bool(record.facts["person_told"]) == person_told:
        return Refusal(code=DemandRefusal.ANSWERED_SO, text=f"the demand `{demand_id}` is answered `{answer}` already",
                       next_step="see the register with `evenhand demand list`")
    is_agreed = any(held.status in OPEN - {_S.PROPOSED} for held in record.withholdings)
    if answer is DemandAnswer.WITHHELD_THERE and not is_agreed:
        return Refusal(code=DemandRefusal.NOTHING_WITHHELD, text=f"nothing is withheld because of the demand `{demand_id}`",
                       next_step="propose it with `evenhand demand withhold`; the answer follows by itself")
    if answer is not DemandAnswer.WITHHELD_THERE and is_agreed:
        return Refusal(code=DemandRefusal.STILL_WITHHELD,
                       text=f"something is still withheld because of the demand `{demand_id}`",
                       next_step="end it first with `evenhand demand lift`")
    if answer in NEEDS_BASIS and not record.facts["legal_basis"]:
        return _no_legal_basis(demand_id)
    return _answer(record, answer, person_told=person_told, by=by)


def proposed(book: DemandBook, wanted: Withholding, *, by: By) -> Event | Refusal:
    """The event of proposing a withholding."""
    record = book.records.get(wanted.demand_id)
    if record is None:
        return unknown_demand(wanted.demand_id)
    if refusal := by.refused_about("demands", code=DemandRefusal.NOT_A_PERSON):
        return refusal
    if refusal := ground_of(record, wanted.territories):
        return refusal
    targets = record.facts["targets"]
    if not isinstance(targets, (list, tuple)) or wanted.target not in targets:
        return Refusal(code=DemandRefusal.NOT_NAMED, text=f"the demand `{wanted.demand_id}` does not name `{wanted.target}`",
                       next_step="withhold no more than it names; see its targets with `evenhand demand list --json`")
    if not by.at < wanted.until <= by.at + LONGEST:
        return Refusal(code=DemandRefusal.TOO_LONG, text=f"it would end on {wanted.until:%Y-%m-%d}: a withholding ends after "
                       f"today and within {LONGEST.days} days", next_step="name an earlier day; a new order can renew it")
    if any(held.status in OPEN and held.facts["target"] == wanted.target and set(held.territories) & set(wanted.territories)
           for held in record.withholdings):
        return Refusal(code=DemandRefusal.WITHHELD_ALREADY, text=f"`{wanted.target}` is withheld there already, or proposed",
                       next_step="see `evenhand demand list`")
    return wanted.event(_S.PROPOSED, at=by.at, actor=by.person)


def ground_of(record: DemandRecord, territories: tuple[str, ...]) -> Refusal | None:
    """Why the demand is no ground for withholding something in these territories; None when it is one."""
    name = str(record.facts["demand_id"])
    if record.facts["demand_kind"] != DemandKind.ORDER:
        return Refusal(code=DemandRefusal.ONLY_ASKS, text=f"the demand `{name}` is a request, which nobody has to obey",
                       next_step="answer it; if it breaks a policy of yours, a campaign finds and decides it")
    if not record.facts["legal_basis"]:
        return _no_legal_basis(name)
    own = codes(str(record.facts["territory"]))
    if not own:
        return Refusal(code=DemandRefusal.NO_TERRITORY, text=f"`{record.facts['territory']}` is no ISO 3166 code, so nobody "
                       "can tell where the authority speaks", next_step="import the demand again under the same "
                       "`demand_id`, with a code such as `DE` or `DE-BY` as its territory")
    if beyond := [code for code in territories if not any(lies_within(code, one) for one in own)]:
        return Refusal(code=DemandRefusal.BEYOND_TERRITORY, text=f"{', '.join(f'`{one}`' for one in beyond)} is beyond the "
                       f"territory of `{record.facts['authority']}`, which is {', '.join(f'`{one}`' for one in own)}",
                       next_step="withhold it there or in a part of it; nothing is taken away everywhere because a state "
                       "wants it so")
    return None


def agreed(book: DemandBook, withholding_id: str, *, by: By, alone: bool = False) -> tuple[Event, ...] | Refusal:
    """The events of a second person's consent. `alone` is for a service run by one person; it is recorded and published."""
    held = book.held.get(withholding_id)
    if refusal := _not_for(held, withholding_id, {_S.PROPOSED}, by):
        return refusal
    assert held is not None  # noqa: S101  (an unknown one was refused)
    if held.proposed_by == by.person and not alone:
        return Refusal(code=DemandRefusal.PROPOSER_AGREES, text=f"`{by.person}` proposed it, and somebody else has to agree",
                       next_step="ask a second person; whoever runs the service alone says `--alone`, which is published")
    if held.until <= by.at:
        return Refusal(code=DemandRefusal.TOO_LONG, text=f"it would have ended on {held.until:%Y-%m-%d}",
                       next_step="propose it anew if the order still stands")
    record = book.records[str(held.facts["demand_id"])]
    n_people = 1 if held.proposed_by == by.person else REQUIRED_PEOPLE
    return step(held, _S.AGREED, by=by, n_people=n_people), _answer(
        record, DemandAnswer.WITHHELD_THERE, person_told=bool(record.facts["person_told"]), by=by)


def declined(book: DemandBook, withholding_id: str, *, why: str, by: By) -> tuple[Event, ...] | Refusal:
    """The event of turning a proposal down."""
    held = book.held.get(withholding_id)
    return _not_for(held, withholding_id, {_S.PROPOSED}, by) or (step(held, _S.DECLINED, by=by, why=why),)


def ended(book: DemandBook, withholding_id: str, *, why: str, by: By) -> tuple[Event, ...] | Refusal:
    """The event of ending a withholding before its day. One person may: it only gives back."""
    held = book.held.get(withholding_id)
    if refusal := _not_for(held, withholding_id, {_S.AGREED, _S.IN_FORCE}, by):
        return refusal
    assert held is not None  # noqa: S101  (an unknown one was refused)
    return (step(held, _S.ENDING if held.status is _S.IN_FORCE else _S.LIFTED, by=by, why=why),)


def step(held: Held | None, status: WithholdingStatus, *, by: By, **more: Json) -> Event:
    """The event of one more step of a withholding."""
    facts = {} if held is None else dict(held.facts)
    return Event(campaign_id=DEMANDS, kind=EventKind.WITHHOLDING_RECORDED, at=by.at, actor=by.person,
                 body={**facts, "status": str(status), **more})


def _answer(record: DemandRecord, answer: DemandAnswer, *, person_told: bool, by: By) -> Event:
    return Event(campaign_id=DEMANDS, kind=EventKind.DEMAND_RECORDED, at=by.at, actor=by.person,
                 body={**record.facts, "answer": str(answer), "person_told": person_told})


def _not_for(held: Held | None, withholding_id: str, statuses: set[WithholdingStatus], by: By) -> Refusal | None:
    if held is None:
        return Refusal(code=DemandRefusal.UNKNOWN_WITHHOLDING, text=f"there is no withholding `{withholding_id}`",
                       next_step="see `evenhand demand list` for those that there are")
    if refusal := by.refused_about("demands", code=DemandRefusal.NOT_A_PERSON):
        return refusal
    if held.status not in statuses:
        return Refusal(code=DemandRefusal.NOT_OPEN,
                       text=f"the withholding `{withholding_id}` is {held.status.replace('_', ' ')}",
                       next_step="see `evenhand demand list`")
    return None


def unknown_demand(demand_id: str) -> Refusal:
    """There is no such demand."""
    return Refusal(code=DemandRefusal.UNKNOWN_DEMAND, text=f"there is no demand `{demand_id}`",
                   next_step="record it first with `evenhand demand import`")


def _no_legal_basis(demand_id: str) -> Refusal:
    return Refusal(code=DemandRefusal.NO_LEGAL_BASIS, text=f"the demand `{demand_id}` names no law and no court's order",
                   next_step="ask the authority for its legal basis, and import the demand again with it")
