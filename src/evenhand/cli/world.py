"""`evenhand world`: a synthetic platform with the reference campaign planted in it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from evenhand.cli.options import FOLDER, as_json, screen
from evenhand.cli.views.progress import progress
from evenhand.cli.views.world import WorldView
from evenhand.errors import ConfigError, Problem
from evenhand.workflows.worlds.write import WorldSettings
from evenhand.workflows.worlds.write import world as write_world


def _scale(_context: click.Context, _parameter: click.Parameter, value: str) -> Fraction:
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as error:
        raise ConfigError(Problem(what=f"`{value}` is not a number", hint="write the scale as in `--scale 0.01`")) from error


@click.command()
@click.option("--scale", callback=_scale, default="0.01", show_default=True,
              help="1 is 50 million accounts and 150 million posts; 0.01 is a hundredth of that.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another seed, another world.")
@click.option("--into", type=FOLDER, default=Path("world"), show_default=True, help="The folder for the world.")
@click.option("--buckets", type=click.IntRange(1, 1000), help="Parts to split the accounts into. Default: by size.")
@click.option("--processes", type=click.IntRange(1), help="Processes that write. Default: one per processor.")
@as_json
def world(*, scale: Fraction, seed: int, into: Path, buckets: int | None, processes: int | None, as_json: bool) -> None:
    """Write a synthetic platform with the reference campaign planted in it, and the truth about it.

    The same scale and seed give the same world on every machine. An interrupted run continues.
    """
    shown = screen(as_json=as_json)
    settings = WorldSettings(scale=scale, seed=seed, n_buckets=buckets, processes=processes or 0)
    with progress(shown, what="Writing") as advance:
        summary = write_world(into, settings=settings, progress=lambda p: advance(p.done, p.total, p.what, n_before=p.before))
    shown.show(WorldView(summary=summary, into=into))
