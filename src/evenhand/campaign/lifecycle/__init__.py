"""The life of a campaign: a fold over its events that moves on or refuses, and nothing else."""

from evenhand.campaign.lifecycle.advance import advance, replay
from evenhand.campaign.lifecycle.effects import may_impose

__all__ = ["advance", "may_impose", "replay"]
