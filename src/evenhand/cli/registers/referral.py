"""`evenhand referral`: tell somebody outside of a threat to life or fraud with victims. Two people, minimal data."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.campaigns.options import WORDS, accepted, by, state_option
from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.registers.referral import ReferralListView
from evenhand.cli.views.registers.step import RegisterStepView
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.registers import referrals
from evenhand.workflows.registers.keeping import by_now


@click.group()
def referral() -> None:
    """Referrals to outside: only for a threat to life or fraud with victims. Two people, minimal data, counted."""


@referral.command()
@click.argument("file", type=EXISTING)
@by
@state_option
@as_json
def propose(*, file: Path, person: str, state: str, as_json: bool) -> None:
    """Propose the referral in FILE (JSON). What it hands on is not stored: keep the file."""
    proposed, who = referrals.read(file), by_now(person)
    with open_state(state) as opened:
        event = accepted(referrals.propose(opened, proposed, by=who), as_json=as_json)
    name = event.body["referral_id"]
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{name}` is proposed", facts=event.body,
        next_step=f"a second person reads the file and says `evenhand referral approve {name} {file}`"))


@referral.command()
@click.argument("referral_id")
@click.argument("file", type=EXISTING)
@by
@state_option
@as_json
def approve(*, referral_id: str, file: Path, person: str, state: str, as_json: bool) -> None:
    """Approve exactly what stands in FILE. Whoever proposed it cannot."""
    with open_state(state, create=False) as opened:
        event = accepted(referrals.approve(opened, referral_id, file, by=by_now(person)), as_json=as_json)
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{referral_id}` is approved", next_step=f"hand it on with `evenhand referral send {referral_id} {file}`",
        facts=event.body))


@referral.command()
@click.argument("referral_id")
@by
@click.option("--why", type=WORDS, required=True, help="Why not.")
@state_option
@as_json
def decline(*, referral_id: str, person: str, why: str, state: str, as_json: bool) -> None:
    """Turn a referral down."""
    with open_state(state, create=False) as opened:
        event = accepted(referrals.decline(opened, referral_id, why=why, by=by_now(person)), as_json=as_json)
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{referral_id}` is declined", next_step="remove the file", facts=event.body))


@referral.command()
@click.argument("referral_id")
@click.argument("file", type=EXISTING)
@by
@click.option("--into", type=FOLDER, default=Path("referrals"), show_default=True, help="Where what is handed on is written.")
@state_option
@as_json
def send(*, referral_id: str, file: Path, person: str, into: Path, state: str, as_json: bool) -> None:
    """Write what the recipient gets, and record that it was handed on. How it travels is yours."""
    with open_state(state, create=False) as opened:
        done = accepted(referrals.send(opened, referral_id, file, into=into, by=by_now(person)), as_json=as_json)
    screen(as_json=as_json).show(RegisterStepView(
        done=f"`{referral_id}` is written to {done.file} and counted",
        next_step="hand the file on by a safe way, then remove it and the one that was proposed", facts=done.event.body))


@referral.command("list")
@state_option
@as_json
def list_(*, state: str, as_json: bool) -> None:
    """Show every referral: ground, recipient, how much, where it stands."""
    with open_state(state, create=False) as opened:
        screen(as_json=as_json).show(ReferralListView(book=referrals.referrals_in(opened).book()))
