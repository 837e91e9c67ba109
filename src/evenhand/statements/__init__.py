"""Statements of reasons: what a person is told about a decision, composed from message files that hold every word."""

from evenhand.statements.compose import MIN_APPEAL_DAYS, Outcome, Rule, compose, fact, guard_fact
from evenhand.statements.messages import Messages
from evenhand.statements.quoting import MAX_SHOWN_CHARACTERS, isolated, neutral, sentence, visible

__all__ = ["MAX_SHOWN_CHARACTERS", "MIN_APPEAL_DAYS", "Messages", "Outcome", "Rule", "compose", "fact", "guard_fact",
           "isolated", "neutral", "sentence", "visible"]
