"""What accounts do together: the same things posted or followed at the same time, and what else they have in common."""

from __future__ import annotations

from evenhand.model.step import Step
from evenhand.signals.coordination import co_shares, cohorts, lockstep, networks, traits
from evenhand.signals.coordination.common_traits import group_openings, group_templates
from evenhand.signals.coordination.link_objects import link_objects
from evenhand.signals.coordination.post_times import post_times
from evenhand.signals.coordination.text_objects import text_objects


def coordination_steps() -> tuple[Step, ...]:
    """Every step of this room, of both scopes."""
    return (text_objects(), link_objects(), post_times(), traits.account_traits(), *traits.STEPS, *co_shares.STEPS,
            *cohorts.STEPS, *networks.STEPS, *lockstep.STEPS, group_templates("followers"),
            group_openings("followers"))
