"""One decision that a rollback took back, with everything that a reader needs to see whether it was done rightly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneEffect:
    """One effect and its undoing."""

    key: str
    penalty: str
    post_id: str | None
    imposed_at: datetime | None
    undone_at: datetime | None
    read_back: str | None
    """What the platform said when it was asked again whether it is undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A decision as the records have it."""

    decision_id: str
    account_id: str
    effects: tuple[UndoneEffect, ...]
    statement: str | None
    """The JSON text of the statement of reinstatement."""
    told_at: datetime | None
    not_told_because: str
    in_force_of_others: tuple[str, ...]
    """What other campaigns have in force on the account: that is to stand."""
    has_strike_on_record: bool
    """Whether the database still holds a strike of this decision that is not withdrawn."""
