"""One step of a campaign: what was recorded, or what a safeguard refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import ACCENT, quiet
from evenhand.errors import ExitCode
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.refusal import Refusal
from evenhand.statements import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """What a safeguard refused.

    JSON: `exit_code`, `code` (never renamed), `text`, `next_step`.
    """

    name: ClassVar[str] = "refusal"
    refusal: Refusal

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The refusal and its next step."""
        text = Text(no_wrap=True, overflow="ignore")
        text.append("refused: ", style="bold red").append(visible(self.refusal.text) + "\n", style="bold")
        return text.append(f"  = {visible(self.refusal.next_step)}", style=ACCENT)

    def record(self) -> dict[str, object]:
        """The refusal as values."""
        return {"exit_code": int(ExitCode.REFUSED), "code": str(self.refusal.code), "text": self.refusal.text,
                "next_step": self.refusal.next_step}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step that was recorded.

    JSON: `campaign`, `state`, `mode`, `rehearsal`, `plan_digest`, `approvers`, `done` (what happened, in words).
    """

    name: ClassVar[str] = "campaign_step"
    campaign: Campaign
    done: str
    next_step: str

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence, the state, and what comes next."""
        return Group(Text(f"{visible(self.done)}."), quiet(f"{kind_of(self.campaign)} · {self.campaign.state}"),
                     quiet(f"next: {visible(self.next_step)}"))

    def record(self) -> dict[str, object]:
        """The campaign's state as values."""
        return {"done": self.done, "next_step": self.next_step, **campaign_record(self.campaign)}


def kind_of(campaign: Campaign) -> str:
    """The campaign's name, and what has to be said wherever it is named."""
    solo = " · solo mode: one person, only what can be taken back" if campaign.mode is Mode.SOLO else ""
    return f"{visible(campaign.campaign_id)}{solo}{' · rehearsal' if campaign.is_rehearsal else ''}"


def campaign_record(campaign: Campaign) -> dict[str, object]:
    """What every view of a campaign says in JSON."""
    return {"campaign": campaign.campaign_id, "state": str(campaign.state), "mode": str(campaign.mode),
            "rehearsal": campaign.is_rehearsal, "plan_digest": campaign.basis.digest if campaign.basis else None,
            "approvers": sorted(campaign.approvers)}
