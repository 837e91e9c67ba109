"""`evenhand appeal siblings` and `reverse`: everybody whose decision rests on the mistake that an appeal has shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from evenhand.cli.appeals.hearing import carried_out, end, platform_wanted, ready
from evenhand.cli.campaigns.options import WORDS, accepted, by, desk_at, on_desk, plan_option
from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.appeals.class_reversal import ClassReversalView
from evenhand.cli.views.appeals.overturned import OverturnedView
from evenhand.cli.views.appeals.reversed import ReversedView
from evenhand.cli.views.progress import progress
from evenhand.errors import ConfigError, ExitCode, Problem
from evenhand.model.appeal import AppealOutcome, Cause
from evenhand.workflows.appeals.class_reversal import preview_class_reversal, write_class_reversal
from evenhand.workflows.appeals.hearing import Word
from evenhand.workflows.appeals.overturning import overturn
from evenhand.workflows.appeals.reversing import preview_reversal, reverse
from evenhand.workflows.campaigns.platforms import open_platform
from evenhand.workflows.materials import load_languages


class CauseType(click.ParamType[Cause]):
    """A cause written `KIND:VALUE`."""

    name = "cause"

    def convert(self, value: str | Cause, param: click.Parameter | None, ctx: click.Context | None) -> Cause:
        """The cause; a mistake is told as one of the command line."""
        try:
            return value if isinstance(value, Cause) else Cause.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


cause_option = click.option(
    "--cause", type=CauseType(), required=True, metavar="KIND:VALUE",
    help="What was wrong: rule:ID, holder:ID, entry:SOURCE (or `entry:SOURCE > WHAT IT LISTS`), detector:NAME/VERSION, "
    "guard:NAME.")


@click.command()
@click.argument("plan", type=EXISTING)
@cause_option
@click.option("--into", type=FOLDER, help="Write who, what is undone and what each person is told to this folder.")
@as_json
def siblings(*, plan: Path, cause: Cause, into: Path | None, as_json: bool) -> None:
    """Show every decision of PLAN that rests on the same cause. Nothing is undone."""
    shown = screen(as_json=as_json)
    preview = preview_class_reversal(plan, cause)
    if into is not None:
        with progress(shown, what="Statements", unit="decisions") as advance:
            write_class_reversal(plan, preview, languages=load_languages(), into=into,
                                 on_progress=lambda n_done, n_total: advance(n_done, n_total, ""))
        preview = replace(preview, into=into)
    shown.show(ClassReversalView(preview=preview))


@click.command("overturn")
@on_desk
@click.argument("which", metavar="DECISION_OR_ACCOUNT")
@by
@plan_option
@click.option("--because", type=WORDS, required=True, help="Why it was wrong; recorded.")
@platform_wanted
def overturn_(*, name: str, which: str, person: str, plan: Path, because: str, platform: str | None, state: str,
              hours: float | None, as_json: bool) -> None:
    """Overturn a decision of the campaign NAME of your own accord, without an appeal and without a deadline."""
    shown = screen(as_json=as_json)
    opened = None if platform is None else open_platform(platform)
    with desk_at(state, name, hours=hours) as desk:
        ready(desk, opened)
        word = Word(outcome=AppealOutcome.OVERTURNED, by=person, because=because)
        done = accepted(overturn(desk, plan, which, word), as_json=as_json)
        carried = carried_out(desk, opened)
    shown.show(OverturnedView(done=done, carried_out=carried, campaign=name))
    end(carried)


@click.command("reverse")
@on_desk
@by
@plan_option
@cause_option
@click.option("--because", type=WORDS, help="Why the cause is a mistake. Needed to do it.")
@click.option("--yes", "is_meant", is_flag=True, help="Do it. Without it, it is only shown what would be done.")
@platform_wanted
def reverse_(*, name: str, person: str, plan: Path, cause: Cause, because: str | None, is_meant: bool, platform: str | None,
             state: str, hours: float | None, as_json: bool) -> None:
    """Undo every decision of the campaign NAME that rests on the same mistake; everybody concerned is told.

    It needs an overturned appeal that shows the mistake. The same command goes on where it stopped.
    """
    if is_meant and because is None:
        raise ConfigError(Problem(what="nothing says why the cause is a mistake", hint="give `--because TEXT` with `--yes`"))
    shown = screen(as_json=as_json)
    opened = None if platform is None else open_platform(platform)
    with desk_at(state, name, hours=hours) as desk:
        ready(desk, opened)
        ahead = accepted(preview_reversal(desk, plan, cause), as_json=as_json)
        if not is_meant:
            shown.show(ClassReversalView(preview=ahead.preview, next_step="nothing has been undone; to do it: the same command "
                                         "with --because TEXT --yes"))
            return
        with progress(shown, what="Reversing", unit="decisions") as advance:
            word = Word(outcome=AppealOutcome.OVERTURNED, by=person, because=because or "")
            done = accepted(reverse(desk, plan, ahead, word, platform=None if opened is None else opened.platform,
                                    progress=advance), as_json=as_json)
        if opened is not None:
            opened.close()
    shown.show(ReversedView(done=done, campaign=name))
    if done.stopped is not None:
        raise click.exceptions.Exit(ExitCode.OUTSIDE_SERVICE)
    end(done.carried_out)
