"""Protected accounts as the ledger has them: by which criteria, how many, and what persons decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evenhand.model.campaigns.event import Event, EventKind
from evenhand.transparency.campaigns.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedList:
    """One list that was put on record."""

    at: datetime
    by: str
    criteria: str
    n_listed: int
    """Accounts on the list."""
    n_decisions: int
    """Decisions of the plan about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """All lists of the campaign's plan, and what persons decided."""

    lists: tuple[ProtectedList, ...]
    n_decisions: int
    """Decisions of the plan about accounts of any list."""
    n_imposed: int
    """Those of them that a person let through."""
    n_spared: int
    """Those that a person decided not to impose."""

    @property
    def n_waiting(self) -> int:
        """Decisions that nobody has looked at, none of which is imposed."""
        return self.n_decisions - self.n_imposed - self.n_spared


def protection(steps: Sequence[Event], people: People) -> Protection | None:
    """The lists among the steps of a campaign's last plan and what followed; None where there was none."""
    recorded = [step for step in steps if step.kind is EventKind.PROTECTION_RECORDED]
    if not recorded:
        return None
    named = {one for step in recorded for one in _texts(step.body["decision_ids"])}
    decided = {str(step.body["decision_id"]): bool(step.body["impose"]) for step in steps
               if step.kind is EventKind.PROTECTED_DECIDED}
    return Protection(
        lists=tuple(ProtectedList(at=step.at, by=people.called(step.actor), criteria=str(step.body["criteria"]),
                                  n_listed=int(str(step.body["n_listed"])), n_decisions=int(str(step.body["n_decisions"])))
                    for step in recorded),
        n_decisions=len(named), n_imposed=sum(decided.values()), n_spared=len(decided) - sum(decided.values()))


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []
