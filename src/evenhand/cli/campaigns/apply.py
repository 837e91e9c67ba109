"""`evenhand apply`: carry out an approved campaign, stage by stage. The same command goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.campaign.stages import Caps
from evenhand.cli.campaigns.options import (
    accepted,
    by,
    confirm_option,
    confirmed,
    desk_at,
    on_desk,
    plan_option,
    platform_option,
)
from evenhand.cli.options import screen
from evenhand.cli.views.campaigns.applied import AppliedView
from evenhand.cli.views.progress import progress
from evenhand.workflows.campaigns.carry_out import carry_out, refuse_real, to_confirm
from evenhand.workflows.campaigns.conduct import USUAL_CAPS, Conduct
from evenhand.workflows.campaigns.platforms import open_platform

LEAST = click.IntRange(1)


@click.command()
@on_desk
@by
@plan_option
@platform_option
@confirm_option
@click.option("--until-done", is_flag=True, help="Go through all stages, waiting for the hours between. Default: one stage.")
@click.option("--effects-per-hour", type=LEAST, default=USUAL_CAPS.effects, show_default=True,
              help="The most effects in an hour.")
@click.option("--reach-per-hour", type=LEAST, default=USUAL_CAPS.reach, show_default=True,
              help="The most followers concerned in an hour, summed. Each language may take half of both.")
@click.option("--at-once", is_flag=True, help="No caps and no spreading over the hour; recorded as a waiver.")
def apply(*, name: str, person: str, plan: Path, platform: str, confirm: str | None, until_done: bool, effects_per_hour: int,
          reach_per_hour: int, at_once: bool, state: str, hours: float | None, as_json: bool) -> None:
    """Carry out the campaign NAME on a platform: the canary first, the next stage with the next call.

    Interrupt it whenever you like: the same command goes on, and nothing is lost or done twice.
    """
    shown = screen(as_json=as_json)
    caps = None if at_once else Caps(effects=effects_per_hour, effects_per_language=-(-effects_per_hour // 2),
                                     reach=reach_per_hour, reach_per_language=-(-reach_per_hour // 2))
    opened = open_platform(platform)
    with desk_at(state, name, hours=hours) as desk:
        refuse_real(desk.course().campaign, is_simulated=opened.is_simulated)
        if (expected := to_confirm(desk, plan)) is not None:
            confirmed(expected, confirm, what="Applying it")
        with progress(shown, what="Applying", unit="orders") as advance:
            conduct = Conduct(caps=caps, until_done=until_done, progress=advance)
            done = carry_out(desk, plan, opened.platform, conduct, person=person)
        opened.close()
    shown.show(AppliedView(applied=accepted(done, as_json=as_json)))
