"""Appeals as they are filed, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import NOTHING, quiet, table
from evenhand.statements import visible
from evenhand.workflows.appeals.filing import Filed
from evenhand.workflows.appeals.looking import ListedAppeal

SHORT = 8
"""Characters of an appeal's id that are shown; commands take them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledView:
    """An appeal that was filed.

    JSON: `appeal`, `decision`, `account`, `penalty`, `filed_at`.
    """

    name: ClassVar[str] = "appeal_filed"
    filed: Filed
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """What was filed, and what comes next."""
        appeal, about, name = self.filed.appeal, self.filed.contested, visible(self.campaign)
        short = appeal.appeal_id[:SHORT]
        return Group(
            Text(f"appeal {short} is filed against {about.earlier.penalty.replace('_', ' ')} of "
                 f"{visible('@' + (about.earlier.handle or '').removeprefix('@'))} (decision {visible(appeal.decision_id)})."),
            quiet("what the person said is sealed; the record holds a commitment to it"),
            quiet(f"next: evenhand appeal show {name} {short}"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        appeal = self.filed.appeal
        return {"appeal": appeal.appeal_id, "decision": appeal.decision_id, "account": self.filed.contested.account_id,
                "penalty": str(self.filed.contested.earlier.penalty), "filed_at": appeal.filed_at.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealsView:
    """The appeals of a campaign, the oldest first.

    JSON: `appeals`, each with `appeal`, `decision`, `account`, `penalty`, `filed_at`, `age_days`, `undo_until` (from when on
    the platform cannot take an effect back, or null), `outcome` and `decided_by` (null while it is open).
    """

    name: ClassVar[str] = "appeals"
    appeals: tuple[ListedAppeal, ...]
    campaign: str
    everything: bool

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One line each, and what comes next."""
        if not self.appeals:
            return Text(f"no appeal in {visible(self.campaign)} " + ("yet" if self.everything else "is open"))
        grid = table()
        for title in ("appeal", "account", "penalty", "filed (UTC)"):
            grid.add_column(title, no_wrap=True)
        grid.add_column("age", justify="right", no_wrap=True)
        grid.add_column("undo until", no_wrap=True)
        if self.everything:
            grid.add_column("outcome", no_wrap=True)
        for one in self.appeals:
            until = one.standing.undo_until
            cells = [one.appeal.appeal_id[:SHORT], visible(one.standing.account_id), _penalty(one).replace("_", " "),
                     f"{one.appeal.filed_at:%Y-%m-%d %H:%M}", age(one.age), f"{until:%Y-%m-%d}" if until else NOTHING]
            if self.everything:
                by = visible(one.appeal.decided_by or "")
                cells.append(f"{one.appeal.outcome} by {by}" if one.appeal.outcome else "open")
            grid.add_row(*cells)
        return Group(grid, quiet(f"\nnext: evenhand appeal show {visible(self.campaign)} APPEAL"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"appeals": [{
            "appeal": one.appeal.appeal_id, "decision": one.appeal.decision_id, "account": one.standing.account_id,
            "penalty": _penalty(one), "filed_at": one.appeal.filed_at.isoformat(), "age_days": one.age.days,
            "undo_until": None if (until := one.standing.undo_until) is None else until.isoformat(),
            "outcome": None if one.appeal.outcome is None else str(one.appeal.outcome),
            "decided_by": one.appeal.decided_by} for one in self.appeals]}


def age(span: timedelta) -> str:
    """A span in days, or in hours where it is shorter."""
    hours = int(span.total_seconds() // 3600)
    return f"{span.days} d" if span.days else f"{hours} h"


def _penalty(one: ListedAppeal) -> str:
    return str(one.standing.effects[0].penalty)
