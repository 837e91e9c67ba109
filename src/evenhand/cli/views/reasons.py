"""What decisions rest on, and what was heard in people's favour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evenhand.cli.views.layout import bar, heading, number, percent
from evenhand.statements import Messages
from evenhand.transparency import GuardRow, ReasonRow
from evenhand.transparency.breakdowns import NO_GUARD

_ROOMY = 90
"""Columns from which the bars are long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsView:
    """The signals that most decisions rest on.

    JSON: `reasons`, each with `signal`, `title`, `family`, `accounts`, `share` (of all decisions, 0–1), `example`.
    """

    name: ClassVar[str] = "reasons"
    reasons: tuple[ReasonRow, ...]
    messages: Messages

    def human(self, width: int) -> RenderableType:
        """One line per signal, most frequent first."""
        grid = Table.grid(padding=(0, 2))
        largest = max((row.n_accounts for row in self.reasons), default=0)
        for row in self.reasons:
            grid.add_row(number(row.n_accounts, style="bold"), percent(row.share),
                         bar(row.n_accounts, largest=largest, width=_bar_width(width)),
                         Text(self.messages.title("signal", row.signal)))
        return Group(heading("Top reasons"), grid)

    def record(self) -> dict[str, object]:
        """The reasons as values."""
        return {"reasons": [{"signal": row.signal, "title": self.messages.title("signal", row.signal),
                             "family": row.family, "accounts": row.n_accounts, "share": round(row.share, 6),
                             "example": row.example} for row in self.reasons]}


@dataclass(frozen=True, slots=True, kw_only=True)
class SparedView:
    """Who was spared, by guard.

    JSON: `suspicions` (all that ended without a penalty) and `guards`, each with `guard`, `title`, `spared` (they
    add up to `suspicions`), `spoke_as_well`, `lowered_or_asked`.
    """

    name: ClassVar[str] = "spared"
    guards: tuple[GuardRow, ...]
    n_spared: int
    messages: Messages

    def human(self, width: int) -> RenderableType:
        """One line per guard that spared or lowered something."""
        grid = Table.grid(padding=(0, 2))
        largest = max((row.n_spared for row in self.guards), default=0)
        for row in self.guards:
            if row.n_spared or row.n_lowered:
                grid.add_row(number(row.n_spared, style="bold"),
                             bar(row.n_spared, largest=largest, width=_bar_width(width)),
                             Text(self._title(row)),
                             Text(f"lowered or asked in {row.n_lowered:,} decisions" if row.n_lowered else ""))
        return Group(heading(f"Spared: {self.n_spared:,} suspicions"), grid)

    def record(self) -> dict[str, object]:
        """The guards as values."""
        return {"suspicions": self.n_spared, "guards": [
            {"guard": row.guard, "title": self._title(row), "spared": row.n_spared, "spoke_as_well": row.n_also,
             "lowered_or_asked": row.n_lowered} for row in self.guards]}

    def _title(self, row: GuardRow) -> str:
        return "No guard spoke" if row.guard == NO_GUARD else self.messages.title(
            "guard", row.guard)


def _bar_width(width: int) -> int:
    return 20 if width >= _ROOMY else 8
