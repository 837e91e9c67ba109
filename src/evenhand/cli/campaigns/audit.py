"""`evenhand audit`: what reading a plan's sample costs, drawing it, taking the verdicts, and the outcome."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.campaigns.campaign import show_step
from evenhand.cli.campaigns.holdout import holdout
from evenhand.cli.campaigns.options import WORDS, accepted, by, desk_at, languages_of, on_desk, plan_option
from evenhand.cli.options import EXISTING, FOLDER, MOST_DAYS, as_json, screen
from evenhand.cli.views.campaigns.audit import AuditView, CostView, DrawnView, StageReadingView, VerdictsView
from evenhand.cli.views.campaigns.undone import RollbackReadingView, UndoWordsView
from evenhand.errors import ConfigError, Problem
from evenhand.model.campaigns.campaign import Mode
from evenhand.workflows.audits.reading import Truths, conclude_audit, take_verdicts
from evenhand.workflows.audits.sampling import Reading, draw, preview
from evenhand.workflows.audits.stage_samples import hand_out
from evenhand.workflows.campaigns.preparing import lower
from evenhand.workflows.rollbacks.reading import is_about_rollback, take_undo_words
from evenhand.workflows.rollbacks.sampling import hand_out as hand_out_undone

golden_option = click.option("--golden", type=click.Path(path_type=Path, exists=True, dir_okay=False),
                             help="Parquet: decisions whose truth is known (`is_right`).")


@click.group()
def audit() -> None:
    """The audit: people read a sample before anything happens, and each stratum passes, is lowered or dropped."""


@audit.command("cost")
@click.argument("plan", type=EXISTING)
@click.option("--solo", is_flag=True, help="For solo mode: one reader.")
@as_json
def cost_(*, plan: Path, solo: bool, as_json: bool) -> None:
    """Show what an audit of PLAN would read, stratum by stratum, and how many hours that takes."""
    strata, cost = preview(plan, mode=Mode.SOLO if solo else Mode.TEAM)
    screen(as_json=as_json).show(CostView(strata=strata, cost=cost))


@audit.command("draw")
@on_desk
@by
@plan_option
@click.option("--seed", type=WORDS, required=True, help="Published; chosen by somebody who did not make the plan.")
@click.option("--reader", "readers", multiple=True, required=True, metavar="PERSON=LANGUAGES",
              help="Who reads which languages, such as ben=en,pt; may be repeated.")
@golden_option
@click.option("--into", type=FOLDER, default=Path("readings"), show_default=True, help="The folder for the readers' files.")
@click.option("--leave-unread", is_flag=True, help="Drop the strata of languages that too few people read.")
def draw_(*, name: str, person: str, plan: Path, seed: str, readers: tuple[str, ...], golden: Path | None, into: Path,
          leave_unread: bool, state: str, hours: float | None, as_json: bool) -> None:
    """Draw the sample of the plan, once, and write one file for each reader. The same draw again writes the files again."""
    reading = Reading(seed=seed, readers=languages_of(readers), golden=golden, is_unread_left=leave_unread)
    with desk_at(state, name, hours=hours) as desk:
        drawn = accepted(draw(desk, plan, reading, person=person, into=into), as_json=as_json)
    screen(as_json=as_json).show(DrawnView(drawn=drawn, campaign=name))


@audit.command("stage")
@on_desk
@plan_option
@click.option("--into", type=FOLDER, default=Path("stage-readings"), show_default=True,
              help="The folder for the readers' files.")
def stage_(*, name: str, plan: Path, into: Path, state: str, hours: float | None, as_json: bool) -> None:
    """Write what is read of the stage that is under way: one file for each reader. The next stage waits for it, a day."""
    with desk_at(state, name, hours=hours) as desk:
        handed = accepted(hand_out(desk, plan, into=into), as_json=as_json)
    screen(as_json=as_json).show(StageReadingView(reading=handed, campaign=name))


@audit.command("rollback")
@on_desk
@plan_option
@click.option("--into", type=FOLDER, default=Path("rollback-readings"), show_default=True,
              help="The folder for the readers' files.")
def rollback_(*, name: str, plan: Path, into: Path, state: str, hours: float | None, as_json: bool) -> None:
    """Write what is to be read of a rollback: one file for each reader who did not start it; and what was called wrong."""
    with desk_at(state, name, hours=hours) as desk:
        handed = accepted(hand_out_undone(desk, plan, into=into), as_json=as_json)
    screen(as_json=as_json).show(RollbackReadingView(reading=handed, campaign=name))


@audit.command("verdicts")
@on_desk
@click.argument("file", type=EXISTING)
@plan_option
@golden_option
@click.option("--into", type=FOLDER, default=Path("readings"), show_default=True,
              help="The folder for what a third person reads.")
def verdicts_(*, name: str, file: Path, plan: Path, golden: Path | None, into: Path, state: str, hours: float | None,
              as_json: bool) -> None:
    """Take the verdicts of FILE (CSV, JSON, JSONL, Parquet), all or none: of the audit, of a stage or of a rollback."""
    with desk_at(state, name, hours=hours) as desk:
        if is_about_rollback(desk.course(), file):
            words = accepted(take_undo_words(desk, plan, file), as_json=as_json)
            screen(as_json=as_json).show(UndoWordsView(words=words))
            return
        taken = accepted(take_verdicts(desk, plan, file, golden=golden, into=into), as_json=as_json)
    screen(as_json=as_json).show(VerdictsView(taken=taken, campaign=name))


@audit.command("conclude")
@on_desk
@by
@plan_option
@golden_option
@click.option("--without-golden", "without", metavar="WHY", help="Take the readers to be perfect, and say why; a waiver.")
def conclude_(*, name: str, person: str, plan: Path, golden: Path | None, without: str | None, state: str, hours: float | None,
              as_json: bool) -> None:
    """Conclude the audit: the precision of each stratum with its bound, and what becomes of it."""
    if golden is None and not (without or "").strip():
        raise ConfigError(Problem(what="nothing says how good the readers are",
                                  hint="give the golden items with `--golden`, or a reason with `--without-golden`"))
    with desk_at(state, name, hours=hours) as desk:
        found = accepted(conclude_audit(desk, plan, Truths(golden=golden, without_because=without), person=person),
                         as_json=as_json)
    screen(as_json=as_json).show(AuditView(concluded=found))


@audit.command("lower")
@on_desk
@by
@click.option("--stratum", "strata", multiple=True, help="The stratum; may be repeated. Default: all that may be lowered.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=30, show_default=True,
              help="How long a suspension lasts that takes the place of a closing.")
def lower_(*, name: str, person: str, strata: tuple[str, ...], days: int, state: str, hours: float | None,
           as_json: bool) -> None:
    """Put the nearest lighter penalty in the place of strata that missed their gate, each decision with its own statement.

    Only a penalty whose own gate the stratum meets; the audit names it. Without this nothing of them is carried out.
    """
    with desk_at(state, name, hours=hours) as desk:
        show_step(desk, lower(desk, strata, days=days, person=person), "what missed its gate is lowered", as_json=as_json)


audit.add_command(holdout)
