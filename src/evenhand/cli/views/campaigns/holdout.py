"""The holdout: what was drawn, and what it says of the accounts that the sweep left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.campaigns.steps import campaign_record, kind_of
from evenhand.cli.views.layout import quiet
from evenhand.statements import visible
from evenhand.workflows.holdout.drawing import HoldoutDrawn
from evenhand.workflows.holdout.reading import HoldoutConcluded


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutDrawnView:
    """A holdout that was drawn.

    JSON: `n_items`, `n_golden`, `n_readings`, `hours`, `n_accounts` (out of which it was drawn), `n_unplanned` (all accounts
    outside of the plan), `languages`, `files`.
    """

    name: ClassVar[str] = "holdout_drawn"
    drawn: HoldoutDrawn
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts, files and what comes next."""
        sample = self.drawn.sample
        golden = f" and {sample.golden.num_rows:,} golden accounts among them" if sample.golden.num_rows else ""
        parts: list[RenderableType] = [Text(
            f"{sample.items.num_rows:,} of {sample.n_accounts:,} accounts drawn{golden}; "
            f"{sample.assignment.readings.num_rows:,} readings, {sample.hours:,.1f} hours.")]
        if unread := sample.n_unplanned - sample.n_accounts:
            parts.append(Text(f"too few people read the languages of {unread:,} other accounts: nothing is said about those",
                              style="yellow"))
        parts += [quiet(f"  {file}") for file in self.drawn.files]
        parts.append(quiet("next: fill in `verdict` (right to leave it alone, wrong, cannot_decide), then "
                           f"evenhand audit holdout verdicts {visible(self.campaign)} FILE"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """Counts and files."""
        sample = self.drawn.sample
        return {"n_items": sample.items.num_rows, "n_golden": sample.golden.num_rows,
                "n_readings": sample.assignment.readings.num_rows, "hours": round(sample.hours, 2),
                "n_accounts": sample.n_accounts, "n_unplanned": sample.n_unplanned, "languages": list(sample.languages),
                "files": [str(file) for file in self.drawn.files]}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutView:
    """What a holdout found.

    JSON: the campaign, `n_read`, `n_missed`, `n_undecided`, `n_accounts`, `n_unplanned`, `prevalence` and `recall` (each with
    `estimate`, `low`, `high`), `has_golden`.
    """

    name: ClassVar[str] = "holdout_concluded"
    concluded: HoldoutConcluded

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """What was missed and what was found, each with its bounds."""
        missed, found = self.concluded.prevalence, self.concluded.recall
        undecided = f", {missed.n_undecided:,} undecided" if missed.n_undecided else ""
        least, most = round(missed.low * missed.n_accounts), round(missed.high * missed.n_accounts)
        return Group(
            Text(f"{missed.n_missed:,} of {missed.n_read:,} accounts break a rule{undecided}: between "
                 f"{_percent(missed.low)} and {_percent(missed.high)} of {missed.n_accounts:,} (95 %)."),
            Text(f"That is {least:,} to {most:,} accounts that the plan missed."),
            Text(f"It found between {_percent(found.low)} and {_percent(found.high)} of all that there are."),
            quiet("readers measured by golden accounts" if missed.golden is not None else
                  "no golden accounts: the readers are taken to be perfect, and the waiver is on record"),
            quiet(kind_of(self.concluded.campaign)))

    def record(self) -> dict[str, object]:
        """Everything as values."""
        missed, found = self.concluded.prevalence, self.concluded.recall
        return {**campaign_record(self.concluded.campaign), "n_read": missed.n_read, "n_missed": missed.n_missed,
                "n_undecided": missed.n_undecided, "n_accounts": missed.n_accounts, "n_unplanned": self.concluded.n_unplanned,
                "prevalence": {"estimate": missed.estimate, "low": missed.low, "high": missed.high},
                "recall": {"estimate": found.estimate, "low": found.low, "high": found.high},
                "has_golden": missed.golden is not None}


def _percent(share: float) -> str:
    """A share with two decimals, since what was missed is often far below one percent."""
    return f"{100 * share:.2f} %"
