"""`evenhand approve`, `halt`, `resume`, `status`: what people decide about a campaign, and where it stands."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from evenhand.cli.campaigns.campaign import show_step
from evenhand.cli.campaigns.options import WORDS, by, desk_at, on_desk, plan_option, state_option
from evenhand.cli.options import EXISTING, Finite, as_json, screen, teller
from evenhand.cli.views.campaigns.live import LiveView
from evenhand.cli.views.campaigns.status import ListView, StatusView
from evenhand.errors import ConfigError, Problem
from evenhand.workflows.campaigns.clock import real_clock
from evenhand.workflows.campaigns.following import follow, plan_of
from evenhand.workflows.campaigns.halting import halt, resume
from evenhand.workflows.campaigns.preparing import approve, withdraw
from evenhand.workflows.campaigns.status import listed, status
from evenhand.workflows.effects.opening import open_state


@click.command("approve")
@on_desk
@by
@plan_option
@click.option("--withdraw", "is_withdrawn", is_flag=True, help="Take your approval back, before the start.")
def approve_(*, name: str, person: str, plan: Path, is_withdrawn: bool, state: str, hours: float | None, as_json: bool) -> None:
    """Approve the audited plan of the campaign NAME. Two people, neither of whom proposed it."""
    with desk_at(state, name, hours=hours) as desk:
        outcome = withdraw(desk, person=person) if is_withdrawn else approve(
            desk, plan, person=person, on_left_out=teller(as_json=as_json))
        done = f"`{person}` {'withdrew the approval' if is_withdrawn else 'approved the plan'}"
        show_step(desk, outcome, done, as_json=as_json)


@click.command("halt")
@on_desk
@by
@click.option("--why", type=WORDS, required=True, help="What is wrong; the approvers read it before they resume.")
def halt_(*, name: str, person: str, why: str, state: str, hours: float | None, as_json: bool) -> None:
    """Stop the campaign NAME now. Anybody may; nothing more goes out."""
    with desk_at(state, name, hours=hours) as desk:
        show_step(desk, halt(desk, why=why, person=person), f"`{name}` is halted", as_json=as_json)


@click.command("resume")
@on_desk
@by
@plan_option
@click.option("--why", type=WORDS, required=True, help="What was looked at, and why it may go on.")
def resume_(*, name: str, person: str, plan: Path, why: str, state: str, hours: float | None, as_json: bool) -> None:
    """Agree to go on after a halt. It runs again once every approver agrees."""
    with desk_at(state, name, hours=hours) as desk:
        show_step(desk, resume(desk, plan, why=why, person=person), f"`{person}` agrees to go on", as_json=as_json)


@click.command("status")
@click.argument("name", required=False)
@state_option
@click.option("--live", is_flag=True, help="Look again and again until it is over; Ctrl-C leaves. With --json: once.")
@click.option("--every", type=Finite(0.1, 86_400), default=5.0, show_default=True, help="Seconds between two looks.")
@click.option("--plan", type=EXISTING, help="With --live: the plan's folder, for the slices. Default: `plan`, if it is that.")
@as_json
def status_(*, name: str | None, state: str, live: bool, every: float, plan: Path | None, as_json: bool) -> None:
    """Show where the campaign NAME stands, or all campaigns."""
    shown = screen(as_json=as_json)
    if live and name is None:
        raise ConfigError(Problem(what="`--live` follows one campaign", hint="write `evenhand status NAME --live`"))
    if name is None:
        with open_state(state, create=False) as opened:
            shown.show(ListView(campaigns=listed(opened)))
        return
    with desk_at(state, name, hours=None) as desk:
        looks = follow(replace(desk, clock=real_clock()), every=every, plan=plan_of(desk.course(), plan)) if live else None
        if looks is not None and not as_json:
            with suppress(KeyboardInterrupt):
                shown.follow(LiveView(glance=glance) for glance in looks)
            looks = None
        shown.show(StatusView(status=status(desk), brakes=None if looks is None else next(looks).brakes))
