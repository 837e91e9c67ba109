"""Options that several commands share, and the screen they show things on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from math import isnan
from pathlib import Path
from typing import Any

import click

from evenhand.cli.views.registers.left_out import LeftOutView
from evenhand.cli.views.screen import Screen
from evenhand.model.penalty import Penalty
from evenhand.model.registers.left_out import LeftOut
from evenhand.workflows.buckets.machine import allowed_bytes
from evenhand.workflows.sentence_models import MODEL_NAMES

FOLDER = click.Path(path_type=Path, file_okay=False)
EXISTING = click.Path(path_type=Path, exists=True)

MOST_HOURS = 100_000
"""More than eleven years: no cooling-off or rehearsal needs more, and the calendar ends in the year 9999."""
MOST_DAYS = 36_500


class Finite(click.FloatRange):
    """A number within bounds; `nan`, which lies beyond none, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        number = float(super().convert(value, param, ctx))
        if isnan(number):
            self.fail(f"{value} is no number", param, ctx)
        return number


as_json = click.option("--json", "as_json", is_flag=True, help="Show the result as JSON.")


def screen(*, as_json: bool) -> Screen:
    """Standard output and standard error of this process."""
    return Screen(out=sys.stdout, err=sys.stderr, as_json=as_json)


def teller(*, as_json: bool) -> Callable[[tuple[LeftOut, ...]], None]:
    """What tells on standard error which records were left out: once in a command, however often registers are loaded."""
    told: set[tuple[LeftOut, ...]] = set()

    def tell(left_out: tuple[LeftOut, ...]) -> None:
        if left_out not in told:
            told.add(left_out)
            screen(as_json=as_json).warn(LeftOutView(left_out=left_out))

    return tell


def sweep_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that runs the sweep's steps. They arrive as one argument `settings`."""
    from evenhand.policy.decide import EVERY_PENALTY  # noqa: PLC0415  (commands without a sweep start faster)
    from evenhand.workflows.materials import SweepSettings  # noqa: PLC0415

    @wraps(command)
    def with_settings(*, cannot: tuple[str, ...], **rest: Any) -> Any:
        chosen = {name: rest.pop(name) for name in ("pack", "registries", "seed", "threads", "memory", "engine",
                                                     "sentence_model")}
        settings = SweepSettings(**chosen, supported=EVERY_PENALTY - {Penalty(name) for name in cannot},
                                 on_left_out=teller(as_json=bool(rest.get("as_json"))))
        return command(settings=settings, **rest)

    decorated: Callable[..., Any] = with_settings
    for option in reversed((
            click.option("--pack", type=EXISTING, help="The folder of a policy pack. Default: the shipped one."),
            click.option("--registries", type=EXISTING, multiple=True,
                         help="A folder of registers to use beside the shipped ones; may be given several times."),
            click.option("--seed", type=int, default=0, show_default=True, help="Orders the effects; part of the digest."),
            click.option("--threads", type=click.IntRange(1), help="Processors to use, one process each. Default: all."),
            click.option("--memory", callback=_memory, help="Memory for all of it, such as 2GB. Default: most of it."),
            click.option("--engine", help="A Spark Connect address, such as sc://localhost:50051. Default: embedded."),
            click.option("--sentence-model", type=click.Choice(MODEL_NAMES),
                         help="Reads posts beside fact-checked claims; an optional package. Default: words alone."),
            click.option("--cannot", type=click.Choice([str(p) for p in Penalty if p is not Penalty.NONE]), multiple=True,
                         help="A penalty the platform cannot impose: the nearest lighter one is taken instead."))):
        decorated = option(decorated)
    return decorated


def _memory(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A size such as `2GB`, checked here so that the mistake is told before anything is read."""
    if value is not None:
        allowed_bytes(value)
    return value
