"""An appeal that was decided: the outcome, what was ordered, what the person is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from evenhand.cli.views.appeals.carried_out import lines, record
from evenhand.cli.views.appeals.dossier import visible_lines
from evenhand.cli.views.appeals.filed import SHORT
from evenhand.cli.views.layout import heading, quiet
from evenhand.statements import visible
from evenhand.workflows.appeals.carrying_out import CarriedOut
from evenhand.workflows.appeals.hearing import Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardView:
    """An appeal that was decided.

    JSON: `appeal`, `decision`, `outcome`, `by`, `ordered` (`undo`, `suppressed`, `too_late`), `lighter` (`decision`, `penalty`,
    `until`, or null), `told` (the statement), `carried_out` (the platform's counts, null when none was named), `state`.
    """

    name: ClassVar[str] = "appeal_decided"
    heard: Heard
    carried_out: CarriedOut | None

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The outcome, what follows, and the person's statement."""
        heard = self.heard
        parts: list[RenderableType] = [Text(
            f"appeal {heard.appeal.appeal_id[:SHORT]} is {heard.appeal.outcome} by {visible(heard.appeal.decided_by or '')}.",
            style="bold")]
        ordered = heard.ordered
        if ordered.n_undo or ordered.n_suppressed:
            parts.append(Text(f"effects to undo: {ordered.n_undo:,}; not begun, and never will be: {ordered.n_suppressed:,}."))
        if ordered.too_late:
            parts.append(Text(f"no longer to be undone by the platform: {len(ordered.too_late):,}; a person has to look",
                              style="bold red"))
        if heard.lighter is not None:
            until = f" until {heard.lighter.until:%Y-%m-%d}" if heard.lighter.until else ""
            parts.append(Text(f"in its place: {heard.lighter.penalty.replace('_', ' ')}{until} (decision "
                              f"{visible(heard.lighter.decision_id)}), with its own statement."))
        name = heard.campaign.campaign_id
        if self.carried_out is not None:
            parts += lines(self.carried_out, campaign=name)
        parts += [heading("The person is told"), Padding(Text(visible_lines(heard.told.text)), (0, 0, 0, 2))]
        if self.carried_out is None:
            parts.append(quiet(f"\nnext: evenhand appeal carry-out {visible(name)} --platform KIND:PLACE"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The same as values."""
        heard, lighter = self.heard, self.heard.lighter
        return {
            "appeal": heard.appeal.appeal_id, "decision": heard.appeal.decision_id, "outcome": str(heard.appeal.outcome),
            "by": heard.appeal.decided_by, "ordered": {
                "undo": heard.ordered.n_undo, "suppressed": heard.ordered.n_suppressed,
                "too_late": list(heard.ordered.too_late)},
            "lighter": None if lighter is None else {
                "decision": lighter.decision_id, "penalty": str(lighter.penalty),
                "until": lighter.until.isoformat() if lighter.until else None},
            "told": heard.told.text, "carried_out": None if self.carried_out is None else record(self.carried_out),
            "state": str(heard.campaign.state)}
