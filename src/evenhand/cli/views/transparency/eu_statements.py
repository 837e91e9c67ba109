"""What was written for the European transparency database, and what was refused and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, quiet, table
from evenhand.workflows.transparency.eu_statements import EuExport

_MAX_REASONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class EuStatementsView:
    """A finished export.

    JSON: `into`, `schema`, `applied_on`, `decisions`, `not_carried_out`, `no_restriction`, `restrictions`, `ready`, `refused`,
    `calls`, `flags` (each with `policy_id` and its counts), `refused_for` (a reason and how many statements it concerns).
    """

    name: ClassVar[str] = "eu_statements"
    export: EuExport
    is_of_plan: bool = True
    """Not of a campaign, whose days are on record."""

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The sum in one sentence, the automation flags by policy, then why statements were refused."""
        export = self.export
        grid = table()
        grid.add_column("policy")
        for title in ("statements", "found by machine", "decided by machine", "in our record", "differing"):
            grid.add_column(title, justify="right")
        for row in export.flags:
            grid.add_row(row.policy_id, *(f"{n:,}" for n in (row.n_statements, row.n_detected_by_machine, row.n_decided_fully,
                                                            row.n_recorded_fully, row.n_differing)))
        flags: list[RenderableType] = [heading("Automation, as stated and as recorded"), grid] if export.flags else []
        parts: list[RenderableType] = [
            Text(f"{export.n_decisions:,} decisions: " + (
                 f"{export.n_not_carried_out:,} were not carried out; " if export.n_not_carried_out else "") +
                 f"{export.n_no_restriction:,} restrict nothing, so no statement is due; of "
                 f"{export.n_restrictions:,} restrictions {export.n_ready:,} with a statement that is ready, "
                 f"{export.n_refused:,} refused"),
            *flags]
        if export.refused_for:
            parts.append(heading("Refused"))
            parts += [Text(f"  {n:,} × {reason}") for reason, n in list(export.refused_for.items())[:_MAX_REASONS]]
            parts.append(quiet(f"  every refused statement, with its field and reason: {export.into / 'refused.csv'}"))
        if self.is_of_plan:
            parts.append(quiet(f"as if applied on {export.applied_on}; another day with --applied-on"))
        parts.append(Text(f"\nwritten to {export.into}: calls/ ({export.n_calls:,} of at most 100 statements), statements.csv, "
                          "refused.csv, harmonised/, summary.json"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The counts as values."""
        export = self.export
        return {"into": str(export.into), "schema": export.version, "applied_on": export.applied_on.isoformat(),
                "decisions": export.n_decisions, "not_carried_out": export.n_not_carried_out,
                "no_restriction": export.n_no_restriction,
                "restrictions": export.n_restrictions, "ready": export.n_ready, "refused": export.n_refused,
                "calls": export.n_calls, "flags": [asdict(row) for row in export.flags], "refused_for": export.refused_for}
