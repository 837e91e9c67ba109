"""A step that was recorded in a register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import quiet
from evenhand.model.campaigns.event import Json
from evenhand.statements import visible

_HIDDEN = ("content",)
"""The digest of what is handed on says nothing to a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterStepView:
    """A step that was recorded.

    JSON: `done` (in words), `next_step`, and `facts`, those of the step.
    """

    name: ClassVar[str] = "register_step"
    done: str
    next_step: str
    facts: Mapping[str, Json]

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence, and what comes next."""
        return Group(Text(f"{visible(self.done)}."), quiet(f"next: {visible(self.next_step)}"))

    def record(self) -> dict[str, object]:
        """The step as values."""
        return {"done": self.done, "next_step": self.next_step, "facts": shown_facts(self.facts)}


def shown_facts(facts: Mapping[str, Json]) -> dict[str, object]:
    """The facts of a step that are shown."""
    return {name: value for name, value in facts.items() if name not in _HIDDEN}
