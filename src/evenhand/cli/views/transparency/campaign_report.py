"""The report of a campaign that was written: its sums, and where the files lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import number, quiet, table
from evenhand.statements import visible
from evenhand.transparency.campaigns import Fate
from evenhand.workflows.transparency.campaign_report import WrittenReport

_LINES = (("decisions", "decided"), ("in force", Fate.IN_FORCE), ("ended on their day", Fate.ENDED),
          ("taken back", Fate.TAKEN_BACK), ("refused by the platform", Fate.FAILED),
          ("never carried out", Fate.NOT_CARRIED_OUT), ("waiting", Fate.WAITING), ("effects imposed", "effects_imposed"),
          ("statements delivered", "statements_delivered"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReportView:
    """A written report.

    JSON: `campaign`, `state`, `into`, `files`, `final`, `events`, `ledger_compared`, `sums` (name → number), `agreeing` (how
    many totals were held against the ledger).
    """

    name: ClassVar[str] = "campaign_report"
    written: WrittenReport

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The sums, that they equal the ledger, and the files."""
        report = self.written.report
        grid = table()
        grid.add_column("", no_wrap=True)
        grid.add_column("", justify="right")
        for title, name in _LINES:
            if name == "decided" or report.n(name):
                grid.add_row(title, number(report.n(name)))
        beside = " and its published copy" if report.is_published else ""
        lines = [Text(f"\n{len(report.totals)} totals equal the ledger ({report.n_events:,} events){beside}."),
                 Text(f"written to {visible(str(self.written.into))}: {', '.join(self.written.files)}")]
        if self.written.is_final:
            lines.append(Text("It is on record as the campaign's report."))
        return Group(Text(visible(f"{report.campaign.campaign_id} · {report.campaign.state}"), style="bold"), grid, *lines,
                     quiet(f"read {visible(str(self.written.into / self.written.files[0]))} first"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        written, report = self.written, self.written.report
        return {"campaign": report.campaign.campaign_id, "state": str(report.campaign.state), "into": str(written.into),
                "files": list(written.files), "final": written.is_final, "events": report.n_events,
                "ledger_compared": report.is_published, "sums": {name: report.n(name) for _, name in _LINES},
                "agreeing": len(report.totals)}
