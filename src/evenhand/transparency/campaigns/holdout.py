"""What the sweep missed, as the ledger has it: the holdout of the campaign's plan, drawn, read and concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.interval import Interval, clopper_pearson


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutLine:
    """The holdout of the campaign's last plan, as far as it has come."""

    drawn_at: datetime
    seed: str
    n_items: int
    n_readings: int
    """Words of readers on it, adjudications among them."""
    n_accounts: int
    """Accounts out of which it was drawn."""
    n_unplanned: int
    """All accounts without a decision; the others are in languages that too few people read."""
    concluded: Missed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What it came to."""

    at: datetime
    n_read: int
    n_undecided: int
    n_golden: int
    read: Interval
    """Read as breaking a rule, with the exact two-sided 95 % interval (Clopper-Pearson), before any correction."""
    prevalence: float | None
    """The share of accounts that break a rule, corrected for what the readers get wrong; None where it cannot be."""
    prevalence_low: float
    prevalence_high: float
    recall: float | None
    """The share that the plan found of all accounts that break a rule."""
    recall_low: float
    recall_high: float


def holdout(steps: Sequence[Event]) -> HoldoutLine | None:
    """The holdout among the steps of a campaign's last plan; None where none was drawn."""
    drawn = next((step for step in steps if step.kind is EventKind.HOLDOUT_DRAWN), None)
    if drawn is None:
        return None
    concluded = next((step for step in steps if step.kind is EventKind.HOLDOUT_CONCLUDED), None)
    return HoldoutLine(
        drawn_at=drawn.at, seed=str(drawn.body["seed"]), n_items=_whole(drawn.body["n_items"]),
        n_readings=sum(step.kind is EventKind.HOLDOUT_READ for step in steps),
        n_accounts=_whole(drawn.body.get("n_accounts")), n_unplanned=_whole(drawn.body.get("n_unplanned")),
        concluded=None if concluded is None else _missed(concluded))


def _missed(step: Event) -> Missed:
    body = step.body
    n_read, n_missed = _whole(body["n_read"]), _whole(body["n_missed"])
    return Missed(
        at=step.at, n_read=n_read, n_undecided=_whole(body.get("n_undecided")), n_golden=_whole(body.get("n_golden")),
        read=clopper_pearson(n_missed, n=n_read), prevalence=_share(body.get("prevalence")), recall=_share(body.get("recall")),
        prevalence_low=_share(body["prevalence_low"]) or 0.0, prevalence_high=_share(body["prevalence_high"]) or 0.0,
        recall_low=_share(body.get("recall_low")) or 0.0, recall_high=_share(body.get("recall_high")) or 0.0)


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _share(value: Json) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
