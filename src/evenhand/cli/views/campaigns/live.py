"""A campaign while it runs: a table that is written anew in place, or a line now and then."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.campaigns.steps import kind_of
from evenhand.cli.views.layout import quiet, table
from evenhand.model.campaigns.campaign import CampaignState, HaltReason
from evenhand.model.campaigns.event import EventKind
from evenhand.statements import visible
from evenhand.workflows.campaigns.following import Glance

_COUNTED = (("imposed", EventKind.EFFECT_IMPOSED), ("failed", EventKind.EFFECT_FAILED),
            ("suppressed", EventKind.EFFECT_SUPPRESSED), ("undone", EventKind.EFFECT_UNDONE),
            ("told", EventKind.STATEMENT_DELIVERED), ("not told", EventKind.STATEMENT_FAILED))


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """One look at a campaign that runs."""

    glance: Glance

    def line(self) -> str:
        """All of it in one line, for a file or a pipe."""
        seen = [f"{one.what} {one.n_errors:,} of {one.n:,} ({visible(one.limit)})" for one in self.glance.brakes]
        halted = [f"halted: {visible(one.text)}" for one in self._halt()]
        return " · ".join([f"{self.glance.at:%Y-%m-%d %H:%M:%S}", f"{self.glance.campaign.state}", self._stage(),
                           *(f"{n:,} {what}" for what, n in self._counts()), self._pace(), *seen, *halted])

    def panel(self) -> RenderableType:
        """The same as a table, for a terminal."""
        campaign = self.glance.campaign
        grid = table()
        grid.add_column("", no_wrap=True)
        grid.add_column("", overflow="fold")
        grid.add_row("stage", self._stage())
        for what, n in self._counts():
            grid.add_row(what, f"{n:,}")
        grid.add_row("waiting", self._pace())
        for one in self.glance.brakes:
            grid.add_row(one.what, Text(f"{one.n_errors:,} of {one.n:,}; {visible(one.limit)}"))
        halts = [Text(f"halted by {visible(campaign.halts[-1].by)}: {one.check}: {visible(one.text)}", style="bold red")
                 for one in self._halt()]
        return Group(Text(f"{kind_of(campaign)} · {campaign.state}", style="bold"), grid, *halts,
                     quiet(f"{self.glance.at:%Y-%m-%d %H:%M:%S} UTC; Ctrl-C leaves, the campaign goes on"))

    def _stage(self) -> str:
        progress = self.glance.campaign.progress
        if progress is None or not self.glance.stage:
            return "not begun"
        return f"stage {self.glance.stage} of {progress.n_stages}, {self.glance.n_decisions:,} decisions"

    def _counts(self) -> list[tuple[str, int]]:
        return [(what, n) for what, kind in _COUNTED if (n := self.glance.counts.get(kind, 0))]

    def _pace(self) -> str:
        waiting = f"{self.glance.n_waiting:,} orders wait"
        left = self.glance.left
        return waiting if left is None else f"{waiting}, {self.glance.per_second:,.0f} a second, about {left} left"

    def _halt(self) -> tuple[HaltReason, ...]:
        campaign = self.glance.campaign
        return campaign.halts[-1].reasons if campaign.state is CampaignState.HALTED and campaign.halts else ()
