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
    next_step: str

    def __post_init__(self) -> None:
        """Refuse a refusal that explains nothing."""
        if not (self.code and self.text and self.next_step):
            raise ValueError("a refusal says what, why and what to do next")

    def render(self) -> str:
        """The refusal as a person reads it.

        >>> print(Refusal(code="too_late", text="appeals closed yesterday", next_step="undo it of your own accord").render())
        refused: appeals closed yesterday
          = undo it of your own accord
        """
        return f"refused: {self.text}\n  = {self.next_step}"
