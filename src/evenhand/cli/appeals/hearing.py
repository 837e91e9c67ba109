"""`evenhand appeal file`, `list`, `show`, `decide`, `carry-out`: one person's appeal, from their words to what is back."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click

from evenhand.cli.campaigns.options import WORDS, accepted, by, desk_at, on_desk, plan_option
from evenhand.cli.options import EXISTING, MOST_DAYS, screen
from evenhand.cli.views.appeals.carried_out import CarriedOutView
from evenhand.cli.views.appeals.dossier import DossierView
from evenhand.cli.views.appeals.filed import AppealsView, FiledView
from evenhand.cli.views.appeals.heard import HeardView
from evenhand.cli.views.progress import progress
from evenhand.errors import ConfigError, ExitCode, Problem
from evenhand.model.appeal import AppealOutcome
from evenhand.model.penalty import Penalty
from evenhand.workflows.appeals.carrying_out import CarriedOut, carry_out_orders, refuse_unsupported
from evenhand.workflows.appeals.filing import file, own_window
from evenhand.workflows.appeals.hearing import Word, decide
from evenhand.workflows.appeals.looking import dossier, listed_appeals
from evenhand.workflows.campaigns.carry_out import refuse_real
from evenhand.workflows.campaigns.platforms import Opened, open_platform
from evenhand.workflows.campaigns.steps import Desk

OUTCOMES = {"uphold": AppealOutcome.UPHELD, "overturn": AppealOutcome.OVERTURNED, "vary": AppealOutcome.VARIED}
LIGHTER = [str(one) for one in Penalty if Penalty.NONE < one < Penalty.CLOSE]
platform_wanted = click.option("--platform", metavar="KIND:PLACE", help="files:FOLDER, simulated:FOLDER or webhook:ADDRESS. "
                               "Without it, `evenhand appeal carry-out` does what was ordered.")


@click.command("file")
@on_desk
@click.argument("which", metavar="DECISION_OR_ACCOUNT")
@plan_option
@click.option("--said", type=WORDS, required=True, help="What the person wrote; `-` reads it from standard input.")
@click.option("--pack", type=EXISTING, help="The pack that the plan was made with, where it is not the shipped one: it may "
              "give more than six months.")
def file_(*, name: str, which: str, plan: Path, said: str, pack: Path | None, state: str, hours: float | None,
          as_json: bool) -> None:
    """File the appeal of a person of the campaign NAME, found by the number of the decision or by the account."""
    words = sys.stdin.read() if said == "-" else said
    if not words.strip():
        raise ConfigError(Problem(what="standard input is empty", hint="pass what the person wrote on to it"))
    with desk_at(state, name, hours=hours) as desk:
        filed = accepted(file(desk, plan, which, said=words, window=lambda: own_window(desk, pack)), as_json=as_json)
    screen(as_json=as_json).show(FiledView(filed=filed, campaign=name))


@click.command("list")
@on_desk
@click.option("--all", "everything", is_flag=True, help="Those that are decided as well.")
def list_(*, name: str, everything: bool, state: str, hours: float | None, as_json: bool) -> None:
    """List the open appeals of the campaign NAME, the oldest first."""
    with desk_at(state, name, hours=hours) as desk:
        found = listed_appeals(desk, everything=everything)
    screen(as_json=as_json).show(AppealsView(appeals=found, campaign=name, everything=everything))


@click.command("show")
@on_desk
@click.argument("which", metavar="APPEAL")
@plan_option
def show_(*, name: str, which: str, plan: Path, state: str, hours: float | None, as_json: bool) -> None:
    """Show what whoever decides APPEAL has to see: the words, the statement, the evidence, and who took part before."""
    with desk_at(state, name, hours=hours) as desk:
        found = dossier(desk, plan, which, window=own_window(desk, None) or timedelta(0))
    screen(as_json=as_json).show(DossierView(dossier=found, campaign=name))


@click.command("decide")
@on_desk
@click.argument("which", metavar="APPEAL")
@click.argument("outcome", type=click.Choice(list(OUTCOMES)))
@by
@plan_option
@click.option("--because", type=WORDS, required=True, help="Why, in words that the person will read.")
@click.option("--to", "penalty", type=click.Choice(LIGHTER), help="With `vary`: the lighter penalty.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), help="With `--to suspend`: how long from now.")
@platform_wanted
def decide_(*, name: str, which: str, outcome: str, person: str, plan: Path, because: str, penalty: str | None,
            days: int | None, platform: str | None, state: str, hours: float | None, as_json: bool) -> None:
    """Decide APPEAL: uphold, overturn or vary. For somebody who took no part in the decision.

    A decision that was wrong is undone with everything that it did. A lighter one may take its place, never a heavier one.
    """
    shown = screen(as_json=as_json)
    opened = None if platform is None else open_platform(platform)
    lighter = None if penalty is None else Penalty(penalty)
    with desk_at(state, name, hours=hours) as desk:
        ready(desk, opened)
        refuse_unsupported(lighter, opened)
        until = None if days is None else desk.clock.now() + timedelta(days=days)
        word = Word(outcome=OUTCOMES[outcome], by=person, because=because, penalty=lighter, until=until)
        heard = accepted(decide(desk, plan, which, word), as_json=as_json)
        done = carried_out(desk, opened)
    shown.show(HeardView(heard=heard, carried_out=done))
    end(done)


@click.command("carry-out")
@on_desk
@click.option("--platform", required=True, metavar="KIND:PLACE", help="files:FOLDER, simulated:FOLDER or webhook:ADDRESS.")
def carry_out_(*, name: str, platform: str, state: str, hours: float | None, as_json: bool) -> None:
    """Have the platform do what appeals of the campaign NAME ordered: undo, impose what is lighter, tell.

    Repeat it as often as you like: what was done is not done again.
    """
    shown = screen(as_json=as_json)
    opened = open_platform(platform)
    with desk_at(state, name, hours=hours) as desk:
        ready(desk, opened)
        with progress(shown, what="Carrying out", unit="orders") as advance:
            done = carry_out_orders(desk, opened.platform, progress=advance)
        opened.close()
    shown.show(CarriedOutView(done=done, campaign=name))
    end(done)


def ready(desk: Desk, opened: Opened | None) -> None:
    """Raise `ConfigError` before anything is decided that the platform, or the key, would then be missing for."""
    campaign = desk.course().campaign
    if opened is not None:
        refuse_real(campaign, is_simulated=opened.is_simulated)
        if desk.state.seal is None:
            raise ConfigError(Problem(
                what="the key of the evidence is not there", hint="set `EVENHAND_EVIDENCE_KEY` as for `evenhand apply`: "
                "what was deleted is restored with it"))


def carried_out(desk: Desk, opened: Opened | None) -> CarriedOut | None:
    """What the platform did of what is ordered; None when none was named."""
    if opened is None:
        return None
    done = carry_out_orders(desk, opened.platform)
    opened.close()
    return done


def end(done: CarriedOut | None) -> None:
    """End with the code of an outside service where the platform refused something for good."""
    if done is not None and done.n_failed:
        raise click.exceptions.Exit(ExitCode.OUTSIDE_SERVICE)
