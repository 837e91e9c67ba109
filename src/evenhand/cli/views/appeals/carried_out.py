"""What the platform did of what appeals ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import quiet
from evenhand.statements import visible
from evenhand.workflows.appeals.carrying_out import CarriedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOutView:
    """What became of the orders.

    JSON: `undone`, `imposed`, `told`, `lifted`, `failed`, `open`.
    """

    name: ClassVar[str] = "appeals_carried_out"
    done: CarriedOut
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The counts, and what is left."""
        return Group(*lines(self.done, campaign=self.campaign))

    def record(self) -> dict[str, object]:
        """The same as values."""
        return record(self.done)


def lines(done: CarriedOut, *, campaign: str) -> list[RenderableType]:
    """What the platform did, in sentences."""
    counts = ((done.n_undone, "undone"), (done.n_imposed, "imposed"), (done.n_lifted, "ended on their day"))
    effects = ", ".join(f"{n:,} {what}" for n, what in counts if n) or "none changed"
    parts: list[RenderableType] = [Text(f"on the platform: effects: {effects}; statements delivered: {done.n_told:,}.")]
    if done.n_failed:
        parts.append(Text(f"refused by the platform: {done.n_failed:,}; a person has to look", style="bold red"))
    if done.n_open:
        parts.append(quiet(f"orders that wait: {done.n_open:,}; `evenhand appeal carry-out {visible(campaign)}` goes on"))
    return parts


def record(done: CarriedOut) -> dict[str, object]:
    """The counts as values."""
    return {"undone": done.n_undone, "imposed": done.n_imposed, "told": done.n_told, "lifted": done.n_lifted,
            "failed": done.n_failed, "open": done.n_open}
