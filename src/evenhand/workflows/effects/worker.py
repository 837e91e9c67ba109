"""Work off the outbox: lease, look, save, carry out, ask again, settle. It may be killed between any two of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from evenhand.campaign.effects.outcome import Rules, failed_for_now, found, gone, lost, postponed, settled
from evenhand.campaign.effects.pace import Pace
from evenhand.campaign.effects.retry import Retry
from evenhand.errors import DoorError, Problem, RateLimited
from evenhand.model.campaigns.effect_state import Act, Answer, Order, ReadBack, Receipt, Saved, Settlement, Term
from evenhand.model.penalty import Penalty
from evenhand.ports import EvidenceStore, Outbox, Platform
from evenhand.workflows.effects.attachments import attachments

Reply = TypeVar("Reply", Receipt, ReadBack, Saved)
TAKEN = frozenset({Answer.IMPOSED, Answer.ACCEPTED})


class Step(StrEnum):
    """The instants at which a test kills the worker: after each, something is durable or done that was not before."""

    LEASED = "leased"
    LOOKED_UP = "looked_up"
    SAVED = "saved"
    CARRIED_OUT = "carried_out"
    READ_BACK = "read_back"
    SETTLED = "settled"


def _nothing(_step: Step) -> None:
    """What happens at each step outside tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What a worker opens."""

    outbox: Outbox
    evidence: EvidenceStore
    platform: Platform
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    reached: Callable[[Step], None] = _nothing
    seen: Callable[[], int] | None = None
    """The number of the campaign's last event that whoever reads the batches has judged. Nothing is leased after a later step;
    they get an empty batch, and look. None: no step stops this work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a worker is to do."""

    campaign_id: str
    owner: str
    """The worker's name. No two that live at the same time may share one."""
    stages: tuple[int, ...] = (0,)
    batch: int = 5_000
    lasting: timedelta = timedelta(minutes=2)
    """How long a lease lasts. A batch has to be through by then, or another worker looks after it."""
    patience: timedelta = timedelta(0)
    """How long to wait for orders that are due later, before the shift ends."""
    retry: Retry = field(default_factory=Retry)
    share_of_rate: float = 1.0
    """This worker's share of what the platform allows in a second, where several work."""


def work(shift: Shift, doors: Doors) -> Iterator[list[Settlement]]:
    """What became of each batch, until nothing is due. Whoever reads may stop after any batch: nothing is half done.

    A batch is empty when somebody took a step of the campaign meanwhile: whoever reads looks at it before more is leased.

    Orders that an earlier worker of the same name left in flight are taken back first, and looked up before they are
    carried out again.
    """
    doors.outbox.take_back(shift.campaign_id, owner=shift.owner)
    capabilities = doors.platform.capabilities
    per_second = None if capabilities.per_second is None else capabilities.per_second * shift.share_of_rate
    batch = _Batch(shift=shift, doors=doors, rules=Rules(capabilities=capabilities, retry=shift.retry),
                   pace=Pace(per_second=per_second, burst=capabilities.batch))
    limit = shift.batch if per_second is None else max(1, min(shift.batch, int(per_second * shift.lasting.total_seconds() / 4)))
    while True:
        orders = doors.outbox.lease(shift.campaign_id, owner=shift.owner, stages=shift.stages, limit=limit,
                                    term=Term(doors.now(), shift.lasting), seen=None if doors.seen is None else doors.seen())
        if orders is None:
            yield []
        elif orders:
            doors.reached(Step.LEASED)
            yield batch.through(orders)
            if batch.quiet_until is not None:
                doors.sleep(max((batch.quiet_until - doors.now()).total_seconds(), 0.0))
        elif not _waited(shift, doors):
            return


def _waited(shift: Shift, doors: Doors) -> bool:
    """Sleep until the next order is due; False when that is further away than the shift's patience."""
    due, now = doors.outbox.next_due(shift.campaign_id, stages=shift.stages), doors.now()
    if due is None or due - now > shift.patience:
        return False
    doors.sleep(max((due - now).total_seconds(), 0.001))
    return True


class _Batch:
    """The steps that a batch of orders goes through."""

    def __init__(self, *, shift: Shift, doors: Doors, rules: Rules, pace: Pace) -> None:
        self._shift, self._doors, self._rules, self._pace = shift, doors, rules, pace
        self._n_troubles = 0
        self.quiet_until: datetime | None = None
        """When the platform may be spoken to again, after it did not answer or asked to wait."""

    def through(self, orders: Sequence[Order]) -> list[Settlement]:
        """What became of `orders`, written down."""
        doors = self._doors
        self.quiet_until = None
        settlements, rest = self._looked_up(orders)
        doors.reached(Step.LOOKED_UP)
        settlements += self._saved(rest)
        doors.reached(Step.SAVED)
        rest = _without(rest, settlements)
        attached = attachments(rest, outbox=doors.outbox, evidence=doors.evidence)
        settlements += self._unrestorable(rest, attached)
        rest = _without(rest, settlements)
        receipts, unheard = self._each(rest, lambda part: self._carry_out(part, attached))
        doors.reached(Step.CARRIED_OUT)
        read_back, unsure = self._each([order for order, receipt in receipts if receipt.answer in TAKEN],
                                       doors.platform.read_back)
        doors.reached(Step.READ_BACK)
        at, seen = doors.now(), {order.order_id: one for order, one in read_back}
        unknown = {one.order.order_id for one in unsure}
        settlements += [*unheard, *unsure, *(
            settled(order, receipt, seen.get(order.order_id), rules=self._rules, at=at)
            for order, receipt in receipts if order.order_id not in unknown)]
        ours = doors.outbox.settle(self._shift.campaign_id, settlements, owner=self._shift.owner, at=at)
        doors.reached(Step.SETTLED)
        return ours

    def _looked_up(self, orders: Sequence[Order]) -> tuple[list[Settlement], list[Order]]:
        """What an earlier attempt turns out to have done, and the orders that are still to be carried out."""
        read_back, settlements = self._each([order for order in orders if order.is_in_doubt], self._doors.platform.read_back)
        at = self._doors.now()
        outcomes = (found(order, one, rules=self._rules, at=at) for order, one in read_back)
        settlements += [one for one in outcomes if one is not None]
        return settlements, _without(orders, settlements)

    def _saved(self, orders: Sequence[Order]) -> list[Settlement]:
        """Seal what the orders will remove before anything is removed; the orders for which there is nothing any more."""
        to_save = [order for order in orders if order.act is Act.IMPOSE and self._saves_first(order)]
        saved, settlements = self._each(to_save, self._doors.platform.save)
        at = self._doors.now()
        if saved:
            self._doors.evidence.seal([order for order, _ in saved], [one for _, one in saved], at=at)
        return settlements + [gone(order, at=at) for order, one in saved if one.is_gone]

    def _saves_first(self, order: Order) -> bool:
        return self._rules.capabilities.of(Penalty(order.penalty)).saves_first

    def _unrestorable(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Settlement]:
        """The orders to restore what nobody holds any more."""
        at = self._doors.now()
        return [lost(order, at=at) for order in orders
                if order.act is Act.UNDO and self._saves_first(order) and order.key not in attached]

    def _carry_out(self, orders: Sequence[Order], attached: Mapping[str, str]) -> list[Receipt]:
        self._pace, wait = self._pace.spend(len(orders), at=self._doors.now())
        if wait:
            self._doors.sleep(wait.total_seconds())
        return self._doors.platform.carry_out(orders, {order.key: attached[order.key] for order in orders
                                                       if order.key in attached})

    def _each(self, orders: Sequence[Order], ask: Callable[[Sequence[Order]], list[Reply]],
              ) -> tuple[list[tuple[Order, Reply]], list[Settlement]]:
        """What the platform replied, as many orders at a time as it takes, and the settlements of those without a reply.

        After the first that does not come through nothing more is asked: a platform in trouble is left alone.
        """
        answered: list[tuple[Order, Reply]] = []
        size = self._rules.capabilities.batch
        for start in range(0, len(orders), size):
            part = orders[start:start + size]
            try:
                if self.quiet_until is not None:
                    return answered, [postponed(order, until=self.quiet_until) for order in orders[start:]]
                replies = ask(part)
                _check(part, replies)
                answered += zip(part, replies, strict=True)
                self._n_troubles = 0
            except DoorError as error:
                self._trouble(error)
                failed = [failed_for_now(order, error.problems[0].what, rules=self._rules, at=self._doors.now(),
                                         asked=error.retry_after if isinstance(error, RateLimited) else None)
                          for order in part]
                later = orders[start + size:]
                return answered, failed + [postponed(order, until=self.quiet_until or self._doors.now()) for order in later]
        return answered, []

    def _trouble(self, error: DoorError) -> None:
        self._n_troubles += 1
        asked = error.retry_after if isinstance(error, RateLimited) else None
        self.quiet_until = self._doors.now() + self._shift.retry.delay(
            self._shift.owner, failures=self._n_troubles, asked=asked)


def _without(orders: Sequence[Order], settlements: Sequence[Settlement]) -> list[Order]:
    """The orders that are not settled yet."""
    settled_ids = {one.order.order_id for one in settlements}
    return [order for order in orders if order.order_id not in settled_ids]


def _check(orders: Sequence[Order], replies: Sequence[Receipt | ReadBack | Saved]) -> None:
    """Refuse replies that are not about these orders, one for each in their order: nothing may be booked on another."""
    if [order.idempotency_key for order in orders] != [reply.key for reply in replies]:
        raise DoorError(Problem(what=f"the platform was asked about {len(orders)} orders and answered about others",
                                hint="its connector has to reply once for each order, in their order"))
