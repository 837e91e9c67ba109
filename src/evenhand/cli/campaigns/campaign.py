"""`evenhand campaign`: draft one, bind a plan, confirm what waits for a person, let out large accounts, publish it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from evenhand.cli.campaigns.options import WORDS, accepted, by, desk_at, on_desk, plan_option
from evenhand.cli.options import FOLDER, MOST_HOURS, Finite, screen, teller
from evenhand.cli.views.campaigns.published import PublishedView
from evenhand.cli.views.campaigns.steps import StepView
from evenhand.cli.views.progress import progress
from evenhand.errors import ConfigError, Problem
from evenhand.model.campaigns.campaign import Campaign, Mode
from evenhand.model.campaigns.campaign_name import campaign_named
from evenhand.model.campaigns.person import person_named
from evenhand.model.refusal import Refusal
from evenhand.workflows.campaigns.confirming import cases, confirm, words_of
from evenhand.workflows.campaigns.halting import release as let_out_large
from evenhand.workflows.campaigns.platforms import open_platform
from evenhand.workflows.campaigns.preparing import Draft, bind, planned
from evenhand.workflows.campaigns.preparing import draft as draft_campaign
from evenhand.workflows.campaigns.protecting import decide_protected, protect
from evenhand.workflows.campaigns.publishing import LedgerPlace, publish
from evenhand.workflows.campaigns.status import status
from evenhand.workflows.campaigns.steps import Desk, not_set, refuse_register


@click.group()
def campaign() -> None:
    """A campaign carries a plan through: draft, audit, approve, apply. `evenhand status` shows where one stands."""


def show_step(desk: Desk, outcome: Campaign | Refusal, done: str, *, as_json: bool) -> None:
    """Show what a step led to, or the refusal."""
    after = accepted(outcome, as_json=as_json)
    screen(as_json=as_json).show(StepView(campaign=after, done=done, next_step=status(desk).next_step))


@campaign.command()
@on_desk
@by
@click.option("--plan", type=click.Path(path_type=Path, exists=True), help="Bind this plan's folder at once.")
@click.option("--solo", is_flag=True, help="You are alone: only what can be taken back, 24 hours to think, and every report "
              "says so.")
@click.option("--cooling-off", "cooling_off", type=Finite(0, MOST_HOURS), metavar="HOURS",
              help="More time to think between audit and approval.")
@click.option("--rehearsal", is_flag=True, help="Carried out on a simulated platform only; `--later` moves its clock.")
def draft(*, name: str, person: str, plan: Path | None, solo: bool, cooling_off: float | None, rehearsal: bool, state: str,
          hours: float | None, as_json: bool) -> None:
    """Draft the campaign NAME. Whoever drafts it, or binds its plan, approves neither."""
    person = person_named(person)
    refuse_register(campaign_named(name))
    if hours is not None and not rehearsal:
        raise not_set(name)
    facts = None if plan is None else accepted(planned(plan, on_left_out=teller(as_json=as_json)), as_json=as_json)
    with desk_at(state, name, hours=hours, is_new_rehearsal=rehearsal, create=True) as desk:
        wanted = Draft(mode=Mode.SOLO if solo else Mode.TEAM, is_rehearsal=rehearsal,
                       cooling_off=None if cooling_off is None else timedelta(hours=cooling_off))
        outcome = draft_campaign(desk, wanted, person=person, plan=facts)
        show_step(desk, outcome, f"`{name}` is drafted" + (" and its plan bound" if plan is not None else ""), as_json=as_json)


@campaign.command("bind")
@on_desk
@by
@plan_option
@click.option("--platform", metavar="KIND:PLACE", help="The platform, so that what it cannot take back is known.")
def bind_(*, name: str, person: str, plan: Path, platform: str | None, state: str, hours: float | None, as_json: bool) -> None:
    """Bind a plan to the campaign NAME. Sample, verdicts and approvals of an earlier plan no longer count."""
    with desk_at(state, name, hours=hours) as desk:
        opened = None if platform is None else open_platform(platform)
        outcome = bind(desk, plan, person=person, on_left_out=teller(as_json=as_json),
                       capabilities=None if opened is None else opened.platform.capabilities)
        show_step(desk, outcome, "the plan is bound", as_json=as_json)


@campaign.command("cases")
@on_desk
@plan_option
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), default=Path("cases.csv"), show_default=True,
              help="The file for their readers.")
def cases_(*, name: str, plan: Path, into: Path, state: str, hours: float | None, as_json: bool) -> None:
    """Write the decisions that wait for a person: closings, and what a guard or the policy leaves to one."""
    with desk_at(state, name, hours=hours) as desk:
        n = accepted(cases(desk, plan, into=into), as_json=as_json)
        show_step(desk, desk.course().campaign, f"{n:,} decisions wait for a person; they are in {into}", as_json=as_json)


@campaign.command("confirm")
@on_desk
@by
@plan_option
@click.option("--decision", help="One decision's id.")
@click.option("--no", "refuse", is_flag=True, help="With --decision: it is not confirmed, and nothing is imposed.")
@click.option("--from", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="A file of cases with `yes` or `no` in the column `confirmed`.")
def confirm_(*, name: str, person: str, plan: Path, decision: str | None, refuse: bool, file: Path | None, state: str,
             hours: float | None, as_json: bool) -> None:
    """Confirm decisions that wait for a person, after reading each case. Not by who proposed the plan."""
    if (decision is None) == (file is None):
        raise ConfigError(Problem(what="nothing says which decisions, or two things do",
                                  hint="give `--decision ID`, or `--from FILE` as `evenhand campaign cases` wrote it"))
    words = words_of(file) if file is not None else {str(decision): not refuse}
    with desk_at(state, name, hours=hours) as desk:
        outcome = confirm(desk, plan, words, person=person)
        n = sum(words.values())
        show_step(desk, outcome, f"{n:,} decisions are confirmed, {len(words) - n:,} are not", as_json=as_json)


@campaign.command("release")
@on_desk
@by
@plan_option
@click.option("--decision", required=True, help="The decision's id.")
@click.option("--why", type=WORDS, required=True, help="Why it may go out; recorded as a waiver.")
def release_(*, name: str, person: str, plan: Path, decision: str, why: str, state: str, hours: float | None,
             as_json: bool) -> None:
    """Let out an account whose reach alone is above the cap of an hour."""
    with desk_at(state, name, hours=hours) as desk:
        outcome = let_out_large(desk, plan, decision, why=why, person=person)
        show_step(desk, outcome, f"`{decision}` may go out", as_json=as_json)


@campaign.command("protect")
@on_desk
@by
@plan_option
@click.option("--list", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
              help="The accounts: a file with the column `account_id`.")
@click.option("--criteria", type=WORDS, required=True, help="By what accounts stand on the list; published, so name nobody.")
def protect_(*, name: str, person: str, plan: Path, file: Path, criteria: str, state: str, hours: float | None,
             as_json: bool) -> None:
    """Have a person decide about each account of a list: slower, never exempt. Criteria, size and outcomes are published."""
    with desk_at(state, name, hours=hours) as desk:
        outcome = protect(desk, plan, file, criteria=criteria, person=person)
        n = 0 if isinstance(outcome, Refusal) else len(outcome.protected)
        show_step(desk, outcome, f"{n:,} decisions of the plan wait for a person each", as_json=as_json)


@campaign.command("protected")
@on_desk
@by
@click.option("--decision", required=True, help="The decision's id.")
@click.option("--why", type=WORDS, required=True, help="What was read, and why.")
@click.option("--no", "refuse", is_flag=True, help="Do not impose it on this account.")
def protected_(*, name: str, person: str, decision: str, why: str, refuse: bool, state: str, hours: float | None,
               as_json: bool) -> None:
    """Decide about one protected account, after reading its case. Not by who proposed the plan."""
    with desk_at(state, name, hours=hours) as desk:
        outcome = decide_protected(desk, decision, impose=not refuse, why=why, person=person)
        show_step(desk, outcome, f"`{decision}` {'is not' if refuse else 'may be'} imposed", as_json=as_json)


@campaign.command("publish")
@on_desk
@click.option("--into", "folder", type=FOLDER, required=True, help="The ledger's folder, which is published.")
@click.option("--private", type=FOLDER, required=True, help="The folder of what opens the entries.")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), default=Path("ledger.key"), show_default=True,
              help="The file of the ledger's private key.")
def publish_(*, name: str, folder: Path, private: Path, key: Path, state: str, hours: float | None, as_json: bool) -> None:
    """Append what happened since the last time to a ledger. Repeat it as often as you like."""
    shown = screen(as_json=as_json)
    with desk_at(state, name, hours=hours) as desk, progress(shown, what="Publishing", unit="events") as advance:
        done = publish(desk.state, name, LedgerPlace(folder=folder, private=private, key=key),
                       progress=lambda n, total: advance(n, total, ""))
    shown.show(PublishedView(published=done, folder=folder))
