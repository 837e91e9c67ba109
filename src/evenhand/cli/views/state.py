"""The campaign's database after it was copied, restored or migrated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import quiet
from evenhand.statements import visible
from evenhand.workflows.keeping import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """What lies in the database.

    JSON: `done` (`copied`, `restored` or `migrated`), `place`, `schema`, `campaigns` (name → events).
    """

    name: ClassVar[str] = "state"
    done: Kept
    what: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence, and what is in it."""
        held = ", ".join(f"{visible(name)}: {n:,} events" for name, n in self.done.campaigns.items()) or "no campaign yet"
        return Group(Text(f"{self.what}: {visible(self.done.place)}"), quiet(f"schema {self.done.schema} · {held}"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"done": self.what, "place": self.done.place, "schema": self.done.schema,
                "campaigns": dict(self.done.campaigns)}
