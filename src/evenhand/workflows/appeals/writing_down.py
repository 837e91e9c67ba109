"""Write down what follows from a ruling, if the campaign's life allows it; nobody else acts meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from evenhand.campaign.lifecycle import advance
from evenhand.model.appeal import Consequences
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.effect_state import UndoOrdered
from evenhand.model.campaigns.event import Event
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.steps import Desk

Judge = Callable[[list[Event], frozenset[str]], Consequences | Refusal]
"""Rules on the campaign's steps so far and on those decisions in question that are undone already."""


def write_down(desk: Desk, judge: Judge, *, about: Collection[str]) -> UndoOrdered | Refusal:
    """What the consequences of `judge` came to in the outbox, or why they are refused; then nothing is kept."""

    def judged(so_far: Iterator[Event], undone: frozenset[str]) -> Consequences:
        steps, campaign = list(so_far), None
        for event in steps:
            campaign = _accepted(campaign, event)
        outcome = judge(steps, undone)
        if isinstance(outcome, Refusal):
            raise _RefusedError(outcome)
        for event in outcome.events:
            campaign = _accepted(campaign, event)
        return outcome

    try:
        return desk.state.undo.rule(desk.campaign_id, judged, about=about)
    except _RefusedError as refused:
        return refused.refusal


def _accepted(campaign: Campaign | None, event: Event) -> Campaign:
    outcome = advance(campaign, event)
    if isinstance(outcome, Refusal):
        raise _RefusedError(outcome)
    return outcome


class _RefusedError(Exception):
    """Carries a refusal out of a transaction that keeps nothing."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal
