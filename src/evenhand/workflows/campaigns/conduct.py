"""How a campaign is carried out, and how far it came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evenhand.campaign.stages import Caps, Stage
from evenhand.model.campaigns.campaign import Campaign
from evenhand.workflows.campaigns.letting_out import LetOut
from evenhand.workflows.effects.worker import Step

if TYPE_CHECKING:
    from evenhand.stores.releasing import StageCount

USUAL_CAPS = Caps(effects=100_000, effects_per_language=50_000, reach=50_000_000, reach_per_language=25_000_000)
"""The most of one hour where nobody says otherwise. Our own choice: it lets a person stop a mistake in the first hour."""


def _nothing(_step: Step) -> None:
    """What happens at each step outside tests."""


def _quiet(_done: int, _total: int, _what: str) -> None:
    """What is said on the way, when nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How a campaign is carried out."""

    caps: Caps | None = USUAL_CAPS
    """None lets a stage out at once, recorded as a waiver."""
    until_done: bool = False
    """Go through all stages and wait for the hours between; otherwise stop after the stage, or where something waits."""
    batch: int = 10_000
    """Orders that are leased and settled together."""
    reached: Callable[[Step], None] = _nothing
    progress: Callable[[int, int, str], None] = _quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDone:
    """One stage and what came of it."""

    stage: Stage
    count: StageCount
    is_finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How far it came."""

    campaign: Campaign
    stages: tuple[StageDone, ...]
    """The stages that this run worked on."""
    n_stages: int
    waiting: LetOut = field(default_factory=LetOut)
