"""What becomes of an effect: what is asked of a platform, its receipt, what it says when asked again, and the outcome."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from evenhand.model.campaigns.event import Event, Json


class Act(StrEnum):
    """What is asked of the platform."""

    IMPOSE = "impose"
    UNDO = "undo"
    """Take back what an appeal or a rollback reversed, and restore what was saved."""
    LIFT = "lift"
    """End a suspension on its day."""
    TELL = "tell"
    """Deliver a statement of reasons."""


class EffectState(StrEnum):
    """Where an order stands in the outbox."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    """Leased by a worker; what the platform has done is not known yet."""
    DONE = "done"
    """The platform said so when asked again."""
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    """Not carried out, and why is written beside it."""
    UNDONE = "undone"
    LIFTED = "lifted"
    """A suspension that ended on its day."""


SETTLED = frozenset(EffectState) - {EffectState.QUEUED, EffectState.IN_FLIGHT}
"""The states in which nothing is expected to happen any more."""


class Order(NamedTuple):
    """One order to a platform, as leased from the outbox. A tuple, since there are millions."""

    order_id: int
    """The row in the outbox."""
    campaign_id: str
    key: str
    act: Act
    of_key: str | None
    """The key of the effect that is undone or lifted; of a statement, the one that has to be settled before it."""
    decision_id: str
    account_id: str
    post_id: str | None
    penalty: str
    """A `Penalty`; for a statement, the one that it is about."""
    stratum: str
    """What was audited together with it, and covers it."""
    stage: int
    turn: int
    until: int | None
    """When a suspension ends, in microseconds since 1970."""
    attempts: int
    """How often it was leased, this time included. It fences off a worker that lost its lease."""
    failures: int
    """How often the platform did not do it."""
    unwanted: str | None
    """Why it must not be carried out any more: an undo was ordered while it was under way."""

    @property
    def idempotency_key(self) -> str:
        """What the platform knows the order by: one campaign's key, since two campaigns may decide the same."""
        return f"{self.campaign_id}/{self.key}"

    @property
    def is_in_doubt(self) -> bool:
        """An earlier worker may have done it without living to tell."""
        return self.attempts > 1


class Answer(StrEnum):
    """What a platform answers to an order."""

    IMPOSED = "imposed"
    ACCEPTED = "accepted"
    """Taken, to be done later: asked again until it is in force."""
    LATER = "later"
    """Not now: busy, limited or broken."""
    REFUSED = "refused"
    """Never: it cannot or will not."""
    GONE = "gone"
    """The account or post does not exist any more."""


class Term(NamedTuple):
    """From when on, and for how long, orders are leased."""

    at: datetime
    lasting: timedelta


class Receipt(NamedTuple):
    """What the platform answered to one order."""

    key: str
    """The order's idempotency key."""
    answer: Answer
    reference: str = ""
    """The platform's own name for what it did."""
    why: str = ""
    retry_after: float | None = None
    """Seconds that the platform asks to wait."""


class Standing(StrEnum):
    """What is the case on the platform, when it is asked again."""

    IN_FORCE = "in_force"
    """What was ordered is so."""
    ABSENT = "absent"
    PENDING = "pending"
    """Accepted and not yet done."""
    GONE = "gone"
    """The account or post does not exist."""
    UNKNOWN = "unknown"
    """The platform does not say."""


class ReadBack(NamedTuple):
    """What the platform says about one order when asked again: a receipt is not proof."""

    key: str
    standing: Standing
    reference: str = ""


class Saved(NamedTuple):
    """What a platform held before an effect: a post's content, the follows of an account."""

    key: str
    is_gone: bool
    content: Json = None


class Settlement(NamedTuple):
    """What became of one leased order."""

    order: Order
    state: EffectState
    """Where it stands now; `queued` when it is tried again."""
    due_at: int
    """When it is tried again, in microseconds since 1970."""
    failures: int
    reference: str
    why: str
    read_back: str
    """The `Standing` that the platform gave, empty when it was not asked."""
    irreversible_at: int | None = None
    """From when on it can no longer be undone, in microseconds since 1970."""
    event: Event | None = None
    """What is appended to the campaign's events with it."""


class Told(NamedTuple):
    """Where the statement of reasons of a decision stands."""

    state: EffectState
    at: datetime | None
    """When it was delivered, or could not be; None while it is on its way."""


class Reckoning(NamedTuple):
    """How many orders of a campaign stand where: by act and state."""

    act: Act
    state: EffectState
    n: int


class UndoOrdered(NamedTuple):
    """What an order to undo came to."""

    n_undo: int
    """Effects that will be undone on the platform."""
    n_suppressed: int
    """Effects that had not begun, and now never will."""
    too_late: tuple[str, ...]
    """Keys of effects that can no longer be undone."""

    def and_more(self, more: UndoOrdered) -> UndoOrdered:
        """What this order and another one came to together."""
        return UndoOrdered(n_undo=self.n_undo + more.n_undo, n_suppressed=self.n_suppressed + more.n_suppressed,
                           too_late=(*self.too_late, *more.too_late))


NOTHING_UNDONE = UndoOrdered(n_undo=0, n_suppressed=0, too_late=())
"""An order that came to nothing."""
TOO_LATE = "the platform can no longer take it back: a person has to look"
"""Why an effect was not undone for which nobody asked the platform, as its event says."""


class Observed(NamedTuple):
    """What came back from the platform in one span of a stage."""

    n_read_back: int
    n_mismatched: int
    n_statements: int
    n_undelivered: int
