"""What an attempt came to: from the receipt and the read-back of an order to its settlement and its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evenhand.campaign.effects.retry import Retry
from evenhand.model.campaigns.capability import Capabilities, Reversible
from evenhand.model.campaigns.effect_state import Act, Answer, EffectState, Order, ReadBack, Receipt, Settlement, Standing
from evenhand.model.campaigns.event import NOBODY, Event, EventKind, Json
from evenhand.model.campaigns.instants import microseconds
from evenhand.model.penalty import Penalty

GONE = "the account or post is gone from the platform"
ERASED = "what was saved before the effect was erased: the platform has to restore it from its own copies"
NOT_DONE = "the platform gave a receipt, but it is not so when asked again"
_EVENTS = {
    (Act.IMPOSE, EffectState.DONE): EventKind.EFFECT_IMPOSED,
    (Act.IMPOSE, EffectState.FAILED): EventKind.EFFECT_FAILED,
    (Act.IMPOSE, EffectState.SUPPRESSED): EventKind.EFFECT_SUPPRESSED,
    (Act.UNDO, EffectState.DONE): EventKind.EFFECT_UNDONE,
    (Act.UNDO, EffectState.FAILED): EventKind.UNDO_FAILED,
    (Act.UNDO, EffectState.SUPPRESSED): EventKind.UNDO_FAILED,
    (Act.LIFT, EffectState.DONE): EventKind.EFFECT_LIFTED,
    (Act.LIFT, EffectState.FAILED): EventKind.UNDO_FAILED,
    (Act.LIFT, EffectState.SUPPRESSED): EventKind.UNDO_FAILED,
    (Act.TELL, EffectState.DONE): EventKind.STATEMENT_DELIVERED,
    (Act.TELL, EffectState.FAILED): EventKind.STATEMENT_FAILED,
    (Act.TELL, EffectState.SUPPRESSED): EventKind.STATEMENT_FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What outcomes are judged by: what the platform can do, and how patient the worker is."""

    capabilities: Capabilities
    retry: Retry


def found(order: Order, read_back: ReadBack, *, rules: Rules, at: datetime) -> Settlement | None:
    """The settlement of an order in doubt that was looked up before doing anything; None when it is to be carried out."""
    if read_back.standing is Standing.IN_FORCE:
        return _done(order, read_back.reference, rules=rules, at=at)
    if read_back.standing is Standing.GONE:
        return _ended(order, EffectState.SUPPRESSED, GONE, read_back.standing, at=at)
    if read_back.standing is Standing.PENDING:
        return _again(order, read_back, rules=rules, at=at)
    if order.unwanted is not None and order.act is Act.IMPOSE:
        return _ended(order, EffectState.SUPPRESSED, order.unwanted, read_back.standing, at=at)
    return None


def gone(order: Order, *, at: datetime) -> Settlement:
    """The settlement of an order whose account or post was not there when it was to be saved."""
    return _ended(order, EffectState.SUPPRESSED, GONE, Standing.GONE, at=at)


def lost(order: Order, *, at: datetime) -> Settlement:
    """The settlement of an order to restore what was saved, when the evidence was erased."""
    return _ended(order, EffectState.FAILED, ERASED, None, at=at)


def settled(order: Order, receipt: Receipt, read_back: ReadBack | None, *, rules: Rules, at: datetime) -> Settlement:
    """What became of an order that was carried out: only what the platform confirms when asked again is done."""
    if receipt.answer is Answer.GONE:
        return gone(order, at=at)
    if receipt.answer is Answer.REFUSED:
        return _ended(order, EffectState.FAILED, receipt.why.strip() or "the platform refused", None, at=at)
    if receipt.answer is Answer.LATER or read_back is None:
        return failed_for_now(order, receipt.why.strip() or "the platform did not do it", rules=rules, at=at,
                              asked=receipt.retry_after)
    if read_back.standing is Standing.IN_FORCE:
        return _done(order, read_back.reference or receipt.reference, rules=rules, at=at)
    if read_back.standing is Standing.GONE:
        return _ended(order, EffectState.SUPPRESSED, GONE, read_back.standing, at=at)
    if read_back.standing is Standing.PENDING or receipt.answer is Answer.ACCEPTED:
        return _again(order, read_back, rules=rules, at=at)
    return failed_for_now(order, NOT_DONE, read_back=read_back.standing, rules=rules, at=at)


def failed_for_now(order: Order, why: str, *, rules: Rules, at: datetime, asked: float | None = None,
                   read_back: Standing | None = None) -> Settlement:
    """One more failure: tried again later, or failed for good when patience has run out."""
    failures = order.failures + 1
    if rules.retry.gives_up(failures):
        return _ended(order._replace(failures=failures), EffectState.FAILED, why, read_back, at=at)
    due = at + rules.retry.delay(order.idempotency_key, failures=failures, asked=asked)
    return Settlement(order=order, state=EffectState.QUEUED, due_at=microseconds(due), failures=failures, reference="",
                      why=why, read_back=read_back or "")


def postponed(order: Order, *, until: datetime) -> Settlement:
    """The settlement of an order that was not handed over, since the platform was in trouble: no failure of its own."""
    return Settlement(order=order, state=EffectState.QUEUED, due_at=microseconds(until), failures=order.failures,
                      reference="", why="", read_back="")


def _again(order: Order, read_back: ReadBack, *, rules: Rules, at: datetime) -> Settlement:
    """Accepted and not yet done is no failure: ask again."""
    return Settlement(order=order, state=EffectState.QUEUED, due_at=microseconds(at + rules.retry.poll),
                      failures=order.failures, reference=read_back.reference, why="", read_back=read_back.standing)


def _done(order: Order, reference: str, *, rules: Rules, at: datetime) -> Settlement:
    irreversible = None
    if order.act is Act.IMPOSE:
        capability = rules.capabilities.of(Penalty(order.penalty))
        if capability.reversible is Reversible.NO:
            irreversible = microseconds(at)
        elif capability.window is not None:
            irreversible = microseconds(at + capability.window)
    return Settlement(order=order, state=EffectState.DONE, due_at=0, failures=order.failures, reference=reference, why="",
                      read_back=Standing.IN_FORCE, irreversible_at=irreversible,
                      event=_event(order, EffectState.DONE, at=at, facts={
                          "reference": reference, "read_back": Standing.IN_FORCE.value, "attempts": order.attempts}))


def _ended(order: Order, state: EffectState, why: str, read_back: Standing | None, *, at: datetime) -> Settlement:
    return Settlement(order=order, state=state, due_at=0, failures=order.failures, reference="", why=why,
                      read_back=read_back or "", event=_event(order, state, at=at, facts={
                          "why": why, "read_back": read_back.value if read_back else None, "attempts": order.attempts}))


def _event(order: Order, state: EffectState, *, at: datetime, facts: dict[str, Json]) -> Event:
    about: dict[str, Json] = {
        "key": order.key if order.act is Act.TELL else order.of_key or order.key,
        "decision_id": order.decision_id, "account_id": order.account_id,
        "post_id": order.post_id, "penalty": str(order.penalty), "stratum": order.stratum,
        "stage": order.stage}
    if order.act is Act.TELL:
        about["statement_kind"] = order.key.rpartition(":")[2].partition("-")[0]
    if order.act is Act.UNDO:
        about["why"] = order.unwanted
    return Event(campaign_id=order.campaign_id, kind=_EVENTS[order.act, state], at=at, actor=NOBODY, body=about | facts)
