"""The lighter decision that takes the place of one that went too far."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evenhand.model.appeal import VARIED, AppealOutcome, Ruling
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.decision import Automation, StatementOfReasons
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.compose import Outcome
from evenhand.statements.messages import Messages
from evenhand.statements.outcomes import Earlier, lighter_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class LighterDecision:
    """What takes the place of a decision that was varied. It can be appealed against as well."""

    decision_id: str
    penalty: Penalty
    until: datetime | None
    statement: StatementOfReasons

    def keys(self, post_ids: Sequence[str]) -> tuple[tuple[str | None, str], ...]:
        """The posts that it acts on, or None for the account, each with the idempotency key of its effect."""
        posts: Sequence[str | None] = post_ids if self.penalty is Penalty.DELETE_POST else (None,)
        return tuple((post, hashlib.sha256("\x1f".join(
            (self.decision_id, self.penalty, post or "")).encode()).hexdigest()[:32]) for post in posts)


def varied(decision_id: str, earlier: Earlier, ruling: Ruling, *, statement: StatementOfReasons, harm: Harm,
           messages: Messages) -> LighterDecision:
    """The decision in the place of the one that `ruling` varies, with a statement of reasons of its own.

    Rule and facts are those of the old `statement`. Its id follows from the id of the old one. Raises `ValueError` for a
    ruling that varies nothing or is not lighter.
    """
    penalty = ruling.penalty
    if ruling.outcome is not AppealOutcome.VARIED or penalty is None or penalty >= earlier.penalty:
        raise ValueError("only a ruling that varies the decision to a lighter penalty makes another one: check it first")
    outcome = Outcome(penalty=penalty, until=ruling.until, automation=Automation.PARTIALLY)
    return LighterDecision(decision_id=decision_id + VARIED, penalty=penalty, until=ruling.until, statement=lighter_statement(
        messages, statement, decision=earlier, harm=harm, outcome=outcome))


def lighter_penalties(events: Iterable[Event]) -> Mapping[str, tuple[Penalty, datetime | None]]:
    """Penalty and end of every lighter decision that appeals put in the place of another, by its id."""
    return {f"{event.body['decision_id']}{VARIED}": (
        Penalty(str(event.body["penalty"])),
        datetime.fromisoformat(str(event.body["until"])) if event.body.get("until") else None)
        for event in events if event.kind is EventKind.APPEAL_DECIDED and event.body.get("outcome") == AppealOutcome.VARIED}
