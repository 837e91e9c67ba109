"""The lighter decision that takes the place of one that went too far."""

from __future__ import annotations

from dataclasses import replace

from evenhand.model.appeal import AppealOutcome, Ruling
from evenhand.model.decision import Automation, Decision
from evenhand.statements.compose import Outcome, Rule, compose
from evenhand.statements.messages import Messages


def varied(decision: Decision, ruling: Ruling, *, messages: Messages, rule: Rule) -> Decision:
    """The decision in the place of `decision`, with a statement of reasons of its own: it can be appealed against as well.

    Its id follows from the id of the old one. Raises `ValueError` for a ruling that varies nothing or is not lighter.
    """
    penalty = ruling.penalty
    if ruling.outcome is not AppealOutcome.VARIED or penalty is None or penalty >= decision.penalty:
        raise ValueError("only a ruling that varies the decision to a lighter penalty makes another one: check it first")
    statement = compose(messages, profile=decision.profile, finding=decision.finding, rule=rule, outcome=Outcome(
        penalty=penalty, until=ruling.until, automation=Automation.PARTIALLY))
    return replace(decision, decision_id=f"{decision.decision_id}-varied", penalty=penalty, until=ruling.until,
                   automation=Automation.PARTIALLY, decided_at=ruling.at, statement=statement,
                   steps=(*decision.steps, f"varied on appeal from {decision.penalty} to {penalty}"))
