"""What a finished sweep shows: the headline, the campaign table, the top reasons, who was spared, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evenhand.cli.views.campaign import CampaignView
from evenhand.cli.views.layout import ACCENT, heading, percent, quiet
from evenhand.cli.views.reasons import ReasonsView, SparedView
from evenhand.cli.views.registers.left_out import in_a_line
from evenhand.model.interval import Interval
from evenhand.model.penalty import Penalty
from evenhand.transparency import Difference, ReportView, TruthTable

_MAX_REASONS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCommands:
    """What a person may want to do next.

    JSON: `next`, each with `command` and `why`.
    """

    name: ClassVar[str] = "next"
    commands: tuple[tuple[str, str], ...]
    """A command as it can be typed, and what it does."""

    def human(self, width: int) -> RenderableType:
        """One line per command, the reason behind it or, where that does not fit, below it."""
        column = max((len(command) for command, why in self.commands if len(command) + len(why) + 5 <= width), default=0)
        lines: list[RenderableType] = [heading("Next")]
        for command, why in self.commands:
            line = Text("  " + command, style=ACCENT, no_wrap=True, overflow="ignore")
            fits = len(command) <= column and column + len(why) + 5 <= width
            lines.append(line + Text(" " * (column - len(command) + 3) + why, style="not bold default") if fits else line)
            lines += [] if fits else [Text("      " + why)]
        return Group(*lines)

    def record(self) -> dict[str, object]:
        """The commands as values."""
        return {"next": [{"command": command, "why": why} for command, why in self.commands]}


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepView:
    """The outcome of a sweep.

    JSON: `plan` (`digest`, `cut_off`, `pack`, `code_version`, `seed`, `accounts`, `posts`, and in `left_out` the number of
    records of each register that could not be used), `seconds`, `campaign`, `reasons`, `suspicions`, `guards`, `truth` and
    `difference` (each null when there is none), `next`.
    """

    name: ClassVar[str] = "sweep"
    report: ReportView
    next_commands: NextCommands
    seconds: float | None = None
    """How long the sweep took; None when it is not known."""

    def human(self, width: int) -> RenderableType:
        """Headline first, details after."""
        parts: list[RenderableType] = [*self._opening(), self._campaign.human(width)]
        if self.report.reasons:
            parts.append(self._reasons.human(width))
        if self.report.n_spared:
            parts.append(self._spared.human(width))
        if self.report.truth:
            parts += _truth_lines(self.report.truth)
        if self.report.difference:
            parts += _difference_lines(self.report.difference)
        return Group(*parts, self.next_commands.human(width), Text())

    def record(self) -> dict[str, object]:
        """All parts as values."""
        plan, truth, change = self.report.plan, self.report.truth, self.report.difference
        return {
            "plan": {"digest": plan.digest, "cut_off": plan.cut_off.isoformat(), "pack": plan.pack,
                     "code_version": plan.code_version, "seed": plan.seed, "accounts": plan.n_accounts,
                     "posts": plan.n_posts, "left_out": plan.left_out},
            "seconds": self.seconds, "campaign": self._campaign.record(), **self._reasons.record(),
            **self._spared.record(),
            "truth": None if truth is None else {
                "precision": _interval(truth.precision), "recall": _interval(truth.recall),
                "genuine_found": _interval(truth.genuine_found), "found_without_known_truth": truth.n_unknown,
                "violators_not_looked_for": truth.n_not_looked_for},
            "difference": None if change is None else {
                "new": change.total.n_new, "gone": change.total.n_gone, "heavier": change.total.n_heavier,
                "lighter": change.total.n_lighter, "same": change.total.n_same},
            **self.next_commands.record()}

    def _opening(self) -> list[RenderableType]:
        plan, total = self.report.plan, self.report.campaign.total
        n_closed = total.by_penalty[Penalty.CLOSE]
        took = f" · {self.seconds:,.1f} s" if self.seconds is not None else ""
        return [
            quiet(f"Evenhand {plan.code_version} · {plan.pack} · snapshot of {plan.cut_off:%Y-%m-%d} · "
                  f"plan {plan.digest[:12]}{took}"),
            Text(f"\nOf {plan.n_accounts:,} accounts, {total.n_accounts:,} would be penalised"
                 + (f", {n_closed:,} of them closed" if n_closed else "")
                 + f"; {self.report.n_spared:,} suspicions ended without a penalty.", style="bold"),
            Text("This is a plan: nothing has been done to anyone.\n"),
            *([Text(f"{in_a_line(plan.left_out)}.\n", style="yellow")] if plan.left_out else []),
        ]

    @property
    def _campaign(self) -> CampaignView:
        return CampaignView(campaign=self.report.campaign, messages=self.report.messages)

    @property
    def _reasons(self) -> ReasonsView:
        return ReasonsView(reasons=self.report.reasons[:_MAX_REASONS], messages=self.report.messages)

    @property
    def _spared(self) -> SparedView:
        return SparedView(guards=self.report.guards, n_spared=self.report.n_spared, messages=self.report.messages)


def _truth_lines(truth: TruthTable) -> list[RenderableType]:
    grid = Table.grid(padding=(0, 2))
    for what, measured in (("of the accounts found, rightly found", truth.precision),
                           ("of the violators looked for, found", truth.recall),
                           ("of the genuine accounts, found", truth.genuine_found)):
        if measured.share is not None:
            grid.add_row(Text(percent(measured.share), style="bold", justify="right"), what,
                         quiet(f"{measured.hits:,} of {measured.n:,}; 95 % interval {percent(measured.low)} "
                               f"to {percent(measured.high)}"))
    return [heading("Known truth, laid beside the plan afterwards"), grid]


def _difference_lines(change: Difference) -> list[RenderableType]:
    total = change.total
    return [heading("Since the previous plan"),
            Text(f"{total.n_new:,} accounts new · {total.n_gone:,} gone · {total.n_heavier:,} heavier · "
                 f"{total.n_lighter:,} lighter · {total.n_same:,} the same")]


def _interval(measured: Interval) -> dict[str, object]:
    return {"hits": measured.hits, "n": measured.n, "share": measured.share, "low": measured.low, "high": measured.high}
