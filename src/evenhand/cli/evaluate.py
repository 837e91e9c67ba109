"""`evenhand evaluate`: how well the detectors do, on labelled sets and on worlds whose truth is known."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen, sweep_options
from evenhand.cli.views.evaluation.evaluate import CardsView
from evenhand.cli.views.evaluation.world_score import WorldView
from evenhand.cli.views.progress import progress
from evenhand.cli.views.screen import Screen
from evenhand.errors import ConfigError, ExitCode, Problem
from evenhand.evaluation.outcome import Unusable
from evenhand.workflows.evaluation.cards import data_folder, evaluate_cards, named_cards, task_forms
from evenhand.workflows.evaluation.world import evaluate_world, is_world
from evenhand.workflows.materials import SweepSettings, load_messages


@click.command()
@click.argument("names", nargs=-1, metavar="[WORLD | CARD ...]")
@click.option("--plan", "plan_folder", type=EXISTING, help="For a world: the folder of the plan to score.")
@click.option("--into", type=FOLDER, help="For a world without --plan: where the plan is made. Default: WORLD-plan, here.")
@click.option("--data", type=FOLDER, help="For cards: the folder of labelled sets. Default: $EVENHAND_DATA, ../shared/data.")
@click.option("--strict", is_flag=True, help="End with exit code 4 when a bar is missed.")
@sweep_options
@as_json
def evaluate(*, names: tuple[str, ...], plan_folder: Path | None, into: Path | None, data: Path | None, strict: bool,
             settings: SweepSettings, as_json: bool) -> ExitCode:
    """Measure the detectors, with intervals, against bars.

    WORLD is the folder of a synthetic world: a plan for it is scored against its truth. CARD is the id of a shipped card or
    a card's file: the detectors are run on the labelled set that it describes. Without either, every shipped card is run.
    A set that cannot be used is told, the others are measured, and the exit code is 2.
    """
    shown = screen(as_json=as_json)
    if len(names) == 1 and is_world(Path(names[0])):
        _refuse("--data", given=data, why="a world brings its own data")
        is_missed, is_unusable = _world(Path(names[0]), shown, settings=settings, plan=plan_folder, into=into), False
    else:
        _refuse("--plan", given=plan_folder, why="only a world is scored by its plan")
        _refuse("--into", given=into, why="only for a world is a plan made")
        is_missed, is_unusable = _cards(names, shown, settings=settings, data=data)
    if is_unusable:
        return ExitCode.YOUR_INPUT
    return ExitCode.REFUSED if strict and is_missed else ExitCode.DONE


def _world(folder: Path, shown: Screen, *, settings: SweepSettings, plan: Path | None, into: Path | None) -> bool:
    """Score and show a world; whether a bar is missed."""
    with progress(shown, what="Sweeping") as advance:
        score = evaluate_world(folder, settings, plan=plan, work=into or Path(f"{folder.resolve().name}-plan"),
                               on_progress=lambda p: advance(p.n_done, p.n_total, p.what, n_before=p.n_before))
    shown.show(WorldView(score=score, messages=load_messages("en")))
    return any(bar.result.is_met is False for bar in score.scorecard.bars)


def _cards(names: tuple[str, ...], shown: Screen, *, settings: SweepSettings, data: Path | None) -> tuple[bool, bool]:
    """Run and show cards; whether a bar is missed, and whether a set could not be used."""
    folder = data_folder(data)
    cards = named_cards(names)
    with progress(shown, what="Measuring", unit="cards") as advance:
        results = evaluate_cards(cards, settings, data=folder, seed=settings.seed, on_card=advance)
    shown.show(CardsView(results=results, forms=task_forms(), data=str(folder)))
    return (any(bar.is_met is False for result in results for bar in result.bars),
            any(isinstance(result.outcome, Unusable) for result in results))


def _refuse(option: str, *, given: Path | None, why: str) -> None:
    if given is not None:
        raise ConfigError(Problem(what=f"`{option}` does not belong here", hint=why))
