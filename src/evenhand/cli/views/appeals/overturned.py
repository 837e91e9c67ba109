"""A decision that was overturned of our own accord."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from evenhand.cli.views.appeals.carried_out import lines, record
from evenhand.cli.views.appeals.dossier import visible_lines
from evenhand.cli.views.layout import heading, quiet
from evenhand.statements import visible
from evenhand.workflows.appeals.carrying_out import CarriedOut
from evenhand.workflows.appeals.overturning import Overturned


@dataclass(frozen=True, slots=True, kw_only=True)
class OverturnedView:
    """What overturning it came to.

    JSON: `decision`, `account`, `ordered` (`undo`, `suppressed`, `too_late`), `told` (the statement), `carried_out` (the
    platform's counts, null when none was named).
    """

    name: ClassVar[str] = "decision_overturned"
    done: Overturned
    carried_out: CarriedOut | None
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """What was ordered, and the person's statement."""
        ordered, name = self.done.ordered, visible(self.campaign)
        parts: list[RenderableType] = [
            Text(f"the decision {visible(self.done.decision_id)} about {visible(self.done.account_id)} is overturned.",
                 style="bold"),
            Text(f"effects to undo: {ordered.n_undo:,}; not begun, and never will be: {ordered.n_suppressed:,}.")]
        if ordered.too_late:
            parts.append(Text(f"no longer to be undone by the platform: {len(ordered.too_late):,}; a person has to look",
                              style="bold red"))
        if self.carried_out is not None:
            parts += lines(self.carried_out, campaign=self.campaign)
        parts += [heading("The person is told"), Padding(Text(visible_lines(self.done.told.text)), (0, 0, 0, 2))]
        if self.carried_out is None:
            parts.append(quiet(f"\nnext: evenhand appeal carry-out {name} --platform KIND:PLACE"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The same as values."""
        ordered = self.done.ordered
        return {"decision": self.done.decision_id, "account": self.done.account_id, "ordered": {
            "undo": ordered.n_undo, "suppressed": ordered.n_suppressed, "too_late": list(ordered.too_late)},
            "told": self.done.told.text, "carried_out": None if self.carried_out is None else record(self.carried_out)}
