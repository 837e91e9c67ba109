"""What a safeguard that says no returns: a value with its reason and a next step, never an exception."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that is not allowed now, and what would make it so."""

    code: str
    """A stable name, such as `took_part`."""
    text: str
    """What is refused and why: lower case, no full stop, names in backticks."""
    hint: str
    """What to do next."""

    def __post_init__(self) -> None:
        """Refuse a refusal that explains nothing."""
        if not (self.code and self.text and self.hint):
            raise ValueError("a refusal says what, why and what to do next")
