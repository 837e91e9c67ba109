"""`evenhand evaluate`: how well the detectors do, on labelled sets and on worlds whose truth is known."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import FOLDER, as_json, screen, sweep_options
from evenhand.cli.views.evaluate import CardsView
from evenhand.cli.views.progress import progress
from evenhand.workflows.evaluate_cards import data_folder, evaluate_cards, named_cards, task_forms
from evenhand.workflows.materials import SweepSettings


@click.command()
@click.argument("names", nargs=-1, metavar="[CARD]...")
@click.option("--data", type=FOLDER, help="The folder of labelled sets. Default: $EVENHAND_DATA, else ../shared/data.")
@sweep_options
@as_json
def evaluate(*, names: tuple[str, ...], data: Path | None, settings: SweepSettings, as_json: bool) -> None:
    """Measure the detectors on labelled sets: CARD is a shipped card's id or a card's file; without it, every shipped card."""
    shown = screen(as_json=as_json)
    folder = data_folder(data)
    cards = named_cards(names)
    with progress(shown, what="Measuring", unit="cards") as advance:
        results = evaluate_cards(cards, settings, data=folder, seed=settings.seed, on_card=advance)
    shown.show(CardsView(results=results, forms=task_forms(), data=str(folder)))
