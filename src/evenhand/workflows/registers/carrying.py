"""Carry out what was agreed about demands: withhold, tell the person, give back on the day. Repeating it is safe."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from evenhand.model.campaigns.effect_state import Act, Answer, Order, Receipt, Standing
from evenhand.model.campaigns.event import NOBODY, Event
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.refusal import Refusal
from evenhand.model.registers.counts import DEMANDS
from evenhand.model.registers.withholding import HTTP_STATUS, WithholdingStatus
from evenhand.ports import Platform
from evenhand.registers.demands.book import DemandBook, DemandRecord, Held
from evenhand.registers.demands.steps import step
from evenhand.registers.people import By
from evenhand.statements.withheld import Concerned, shown_again, withheld
from evenhand.statements.withheld import Order as AuthorityOrder
from evenhand.workflows.materials import load_languages
from evenhand.workflows.registers.keeping import Register

_S = WithholdingStatus
WITHHOLD = "withhold"
"""What a platform is asked for. It is no penalty: no policy can name it, and it has no place on the ladder."""


class Done(StrEnum):
    """What became of a withholding in one run."""

    IN_FORCE = "in_force"
    TOLD = "told"
    LIFTED = "lifted"
    FAILED = "failed"
    WAITING = "waiting"
    """The platform has not done it yet: run it again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run: the register, the platform and the time."""

    register: Register[DemandBook]
    platform: Platform
    at: datetime

    def record(self, held: Held, status: WithholdingStatus, *, told: bool | None = None, why: str | None = None) -> bool:
        """Record a step of a withholding, unless somebody else took one meanwhile."""
        more = {} if told is None else {"person_told": told}
        reason = {} if why is None else {"why": why}

        def decided(book: DemandBook) -> tuple[Event, ...]:
            now = book.held[held.withholding_id]
            if now.status is not held.status:
                return ()
            return (step(held, status, by=By(person=NOBODY, at=self.at), **more, **reason),)

        return bool(self.register.decide(decided))

    def ask(self, order: Order, attached: str | None) -> tuple[Receipt, Standing]:
        """Hand over one order under its key, and ask what is the case afterwards."""
        [receipt] = self.platform.carry_out([order], {} if attached is None else {order.key: attached})
        if receipt.answer not in {Answer.IMPOSED, Answer.ACCEPTED}:
            return receipt, Standing.UNKNOWN
        [seen] = self.platform.read_back([order])
        return receipt, seen.standing


def carry_out(register: Register[DemandBook], platform: Platform, *, now: Callable[[], datetime]) -> Counter[Done] | Refusal:
    """Tell the platform what is due now, and record what it says when asked again; how many of each.

    A run that was stopped is repeated: orders go out under the same keys. Raises `Unreachable` when nobody answers.
    """
    if not platform.capabilities.withholds_by_territory:
        return Refusal(code="cannot_withhold", text=f"`{platform.capabilities.platform}` cannot withhold something in one "
                       "territory only", next_step="nothing is withheld everywhere instead: answer the demand `refused`, or "
                       "withhold it by hand in its territory")
    done: Counter[Done] = Counter()
    for record in register.book().records.values():
        for held in record.withholdings:
            outcomes = _carried(_Run(register=register, platform=platform, at=now()), record, held)
            done.update(outcomes)
    return done


def _carried(run: _Run, record: DemandRecord, held: Held) -> list[Done]:
    if held.status is _S.AGREED and held.until <= run.at:
        return [Done.LIFTED] if run.record(held, _S.LIFTED, why="its day came before it was in force") else []
    if held.status is _S.AGREED:
        return _withheld(run, record, held)
    if held.status is _S.ENDING or (held.status is _S.IN_FORCE and held.until <= run.at):
        return _given_back(run, record, held)
    if held.status is _S.IN_FORCE and not held.person_told:
        return _told(run, record, held)
    return []


def _withheld(run: _Run, record: DemandRecord, held: Held) -> list[Done]:
    notice = {"status": HTTP_STATUS, "authority": record.facts["authority"], "legal_basis": record.facts["legal_basis"],
              "order_id": record.facts["order_id"]}
    attached = json.dumps({"territories": list(held.territories), "demand_id": held.facts["demand_id"], "notice": notice})
    receipt, standing = run.ask(_order(held, Act.IMPOSE), attached)
    if receipt.answer in {Answer.REFUSED, Answer.GONE}:
        why = receipt.why or f"the platform answered `{receipt.answer}`"
        return [Done.FAILED] if run.record(held, _S.FAILED, why=why) else []
    if standing is not Standing.IN_FORCE:
        return [Done.WAITING]
    if not run.record(held, _S.IN_FORCE):
        return []
    return [Done.IN_FORCE, *_told(run, record, run.register.book().held[held.withholding_id])]


def _told(run: _Run, record: DemandRecord, held: Held) -> list[Done]:
    words = load_languages().for_reader(str(held.facts["language"]))
    statement = withheld(words, order_of(record), _concerned(held), until=held.until)
    receipt, _ = run.ask(_order(held, Act.TELL), json.dumps(statement, ensure_ascii=False))
    if receipt.answer not in {Answer.IMPOSED, Answer.ACCEPTED}:
        return [Done.WAITING]
    return [Done.TOLD] if run.record(held, held.status, told=True) else []


def _given_back(run: _Run, record: DemandRecord, held: Held) -> list[Done]:
    receipt, standing = run.ask(_order(held, Act.UNDO), None)
    if receipt.answer is not Answer.GONE and standing not in {Standing.IN_FORCE, Standing.GONE}:
        return [Done.WAITING]
    words = load_languages().for_reader(str(held.facts["language"]))
    statement = shown_again(words, order_of(record), _concerned(held))
    receipt, _ = run.ask(_order(held, Act.TELL, "shown_again"), json.dumps(statement, ensure_ascii=False))
    if receipt.answer is Answer.LATER:
        return [Done.WAITING]
    return [Done.LIFTED] if run.record(held, _S.LIFTED) else []


def _order(held: Held, act: Act, about: str = "withheld") -> Order:
    key = {Act.IMPOSE: "", Act.UNDO: ":undo"}.get(act, f":{about}")
    post = held.facts["post_id"]
    return Order(
        order_id=0, campaign_id=DEMANDS, key=f"{held.withholding_id}{key}", act=act,
        of_key=held.withholding_id if act is Act.UNDO else None, decision_id=held.withholding_id,
        account_id=str(held.facts["account_id"]), post_id=None if post is None else str(post), penalty=WITHHOLD, stratum="",
        stage=0, turn=0, until=microseconds(held.until), attempts=1, failures=0, unwanted=None)


def _concerned(held: Held) -> Concerned:
    return Concerned(account=str(held.facts["account_id"]), territories=held.territories,
                     post=str(held.facts["target"]) if held.facts["post_id"] is not None else "")


def order_of(record: DemandRecord) -> AuthorityOrder:
    """The authority's order in its own words, for the statement."""
    facts = record.facts
    return AuthorityOrder(authority=str(facts["authority"]), received_on=date.fromisoformat(str(facts["received_on"])),
                          legal_basis=str(facts["legal_basis"] or ""), order_id=str(facts["order_id"] or ""))
