"""Who takes a step in a register: a person, at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evenhand.model.campaigns.event import NOBODY
from evenhand.model.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who takes a step, and when."""

    person: str
    at: datetime

    def refused_about(self, things: str, *, code: str) -> Refusal | None:
        """Why this step about `things`, such as `demands`, is not taken: it names no person. None where it does."""
        if self.person != NOBODY:
            return None
        return Refusal(code=code, text=f"`{NOBODY}` is no person, and people decide about {things}",
                       next_step="name the person with `--by`")
