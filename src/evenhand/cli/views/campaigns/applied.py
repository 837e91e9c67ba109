"""Carrying out and taking back: what a run came to, and what waits for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.campaigns.steps import campaign_record, kind_of
from evenhand.cli.views.campaigns.undone import undone_rows, undone_table
from evenhand.cli.views.layout import number, quiet, table
from evenhand.model.campaigns.campaign import CampaignState
from evenhand.statements import visible
from evenhand.workflows.campaigns.conduct import Applied
from evenhand.workflows.campaigns.rolling_back import Preview, RolledBack


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedView:
    """How far a campaign was carried out.

    JSON: the campaign, `stages` (each with `stage`, `name`, `n_decisions`, `imposed`, `failed`, `suppressed`, `held`, `open`,
    `is_finished`), `n_stages`, `waiting` (for what → effects), `wait_until`, `halts`.
    """

    name: ClassVar[str] = "campaign_applied"
    applied: Applied

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The stages of this run, what waits, and what comes next."""
        grid = table()
        for title in ("stage", ""):
            grid.add_column(title, no_wrap=True)
        for title in ("decisions", "imposed", "failed", "suppressed", "waiting"):
            grid.add_column(title, justify="right", no_wrap=True)
        for one in self.applied.stages:
            grid.add_row(f"{one.stage.number} of {self.applied.n_stages}", one.stage.name, number(one.stage.n_decisions),
                         *(number(n) for n in (one.count.n_imposed, one.count.n_failed, one.count.n_suppressed,
                                               one.count.n_held + one.count.n_open)))
        parts: list[RenderableType] = [grid, Text()] if self.applied.stages else []
        parts += [Text(f"{n:,} effects wait {what}") for what, n in self.applied.waiting.waiting.items()]
        campaign = self.applied.campaign
        if campaign.state is CampaignState.HALTED and campaign.halts:
            parts += [Text(f"halted by {visible(campaign.halts[-1].by)}", style="bold red")]
            parts += [Text(f"  {one.check}: {visible(one.text)}") for one in campaign.halts[-1].reasons]
        return Group(*parts, quiet(f"{kind_of(campaign)} · {campaign.state}"), quiet(f"next: {self._next}"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        until = self.applied.waiting.wait_until
        return {**campaign_record(self.applied.campaign), "n_stages": self.applied.n_stages, "stages": [
            {"stage": one.stage.number, "name": one.stage.name, "n_decisions": one.stage.n_decisions,
             "imposed": one.count.n_imposed, "failed": one.count.n_failed, "suppressed": one.count.n_suppressed,
             "held": one.count.n_held, "open": one.count.n_open, "is_finished": one.is_finished}
            for one in self.applied.stages], "waiting": dict(self.applied.waiting.waiting),
            "wait_until": None if until is None else until.isoformat(), "halts": len(self.applied.campaign.halts)}

    @property
    def _next(self) -> str:
        name = visible(self.applied.campaign.campaign_id)
        state, until = self.applied.campaign.state, self.applied.waiting.wait_until
        if state is CampaignState.COMPLETED:
            return f"all stages are done; publish them with `evenhand campaign publish {name}`"
        if state is CampaignState.HALTED:
            return "look at the reasons; the approvers resume it with `evenhand resume`, or roll it back"
        if self.applied.stages and self.applied.stages[-1].is_finished:
            return "look at what the stage did; the same command carries out the next one"
        when = f", from {until:%Y-%m-%d %H:%M:%S} UTC on" if until else " after that"
        return f"the same command goes on{when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """What a rollback would take back.

    JSON: `by_penalty` (each with `penalty`, `language`, `effects`), `not_begun`, `accounts`, `stages` (each with `stage`,
    `name`, `decisions`, `read`: how many people read at most).
    """

    name: ClassVar[str] = "rollback_preview"
    preview: Preview
    campaign: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Effects by penalty and language."""
        grid = table()
        for title in ("penalty", "language"):
            grid.add_column(title, no_wrap=True)
        grid.add_column("effects in force", justify="right", no_wrap=True)
        for (penalty, language), n in self.preview.by_penalty.items():
            grid.add_row(penalty.replace("_", " "), visible(language), number(n))
        return Group(grid, Text(f"\n{self.preview.n_accounts:,} accounts; {self.preview.n_not_begun:,} effects have not begun "
                                "and never would."),
                     Text("stages: " + " · ".join(f"{stage.name} {stage.n_decisions:,}, of which {n:,} are read"
                                                  for stage, n in self.preview.stages)),
                     quiet(f"to do it: the same command with --confirm {visible(self.campaign)}:{self.preview.n_accounts}"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"by_penalty": [{"penalty": penalty, "language": language, "effects": n}
                               for (penalty, language), n in self.preview.by_penalty.items()],
                "not_begun": self.preview.n_not_begun, "accounts": self.preview.n_accounts,
                "stages": [{"stage": stage.number, "name": stage.name, "decisions": stage.n_decisions, "read": n}
                           for stage, n in self.preview.stages]}


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBackView:
    """What a rollback came to.

    JSON: the campaign, `undone`, `suppressed`, `failed`, `too_late` (keys), `stopped` (why, or null), `waiting`
    (`items` to be read and `until` when it waits for them, or null), `audit` (see `undone_rows`).
    """

    name: ClassVar[str] = "rolled_back"
    result: RolledBack

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence, and what could not be undone."""
        done = self.result
        parts: list[RenderableType] = [
            Text(f"{done.n_undone:,} effects undone; {done.n_suppressed:,} had not begun and never will.")]
        if done.n_failed:
            parts.append(Text(f"{done.n_failed:,} were not undone by the platform: a person has to look", style="bold red"))
        if done.too_late:
            parts.append(Text(f"{len(done.too_late):,} can no longer be undone", style="bold red"))
        if done.audit:
            parts.append(undone_table(done.audit))
        if done.stopped:
            parts.append(Text(f"stopped: {done.stopped}", style="bold red"))
        if done.waiting is not None:
            n, until = done.waiting
            parts.append(Text(f"{n:,} undone accounts are to be read, until {until:%Y-%m-%d %H:%M:%S} UTC at the latest"))
            parts.append(quiet(f"next: evenhand audit rollback {visible(done.campaign.campaign_id)}, then evenhand audit "
                               "verdicts; the same command goes on"))
        return Group(*parts, quiet(f"{kind_of(done.campaign)} · {done.campaign.state}"))

    def record(self) -> dict[str, object]:
        """The same as values."""
        done = self.result
        return {**campaign_record(done.campaign), "undone": done.n_undone, "suppressed": done.n_suppressed,
                "failed": done.n_failed, "too_late": list(done.too_late), "stopped": done.stopped,
                "audit": undone_rows(done.audit), "waiting": None if done.waiting is None else {
                    "items": done.waiting[0], "until": done.waiting[1].isoformat()}}
