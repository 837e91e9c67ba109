"""The register of referrals: what was recorded, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import table
from evenhand.cli.views.registers.step import shown_facts
from evenhand.registers.referrals.book import ReferralBook
from evenhand.statements import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralListView:
    """Every referral. What was handed on is not kept, so it is not shown.

    JSON: `referrals`, each with its facts and `status`, and `counts` by status.
    """

    name: ClassVar[str] = "referrals"
    book: ReferralBook

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """A line for each."""
        counts = ", ".join(f"{n:,} {status}" for status, n in self.book.by_status.items() if n) or "none"
        grid = table()
        for title in ("referral", "ground", "to", "values", "stands", "since"):
            grid.add_column(title, overflow="fold")
        for one in self.book.referrals.values():
            grid.add_row(one.referral_id, str(one.facts["ground"]).replace("_", " "),
                         f"{visible(str(one.facts['authority']))} ({str(one.facts['channel']).replace('_', ' ')})",
                         str(one.facts["n_values"]), str(one.status), f"{one.changed_at:%Y-%m-%d}")
        n = len(self.book.referrals)
        said = Text(f"{n:,} referral{'' if n == 1 else 's'}: {counts}", style="bold")
        return Group(said, grid) if self.book.referrals else said

    def record(self) -> dict[str, object]:
        """Every referral as values."""
        return {"referrals": [shown_facts(one.facts) | {"status": str(one.status)} for one in self.book.referrals.values()],
                "counts": self.book.by_status}
