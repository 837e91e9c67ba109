"""The audit: what it costs, what was drawn, what was read, and what each stratum came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pyarrow as pa
from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.campaign.audit.gates import Cost
from evenhand.cli.views.campaigns.steps import campaign_record, kind_of
from evenhand.cli.views.layout import heading, number, percent, quiet, table
from evenhand.model.campaigns.audit import StratumOutcome
from evenhand.statements import visible
from evenhand.workflows.audits.reading import Concluded, VerdictsTaken
from evenhand.workflows.audits.sampling import Drawn
from evenhand.workflows.audits.stage_samples import StageReading

MOST_ROWS = 40
_STYLES = {StratumOutcome.PASSED: "green", StratumOutcome.LOWERED: "yellow", StratumOutcome.DROPPED: "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostView:
    """What an audit would read.

    JSON: `strata` (each with `stratum`, `n_decisions`, `gate`, `n_items`), `n_items`, `n_readings`, `n_adjudications`, `hours`.
    """

    name: ClassVar[str] = "audit_cost"
    strata: pa.Table
    cost: Cost

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The strata, and the sum in hours."""
        grid = table()
        grid.add_column("stratum", overflow="fold")
        for title in ("decisions", "gate", "to read"):
            grid.add_column(title, justify="right", no_wrap=True)
        rows = self.strata.to_pylist()
        for row in rows[:MOST_ROWS]:
            grid.add_row(visible(row["stratum"]), number(row["n_decisions"]), percent(row["gate"]), number(row["n_items"]))
        more = [quiet(f"and {len(rows) - MOST_ROWS:,} more; --json has all")] if len(rows) > MOST_ROWS else []
        return Group(grid, *more, Text(
            f"\n{self.cost.n_items:,} items, {self.cost.n_readings:,} readings and about {self.cost.n_adjudications:,} by a "
            f"third person: {_hours(self.cost.time)} of reading, a minute each"))

    def record(self) -> dict[str, object]:
        """Strata and sums."""
        return {"strata": self.strata.select(["stratum", "n_decisions", "gate", "n_items"]).to_pylist(),
                "n_items": self.cost.n_items, "n_readings": self.cost.n_readings,
                "n_adjudications": self.cost.n_adjudications, "hours": round(self.cost.time.total_seconds() / 3600, 2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnView:
    """A sample that was drawn.

    JSON: `n_items`, `n_golden`, `n_readings`, `hours`, `unread` (languages that too few people read), `files`.
    """

    name: ClassVar[str] = "audit_drawn"
    drawn: Drawn
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts, files and what comes next."""
        sample = self.drawn.sample
        golden = f" and {sample.golden.num_rows:,} golden items among them" if sample.golden.num_rows else ""
        parts: list[RenderableType] = [Text(f"{sample.items.num_rows:,} items drawn{golden}; "
                                            f"{sample.assignment.readings.num_rows:,} readings, {_hours(sample.cost.time)}.")]
        if sample.assignment.unread:
            parts.append(Text(f"too few people read {', '.join(sample.assignment.unread)}: those strata will be dropped",
                              style="yellow"))
        parts += [quiet(f"  {file}") for file in self.drawn.files]
        parts.append(quiet("next: fill in `verdict` (right, wrong, cannot_decide), then "
                           f"evenhand audit verdicts {visible(self.campaign)} FILE"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """Counts and files."""
        sample = self.drawn.sample
        return {"n_items": sample.items.num_rows, "n_golden": sample.golden.num_rows,
                "n_readings": sample.assignment.readings.num_rows, "hours": round(sample.cost.time.total_seconds() / 3600, 2),
                "unread": list(sample.assignment.unread), "files": [str(file) for file in self.drawn.files]}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReadingView:
    """What is read of a stage.

    JSON: `stage`, `n_items`, `files`.
    """

    name: ClassVar[str] = "stage_reading"
    reading: StageReading
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts, files and what comes next."""
        return Group(Text(f"{self.reading.n_items:,} items of stage {self.reading.stage}, one reading each."),
                     *(quiet(f"  {file}") for file in self.reading.files),
                     quiet("next: fill in `verdict` (right, wrong, cannot_decide), then "
                           f"evenhand audit verdicts {visible(self.campaign)} FILE"))

    def record(self) -> dict[str, object]:
        """Counts and files."""
        return {"stage": self.reading.stage, "n_items": self.reading.n_items, "files": list(map(str, self.reading.files))}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictsView:
    """Verdicts that were taken.

    JSON: `taken`, `known`, `missing` (readings), `disputed` (items), `files`.
    """

    name: ClassVar[str] = "audit_verdicts"
    taken: VerdictsTaken
    campaign: str
    then: str = "evenhand audit conclude"
    """The command that comes when all is read."""

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts, and what is still missing."""
        done = self.taken
        known = f"; {done.n_known:,} were given before" if done.n_known else ""
        parts: list[RenderableType] = [Text(f"{done.n_taken:,} verdicts taken{known}.")]
        parts += [quiet(f"  {file}") for file in done.files]
        parts.append(quiet(f"missing: {done.n_missing:,} readings; {done.n_disputed:,} items for a third person"
                           if done.n_missing or done.n_disputed else f"next: {self.then} {visible(self.campaign)}"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The counts."""
        done = self.taken
        return {"taken": done.n_taken, "known": done.n_known, "missing": done.n_missing, "disputed": done.n_disputed,
                "files": [str(file) for file in done.files]}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """What the audit found.

    JSON: the campaign, `strata` (each with `stratum`, `outcome`, `gate`, `bound`, `estimate`, `n_right`, `n_read`,
    `n_decisions`, `why`, `lowered_to`), `kappa`, `alpha`, `has_golden`.
    """

    name: ClassVar[str] = "audit_concluded"
    concluded: Concluded

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The table of strata, agreement, and why something missed its gate."""
        result, grid = self.concluded.result, table()
        grid.add_column("stratum", overflow="fold")
        for title in ("decisions", "right / read", "at least", "gate"):
            grid.add_column(title, justify="right", no_wrap=True)
        grid.add_column("outcome", no_wrap=True)
        for one in result.strata[:MOST_ROWS]:
            grid.add_row(visible(one.stratum.key), number(one.reading.n_decisions),
                         f"{one.reading.n_right:,} / {one.reading.n_read:,}", percent(one.precision.low), percent(one.gate),
                         Text(str(one.outcome), style=_STYLES[one.outcome]))
        parts: list[RenderableType] = [grid]
        if len(result.strata) > MOST_ROWS:
            parts.append(quiet(f"and {len(result.strata) - MOST_ROWS:,} more; --json has all"))
        missed = [one for one in result.strata if one.outcome is not StratumOutcome.PASSED]
        if missed:
            parts.append(heading("Missed the gate"))
            parts += [Text(f"{visible(one.stratum.key)}: {one.why}") for one in missed[:MOST_ROWS]]
            if any(one.lowered_to is not None for one in missed):
                parts.append(quiet("to impose the lighter penalty, each with its own statement: evenhand audit lower "
                                   f"{visible(self.concluded.campaign.campaign_id)}"))
        agreement = "not defined: everybody always said the same" if result.kappa.value is None else (
            f"kappa {result.kappa.value:.2f}, alpha {result.alpha.value or 0:.2f}")
        parts += [Text(), quiet(f"agreement of the readers: {agreement}"), quiet(
            "readers measured by golden items" if result.golden is not None else
            "no golden items: the readers are taken to be perfect, and the waiver is on record"),
            quiet(kind_of(self.concluded.campaign))]
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """Everything as values."""
        result = self.concluded.result
        return {**campaign_record(self.concluded.campaign), "strata": [
            {"stratum": one.stratum.key, "outcome": str(one.outcome), "gate": one.gate, "bound": one.precision.low,
             "estimate": one.precision.estimate, "n_right": one.reading.n_right, "n_read": one.reading.n_read,
             "n_decisions": one.reading.n_decisions, "why": one.why,
             "lowered_to": None if one.lowered_to is None else str(one.lowered_to)} for one in result.strata],
            "kappa": result.kappa.value, "alpha": result.alpha.value, "has_golden": result.golden is not None}


def _hours(time: timedelta) -> str:
    return f"{time.total_seconds() / 3600:,.1f} hours"
