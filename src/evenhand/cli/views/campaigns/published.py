"""What was published of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import quiet
from evenhand.workflows.campaigns.publishing import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedView:
    """A campaign's events in its ledger.

    JSON: `new`, `events` (of the campaign, all published), `size` (entries of the ledger), `folder`.
    """

    name: ClassVar[str] = "campaign_published"
    published: Published
    folder: Path

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence and the next command."""
        done = self.published
        return Group(Text(f"{done.n_new:,} events published; all {done.n_events:,} of the campaign stand in the ledger."),
                     quiet(f"anybody checks it with: evenhand verify {self.folder}"))

    def record(self) -> dict[str, object]:
        """The counts."""
        done = self.published
        return {"new": done.n_new, "events": done.n_events, "size": done.size, "folder": str(self.folder)}
