"""`evenhand rollback`: take a campaign back, exactly what it did and no more."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.campaigns.options import (
    WORDS,
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
from evenhand.cli.views.campaigns.applied import PreviewView, RolledBackView
from evenhand.cli.views.progress import progress
from evenhand.errors import ConfigError, ExitCode, Problem
from evenhand.workflows.campaigns.carry_out import refuse_real
from evenhand.workflows.campaigns.platforms import open_platform
from evenhand.workflows.campaigns.rolling_back import RollbackTerms, preview_rollback, roll_back


@click.command()
@on_desk
@by
@plan_option
@platform_option
@click.option("--why", type=WORDS, help="Why it is taken back. Required to begin, and after a halt.")
@confirm_option
@click.option("--until-done", is_flag=True, help="Wait for the readers of the samples. Default: stop where it waits for them.")
@click.option("--unread", type=WORDS, metavar="WHY", help="Go on without the readers; a waiver, for an approver.")
@click.option("--preview", is_flag=True, help="Only show what would be undone.")
def rollback(*, name: str, person: str, plan: Path, platform: str, why: str | None, confirm: str | None, until_done: bool,
             unread: str | None, preview: bool, state: str, hours: float | None, as_json: bool) -> None:
    """Take the campaign NAME back: every effect in force is undone, and everybody concerned is told. For an approver.

    Of each stage people read a sample (`evenhand audit rollback`). The canary's is waited for, four hours at most, and the end
    for all of them, a day at most; the same command goes on.
    """
    shown = screen(as_json=as_json)
    opened = open_platform(platform)
    with desk_at(state, name, hours=hours) as desk:
        campaign = desk.course().campaign
        if why is None and not preview and not campaign.is_rolling_back:
            raise ConfigError(Problem(what=f"nothing says why `{name}` is taken back",
                                      hint="give `--why TEXT`, or only look at what would be undone with `--preview`"))
        refuse_real(campaign, is_simulated=opened.is_simulated)
        ahead = preview_rollback(desk)
        if preview:
            shown.show(PreviewView(preview=ahead, campaign=name))
            return
        if not campaign.is_rolling_back:
            confirmed(f"{name}:{ahead.n_accounts}", confirm, what="Rolling back")
        with progress(shown, what="Rolling back", unit="decisions") as advance:
            terms = RollbackTerms(unread_because=unread, until_done=until_done, progress=advance)
            done = roll_back(desk, plan, opened.platform, why=why or "", person=person, terms=terms)
        opened.close()
    result = accepted(done, as_json=as_json)
    shown.show(RolledBackView(result=result))
    if result.stopped is not None:
        raise click.exceptions.Exit(ExitCode.OUTSIDE_SERVICE)
