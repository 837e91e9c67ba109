"""A class that was reversed in a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.appeals.carried_out import lines, record
from evenhand.cli.views.layout import quiet
from evenhand.statements import visible
from evenhand.workflows.appeals.reversing import Reversed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversedView:
    """What a class reversal came to.

    JSON: `cause`, `case` (the overturned appeal), `reversed`, `ordered` (`undo`, `suppressed`, `too_late`), `carried_out` (the
    platform's counts, null when none was named), `stopped` (why, or null).
    """

    name: ClassVar[str] = "class_reversed"
    done: Reversed
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """How many, what was ordered, and what comes next."""
        done, ordered = self.done, self.done.ordered
        parts: list[RenderableType] = [
            Text(f"{done.n_reversed:,} decisions that rest on {visible(str(done.reversal.preview.reversal.cause))} are "
                 "reversed.", style="bold"),
            Text(f"effects to undo: {ordered.n_undo:,}; not begun, and never will be: {ordered.n_suppressed:,}.")]
        if ordered.too_late:
            parts.append(Text(f"no longer to be undone by the platform: {len(ordered.too_late):,}; a person has to look",
                              style="bold red"))
        if done.carried_out is not None:
            parts += lines(done.carried_out, campaign=self.campaign)
        if done.stopped:
            parts.append(Text(f"stopped: {done.stopped}; the same command goes on", style="bold red"))
        if done.carried_out is None and ordered.n_undo:
            parts.append(quiet(f"next: evenhand appeal carry-out {visible(self.campaign)} --platform KIND:PLACE"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The same as values."""
        done = self.done
        return {"cause": str(done.reversal.preview.reversal.cause), "case": done.reversal.case, "reversed": done.n_reversed,
                "ordered": {"undo": done.ordered.n_undo, "suppressed": done.ordered.n_suppressed,
                            "too_late": list(done.ordered.too_late)},
                "carried_out": None if done.carried_out is None else record(done.carried_out), "stopped": done.stopped}
