"""Where campaigns stand."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.campaign.brakes import Brake
from evenhand.cli.views.campaigns.steps import campaign_record, kind_of
from evenhand.cli.views.campaigns.undone import undone_rows
from evenhand.cli.views.layout import number, percent, quiet, table
from evenhand.model.campaigns.audit import StratumOutcome
from evenhand.model.campaigns.effect_state import Act, EffectState
from evenhand.model.campaigns.event import EventKind
from evenhand.model.campaigns.undone import UndoneStage
from evenhand.statements import visible
from evenhand.workflows.campaigns.status import IMPOSED, Listed, Status

_LINES = (
    ("imposed", Act.IMPOSE, IMPOSED), ("failed", Act.IMPOSE, (EffectState.FAILED,)),
    ("suppressed", Act.IMPOSE, (EffectState.SUPPRESSED,)),
    ("waiting", Act.IMPOSE, (EffectState.QUEUED, EffectState.IN_FLIGHT)),
    ("undone", Act.IMPOSE, (EffectState.UNDONE,)), ("ended on their day", Act.IMPOSE, (EffectState.LIFTED,)),
    ("statements delivered", Act.TELL, (EffectState.DONE,)),
    ("statements not delivered", Act.TELL, (EffectState.FAILED, EffectState.SUPPRESSED)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """A campaign at a glance.

    JSON: the campaign, `strata` (outcome → how many), `lowered` (stratum → penalty in its place), `stage` (finished, of),
    `effects` (state → orders), `closings_announced` (of those that wait), `rollback` (see `undone_rows`), `events` (kind → how
    many), `halts`, `waivers`, `reconciles`, `next_step`; with `--live` also `brakes`, each with `check`, `what`, `n`,
    `n_errors`, `limit`.
    """

    name: ClassVar[str] = "campaign_status"
    status: Status
    brakes: tuple[Brake, ...] | None = None

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """State, people, strata, stages, effects, halts, and what comes next."""
        campaign = self.status.campaign
        grid = table()
        grid.add_column("", no_wrap=True)
        grid.add_column("", overflow="fold")
        for name, value in self._facts():
            grid.add_row(name, value)
        parts: list[RenderableType] = [Text(f"{kind_of(campaign)} · {campaign.state}", style="bold"), grid]
        parts += [Text(f"halt {place}: {reason.check}: {visible(reason.text)}", style="red")
                  for place, halt in enumerate(campaign.halts, start=1) for reason in halt.reasons]
        if not self.status.reconciles:
            parts.append(Text("the outbox and the events count differently: compare them with the ledger", style="bold red"))
        return Group(*parts, quiet(f"next: {visible(self.status.next_step)}"))

    def _facts(self) -> list[tuple[str, Text]]:
        campaign, status = self.status.campaign, self.status
        facts = [("plan", campaign.basis.digest[:16] if campaign.basis else "none bound"),
                 ("proposed by", ", ".join(sorted(campaign.proposers))),
                 ("approved by", ", ".join(sorted(campaign.approvers)) or "nobody yet")]
        if campaign.strata is not None:
            counts = self._strata()
            facts.append(("audit", " · ".join(f"{n:,} strata {outcome}" for outcome, n in counts.items() if n)))
        if campaign.lowered:
            facts.append(("lowered", " · ".join(f"{stratum} to {one.penalty.replace('_', ' ')}"
                                                for stratum, one in sorted(campaign.lowered.items()))))
        if (holdout := campaign.holdout) is not None:
            facts.append(("holdout", "concluded" if holdout.is_concluded else
                          f"{holdout.n_read:,} of {holdout.n_readings:,} readings"))
        if campaign.progress is not None:
            progress = campaign.progress
            facts.append(("stages", f"{progress.n_finished} of {progress.n_stages} finished"
                          + (", one under way" if progress.is_open else "")))
        facts += [(f"rollback, stage {one.stage}", _undone(one)) for one in status.undone]
        rows = [(name, Text(visible(value))) for name, value in facts]
        announced = [("closings announced", number(status.n_announced))] if status.n_announced else []
        return rows + [(name, number(n)) for name, act, states in _LINES if (n := status.n_orders(act, *states))] + announced

    def _strata(self) -> dict[str, int]:
        outcomes = list((self.status.campaign.strata or {}).values())
        return {str(outcome): outcomes.count(outcome) for outcome in StratumOutcome}

    def record(self) -> dict[str, object]:
        """The same as values."""
        campaign, progress = self.status.campaign, self.status.campaign.progress
        seen = {} if self.brakes is None else {"brakes": [asdict(brake) for brake in self.brakes]}
        return {
            **campaign_record(campaign), **seen, "strata": self._strata(), "reconciles": self.status.reconciles,
            "lowered": {stratum: str(one.penalty) for stratum, one in sorted(campaign.lowered.items())},
            "stage": None if progress is None else {"finished": progress.n_finished, "of": progress.n_stages},
            "effects": {name.replace(" ", "_"): self.status.n_orders(act, *states) for name, act, states in _LINES},
            "closings_announced": self.status.n_announced, "rollback": undone_rows(self.status.undone),
            "events": {str(kind): n for kind, n in sorted(self.status.events.items())},
            "halts": [{"by": halt.by, "at": halt.at.isoformat(), "reasons": [
                {"check": one.check, "text": one.text} for one in halt.reasons]} for halt in campaign.halts],
            "waivers": [{"safeguard": event.body["safeguard"], "why": event.body["why"]} for event in self.status.steps
                        if event.kind is EventKind.WAIVER_RECORDED], "next_step": self.status.next_step}


def _undone(one: UndoneStage) -> str:
    """What was undone in one stage of a rollback, and what its readers said."""
    bound = "" if one.bound is None else f", at least {percent(one.bound)} rightly"
    return (f"{one.n_undone:,} effects undone; {one.n_items:,} accounts drawn, {one.n_read:,} read: {one.n_right:,} right, "
            f"{one.n_wrong:,} wrong{bound}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """All campaigns of a database.

    JSON: `campaigns`, each with `campaign`, `state`, `mode`, `changed_at`.
    """

    name: ClassVar[str] = "campaigns"
    campaigns: tuple[Listed, ...]

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One line each."""
        if not self.campaigns:
            return Text("There is no campaign yet: evenhand campaign draft NAME --by PERSON")
        grid = table()
        for title in ("campaign", "state", "mode", "last step (UTC)"):
            grid.add_column(title, no_wrap=True)
        for one in self.campaigns:
            grid.add_row(visible(one.campaign_id), str(one.state), str(one.mode), f"{one.changed_at:%Y-%m-%d %H:%M}")
        return grid

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"campaigns": [{"campaign": one.campaign_id, "state": str(one.state), "mode": str(one.mode),
                               "changed_at": one.changed_at.isoformat()} for one in self.campaigns]}
